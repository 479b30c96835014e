// SPDX-License-Identifier: Apache-2.0
#include "config/users.h"

#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <limits>
#include <vector>

#include "config/problems.h"

namespace wedged {
namespace {

constexpr std::size_t longest_entry = std::size_t{1} << 20;

bool all_digits(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The last number stands for "no user" (chown(2)).
Result<std::uint32_t> numbered(const std::string& text) {
  constexpr std::uint32_t greatest = std::numeric_limits<std::uint32_t>::max() - 1;
  std::uint32_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && number <= greatest) return number;
  return Error{ErrorKind::malformed, "must be a user's name or a number up to " + std::to_string(greatest) +
                                         ", not " + quote(text)};
}

// What getpwnam_r(3) says of a name that is not there; the page lists them all.
bool means_nobody(int error) {
  return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

}  // namespace

Result<std::optional<std::uint32_t>> system_user(const std::string& name) {
  std::vector<char> buffer(4096);
  while (true) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) return std::optional{static_cast<std::uint32_t>(found->pw_uid)};
    if (error == EINTR) continue;
    if (error == ERANGE && buffer.size() < longest_entry) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    if (means_nobody(error)) return std::optional<std::uint32_t>{};
    return system_error(error, "cannot be looked up");
  }
}

Result<std::uint32_t> user_id(const std::string& name, const UserLookup& lookup) {
  if (all_digits(name)) return numbered(name);
  if (name.empty() || name.find('\0') != std::string::npos)
    return Error{ErrorKind::malformed, "must be a user's name or number, not " + quote(name)};
  const auto found = lookup(name);
  if (!found) return Error{ErrorKind::malformed, quote(name) + " " + found.error().message};
  if (*found) return **found;
  return Error{ErrorKind::malformed, "names " + quote(name) + ", and there is no such user here"};
}

}  // namespace wedged
