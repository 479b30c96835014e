// SPDX-License-Identifier: Apache-2.0
// OwnCgroup: a folder of the unified hierarchy that a test makes for its own processes, and removes.
#pragma once

#include <string>

namespace wedged::test {

// Where the unified hierarchy is mounted; empty if it is not.
[[nodiscard]] std::string unified_hierarchy();

class OwnCgroup {
 public:
  explicit OwnCgroup(const std::string& path_within);  // throws if it cannot be made
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  ~OwnCgroup();  // its processes are gone by then

  [[nodiscard]] const std::string& path() const { return path_; }  // within the hierarchy
  void enter() const;                                              // moves the calling process

 private:
  std::string path_;
};

}  // namespace wedged::test
