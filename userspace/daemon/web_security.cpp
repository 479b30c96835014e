// SPDX-License-Identifier: Apache-2.0
#include "daemon/web_security.h"

#include <sys/stat.h>

#include <algorithm>
#include <iostream>

#include "config/web_file_reader.h"

namespace wedged {
namespace {

FileMark mark_of(const std::string& path) {
  FileMark mark{path};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return mark;
  mark.device = status.st_dev;
  mark.inode = status.st_ino;
  mark.size = status.st_size;
  // Of the inode: a rename over it, and a write within the same second, change it too.
  mark.changed_ns = status.st_ctim.tv_sec * 1'000'000'000LL + status.st_ctim.tv_nsec;
  return mark;
}

std::vector<FileMark> marks_of(const std::vector<std::string>& paths) {
  std::vector<FileMark> marks;
  for (const std::string& path : paths) marks.push_back(mark_of(path));
  return marks;
}

bool have_changed(const std::vector<FileMark>& marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [](const FileMark& mark) { return mark_of(mark.path) != mark; });
}

std::vector<std::string> paths_in(const WebFile& contents) {
  std::vector<std::string> paths;
  if (!contents.tls) return paths;
  for (const PlacedText* path :
       {&contents.tls->cert_file, &contents.tls->key_file, &contents.tls->client_ca_file}) {
    if (!path->text.empty()) paths.push_back(path->text);
  }
  return paths;
}

std::string text_of(const ConfigProblems& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) text += "wedged: " + problem.text() + "\n";
  return text;
}

}  // namespace

LoadedWebFile load_web_file(const std::string& path) {
  LoadedWebFile loaded;
  loaded.marks = marks_of({path});  // before it is read: a change in between is seen later
  auto read = read_web_file(path);
  if (auto* problems = std::get_if<ConfigProblems>(&read)) {
    loaded.problems = std::move(*problems);
    return loaded;
  }
  auto& file = std::get<WebFile>(read);
  for (const FileMark& mark : marks_of(paths_in(file))) loaded.marks.push_back(mark);
  auto security = std::make_shared<WebSecurity>();
  if (file.tls) {
    auto tls = TlsContext::load(*file.tls);
    if (const auto* fault = std::get_if<TlsFault>(&tls)) {
      loaded.problems = {{path, fault->place.line, fault->place.column, fault->message}};
      return loaded;
    }
    security->tls = std::get<std::shared_ptr<const TlsContext>>(std::move(tls));
  }
  security->headers = std::move(file.headers);
  security->users = std::move(file.users);
  loaded.security = std::move(security);
  return loaded;
}

ConfigProblems problems_of_web_file(const std::string& path) {
  return path.empty() ? ConfigProblems{} : load_web_file(path).problems;
}

// A change from the future was made before the clock was set back: nobody knows how old it is, and it counts.
bool WebSecurityKeeper::changed_and_settled() const {
  bool changed = false;
  for (const FileMark& before : loaded_.marks) {
    const FileMark mark = mark_of(before.path);
    if (mark == before) continue;
    changed = true;
    const Duration age = clock_.now().wall.time_since_epoch() - Duration(mark.changed_ns);
    if (age >= Duration{} && age < settled_after) return false;
  }
  return changed;
}

std::shared_ptr<const WebSecurity> WebSecurityKeeper::now() {
  if (!changed_and_settled()) return loaded_.security;
  LoadedWebFile loaded = load_web_file(path_);
  if (have_changed(loaded.marks)) return loaded_.security;  // written while it was read: looked at again
  if (loaded.problems.empty()) {
    std::cerr << "wedged: " + path_ + " or a file that it names has changed, and was read again\n";
  } else {
    std::cerr << text_of(loaded.problems) + "wedged: the web configuration as it was before stays in force\n";
    loaded.security = loaded_.security;
  }
  loaded_ = std::move(loaded);
  return loaded_.security;
}

}  // namespace wedged
