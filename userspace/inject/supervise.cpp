// SPDX-License-Identifier: Apache-2.0
#include "inject/supervise.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>

#include "inject/stage.h"
#include "util/fd.h"

namespace wedged::inject {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

long long ms_of(Instant at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

// Signals come through a descriptor: a handler would be inherited, and be one of the stuck process too.
Fd blocked_signals(sigset_t& before) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, &before);
  return Fd{must(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd")};
}

// A process group of its own, so that all of it can be ended at once and Ctrl-C ends it by way of us.
[[noreturn]] void run_child(const Variant& variant, int to_supervisor, int parent, const sigset_t& mask) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  setpgid(0, 0);
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  // Lives as long as the process: the main thread of one variant ends and leaves the others behind.
  static const Stage stage(must(fcntl(to_supervisor, F_DUPFD_CLOEXEC, 10), "fcntl"));
  variant.provoke(stage);
  give_up("the fault ended by itself", 0);
}

class Supervisor {
 public:
  Supervisor(std::string_view cause, const Variant& variant) : cause_(cause), variant_(variant) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t before;
    signals_ = blocked_signals(before);
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), "pipe");
    announcements_ = Fd{ends[0]};
    const Fd theirs{ends[1]};
    const int self = getpid();
    child_ = must(fork(), "fork");
    if (child_ == 0) run_child(variant, theirs.get(), self, before);
    setpgid(child_, child_);  // both do it, so that it is done whoever comes first
  }

  ExitCode watch(Duration lasts) {
    // The fault begins soon or never.
    Instant end = steady_clock::now() + long_enough;
    while (steady_clock::now() < end) {
      wait_until(end);
      while (const auto announcement = next()) {
        if (!tell(*announcement)) return fail("it did not come about");
        if (!began_) end = steady_clock::now() + lasts;
        began_ = true;
      }
      if (told_to_stop()) return over("told to stop");
      if (const auto status = child_status()) return died(*status);
    }
    return began_ ? over("its time is over") : fail("it did not come about in time");
  }

 private:
  void wait_until(Instant end) const {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now()).count();
    std::array<pollfd, 2> fds{pollfd{announcements_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
    poll(fds.data(), fds.size(), static_cast<int>(left));
  }

  std::optional<Announcement> next() const {
    Announcement announcement;
    const auto count = read(announcements_.get(), &announcement, sizeof(announcement));
    if (count != static_cast<ssize_t>(sizeof(announcement))) return std::nullopt;
    return announcement;
  }

  bool tell(const Announcement& one) const {
    if (!comes_true(one.pid, one.tid, one.until)) return false;
    const std::string cause = one.cause[0] ? one.cause.data() : std::string{cause_};
    std::printf("began %lld pid=%d tid=%d cause=%s variant=%s", ms_of(steady_clock::now()), one.pid, one.tid,
                cause.c_str(), std::string{variant_.name}.c_str());
    if (one.owner) std::printf(" owner=%d", one.owner);
    if (one.descriptor >= 0) std::printf(" descriptor=%d", one.descriptor);
    std::puts("");
    std::fflush(stdout);
    return true;
  }

  bool told_to_stop() const {
    signalfd_siginfo info{};
    while (read(signals_.get(), &info, sizeof(info)) > 0) {
      if (info.ssi_signo != SIGCHLD) return true;
    }
    return false;
  }

  // Reaps orphans of the fault too: they come to us.
  std::optional<int> child_status() const {
    int status = 0;
    for (int pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == child_) return status;
    }
    return std::nullopt;
  }

  ExitCode died(int status) const {
    if (WIFSIGNALED(status)) return over("killed by signal " + std::to_string(WTERMSIG(status)));
    end_all();  // it has said why
    return static_cast<ExitCode>(WEXITSTATUS(status));
  }

  ExitCode over(const std::string& reason) const {
    end_all();
    std::printf("ended %lld pid=%d %s\n", ms_of(steady_clock::now()), child_, reason.c_str());
    return ExitCode::success;
  }

  ExitCode fail(const char* reason) const {
    end_all();
    std::fprintf(stderr, "wedged-inject: %s\n", reason);
    return ExitCode::failed;
  }

  void end_all() const {
    kill(-child_, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
  }

  std::string_view cause_;
  const Variant& variant_;
  Fd signals_, announcements_;
  int child_ = -1;
  bool began_ = false;
};

}  // namespace

ExitCode supervise(std::string_view cause, const Variant& variant, Duration lasts) {
  return Supervisor(cause, variant).watch(lasts);
}

}  // namespace wedged::inject
