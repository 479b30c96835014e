// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

constexpr std::string_view anonymous = "(anonymous namespace)::";

// Drops everything between an opening bracket and its closing one.
std::string without_brackets(const std::string& text, char open, char close) {
  std::string kept;
  int depth = 0;
  for (const char letter : text) {
    if (letter == open) ++depth;
    if (depth == 0) kept += letter;
    if (letter == close && depth > 0) --depth;
  }
  return kept;
}

// What follows the parameters: " const", " &&", and so on.
void drop_qualifiers(std::string& name) {
  constexpr std::array<std::string_view, 4> qualifiers{" const", " volatile", " &", " &&"};
  const auto is_last = [&](std::string_view word) {
    return name.size() > word.size() && std::string_view(name).substr(name.size() - word.size()) == word;
  };
  for (auto at = qualifiers.begin(); at != qualifiers.end();) {
    at = std::find_if(qualifiers.begin(), qualifiers.end(), is_last);
    if (at != qualifiers.end()) name.erase(name.size() - at->size());
  }
}

void erase_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
}

}  // namespace

std::string short_name(const std::string& function) {
  auto name = function.substr(0, function.find('@'));
  name = name.substr(0, name.find(" [clone "));
  erase_all(name, anonymous);
  // "operator<", "operator()" would lose what names them.
  if (name.find("operator") != std::string::npos) return name;
  name = without_brackets(name, '<', '>');
  name = without_brackets(name, '(', ')');
  name = without_brackets(name, '{', '}');
  drop_qualifiers(name);
  const auto space = name.rfind(' ');  // a template's return type
  if (space != std::string::npos && space + 1 < name.size()) name.erase(0, space + 1);
  for (auto gap = name.find("::::"); gap != std::string::npos; gap = name.find("::::")) name.erase(gap, 2);
  name.erase(0, std::min(name.find_first_not_of(':'), name.size()));
  while (!name.empty() && name.back() == ':') name.pop_back();
  return name.empty() ? function : name;
}

}  // namespace wedged
