// SPDX-License-Identifier: Apache-2.0
// Between fork and execve the child of a program with threads may call async-signal-safe functions only
// (signal-safety(7)): everything is laid out before, and nothing is allocated there.
#include "action/spawn.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "action/pidfd.h"

namespace wedged {
namespace {

constexpr int error_descriptor = 4, first_unwanted = 5;
constexpr int out_of_the_way = 10;  // above all that the child's own are copied to

using Limit = std::pair<__rlimit_resource, rlim_t>;

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<Limit> limits_of(const SpawnPlan& plan) {
  std::vector<Limit> limits{{RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 256}};
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(plan.cpu_time).count();
  if (seconds > 0) limits.emplace_back(RLIMIT_CPU, static_cast<rlim_t>(seconds) + 1);
  if (plan.memory_bytes != 0) limits.emplace_back(RLIMIT_AS, plan.memory_bytes);
  if (plan.file_bytes != 0) limits.emplace_back(RLIMIT_FSIZE, plan.file_bytes);
  return limits;
}

// All that the child needs, laid out.
struct Layout {
  std::vector<char*> arguments, environment;
  std::vector<Limit> limits;
  bool rehearsal = false;
  pid_t parent = 0;
  Fd input, output, error, extra;
};

void reset_signals() {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Its own descriptors are close-on-exec all the same, for where a filter forbids close_range (Linux 5.9).
void arrange_descriptors(const Layout& layout) {
  ::dup2(layout.input.get(), STDIN_FILENO);
  ::dup2(layout.output.get(), STDOUT_FILENO);
  ::dup2(layout.output.get(), STDERR_FILENO);
  ::dup3(layout.error.get(), error_descriptor, O_CLOEXEC);
  ::close(extra_descriptor);
  if (layout.extra.valid()) ::dup2(layout.extra.get(), extra_descriptor);
  ::syscall(SYS_close_range, first_unwanted, ~0U, 0);
}

void lower_limits(const Layout& layout) {
  for (const auto& [resource, wanted] : layout.limits) {
    rlimit limit{};
    ::getrlimit(resource, &limit);
    limit.rlim_cur = limit.rlim_max = std::min(wanted, limit.rlim_max);
    ::setrlimit(resource, &limit);
  }
}

int why_not_executable(const char* path) {
  struct stat status {};
  if (::stat(path, &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EACCES;
  return ::access(path, X_OK) == 0 ? 0 : errno;
}

[[noreturn]] void leave_with(int error_number) {
  const auto written = ::write(error_descriptor, &error_number, sizeof(error_number));
  ::_exit(written < 0 ? 126 : 127);
}

// The monitor's protection from the out-of-memory killer is not for what it starts (proc(5)).
void lay_down_oom_protection() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::write(fd, "0", 1) != 1) {
  }
  ::close(fd);
}

[[noreturn]] void become(const Layout& layout) {
  // It does not outlive the monitor, whose ledger counts what was running as ended after a restart.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != layout.parent) ::_exit(127);
  ::setsid();
  reset_signals();
  arrange_descriptors(layout);
  if (layout.rehearsal) {
    const int error_number = why_not_executable(layout.arguments[0]);
    if (error_number != 0) leave_with(error_number);
    ::_exit(0);
  }
  if (::chdir("/") != 0) leave_with(errno);
  lower_limits(layout);
  lay_down_oom_protection();
  ::execve(layout.arguments[0], layout.arguments.data(), layout.environment.data());
  leave_with(errno);
}

Fd out_of_way(const Fd& fd) {
  return Fd{::fcntl(fd.get(), F_DUPFD_CLOEXEC, out_of_the_way)};
}

// Hosts may forbid executable memfds (vm.memfd_noexec, Linux 6.3); kernels before know no such flag.
Result<Fd> input_of(const std::string& text) {
  constexpr unsigned never_executable = 0x0008U;  // MFD_NOEXEC_SEAL
  Fd file{::memfd_create("wedged-job", MFD_CLOEXEC | never_executable)};
  if (!file.valid()) file = Fd{::memfd_create("wedged-job", MFD_CLOEXEC)};
  if (!file.valid()) return system_error(errno, "memfd_create");
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(file.get(), text.data() + done, text.size() - done);
    if (count <= 0) return system_error(errno, "keep the input of a job");
    done += static_cast<std::size_t>(count);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

struct Pipe {
  Fd read, write;  // the reader does not block, the writer does
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(errno, "pipe2");
  Pipe made{Fd{ends[0]}, Fd{ends[1]}};
  if (::fcntl(made.read.get(), F_SETFL, O_NONBLOCK) != 0) return system_error(errno, "fcntl");
  return made;
}

// With all signals blocked, so that no handler of ours runs in the child.
pid_t fork_into(const Layout& layout) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t id = ::fork();
  if (id == 0) become(layout);
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return id;
}

}  // namespace

Result<SpawnedChild> spawn(const SpawnPlan& plan, int extra) {
  if (plan.command.empty() || plan.command[0].empty())
    return Error{ErrorKind::malformed, "there is no program to start"};
  const auto input = input_of(plan.input);
  if (!input) return input.error();
  auto output = make_pipe(), error = make_pipe();
  if (!output) return output.error();
  if (!error) return error.error();
  Layout layout{pointers_to(plan.command),
                pointers_to(plan.environment),
                limits_of(plan),
                plan.rehearsal,
                ::getpid(),
                out_of_way(*input),
                out_of_way(output->write),
                out_of_way(error->write),
                extra < 0 ? Fd{} : Fd{::fcntl(extra, F_DUPFD_CLOEXEC, out_of_the_way)}};
  if (!layout.input.valid() || !layout.output.valid() || !layout.error.valid())
    return system_error(errno, "descriptors of a job");
  SpawnedChild child;
  child.id = fork_into(layout);
  if (child.id < 0) return system_error(errno, "fork");
  // Nobody else reaps it, so the id is still its own.
  auto process = open_process(child.id);
  if (process) child.process = std::move(*process);
  child.output = std::move(output->read);
  child.start_error = std::move(error->read);
  return child;
}

std::optional<int> read_start_error(const Fd& start_error) {
  int error_number = 0;
  const auto count = ::read(start_error.get(), &error_number, sizeof(error_number));
  if (count != static_cast<ssize_t>(sizeof(error_number))) return std::nullopt;
  return error_number;
}

}  // namespace wedged
