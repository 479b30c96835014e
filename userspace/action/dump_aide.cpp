// SPDX-License-Identifier: Apache-2.0
#include "action/dump_aide.h"

#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>
#include <vector>

#include "action/dump_folder.h"

namespace wedged {
namespace {

std::string all_of(int fd) {
  std::string text;
  std::array<char, 1U << 16U> bytes{};
  for (;;) {
    const auto count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

std::string last_line(const std::string& text) {
  std::istringstream lines(text);
  std::string last;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) last = line;
  return last;
}

// As execvp looks for it.
bool is_installed(const std::string& program) {
  const char* path = ::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

Error not_installed() {
  return {ErrorKind::unsupported, "gcore(1) is not there: install the package gdb"};
}

// Standard output and error of the program; nothing if it ended well.
Status run(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& text : command) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(errno, "pipe2");
  const Fd read{ends[0]};
  Fd write{ends[1]};
  posix_spawn_file_actions_t files{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, write.get(), STDERR_FILENO);
  pid_t id = 0;
  const int error_number = ::posix_spawnp(&id, arguments[0], &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (error_number != 0) return system_error(error_number, command[0]);
  write.close();
  const auto output = all_of(read.get());
  int status = 0;
  if (::waitpid(id, &status, 0) == id && status == 0) return Nothing{};
  return Error{ErrorKind::system, command[0] + " failed: " + last_line(output)};
}

bool read_at(const Fd& file, void* bytes, std::size_t count, std::uint64_t offset) {
  return ::pread(file.get(), bytes, count, static_cast<off_t>(offset)) == static_cast<ssize_t>(count);
}

bool has_ended(int process) {
  pollfd waiting{process, POLLIN, 0};
  return ::poll(&waiting, 1, 0) != 0;
}

// gdb goes on when a write fails (it ignores SIGXFSZ as its Python does), and what is left looks well: every
// segment must lie within the file.
Status check_core(const Fd& folder, const std::string& name) {
  const Fd file{::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return system_error(errno, name);
  const Error cut_off{ErrorKind::system,
                      "the core is not whole: it does not fit into dumps.quota, or the disk"};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  ElfW(Ehdr) header{};
  if (!read_at(file, &header, sizeof(header), 0)) return cut_off;
  const bool begun = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_phnum > 0;
  if (!begun) return cut_off;  // gdb writes the header last
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment{};
    if (!read_at(file, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment))) return cut_off;
    if (segment.p_filesz > size || segment.p_offset > size - segment.p_filesz) return cut_off;
  }
  return Nothing{};
}

// The process had this id before and has it still: nobody else had it meanwhile.
Status write_core(const std::string& prefix, int pid, int process) {
  const Error gone{ErrorKind::gone, "the process has ended"};
  if (has_ended(process)) return gone;
  auto written = run({"gcore", "-o", prefix, std::to_string(pid)});
  if (has_ended(process)) return gone;
  return written;
}

Result<std::string> rehearsed(const DumpOrder& order, const std::string& path) {
  if (auto would_do = DumpFolder::rehearse(order.directory); !would_do) return would_do.error();
  return path;
}

}  // namespace

Result<std::string> dump_input(const DumpOrder& order) {
  const auto content = all_of(STDIN_FILENO);
  const auto path = order.directory + "/" + order.name;
  if (order.rehearsal) return rehearsed(order, path);
  auto folder = DumpFolder::open(order.directory, order.quota_bytes);
  if (!folder) return folder.error();
  if (auto kept = folder->keep(order.name, content); !kept) return kept.error();
  return path;
}

Result<std::string> dump_core(const DumpOrder& order, int pid, int process) {
  if (!is_installed("gcore")) return not_installed();
  const auto path = order.directory + "/" + order.name;
  if (order.rehearsal) return rehearsed(order, path);
  auto folder = DumpFolder::open(order.directory, order.quota_bytes);
  if (!folder) return folder.error();
  if (::fchdir(folder->descriptor().get()) != 0) return system_error(errno, order.directory);
  const auto prefix = DumpFolder::partial_name(order.name);
  const auto partial = prefix + "." + std::to_string(pid);  // as gcore calls it
  auto kept = write_core("./" + prefix, pid, process);
  if (kept) kept = check_core(folder->descriptor(), partial);
  if (kept) kept = folder->keep_partial(partial, order.name);
  if (kept) return path;
  folder->discard(partial);
  return kept.error();
}

}  // namespace wedged
