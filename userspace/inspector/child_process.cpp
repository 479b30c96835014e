// SPDX-License-Identifier: Apache-2.0
#include "inspector/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "inspector/child.h"

namespace wedged {
namespace {

class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, socket, inspector_socket);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> run(const std::string& executable) {
    std::string name = "wedged", command = "inspector";
    std::array<char*, 3> arguments = {name.data(), command.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};  // above all no DEBUGINFOD_URLS
    pid_t id = 0;
    const int failed =
        ::posix_spawn(&id, executable.c_str(), &files_, &attributes_, arguments.data(), environment.data());
    if (failed != 0) return system_error(failed, "start " + executable);
    return id;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

std::string description_of(int status) {
  if (!WIFSIGNALED(status)) return "ended with status " + std::to_string(WEXITSTATUS(status));
  const char* const name = ::sigabbrev_np(WTERMSIG(status));
  return "died of " + (name != nullptr ? std::string("SIG") + name : std::to_string(WTERMSIG(status)));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& executable) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return system_error(errno, "socketpair");
  Fd here{ends[0]}, there{ends[1]};
  // dup2 onto itself would leave it close-on-exec.
  if (there.get() == inspector_socket)
    there = Fd{::fcntl(there.get(), F_DUPFD_CLOEXEC, inspector_socket + 1)};
  if (!there.valid() || ::fcntl(here.get(), F_SETFL, O_NONBLOCK) != 0) return system_error(errno, "socket");
  const auto id = SpawnPlan(there.get()).run(executable);
  if (!id) return id.error();
  return ChildProcess{*id, std::move(here)};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, 0)), socket_(std::move(other.socket_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    put_away();
    id_ = std::exchange(other.id_, 0);
    socket_ = std::move(other.socket_);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  put_away();
}

void ChildProcess::kill_it() const {
  if (id_ > 0) ::kill(id_, SIGKILL);
}

std::optional<std::string> ChildProcess::end() {
  int status = 0;
  const pid_t ended = ::waitpid(id_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
  const bool reaped_by_another = ended < 0;
  id_ = 0;
  return reaped_by_another ? "is gone" : description_of(status);
}

std::optional<std::string> ChildProcess::end_within(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds moment(1);
  for (; patience > moment; patience -= moment) {
    if (auto ended = end()) return ended;
    std::this_thread::sleep_for(moment);
  }
  return end();
}

void ChildProcess::put_away() noexcept {
  if (id_ <= 0) return;
  kill_it();
  socket_.close();
  static_cast<void>(end_within(std::chrono::seconds(1)));
}

}  // namespace wedged
