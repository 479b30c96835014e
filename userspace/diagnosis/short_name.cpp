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

void erase_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
}

}  // namespace

std::string short_name(const std::string& function) {
  auto name = function.substr(0, function.find('@'));
  name = name.substr(0, name.find(" [clone"));  // as the demangler shows ".constprop.0" and the like
  erase_all(name, anonymous);
  // "operator<", "operator()" would lose what names them.
  if (name.find("operator") != std::string::npos) return name;
  name = without_brackets(name, '<', '>');
  name = without_brackets(name, '(', ')');
  name = without_brackets(name, '{', '}');
  const auto space = name.rfind(' ');  // a template's return type, or " const"
  if (space != std::string::npos && space + 1 < name.size()) {
    name = name.substr(space + 1) == "const" ? name.substr(0, space) : name.substr(space + 1);
  }
  while (!name.empty() && name.back() == ':') name.pop_back();
  return name.empty() ? function : name;
}

}  // namespace wedged
