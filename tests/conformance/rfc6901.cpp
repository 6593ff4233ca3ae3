// SPDX-License-Identifier: BSL-1.0
// RFC 6901, JavaScript Object Notation (JSON) Pointer: every path that the library reports, followed by
// Boost.JSON into the body.
#include "../catch.hpp"
#include "../differential/corpus.hpp"
#include <signhook/decoder.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

// Section 3: nothing, or reference tokens of which each follows a "/"; "~" only as "~0" and "~1".
bool is_pointer(std::string_view path) {
  if (!path.empty() && path[0] != '/') return false;
  for (std::size_t at = 0; (at = path.find('~', at)) != std::string_view::npos; ++at) {
    if (at + 1 == path.size() || (path[at + 1] != '0' && path[at + 1] != '1')) return false;
  }
  return true;
}

const boost::json::value* follow(const boost::json::value& body, std::string_view path) {
  boost::system::error_code ec;
  return body.find_pointer({path.data(), path.size()}, ec);
}

bool is_right(const boost::json::value& body, const error& found) {
  switch (found.code) {
    case errc::not_an_object: return found.path.empty() && !body.is_object();
    case errc::unknown_member: {
      const auto* const object = follow(body, found.path);
      return object != nullptr && object->is_object();
    }
    case errc::missing_member: {
      const std::size_t slash = found.path.rfind('/');
      const auto* const object = follow(body, found.path.substr(0, slash));
      return object != nullptr && object->is_object() &&
             !object->as_object().contains(
                 {found.path.data() + slash + 1, found.path.size() - slash - 1});
    }
    case errc::wrong_type: return follow(body, found.path) != nullptr;
    case errc::invalid_uuid:
    case errc::invalid_timestamp:
    case errc::unknown_type:
    case errc::unknown_state:
    case errc::text_too_long: {
      const auto* const value = follow(body, found.path);
      return value != nullptr && value->is_string();
    }
    default: return found.path.empty();
  }
}

}  // namespace

TEST_CASE("RFC 6901: every path is a pointer, and leads to what is reported") {
  decoder with{decoder_options::strict()};
  std::set<std::string> paths;
  std::size_t nth = 0;
  for (const corpus::part& part : corpus::parts()) {
    if (part.family != "members" && part.family != "unknown members" && part.family != "texts" &&
        part.family != "swaps") {
      continue;
    }
    part.write([&](std::string_view body) {
      if (nth++ % 5 != 0) return;
      boost::system::error_code ec;
      const boost::json::value tree = boost::json::parse({body.data(), body.size()}, ec);
      std::vector<error> found;
      with.validate(body, [&](const diagnostic& one) { found.push_back(one.error); });
      for (const error& one : found) {
        paths.emplace(one.path);
        if (!is_pointer(one.path)) FAIL(one.path);
        if (ec && !one.path.empty()) FAIL(body);
      }
      // Of several members with one name Boost.JSON keeps the last, the library the first.
      const bool is_repeated = std::any_of(found.begin(), found.end(), [](const error& one) {
        return one.code == errc::duplicate_member;
      });
      if (ec || is_repeated) return;
      for (const error& one : found) {
        if (!is_right(tree, one)) FAIL(name(one.code) << " at '" << one.path << "' of " << body);
      }
    });
  }
  // The body, its members, theirs.
  CHECK(paths == std::set<std::string>{
                     "", "/created", "/dossier", "/dossier/id", "/dossier/state", "/id", "/invite",
                     "/invite/id", "/invitee", "/invitee/id", "/invitee/state", "/reassignRequest",
                     "/reassignRequest/id", "/reassignRequest/originalInvitee",
                     "/reassignRequest/originalInvitee/id",
                     "/reassignRequest/originalInvitee/state", "/reassignRequest/state", "/type"});
}
