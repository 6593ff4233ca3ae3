// SPDX-License-Identifier: BSL-1.0
#include "http/client.hpp"

#include "http/request_headers.hpp"
#include "system/input.hpp"
#include <signhook/detail/format/writers.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/version.hpp>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

// The options are those of libcurl 7.66 and later, which has curl_multi_poll.

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t max_answer_size = std::size_t{16} << 20U;

// The time that requests in flight have once the program is stopping, and the interval in which that is checked.
constexpr std::chrono::milliseconds grace(500);
constexpr int slice_ms = 100;

struct error_row {
  transport_error error;
  std::string_view name;
  std::string_view text;
};
constexpr auto error_rows = std::to_array<error_row>({
    {transport_error::none, "none", "no error"},
    {transport_error::name_not_resolved, "name_not_resolved", "the name was not resolved"},
    {transport_error::connection_refused, "connection_refused", "connection refused"},
    {transport_error::unreachable, "unreachable", "the server cannot be reached"},
    {transport_error::timed_out, "timed_out", "timed out"},
    {transport_error::certificate_rejected, "certificate_rejected",
     "the server's certificate was rejected"},
    {transport_error::tls_failed, "tls_failed", "no TLS connection"},
    {transport_error::proxy_failed, "proxy_failed", "the proxy failed"},
    {transport_error::connection_closed, "connection_closed",
     "the server closed the connection without an answer"},
    {transport_error::invalid_answer, "invalid_answer", "the answer is not valid HTTP"},
    {transport_error::interrupted, "interrupted", "interrupted"},
    {transport_error::other, "other", "no connection"},
});

const error_row& row_of(transport_error why) { return error_rows[static_cast<std::size_t>(why)]; }

constexpr bool are_rows_in_order() {
  for (std::size_t i = 0; i < error_rows.size(); ++i) {
    if (static_cast<std::size_t>(error_rows[i].error) != i) return false;
  }
  return true;
}
static_assert(are_rows_in_order());

transport_error connect_error(long system_error) {
  switch (system_error) {
    case ECONNREFUSED: return transport_error::connection_refused;
    case ETIMEDOUT: return transport_error::timed_out;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT: return transport_error::unreachable;
    default: return transport_error::other;
  }
}

transport_error error_of(CURLcode code, long system_error) {
  switch (code) {
    case CURLE_OK: return transport_error::none;
    case CURLE_COULDNT_RESOLVE_HOST: return transport_error::name_not_resolved;
    case CURLE_COULDNT_CONNECT: return connect_error(system_error);
    case CURLE_OPERATION_TIMEDOUT: return transport_error::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return transport_error::certificate_rejected;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER: return transport_error::tls_failed;
#if LIBCURL_VERSION_NUM >= 0x074900
    case CURLE_PROXY:
#endif
    case CURLE_COULDNT_RESOLVE_PROXY: return transport_error::proxy_failed;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE: return transport_error::connection_closed;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // not HTTP, which libcurl takes for version 0.9
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR: return transport_error::invalid_answer;
    default: return transport_error::other;
  }
}

std::string to_visible(std::string_view text) {
  signhook::detail::text_string shown;
  shown.append_visible(text);
  return std::move(shown).take();
}

// Before libcurl 7.84 two threads must not do this at the same time.
void init_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialized");
}

}  // namespace

std::string_view name(transport_error why) { return row_of(why).name; }
std::string_view describe(transport_error why) { return row_of(why).text; }

