// SPDX-License-Identifier: Apache-2.0
#include "config/words.h"

#include "config/duration.h"
#include "config/problems.h"

namespace wedged {

std::string in_words(Duration duration) {
  const std::string written = duration_as_written(duration);
  const auto unit = written.find_first_not_of("0123456789");
  const std::string name = written.substr(unit);
  return written.substr(0, unit) + " " + (name == "m" ? "min" : name);
}

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string phrase(const std::string& before, const std::vector<std::string>& words) {
  return words.empty() ? "" : " " + before + " " + alternatives(words);
}

}  // namespace wedged
