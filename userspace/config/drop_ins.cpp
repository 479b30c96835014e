// SPDX-License-Identifier: Apache-2.0
#include "config/drop_ins.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include "config/text_check.h"
#include "util/fd.h"

namespace wedged {
namespace {

constexpr std::size_t most_drop_ins = 100;
constexpr std::string_view suffix = ".yaml";

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

struct Closing {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

bool is_drop_in(std::string_view name) {
  return name.front() != '.' && name.ends_with(suffix);
}

// Somebody believes that it holds. What package managers and editors leave there has other names.
bool is_misnamed(std::string_view name) {
  constexpr std::array<std::string_view, 3> suffixes{".yml", ".YAML", ".YML"};
  return name.front() != '.' && std::any_of(suffixes.begin(), suffixes.end(),
                                            [&](std::string_view end) { return name.ends_with(end); });
}

// In the order of bytes, whatever the locale.
Result<std::vector<std::string>> names_in(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, Closing> folder{::opendir(path.c_str())};
  if (!folder && errno == ENOENT) return names;
  if (!folder) return system_error(errno, "drop-ins cannot be listed");
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr && errno != 0) return system_error(errno, "drop-ins cannot be listed");
    if (entry == nullptr) break;
    const std::string name{entry->d_name};
    if (is_drop_in(name) || is_misnamed(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

// A pipe or a terminal could keep a reload waiting for ever; /dev/null is an empty file to many.
Result<std::string> read_config_file(const std::string& path) {
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

std::string drop_in_folder(const std::string& main_file) {
  std::string_view stem = main_file;
  if (stem.ends_with(suffix)) stem.remove_suffix(suffix.size());
  return std::string{stem} + ".d";
}

std::vector<ConfigText> read_drop_ins(const std::string& folder, ConfigProblems& problems) {
  std::vector<ConfigText> texts;
  const auto names = names_in(folder);
  if (!names) {
    problems.push_back({folder, 0, 0, names.error().message});
    return texts;
  }
  if (names->size() > most_drop_ins) {
    problems.push_back({folder, 0, 0, "has more than " + std::to_string(most_drop_ins) + " drop-ins"});
    return texts;
  }
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    if (is_misnamed(name)) {
      problems.push_back({path, 0, 0, "is no drop-in; the name of one ends in .yaml"});
      continue;
    }
    const auto text = read_config_file(path);
    if (text) {
      texts.push_back({path, *text});
    } else {
      problems.push_back({path, 0, 0, text.error().message});
    }
  }
  return texts;
}

}  // namespace wedged
