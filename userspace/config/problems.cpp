// SPDX-License-Identifier: Apache-2.0
#include "config/problems.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <tuple>

namespace wedged {
namespace {

auto order_of(const ConfigProblem& problem) {
  return std::tie(problem.line, problem.column, problem.message);
}

std::string printable(unsigned char c) {
  if (c >= 0x20 && c != 0x7f) return std::string(1, static_cast<char>(c));
  char text[5];
  std::snprintf(text, sizeof text, "\\x%02x", c);
  return text;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Levenshtein's, but upper case is as good as lower.
std::size_t distance(const std::string& left, const std::string& right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(left[i]) == lower(right[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string ConfigProblem::where() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string ConfigProblem::text() const {
  return where() + ": " + message;
}

void Problems::add(const Place& place, const std::string& message) {
  problems_.push_back({file_, place.line, place.column, message});
}

ConfigProblems Problems::sorted() const {
  ConfigProblems problems = problems_;
  const auto before = [](const auto& left, const auto& right) { return order_of(left) < order_of(right); };
  const auto same = [](const auto& left, const auto& right) { return order_of(left) == order_of(right); };
  std::sort(problems.begin(), problems.end(), before);
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
  return problems;
}

std::string quote(const std::string& word) {
  constexpr std::size_t longest = 60;
  std::string text = "'";
  for (const char c : word.substr(0, longest)) text += printable(static_cast<unsigned char>(c));
  return text + (word.size() > longest ? "...'" : "'");
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : known) {
    const std::size_t shorter = std::min(word.size(), candidate.size());
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - shorter >= least) continue;  // at least so far apart
    const std::size_t apart = distance(word, candidate);
    if (apart < least && apart < shorter) {
      least = apart;
      nearest = &candidate;
    }
  }
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}

}  // namespace wedged
