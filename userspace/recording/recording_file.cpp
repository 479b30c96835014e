// SPDX-License-Identifier: Apache-2.0
// Recordings as files. A recording tells command lines and addresses: nobody but its owner may read it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "recording/recording.h"
#include "util/fd.h"

namespace wedged {
namespace {

Status write_all(int fd, std::string_view text, const std::string& what) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, what);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return Nothing{};
}

// Stops early at what makes no recording, whatever follows: devices have no end.
bool is_hopeless(std::string_view chunk, std::size_t line_length, const RecordingLimits& limits) {
  return chunk.find('\0') != std::string_view::npos || line_length > limits.line;
}

Result<std::string> read_all(int fd, const std::string& path, const RecordingLimits& limits) {
  std::string text;
  std::size_t line_begin = 0;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "cannot read " + path);
    if (count == 0) return text;
    const std::string_view chunk(buffer.data(), static_cast<std::size_t>(count));
    text += chunk;
    if (text.size() > limits.file) {
      return Error{ErrorKind::malformed, path + ": must have at most " + std::to_string(limits.file) +
                                             " bytes: is this a recording?"};
    }
    const std::size_t newline = chunk.rfind('\n');
    if (newline != std::string_view::npos) line_begin = text.size() - chunk.size() + newline + 1;
    if (is_hopeless(chunk, text.size() - line_begin, limits)) return text;
  }
}

}  // namespace

Status write_recording(const std::string& path, const Recording& recording) {
  const std::string text = recording_text(recording);
  if (auto again = parse_recording(text, path); !again) return again.error().in("cannot record");
  const std::string what = "cannot write " + path;
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.valid()) return system_error(errno, what);
  return write_all(fd.get(), text, what);
}

Result<Recording> read_recording(const std::string& path, const RecordingLimits& limits) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return system_error(errno, "cannot read " + path);
  const auto text = read_all(fd.get(), path, limits);
  if (!text) return text.error();
  return parse_recording(*text, path, limits);
}

}  // namespace wedged
