// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "config/text_check.h"

namespace wedged {
namespace {

// Our own format needs seven levels. The library recurses per level, so a bound also keeps the stack small.
constexpr std::size_t max_depth = 16;

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Builds the tree from the parser's events. What stands inside a refused node is read and dropped.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems& problems) : problems_(problems) {}

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_extras(mark, "", anchor);
    add(node_at(mark, YamlNode::Kind::null));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.add(place_of(mark), "aliases are not supported; write the value out");
    add(node_at(mark, YamlNode::Kind::null));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_extras(mark, tag, anchor);
    open(mark, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_extras(mark, tag, anchor);
    open(mark, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  // A node whose end has not come yet.
  struct Open {
    YamlNode node;
    std::set<std::string> keys;
    std::optional<YamlNode> key;  // read, its value not yet
  };

  static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.place = place_of(mark);
    return node;
  }

  // The library names plain words "?" and quoted ones "!".
  void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      problems_.add(place_of(mark), "anchors are not supported; leave '&name' out");
    if (!tag.empty() && tag != "?" && tag != "!")
      problems_.add(place_of(mark), "tags are not supported; leave it out");
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (open_.size() >= max_depth) {
      throw YAML::ParserException(mark, "more than " + std::to_string(max_depth) + " levels of nesting");
    }
    open_.push_back({node_at(mark, kind), {}, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == YamlNode::Kind::list) {
      open_.back().node.children.push_back(std::move(node));
    } else if (!open_.back().key) {
      open_.back().key = std::move(node);
    } else {
      add_entry(open_.back(), std::move(node));
    }
  }

  void add_entry(Open& map, YamlNode value) {
    const YamlNode key = *std::exchange(map.key, std::nullopt);
    if (key.kind != YamlNode::Kind::scalar) {
      problems_.add(key.place, "a key must be a word");
    } else if (!map.keys.insert(key.text).second) {
      problems_.add(key.place, quote(key.text) + " is given twice");
    } else {
      value.key = key.text;
      value.key_place = key.place;
      const bool elsewhere = value.place.line != key.place.line;
      if (value.kind == YamlNode::Kind::null && elsewhere)
        value.place = key.place;  // the parser names the next word's
      map.node.children.push_back(std::move(value));
    }
  }

  Problems& problems_;
  YamlNode root_;
  std::vector<Open> open_;
};

// The library's word for a tab is "illegal map value" somewhere behind it.
std::optional<Place> tab_in_indentation(const std::string& text, int last_line) {
  std::istringstream lines{text};
  std::string line;
  for (int number = 1; number <= last_line && std::getline(lines, line); ++number) {
    const std::size_t at = line.find_first_not_of(' ');
    if (at != std::string::npos && line[at] == '\t') return Place{number, static_cast<int>(at) + 1};
  }
  return std::nullopt;
}

void add_syntax_error(const std::string& text, const YAML::Exception& error, Problems& problems) {
  const Place place = place_of(error.mark);
  if (const auto tab = tab_in_indentation(text, place.line)) {
    problems.add(*tab, "not valid YAML: a tab cannot indent; use spaces");
  } else {
    problems.add(place, "not valid YAML: " + error.msg);
  }
}

}  // namespace

std::optional<YamlNode> read_yaml(const std::string& text, Problems& problems) {
  if (!is_text(text, problems)) return std::nullopt;
  TreeBuilder builder{problems};
  try {
    std::istringstream stream{text};
    YAML::Parser parser{stream};
    if (parser.HandleNextDocument(builder)) {
      Problems unheard{""};
      TreeBuilder second{unheard};
      if (parser.HandleNextDocument(second)) problems.add({}, "the file holds more than one YAML document");
    }
  } catch (const YAML::Exception& error) {
    add_syntax_error(text, error, problems);
    return std::nullopt;
  } catch (const std::exception& error) {
    problems.add({}, std::string{"cannot be read as YAML: "} + error.what());
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace wedged
