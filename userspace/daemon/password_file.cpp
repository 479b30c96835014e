// SPDX-License-Identifier: Apache-2.0
#include "daemon/password_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "util/fd.h"

namespace wedged {
namespace {

constexpr std::size_t most_bytes = 1024;

// A pipe that nobody writes into must not hold up the check: it is opened and read without blocking.
Result<std::string> read_some(const std::string& path, const Deadline& deadline) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return system_error(errno, path);
  std::string text;
  std::array<char, most_bytes> part{};
  while (text.size() <= most_bytes) {
    if (auto ready = deadline.wait(file.get(), POLLIN); !ready)
      return Error{ErrorKind::system, path + ": nobody writes the password into it in time"};
    const ssize_t count = read(file.get(), part.data(), part.size());
    if (count == 0) break;
    if (count < 0 && errno != EAGAIN && errno != EINTR) return system_error(errno, path);
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

Result<std::string> read_password(const std::string& path, const Deadline& deadline) {
  auto text = read_some(path, deadline);
  if (!text) return text.error();
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  const bool fine = !text->empty() && text->size() < most_bytes &&
                    text->find_first_of(std::string("\r\n\0", 3)) == std::string::npos;
  if (!fine)
    return Error{ErrorKind::malformed, path + " must hold the password and nothing else, in one line"};
  return text;
}

}  // namespace wedged
