// SPDX-License-Identifier: Apache-2.0
// Reads the file, and lays the flags over what it says. What the text means is the readers' business.
#include "config/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "config/settings_reader.h"
#include "config/text_check.h"
#include "config/yaml_reader.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {
namespace {

// One byte more than is allowed, so that the reader of the text sees that it is too much.
Result<std::string> read_up_to_limit(const Fd& file) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() <= max_config_bytes) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "cannot be read");
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// A pipe or a terminal could keep a reload waiting for ever; /dev/null is an empty file to many.
Result<std::string> read_file(const std::string& path) {
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file.valid()) return system_error(errno, "cannot be opened");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error(errno, "cannot be examined");
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
    return Error{ErrorKind::malformed,
                 S_ISDIR(status.st_mode) ? "is a directory, not a file" : "is not a regular file"};
  }
  return read_up_to_limit(file);
}

std::variant<Settings, ConfigProblems> settings_of_file(const Flags& flags) {
  const std::string path = flags.config_file.value_or(default_config_file);
  const auto text = read_file(path);
  if (text) return parse_config(*text, path);
  if (!flags.config_file && text.error().kind == ErrorKind::gone) return Settings{};
  return ConfigProblems{{path, 0, 0, text.error().message}};
}

void lay_over(const Flags& flags, Settings& settings) {
  settings.scan_interval = flags.interval.value_or(settings.scan_interval);
  settings.observe = flags.observe.value_or(settings.observe);
  if (flags.listen_address) settings.web = flags.listen_address;
  if (flags.no_web) settings.web = std::nullopt;
  settings.scope = {flags.pids, flags.cgroup};
}

}  // namespace

std::variant<Settings, ConfigProblems> parse_config(const std::string& text, const std::string& file) {
  Problems problems{file};
  const auto root = read_yaml(text, problems);
  if (!root) return problems.sorted();
  Settings settings = read_settings(*root, problems);
  if (!problems.none()) return problems.sorted();
  return settings;
}

std::variant<Settings, ConfigProblems> load_settings(const Flags& flags) {
  auto loaded = settings_of_file(flags);
  if (auto* settings = std::get_if<Settings>(&loaded)) lay_over(flags, *settings);
  return loaded;
}

}  // namespace wedged
