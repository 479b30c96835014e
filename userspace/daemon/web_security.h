// SPDX-License-Identifier: Apache-2.0
// The web configuration in force: read, its certificates loaded, and read again when its files have changed
// and are not being written any more.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config_file.h"
#include "util/clock.h"
#include "web/security.h"

namespace wedged {

// A file as it was; another one by that name, or other contents, make a difference.
struct FileMark {
  std::string path;
  unsigned long device = 0;
  unsigned long inode = 0;
  long size = -1;  // -1: it was not there
  long long changed_ns = 0;

  bool operator==(const FileMark&) const = default;
};

struct LoadedWebFile {
  std::shared_ptr<const WebSecurity> security;  // null if there are problems
  std::vector<FileMark> marks;                  // of the file and all that it names
  ConfigProblems problems;                      // everything that is wrong, with file, line and column
};

[[nodiscard]] LoadedWebFile load_web_file(const std::string& path);

// The same where only the problems are of interest; no path, no problems.
[[nodiscard]] ConfigProblems problems_of_web_file(const std::string& path);

// Used by the web server's thread. What cannot be used is told on stderr once, and the old stays in force; so
// it does for as long as a file was changed within the last second. One that is emptied and written anew in
// place would otherwise be a good one for a moment, and ask nobody for a password. `clock` must outlive it.
class WebSecurityKeeper {
 public:
  static constexpr Duration settled_after = std::chrono::seconds(1);

  WebSecurityKeeper(std::string path, LoadedWebFile first, const Clock& clock)
      : path_(std::move(path)), loaded_(std::move(first)), clock_(clock) {}

  [[nodiscard]] std::shared_ptr<const WebSecurity> now();

 private:
  [[nodiscard]] bool changed_and_settled() const;

  std::string path_;
  LoadedWebFile loaded_;
  const Clock& clock_;
};

}  // namespace wedged