void check_ca_file(const std::string& path) {
  input from(path);
  const std::string pem = from.read_up_to(max_answer_size);
  if (from.failure()) {
    throw std::runtime_error(fmt::format("cannot read {}: {}", path, *from.failure()));
  }
  struct bio_free {
    void operator()(BIO* bio) const { BIO_free(bio); }
  };
  struct x509_free {
    void operator()(X509* one) const { X509_free(one); }
  };
  const std::unique_ptr<BIO, bio_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, x509_free> first(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  if (!first) throw std::runtime_error(path + " contains no certificate as PEM");
}

class http_client::implementation {
 public:
  implementation(const http_url& to, http_client_options options, const http_headers& headers)
      : server_(to.server), options_(std::move(options)) {
    check_request_headers(headers);
    init_curl();
    easy_.reset(curl_easy_init());
    multi_.reset(curl_multi_init());
    if (!easy_ || !multi_) throw std::bad_alloc();
    make_lists(headers);
    set_options();
  }

  http_answer send(std::string_view method, const std::string& target, const std::string& body,
                   const http_headers& more) {
    set_method(method, body);
    if (!more.empty()) add_headers(more);
    set_url(target);
    answer_ = {};
    is_too_large_ = false;
    is_resent_ = false;
    message_.front() = '\0';
    const std::optional<CURLcode> ended = transfer();
    if (!ended) {
      answer_.error = transport_error::interrupted;
    } else if (*ended != CURLE_OK) {
      note_failure(*ended);
    } else {
      long status = 0;
      curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      answer_.status = static_cast<int>(status);
    }
    if (answer_.error != transport_error::none) {
      answer_.body.clear();
      answer_.retry_after.clear();
    }
    return std::move(answer_);
  }

 private:
  struct easy_cleanup {
    void operator()(CURL* one) const { curl_easy_cleanup(one); }
  };
  struct multi_cleanup {
    void operator()(CURLM* one) const { curl_multi_cleanup(one); }
  };
  struct list_free {
    void operator()(curl_slist* one) const { curl_slist_free_all(one); }
  };
  using header_list = std::unique_ptr<curl_slist, list_free>;

  static void append(header_list& to, const std::string& line) {
    curl_slist* const longer = curl_slist_append(to.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(to.release());
    to.reset(longer);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode done = curl_easy_setopt(easy_.get(), option, value);
    if (done != CURLE_OK) {
      throw std::runtime_error(
          fmt::format("libcurl rejects an option: {}", curl_easy_strerror(done)));
    }
  }

  void make_lists(const http_headers& headers) {
    bool has_type = false;
    for (const auto& [name, value] : headers) {
      const std::string line = fmt::format("{}: {}", name, value);
      if (signhook::detail::equal_without_case(name, "content-type")) {
        has_type = true;
      } else {
        append(plain_headers_, line);
      }
      append(content_headers_, line);
    }
    if (!has_type) append(content_headers_, "Content-Type: application/json");
    // libcurl would wait for 100 (Continue) before it sends a large body.
    append(content_headers_, "Expect:");
  }

  void set_options() {
    set(CURLOPT_NOSIGNAL, 1L);  // libcurl's signal handlers are not for threads
    set(CURLOPT_ERRORBUFFER, message_.data());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server after the time is over
#endif
    const auto timeout = static_cast<long>(options_.timeout.count());
    set(CURLOPT_CONNECTTIMEOUT_MS, timeout);
    set(CURLOPT_TIMEOUT_MS, timeout);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));  // or later
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
    // An empty name keeps libcurl from looking for one in the environment. A proxy is not sent the headers
    // when it only tunnels.
    if (!options_.use_proxy) set(CURLOPT_PROXY, "");
    set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    set(CURLOPT_USERAGENT, fmt::format("signhook/{}.{}.{}", SIGNHOOK_VERSION_MAJOR,
                                       SIGNHOOK_VERSION_MINOR, SIGNHOOK_VERSION_PATCH)
                               .c_str());
    set(CURLOPT_WRITEFUNCTION, &implementation::take_answer);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &implementation::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_OPENSOCKETFUNCTION, &implementation::open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
  }

  void set_method(std::string_view method, const std::string& body) {
    const bool has_content = method == "POST" || method == "PUT";
    if (has_content) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      set(CURLOPT_POSTFIELDS, body.data());
    } else {
      set(CURLOPT_HTTPGET, 1L);
    }
    if (method == method_) return;
    method_ = method;
    set(CURLOPT_HTTPHEADER, has_content ? content_headers_.get() : plain_headers_.get());
    set(CURLOPT_CUSTOMREQUEST, method_.c_str());
  }

  // To this request alone.
  void add_headers(const http_headers& more) {
    check_request_headers(more);
    method_.clear();  // the next request sets its list again
    more_headers_.reset();
    for (const curl_slist* one = content_headers_.get(); one != nullptr; one = one->next) {
      append(more_headers_, one->data);
    }
    for (const auto& [name, value] : more)
      append(more_headers_, fmt::format("{}: {}", name, value));
    set(CURLOPT_HTTPHEADER, more_headers_.get());
  }

  void set_url(const std::string& target) {
    if (target == target_) return;
    target_ = target;
    set(CURLOPT_URL, (server_ + target).c_str());
  }

  // Returns nothing if it was interrupted.
  std::optional<CURLcode> transfer() {
    const auto check = [](CURLMcode done) {
      if (done != CURLM_OK) throw std::runtime_error(curl_multi_strerror(done));
    };
    check(curl_multi_add_handle(multi_.get(), easy_.get()));
    const struct removal {
      implementation& of;
      ~removal() { curl_multi_remove_handle(of.multi_.get(), of.easy_.get()); }
    } at_end{*this};
    std::optional<clock_type::time_point> until;
    for (int running = 1;;) {
      check(curl_multi_perform(multi_.get(), &running));
      if (running == 0) break;
      if (options_.is_stopping != nullptr && *options_.is_stopping) {
        if (!until) until = clock_type::now() + grace;
        if (clock_type::now() >= *until) return std::nullopt;
      }
      check(curl_multi_poll(multi_.get(), nullptr, 0, slice_ms, nullptr));
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
    return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
  }

  void note_failure(CURLcode code) {
    std::string detail =
        message_.front() != '\0' ? message_.data() : std::string(curl_easy_strerror(code));
    if (code == CURLE_SSL_CACERT_BADFILE) {
      throw std::runtime_error("no trusted certificates: " + to_visible(detail));
    }
    long system_error = 0;
    long proxy_status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &system_error);
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    answer_.error = error_of(code, system_error);
    if (proxy_status != 0 && proxy_status / 100 != 2) answer_.error = transport_error::proxy_failed;
    if (is_resent_) {
      answer_.error = transport_error::connection_closed;
      detail = "the connection was closed after the request was sent";
    }
    if (is_too_large_) detail = fmt::format("it has more than {} bytes", max_answer_size);
    answer_.detail = to_visible(detail);
  }

  static std::size_t take_answer(const char* bytes, std::size_t, std::size_t size, void* of) {
    auto* const self = static_cast<implementation*>(of);
    if (!self->options_.keep_answers) return size;
    std::string& body = self->answer_.body;
    self->is_too_large_ = size > max_answer_size - body.size();
    if (self->is_too_large_) return 0;
    body.append(bytes, size);
    return size;
  }

  static std::size_t take_header(const char* bytes, std::size_t, std::size_t size, void* of) {
    constexpr std::string_view name = "retry-after:";
    constexpr std::string_view space = " \t\r\n";
    const std::string_view line(bytes, size);
    std::string& found = static_cast<implementation*>(of)->answer_.retry_after;
    if (line.starts_with("HTTP/")) found.clear();  // an answer before this one: of a proxy, or 1xx
    if (!signhook::detail::equal_without_case(line.substr(0, name.size()), name)) return size;
    const std::size_t begin = std::min(line.find_first_not_of(space, name.size()), size);
    found = line.substr(begin, line.find_last_not_of(space) + 1 - begin);
    return size;
  }

  // libcurl sends a request again if a connection that it used before is closed without an answer. The server
  // may have acted on it, and an attempt is one request (RFC 9110, section 9.2.2).
  static curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto* const self = static_cast<implementation*>(of);
    long sent = 0;
    curl_easy_getinfo(self->easy_.get(), CURLINFO_REQUEST_SIZE, &sent);
    if (sent != 0) {
      self->is_resent_ = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  const std::string server_;
  const http_client_options options_;
  header_list plain_headers_;    // for requests without a body
  header_list content_headers_;  // for those with one
  header_list more_headers_;     // for one of them
  std::array<char, CURL_ERROR_SIZE> message_{};
  std::string method_;
  std::string target_;
  http_answer answer_;
  bool is_too_large_ = false;
  bool is_resent_ = false;
  // Destroyed first: their callbacks use the members above.
  std::unique_ptr<CURLM, multi_cleanup> multi_;
  std::unique_ptr<CURL, easy_cleanup> easy_;
};

http_client::http_client(const http_url& to, const http_client_options& options,
                         const http_headers& headers)
    : implementation_(std::make_unique<implementation>(to, options, headers)) {}

http_client::~http_client() = default;

http_answer http_client::send(std::string_view method, const std::string& target,
                              const std::string& body, const http_headers& more) {
  return implementation_->send(method, target, body, more);
}
