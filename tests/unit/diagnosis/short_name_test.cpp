// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

struct Name {
  const char* full;
  const char* shown;
};

void PrintTo(const Name& name, std::ostream* out) {
  *out << '"' << name.full << '"';
}

class ShortName : public testing::TestWithParam<Name> {};
TEST_P(ShortName, keeps_what_names_the_function) {
  EXPECT_EQ(short_name(GetParam().full), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(C, ShortName,
                         testing::Values(Name{"", ""}, Name{"main", "main"},
                                         Name{"pthread_mutex_lock@@GLIBC_2.2.5", "pthread_mutex_lock"},
                                         Name{"___pthread_mutex_lock", "___pthread_mutex_lock"}));

INSTANTIATE_TEST_SUITE_P(
    Cpp, ShortName,
    testing::Values(
        Name{"db::Pool::take(std::string const&, int)", "db::Pool::take"},
        Name{"db::Pool::size() const", "db::Pool::size"}, Name{"db::Pool::size() const &", "db::Pool::size"},
        Name{"db::Pool::size() &&", "db::Pool::size"}, Name{"db::Pool::size() volatile", "db::Pool::size"},
        Name{"void run<int, std::vector<int>>(int)", "run"},
        Name{"std::vector<int, std::allocator<int> >::push_back(int&&)", "std::vector::push_back"},
        Name{"(anonymous namespace)::worker(void*)", "worker"},
        Name{"app::(anonymous namespace)::Pool::take((anonymous namespace)::Key)", "app::Pool::take"},
        Name{"main::{lambda()#1}::_FUN()", "main::_FUN"}, Name{"Foo::~Foo()", "Foo::~Foo"},
        Name{"foo[abi:cxx11]()", "foo[abi:cxx11]"}, Name{"foo(int) [clone .constprop.0]", "foo"},
        Name{"db::Pool::take(int) const [clone .isra.0] [clone .part.1]", "db::Pool::take"},
        Name{"std::call_once<void (*)()>(std::once_flag&, void (*&&)())", "std::call_once"}));

INSTANTIATE_TEST_SUITE_P(Operators, ShortName,
                         testing::Values(Name{"Foo::operator()(int) const", "Foo::operator()(int) const"},
                                         Name{"Foo::operator bool()", "Foo::operator bool()"},
                                         Name{"Foo::operator<(Foo const&)", "Foo::operator<(Foo const&)"},
                                         Name{"Foo::operator->()", "Foo::operator->()"}));

INSTANTIATE_TEST_SUITE_P(Rust, ShortName,
                         testing::Values(Name{"std::sys::sync::mutex::futex::Mutex::lock_contended",
                                              "std::sys::sync::mutex::futex::Mutex::lock_contended"},
                                         Name{"app::main::{{closure}}", "app::main"},
                                         Name{"<T as core::fmt::Display>::fmt", "fmt"}));

INSTANTIATE_TEST_SUITE_P(Unbalanced, ShortName,
                         testing::Values(Name{"f<int", "f"}, Name{"f>", "f>"}, Name{"f)(", "f)"},
                                         Name{"((((", "(((("}, Name{"<>", "<>"}, Name{"a<b>c>d", "ac>d"},
                                         Name{"::", "::"}, Name{"@", "@"}, Name{" ", " "}, Name{"{", "{"},
                                         Name{"const", "const"}));

TEST(ShortName, is_never_empty_for_a_name_and_never_longer) {
  constexpr std::string_view letters = "ab:<>(){}[] @&*~.,const";
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string name;
    for (auto length = 1 + random() % 24; length > 0; --length) name += letters[random() % letters.size()];
    const auto shown = short_name(name);
    ASSERT_FALSE(shown.empty()) << name;
    ASSERT_LE(shown.size(), name.size()) << name;
  }
}

}  // namespace
}  // namespace wedged
