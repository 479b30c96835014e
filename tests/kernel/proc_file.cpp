// SPDX-License-Identifier: Apache-2.0
#include "proc_file.h"

#include <sstream>

#include "proc_task.h"

namespace wedged::test {
namespace {

// proc_pid_mountinfo(5) writes space, tab, newline and backslash as three octal digits.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      plain += text[at];
      continue;
    }
    plain += static_cast<char>(std::stoi(text.substr(at + 1, 3), nullptr, 8));
    at += 3;
  }
  return plain;
}

// "36 35 98:0 /root /mount/point options [optional fields] - type source options"
ProcMount parse_mount(std::istringstream& words) {
  ProcMount mount;
  std::string parent, device, root, options, word;
  words >> parent >> device >> root >> mount.point >> options;
  while (words >> word && word != "-") {
  }
  words >> mount.fs_type >> mount.source;
  mount.point = unescaped(mount.point);
  mount.source = unescaped(mount.source);
  mount.device_major = static_cast<std::uint32_t>(std::stoul(device));
  mount.device_minor = static_cast<std::uint32_t>(std::stoul(device.substr(device.find(':') + 1)));
  return mount;
}

std::optional<ProcMount> find_mount(int tgid, const std::string& id) {
  for (const auto& line : lines_of(file_text("/proc/" + std::to_string(tgid) + "/mountinfo"))) {
    std::istringstream words(line);
    std::string this_id;
    words >> this_id;
    if (this_id == id) return parse_mount(words);
  }
  return std::nullopt;
}

}  // namespace

ProcFile read_proc_file(int tgid, int fd) {
  const std::string deleted = " (deleted)";
  const auto folder = "/proc/" + std::to_string(tgid);
  const auto info = file_text(folder + "/fdinfo/" + std::to_string(fd));
  ProcFile file;
  file.path = link_text(folder + "/fd/" + std::to_string(fd));
  file.deleted = file.path.size() > deleted.size() &&
                 file.path.compare(file.path.size() - deleted.size(), deleted.size(), deleted) == 0;
  if (file.deleted) file.path.resize(file.path.size() - deleted.size());
  file.inode = std::stoull(field_of(info, "ino"));
  file.mount = find_mount(tgid, field_of(info, "mnt_id"));
  return file;
}

}  // namespace wedged::test
