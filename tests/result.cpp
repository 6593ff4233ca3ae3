// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#include <version>

#if defined(__cpp_lib_expected)
#include <expected>
#endif

// The clauses of the standard ([expected.object], [expected.void], [expected.unexpected]), held by ours and,
// where there is one, by the standard library's, which shows that these tests ask for the same.

namespace {

using namespace signhook;

struct ours {
  template <class T, class Error>
  using expected = result<T, Error>;
  template <class Error>
  using unexpected = signhook::unexpected<Error>;
  static constexpr auto unexpect = signhook::unexpect;
};

// GCC 12's has no monadic functions yet.
#if defined(__cpp_lib_expected) && __cpp_lib_expected >= 202211L
struct standards {
  template <class T, class Error>
  using expected = std::expected<T, Error>;
  template <class Error>
  using unexpected = std::unexpected<Error>;
  static constexpr auto unexpect = std::unexpect;
};
#define ALL_EXPECTED ours, standards
#else
#define ALL_EXPECTED ours
#endif

// libstdc++ 14 does not have this correction of the standard.
#if defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE <= 14
template <class Expected>
constexpr bool has_lwg_3836 = std::same_as<Expected, ours>;
#else
template <class Expected>
constexpr bool has_lwg_3836 = true;
#endif

// libc++ 19 declares the comparison of its std::unexpected with another, but it does not compile.
#if defined(_LIBCPP_VERSION)
template <class Expected>
constexpr bool compares_other_errors = std::same_as<Expected, ours>;
#else
template <class Expected>
constexpr bool compares_other_errors = true;
#endif

struct only_explicit {
  explicit only_explicit(int of) : value(of) {}
  int value;
};

struct of_list {
  of_list(std::initializer_list<int> list, int more) : sum(more) {
    for (const int one : list) sum += one;
  }
  int sum;
};

static_assert(std::is_trivially_copyable_v<result<event>>);
static_assert(std::is_nothrow_move_constructible_v<result<event>>);
static_assert(!std::is_nothrow_copy_constructible_v<result<int, std::string>>);

constexpr result<int> held = 3;
constexpr result<int> failed_result = unexpected(error{errc::wrong_type, 7, "/id"});
static_assert(held && *held == 3 && held.value() == 3 && held.error_or(error{}) == error{});
static_assert(!failed_result && failed_result.error().offset == 7 &&
              failed_result.value_or(4) == 4);
static_assert(held.and_then([](int x) { return result<long>(x + 1L); }) == 4L);
static_assert(failed_result.transform([](int x) { return x + 1; }).error().offset == 7);
static_assert(failed_result.or_else([](const error& e) {
  return result<int>(static_cast<int>(e.offset));
}) == 7);
static_assert(failed_result.transform_error([](const error& e) { return e.code; }).error() ==
              errc::wrong_type);

template <class Library, class T, class Error>
using expected = typename Library::template expected<T, Error>;
template <class Library, class Error>
using unexpected_of = typename Library::template unexpected<Error>;

}  // namespace

TEMPLATE_TEST_CASE("an expected's types", "[expected.object.general]", ALL_EXPECTED) {
  using text = expected<TestType, std::string, int>;
  STATIC_REQUIRE(std::same_as<typename text::value_type, std::string>);
  STATIC_REQUIRE(std::same_as<typename text::error_type, int>);
  STATIC_REQUIRE(std::same_as<typename text::unexpected_type, unexpected_of<TestType, int>>);
  STATIC_REQUIRE(std::same_as<typename text::template rebind<long>, expected<TestType, long, int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<text, bool>);
  STATIC_REQUIRE(std::is_trivially_copy_constructible_v<expected<TestType, int, long>>);
  STATIC_REQUIRE(std::is_copy_constructible_v<text>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<expected<TestType, std::unique_ptr<int>, int>>);
}

TEMPLATE_TEST_CASE("an expected is made of a value or an error", "[expected.object.cons]",
                   ALL_EXPECTED) {
  using text = expected<TestType, std::string, int>;
  CHECK(text().value().empty());
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<expected<TestType, only_explicit, int>>);

  CHECK(*text("abc") == "abc");
  CHECK(*text(std::in_place, 3U, 'x') == "xxx");
  CHECK(*text(std::in_place, {'a', 'b'}) == "ab");
  CHECK(text(unexpected_of<TestType, int>(7)).error() == 7);
  CHECK(text(unexpected_of<TestType, char>('a')).error() == 97);
  CHECK(text(TestType::unexpect, 7).error() == 7);
  CHECK(expected<TestType, int, of_list>(TestType::unexpect, {1, 2}, 3).error().sum == 6);
  CHECK(expected<TestType, of_list, int>(std::in_place, {1, 2}, 3)->sum == 6);

  const text value("abc");
  CHECK(*text(value) == "abc");
  text moved(value);
  CHECK(*text(std::move(moved)) == "abc");

  // Explicit where a conversion is.
  using strict = expected<TestType, only_explicit, only_explicit>;
  STATIC_REQUIRE(std::is_constructible_v<strict, int>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<int, strict>);
  STATIC_REQUIRE(std::is_constructible_v<strict, unexpected_of<TestType, int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<unexpected_of<TestType, int>, strict>);
  STATIC_REQUIRE(std::is_convertible_v<unexpected_of<TestType, only_explicit>, strict>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<text, int*>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<text, unexpected_of<TestType, std::string>>);
}

