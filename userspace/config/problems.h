// SPDX-License-Identifier: Apache-2.0
// Problems: everything found to be wrong with one file, collected while reading goes on.
#pragma once

#include <string>
#include <vector>

#include "config/config_file.h"
#include "config/yaml_node.h"

namespace wedged {

class Problems {
 public:
  // `file` is only a name for messages.
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(const Place& place, const std::string& message);
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool none() const { return problems_.empty(); }
  // So many that nobody will read all of them: no more effort is spent on hints.
  [[nodiscard]] bool crowded() const { return problems_.size() >= 100; }
  [[nodiscard]] ConfigProblems sorted() const;  // by place, each once

 private:
  std::string file_;
  ConfigProblems problems_;
};

// A word of the file as it may stand in a message: in quotes, printable, not too long.
[[nodiscard]] std::string quote(const std::string& word);

// "a, b or c".
[[nodiscard]] std::string alternatives(const std::vector<std::string>& words);

// "; did you mean 'x'?", or nothing if no word is near.
[[nodiscard]] std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace wedged
