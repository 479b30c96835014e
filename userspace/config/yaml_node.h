// SPDX-License-Identifier: Apache-2.0
// A YAML document as a plain value in which every word knows its place. Knows nothing of what the words mean.
#pragma once

#include <string>
#include <vector>

namespace wedged {

struct Place {
  int line = 0;  // both from 1; 0: the document as a whole
  int column = 0;

  auto operator<=>(const Place&) const = default;
};

struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  Place place;
  std::string text;     // of a scalar
  bool quoted = false;  // a scalar in quotes or a block: text and nothing else
  std::string key;      // of a child of a map
  Place key_place;
  std::vector<YamlNode> children;  // of a list or a map, in the order of the document
};

}  // namespace wedged
