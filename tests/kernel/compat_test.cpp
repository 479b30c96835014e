// SPDX-License-Identifier: Apache-2.0
// Calls through the 32-bit interface: their numbers mean other calls, so they are kept apart from the native
// ones.
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "child.h"
#include "compat_call.h"
#include "kernel_test.h"
#include "parity.h"
#include "watch.h"
#include "work.h"

namespace wedged::test {
namespace {

#if defined(__x86_64__)

// arch/x86/entry/syscalls/syscall_32.tbl
constexpr int getppid_32 = 64;
constexpr int pause_32 = 29;
constexpr std::uint32_t many = 20'000;

class CompatCall : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    Child child([](const Line&) { return compat_calls_from_32_bit_code(getppid_32, 1) > 0 ? 0 : 1; });
    if (child.wait() != 0) WEDGED_SKIP("this kernel has no 32-bit interface");
  }
};

TEST_F(CompatCall, from_32_bit_code_is_counted_as_such_and_as_no_native_call) {
  const Work child([] { compat_calls_from_32_bit_code(getppid_32, many); });
  auto observer = watch({child.pid()});
  child.be_done();
  same("32-bit calls", compat_stats_of(observer).calls, many);
  same("their errors", compat_stats_of(observer).errors, 0);
  same("native calls of the same number", stats_of(observer, getppid_32).calls, 0);
  same("native calls of the same name", stats_of(observer, SYS_getppid).calls, 0);
}

TEST_F(CompatCall, that_fails_is_an_error) {
  const Work child([] { compat_calls_from_32_bit_code(4000, many); });
  auto observer = watch({child.pid()});
  child.be_done();
  same("32-bit calls", compat_stats_of(observer).calls, many);
  same("their errors", compat_stats_of(observer).errors, many);
}

// The interface follows the code segment, as the registers show it; the kernel's own mark is not looked at.
TEST_F(CompatCall, from_64_bit_code_is_counted_by_its_number) {
  const Work child([] {
    for (std::uint32_t i = 0; i < many; ++i) compat_call_from_64_bit_code(getppid_32);
  });
  auto observer = watch({child.pid()});
  child.be_done();
  same("native calls of the same number", stats_of(observer, getppid_32).calls, many);
  same("32-bit calls", compat_stats_of(observer).calls, 0);
}

TEST_F(CompatCall, in_flight_is_marked_and_has_the_arguments_of_the_32_bit_interface) {
  const Work child([] { compat_calls_from_32_bit_code(pause_32, 1); });
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  child.begin();
  await_call(child.pid(), child.pid(), pause_32);
  const auto sample = expect_parity(observer, id);
  ASSERT_TRUE(sample.call.has_value());
  holds("it is a 32-bit call", sample.call->compat);
  holds("when it was made is known", sample.call->entered.has_value());
  holds("no native limit applies to it", find(scan(observer), child.pid()) == nullptr);
}

TEST_F(CompatCall, begun_before_the_watch_is_marked_too) {
  const Work child([] { compat_calls_from_32_bit_code(pause_32, 1); });
  auto first = watch({child.pid()});
  const auto id = observed(first, child.pid()).id;
  child.begin();
  await_call(child.pid(), child.pid(), pause_32);
  for (const auto observing : {Observing::calls, Observing::scan}) {
    auto observer = watch({child.pid()}, observing);
    const auto sample = expect_parity(observer, id);
    ASSERT_TRUE(sample.call.has_value());
    holds("it is a 32-bit call", sample.call->compat);
    holds("no native limit applies to it", find(scan(observer), child.pid()) == nullptr);
  }
}

#endif

}  // namespace
}  // namespace wedged::test
