// SPDX-License-Identifier: Apache-2.0
// Where no file tells how to unwind, the code itself is followed. On programs whose files do tell, both must
// come to the same frames.
#include <gtest/gtest.h>

#include <algorithm>

#include "inspector/unwinder.h"
#include "program.h"

namespace wedged::test {
namespace {

std::vector<std::uint64_t> addresses(const InspectRequest& request, bool with_files) {
  const auto target = Target::open(request);
  const auto maps = target->open_file("maps");
  const auto space = read_address_space(*maps);
  const auto modules = with_files ? modules_of(*space) : std::vector<Module>{};
  const Report no_report = [](const std::string&) {};
  Memory memory(target->id());
  DwflSession session(*target, memory, modules, no_report);
  Unwinder unwinder(session, *space, modules);
  std::vector<std::uint64_t> found;
  for (const UserFrame& frame : unwinder.unwind(*request.threads.front().registers).frames)
    found.push_back(frame.address);
  return found;
}

struct Wait {
  const char* program;
  const char* how;
};

void PrintTo(const Wait& wait, std::ostream* out) {
  *out << wait.program << " in " << wait.how;
}

class CodeStep : public testing::TestWithParam<Wait> {};

TEST_P(CodeStep, comes_to_the_same_frames_as_call_frame_information) {
  const Program program({path_of(GetParam().program), GetParam().how});
  const InspectRequest request = program.request();
  const auto told = addresses(request, true);
  const auto followed = addresses(request, false);
#if defined(__x86_64__)
  constexpr std::size_t start_code = 2;  // __libc_start_main and _start: before them nothing returns
  ASSERT_EQ(followed.size(), told.size() - start_code);
#endif
  EXPECT_TRUE(std::equal(followed.begin(), followed.end(), told.begin()));
}

INSTANTIATE_TEST_SUITE_P(Of, CodeStep,
                         testing::Values(Wait{"plain", "pause"}, Wait{"plain", "mutex"},
                                         Wait{"plain", "condition"}, Wait{"static", "condition"},
                                         Wait{"cpp", ""}));

}  // namespace
}  // namespace wedged::test
