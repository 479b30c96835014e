// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace wedged {
namespace {

std::string kind_text(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a single value";
    case YamlNode::Kind::list: return "a list";
    case YamlNode::Kind::map: return "a map";
  }
  return "something else";
}

std::vector<const YamlNode*> children_of(const YamlNode& node) {
  std::vector<const YamlNode*> children;
  for (const YamlNode& child : node.children) children.push_back(&child);
  return children;
}

bool is_none(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && node.text == "none";
}

std::string fault_of_path(const std::string& path) {
  constexpr std::size_t longest = 4096;  // PATH_MAX
  if (path.empty() || path.front() != '/' || path.back() == '/')
    return "must be an absolute path such as /var/lib/wedged, not " + quote(path);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(path.begin(), path.end(), is_control)) return "has a control character in it";
  return path.size() < longest ? "" : "is longer than a path can be";
}

}  // namespace

std::string must_be_one_of(const std::string& word, const std::vector<std::string>& known) {
  return "must be " + alternatives(known) + ", not " + quote(word) + did_you_mean(word, known);
}

Fields::Fields(const YamlNode& node, std::string path, Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {}

Fields::Fields(const YamlNode& node, std::string path, std::vector<std::string> known, Problems& problems)
    : Fields(node, std::move(path), problems) {
  require_map(alternatives(known));
  for (const YamlNode* child : entries()) {
    if (std::find(known.begin(), known.end(), child->key) != known.end()) continue;
    const std::string hint = did_you_mean(child->key, known);
    problems_.add(child->key_place, "unknown key " + quote(child->key) + " in " +
                                        (path_.empty() ? "the file" : path_) +
                                        (hint.empty() ? "; it may have " + alternatives(known) : hint));
  }
}

Fields Fields::with_any_key(const YamlNode& node, std::string path, Problems& problems) {
  Fields fields{node, std::move(path), problems};
  fields.require_map("names");
  return fields;
}

void Fields::require_map(const std::string& contents) const {
  if (node_.kind == YamlNode::Kind::map || node_.kind == YamlNode::Kind::null) return;
  problems_.add(node_.place, (path_.empty() ? "the file" : path_) + " must be a map with " + contents +
                                 ", not " + kind_text(node_.kind));
}

std::vector<const YamlNode*> Fields::entries() const {
  return node_.kind == YamlNode::Kind::map ? children_of(node_) : std::vector<const YamlNode*>{};
}

const YamlNode* Fields::find(const std::string& key) const {
  if (node_.kind != YamlNode::Kind::map) return nullptr;
  const auto& children = node_.children;
  const auto found =
      std::find_if(children.begin(), children.end(), [&](const auto& child) { return child.key == key; });
  return found == children.end() ? nullptr : &*found;
}

std::string Fields::name_of(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

void Fields::add_problem(const YamlNode& node, const std::string& key, const std::string& predicate) const {
  problems_.add(node.place, name_of(key) + " " + predicate);
}

std::optional<std::string> Fields::word(const YamlNode& node, const std::string& key) const {
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  const std::string instead = node.kind == YamlNode::Kind::null
                                  ? "has no value"
                                  : "must be a single value, not " + kind_text(node.kind);
  add_problem(node, key, instead);
  return std::nullopt;
}

void Fields::duration(const std::string& key, Duration& value, const DurationRange& range) const {
  const YamlNode* node = find(key);
  if (!node) return;
  const auto text = word(*node, key);
  if (!text) return;
  const auto duration = parse_duration(*text, range);
  if (duration) {
    value = *duration;
  } else {
    add_problem(*node, key, duration.error().message);
  }
}

void Fields::duration_or_none(const std::string& key, std::optional<Duration>& value,
                              const DurationRange& range) const {
  const YamlNode* node = find(key);
  if (!node) return;
  if (is_none(*node)) {
    value = std::nullopt;
    return;
  }
  Duration given = range.least;
  duration(key, given, range);
  value = given;
}

void Fields::boolean(const std::string& key, bool& value) const {
  const YamlNode* node = find(key);
  if (!node) return;
  const auto text = word(*node, key);
  if (!text) return;
  if (node->quoted || (*text != "true" && *text != "false")) {
    add_problem(*node, key, "must be true or false, not " + quote(*text));
  } else {
    value = *text == "true";
  }
}

void Fields::count(const std::string& key, unsigned& value, unsigned greatest) const {
  const YamlNode* node = find(key);
  if (!node) return;
  const auto text = word(*node, key);
  if (!text) return;
  unsigned number = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || rest != end || number < 1 || number > greatest) {
    add_problem(*node, key,
                "must be a whole number from 1 to " + std::to_string(greatest) + ", not " + quote(*text));
  } else {
    value = number;
  }
}

void Fields::size(const std::string& key, std::uint64_t& bytes, const SizeRange& range) const {
  const YamlNode* node = find(key);
  const auto text = node ? word(*node, key) : std::nullopt;
  if (!text) return;
  const auto size = parse_size(*text, range);
  if (size) {
    bytes = *size;
  } else {
    add_problem(*node, key, size.error().message);
  }
}

void Fields::absolute_path(const std::string& key, std::string& value) const {
  const YamlNode* node = find(key);
  const auto text = node ? word(*node, key) : std::nullopt;
  if (!text) return;
  if (const std::string fault = fault_of_path(*text); !fault.empty()) {
    add_problem(*node, key, fault);
  } else {
    value = *text;
  }
}

std::optional<std::size_t> Fields::choice(const std::string& key,
                                          const std::vector<std::string>& names) const {
  const YamlNode* node = find(key);
  const auto text = node ? word(*node, key) : std::nullopt;
  if (!text) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  add_problem(*node, key, must_be_one_of(*text, names));
  return std::nullopt;
}

void Fields::only_true(const std::string& key) const {
  bool wanted = true;
  boolean(key, wanted);
  if (!wanted) add_problem(*find(key), key, "can only be true; leave the step out instead");
}

void Fields::globs(const std::string& key, std::vector<std::string>& value, GlobSubject subject) const {
  for (const YamlNode* node : subject == GlobSubject::protect ? items(key) : one_or_more(key)) {
    const auto glob = word(*node, key);
    if (!glob) continue;
    const std::string fault = fault_of_glob(*glob, subject);
    if (fault.empty()) {
      value.push_back(*glob);
    } else {
      add_problem(*node, key, quote(*glob) + " " + fault);
    }
  }
}

std::vector<const YamlNode*> Fields::one_or_more(const std::string& key) const {
  const YamlNode* node = find(key);
  if (!node) return {};
  if (node->kind != YamlNode::Kind::list) return {node};
  if (node->children.empty()) add_problem(*node, key, "is an empty list; leave it out to match everything");
  return children_of(*node);
}

std::vector<const YamlNode*> Fields::items(const std::string& key) const {
  const YamlNode* node = find(key);
  if (!node || node->kind == YamlNode::Kind::null) return {};
  if (node->kind == YamlNode::Kind::list) return children_of(*node);
  add_problem(*node, key, "must be a list, not " + kind_text(node->kind));
  return {};
}

}  // namespace wedged
