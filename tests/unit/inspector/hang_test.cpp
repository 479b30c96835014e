// SPDX-License-Identifier: Apache-2.0
// Processes whose memory or files do not answer: mappings of a file on a mute FUSE server. As root only.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <list>
#include <optional>
#include <thread>

#include "asking.h"
#include "inspector/registers.h"
#include "kernel/child.h"
#include "kernel/fuse_server.h"
#include "program.h"

namespace wedged::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// A mute server in a mount namespace of its own, and processes that map its file.
class MuteFile : public testing::Test {
 protected:
  void SetUp() override {
    if (getuid() != 0 || access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "needs root and FUSE";
    folder_ = std::filesystem::canonical(std::filesystem::temp_directory_path()) / "wedged-hang-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    server_.emplace([this](const Line& line) {
      must(unshare(CLONE_NEWNS), "unshare");
      must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
      return serve_but_reads(folder_, [&] { line.say(); });
    });
    server_->hear();
  }

  // The server goes first: that ends every wait for it.
  void TearDown() override {
    server_.reset();
    clients_.clear();
    rmdir(folder_.c_str());
  }

  // Not by setns(): that takes a process of one thread, which it is not under the thread sanitizer.
  [[nodiscard]] int open_the_file() const {
    const std::string path = "/proc/" + std::to_string(server_->pid()) + "/root" + folder_ + "/" + fuse_file;
    return must(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open the file");
  }

  // A process that has mapped the file and waits.
  InspectRequest mapping(int protection) {
    clients_.emplace_back([&](const Line& line) {
      void* const there = mmap(nullptr, 4096, protection, MAP_PRIVATE, open_the_file(), 0);
      *address_ = reinterpret_cast<std::uint64_t>(there);
      return wait_for_ever(line);
    });
    clients_.back().hear();
    const ProcessId process = process_of(clients_.back().pid());
    InspectRequest request{process, {}};
    request.threads.emplace_back().id = {process.tgid, process.tgid, process.start_boottime_ns};
    return request;
  }

  // It waits at a lock in the mapping: its word cannot be read.
  InspectRequest waiting_at_the_file() {
    InspectRequest request = mapping(PROT_READ);
    request.threads[0].word_address = *address_ + 128;
    return request;
  }

  // It runs the file's code.
  InspectRequest running_the_file() {
    InspectRequest request = mapping(PROT_READ | PROT_EXEC);
    AllRegisters registers{};
    registers[pc_register] = *address_ + 64;
    request.threads[0].registers = registers;
    return request;
  }

  // Waits for the file's page, and keeps it locked meanwhile.
  void read_the_file() {
    clients_.emplace_back([&](const Line& line) {
      const int file = open_the_file();
      line.say();
      char byte = 0;
      return static_cast<int>(syscall(SYS_read, file, &byte, 1));
    });
    clients_.back().hear();
    await_state(clients_.back().pid(), 'D');
  }

  static void await_state(int id, char state) {
    const auto until = std::chrono::steady_clock::now() + seconds(30);
    while (state_of(id) != state && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(2));
    ASSERT_EQ(state_of(id), state);
  }

  std::string folder_;
  Shared<std::uint64_t> address_;
  std::list<Child> clients_;
  std::optional<Child> server_;
};

TEST_F(MuteFile, in_memory_takes_a_deadline_and_no_more) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = soon});
  EXPECT_EQ(failure_of(inspector, waiting_at_the_file()),
            "no answer within 3 s: it was reading the memory at its locks");
  EXPECT_EQ(failure_of(inspector, request_for_self()), "");
  EXPECT_EQ(inspector.stats().started, 2U);
  EXPECT_EQ(inspector.stats().unkillable, 0U);
}

TEST_F(MuteFile, that_is_run_takes_a_deadline_and_no_more) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = soon});
  EXPECT_THAT(failure_of(inspector, running_the_file()), HasSubstr("it was opening " + folder_));
  EXPECT_EQ(failure_of(inspector, request_for_self()), "");
}

TEST_F(MuteFile, that_others_wait_for_makes_an_inspector_that_no_signal_ends) {
  const InspectRequest request = running_the_file();
  read_the_file();
  Inspector inspector(INSPECTOR_CHILD, {.deadline = soon, .unkillable_children = 1});
  EXPECT_THAT(failure_of(inspector, request), HasSubstr("no answer within 3 s"));
  std::this_thread::sleep_for(milliseconds(200));
  static_cast<void>(inspector.collect(std::chrono::steady_clock::now()));
  EXPECT_EQ(inspector.stats().unkillable, 1U);
  EXPECT_THAT(failure_of(inspector, request_for_self()), HasSubstr("no inspector is started"));
  server_.reset();
  const auto until = std::chrono::steady_clock::now() + seconds(30);
  while (inspector.stats().unkillable > 0 && std::chrono::steady_clock::now() < until)
    static_cast<void>(inspector.collect(std::chrono::steady_clock::now()));
  EXPECT_EQ(failure_of(inspector, request_for_self()), "");
}

TEST_F(MuteFile, that_no_signal_frees_an_inspector_from_gets_one_of_them_and_no_more) {
  const InspectRequest request = running_the_file();
  read_the_file();
  Inspector inspector(INSPECTOR_CHILD, {.deadline = soon, .unkillable_children = 2});
  EXPECT_THAT(failure_of(inspector, request), HasSubstr("no answer within 3 s"));
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(failure_of(inspector, request), "the inspector that was killed over it does not die");
  EXPECT_EQ(inspector.stats().started, 1U);
  EXPECT_EQ(inspector.stats().unkillable, 1U);
  EXPECT_EQ(failure_of(inspector, request_for_self()), "") << "others are looked at";
  server_.reset();
  const auto until = std::chrono::steady_clock::now() + seconds(30);
  while (inspector.stats().unkillable > 0 && std::chrono::steady_clock::now() < until)
    static_cast<void>(inspector.collect(std::chrono::steady_clock::now()));
  EXPECT_EQ(failure_of(inspector, request_for_self()), "");
  EXPECT_EQ(inspector.stats().unkillable, 0U);
}

}  // namespace
}  // namespace wedged::test
