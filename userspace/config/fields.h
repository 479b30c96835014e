// SPDX-License-Identifier: Apache-2.0
// Fields: one map of the file with the keys it may have. Each reader below leaves its value as it is if the
// key is absent, and adds a problem if what is there cannot be it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/duration.h"
#include "config/globs.h"
#include "config/problems.h"
#include "config/size.h"
#include "config/yaml_node.h"

namespace wedged {

class Fields {
 public:
  // Adds the problems of the map itself: that it is none, and each key not among `known`. A node without a
  // value counts as an empty map. `path` is the map's name in messages; the document's own is empty. The rest
  // must outlive this.
  Fields(const YamlNode& node, std::string path, std::vector<std::string> known, Problems& problems);

  // The same for a map whose keys are names of something: none is unknown.
  [[nodiscard]] static Fields with_any_key(const YamlNode& node, std::string path, Problems& problems);

  // Null if absent.
  [[nodiscard]] const YamlNode* find(const std::string& key) const;
  [[nodiscard]] std::vector<const YamlNode*> entries() const;
  [[nodiscard]] std::string name_of(const std::string& key) const;  // "scan.interval"
  [[nodiscard]] Problems& problems() const { return problems_; }    // where all of this is told
  // Where the map stands: what is missing in it is told there.
  [[nodiscard]] const Place& place() const { return node_.place; }
  void add_problem(const YamlNode& node, const std::string& key, const std::string& predicate) const;

  void duration(const std::string& key, Duration& value, const DurationRange& range) const;
  // The word `none` makes it absent.
  void duration_or_none(const std::string& key, std::optional<Duration>& value,
                        const DurationRange& range) const;
  void boolean(const std::string& key, bool& value) const;
  void count(const std::string& key, unsigned& value, unsigned greatest) const;  // from 1
  void size(const std::string& key, std::uint64_t& bytes, const SizeRange& range) const;
  void absolute_path(const std::string& key, std::string& value) const;
  // Which of the names stands there; nothing if the key is absent or it is none of them.
  [[nodiscard]] std::optional<std::size_t> choice(const std::string& key,
                                                  const std::vector<std::string>& names) const;
  // For what can be named, but not switched off.
  void only_true(const std::string& key) const;
  void globs(const std::string& key, std::vector<std::string>& value, GlobSubject subject) const;

  [[nodiscard]] std::optional<std::string> word(const YamlNode& node, const std::string& key) const;
  // Of a list, or the one word itself; an empty list is a problem.
  [[nodiscard]] std::vector<const YamlNode*> one_or_more(const std::string& key) const;
  // Of a list; nothing at all counts as empty.
  [[nodiscard]] std::vector<const YamlNode*> items(const std::string& key) const;

 private:
  Fields(const YamlNode& node, std::string path, Problems& problems);
  void require_map(const std::string& contents) const;

  const YamlNode& node_;
  std::string path_;
  Problems& problems_;
};

// What is said of a word that is none of those known.
[[nodiscard]] std::string must_be_one_of(const std::string& word, const std::vector<std::string>& known);

template <typename Values>
[[nodiscard]] std::vector<std::string> names_of(const Values& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(name_of(value));
  return names;
}

}  // namespace wedged