TEMPLATE_TEST_CASE("an expected is made of another", "[expected.object.cons]", ALL_EXPECTED) {
  using small = expected<TestType, int, const char*>;
  using large = expected<TestType, long, std::string>;
  CHECK(*large(small(3)) == 3L);
  CHECK(large(small(TestType::unexpect, "why")).error() == "why");
  STATIC_REQUIRE(std::is_convertible_v<small, large>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<expected<TestType, std::string*, int>,
                                               expected<TestType, long, int>>);

  using owner = expected<TestType, std::unique_ptr<int>, int>;
  using shared = expected<TestType, std::shared_ptr<int>, int>;
  CHECK(**shared(owner(std::make_unique<int>(5))) == 5);

  // The value, not the answer whether there is one (LWG 3836).
  if constexpr (has_lwg_3836<TestType>) {
    using boolean = expected<TestType, bool, int>;
    CHECK_FALSE(*boolean(expected<TestType, int, int>(0)));
    CHECK(boolean(expected<TestType, int, int>(TestType::unexpect, 2)).error() == 2);
  }
}

TEMPLATE_TEST_CASE("an expected is assigned", "[expected.object.assign]", ALL_EXPECTED) {
  using text = expected<TestType, std::string, std::vector<int>>;
  text a("abc");
  text b(TestType::unexpect, {1, 2});
  a = b;
  CHECK(a.error().size() == 2);
  a = "long enough to be on the heap, where what is read after its end shows";
  CHECK(a->size() > 60);
  a = unexpected_of<TestType, std::vector<int>>(b.error());
  CHECK(a.error() == b.error());
  a = unexpected_of<TestType, std::vector<int>>(a.error());
  CHECK(a.error() == b.error());
  b = std::move(a);
  CHECK(b.error().size() == 2);
  a = text("abc");
  swap(a, b);
  CHECK(*b == "abc");
  a.swap(b);
  CHECK(*a == "abc");
  a = std::as_const(a);
  CHECK(*a == "abc");
  STATIC_REQUIRE(std::is_assignable_v<text&, unexpected_of<TestType, std::vector<int>>>);
  STATIC_REQUIRE_FALSE(std::is_assignable_v<text&, unexpected_of<TestType, const char*>>);
}

TEMPLATE_TEST_CASE("an expected's value is replaced", "[expected.object.assign]", ALL_EXPECTED) {
  expected<TestType, std::unique_ptr<int>, int> a(TestType::unexpect, 3);
  CHECK(a.emplace() == nullptr);
  CHECK(a.has_value());
  expected<TestType, int, int> b(TestType::unexpect, 3);
  b.emplace(4) += 1;
  CHECK(*b == 5);
}

TEST_CASE("a result's value is replaced by one made of its parts") {
  const std::string text = "long enough to be on the heap, where what is read after its end shows";
  result<std::string, std::string> a(text);
  a.emplace(*a);
  CHECK(*a == text);
  a.emplace(*a, 5U);
  CHECK(*a == text.substr(5));
  a = unexpected(text);
  a.emplace(a.error());
  CHECK(*a == text);
  a.emplace({'a', 'b'});
  CHECK(*a == "ab");
}

TEMPLATE_TEST_CASE("an expected is read", "[expected.object.obs]", ALL_EXPECTED) {
  using text = expected<TestType, std::string, std::string>;
  text a("abc");
  const text b(TestType::unexpect, "why");
  CHECK(a);
  CHECK(a.has_value());
  CHECK_FALSE(b);
  CHECK_FALSE(b.has_value());
  CHECK(a->size() == 3);
  *a += "d";
  a.value() += "e";
  CHECK(*std::as_const(a) == "abcde");
  CHECK(std::as_const(a).value() == "abcde");
  CHECK(b.error() == "why");
  CHECK(a.value_or("other") == "abcde");
  CHECK(b.value_or("other") == "other");
  CHECK(a.error_or("other") == "other");
  CHECK(b.error_or("other") == "why");

  STATIC_REQUIRE(std::same_as<decltype(*a), std::string&>);
  STATIC_REQUIRE(std::same_as<decltype(*b), const std::string&>);
  STATIC_REQUIRE(std::same_as<decltype(*std::move(a)), std::string&&>);
  STATIC_REQUIRE(std::same_as<decltype(*std::move(b)), const std::string&&>);
  STATIC_REQUIRE(std::same_as<decltype(a.value()), std::string&>);
  STATIC_REQUIRE(std::same_as<decltype(std::move(a).value()), std::string&&>);
  STATIC_REQUIRE(std::same_as<decltype(a.error()), std::string&>);
  STATIC_REQUIRE(std::same_as<decltype(std::move(b).error()), const std::string&&>);

  expected<TestType, std::unique_ptr<int>, int> owner(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = *std::move(owner);
  CHECK(*taken == 3);
}

TEMPLATE_TEST_CASE("an expected's value or error goes on", "[expected.object.monadic]",
                   ALL_EXPECTED) {
  using text = expected<TestType, std::string, int>;
  using number = expected<TestType, std::size_t, int>;
  const auto size = [](const std::string& of) -> number { return of.size(); };
  const text a("abc");
  const text b(TestType::unexpect, 7);
  CHECK(a.and_then(size) == number(3U));
  CHECK(b.and_then(size).error() == 7);
  CHECK(a.or_else([](int) { return text("other"); }) == a);
  CHECK(b.or_else([](int why) { return text(std::to_string(why)); }) == text("7"));
  CHECK(a.transform([](const std::string& of) { return of.size(); }) == number(3U));
  CHECK(b.transform([](const std::string& of) { return of.size(); }).error() == 7);
  CHECK(*a.transform_error([](int) { return std::string("x"); }) == "abc");
  CHECK(b.transform_error([](int why) { return std::to_string(why); }).error() == "7");
  CHECK(a.transform([](const std::string&) {}).has_value());
  CHECK_FALSE(b.transform([](const std::string&) {}).has_value());

  // A temporary's value moves.
  using owner = expected<TestType, std::unique_ptr<int>, int>;
  CHECK(**owner(std::make_unique<int>(3)).transform([](std::unique_ptr<int>&& of) {
    return std::move(of);
  }) == 3);
  CHECK(*owner(std::make_unique<int>(3)).and_then([](std::unique_ptr<int>&& of) {
    return expected<TestType, int, int>(*of);
  }) == 3);
  // Members are functions too.
  CHECK(*a.transform(&std::string::size) == 3);
}

TEMPLATE_TEST_CASE("expecteds compare", "[expected.object.eq]", ALL_EXPECTED) {
  using text = expected<TestType, std::string, int>;
  using view = expected<TestType, std::string_view, long>;
  const text a("abc");
  const text b(TestType::unexpect, 7);
  CHECK(a == text("abc"));
  CHECK(a != text("abd"));
  CHECK(a != b);
  CHECK(b == text(TestType::unexpect, 7));
  CHECK(a == view("abc"));
  CHECK(b == view(TestType::unexpect, 7L));
  CHECK(b != view(TestType::unexpect, 8L));
  CHECK(a != view(TestType::unexpect, 7L));
  CHECK(a == "abc");
  CHECK("abc" == a);
  CHECK(b != "abc");
  CHECK(b == unexpected_of<TestType, int>(7));
  CHECK(a != unexpected_of<TestType, int>(7));
}

TEMPLATE_TEST_CASE("an expected without a value's type", "[expected.void]", ALL_EXPECTED) {
  using nothing = expected<TestType, void, std::string>;
  nothing a;
  const nothing b(TestType::unexpect, "why");
  CHECK(a.has_value());
  *a;
  a.value();
  CHECK(b.error() == "why");
  CHECK(nothing(unexpected_of<TestType, const char*>("why")) == b);
  CHECK(a == nothing(std::in_place));
  CHECK(a != b);
  a = b;
  CHECK(a == b);
  a.emplace();
  CHECK(a.has_value());
  CHECK(nothing(expected<TestType, void, const char*>(TestType::unexpect, "why")) == b);
  CHECK(a.transform([] { return 5; }) == 5);
  CHECK(b.transform([] { return 5; }).error() == "why");
  CHECK(a.and_then([] { return nothing(TestType::unexpect, "new"); }).error() == "new");
  CHECK(b.or_else([](const std::string&) { return nothing(); }).has_value());
  CHECK(b.transform_error(&std::string::size).error() == 3);
}

TEMPLATE_TEST_CASE("an error on its way", "[expected.unexpected]", ALL_EXPECTED) {
  using why = unexpected_of<TestType, std::string>;
  why a("abc");
  const why b(std::in_place, 3U, 'x');
  CHECK(a.error() == "abc");
  CHECK(b.error() == "xxx");
  CHECK(why(std::in_place, {'a', 'b'}).error() == "ab");
  CHECK(a == why("abc"));
  CHECK(a != b);
  if constexpr (compares_other_errors<TestType>) {
    CHECK(a == unexpected_of<TestType, std::string_view>("abc"));
  }
  why c(b);
  swap(a, c);
  CHECK(a == b);
  STATIC_REQUIRE(std::same_as<decltype(why(a).error()), std::string&&>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, why>);
}

#if defined(__cpp_lib_expected)
TEST_CASE("a result is the standard library's expected, and the reverse") {
  const result<int, std::string> a = 3;
  const result<int, std::string> b = unexpected("why");
  const std::expected<int, std::string> c = a;
  const std::expected<int, std::string> d = b;
  CHECK(c == 3);
  CHECK(d.error() == "why");
  CHECK(result<int, std::string>(c) == a);
  CHECK(result<long, std::string>(d) == b);
  CHECK(result<int, std::string>(std::unexpected("why")) == b);
  const std::expected<void, std::string> e = result<void, std::string>();
  CHECK(result<void, std::string>(e).has_value());
}
#endif
