// SPDX-License-Identifier: Apache-2.0
#include "config/hook_reader.h"

namespace wedged {
namespace {

constexpr DurationRange timeout_range{std::chrono::milliseconds(100), std::chrono::minutes(10)};
constexpr SizeRange memory_range{std::uint64_t{16} << 20, std::uint64_t{1} << 40};
constexpr std::size_t most_words = 64;
constexpr std::size_t longest_word = 4096;

std::string fault_of_word(const std::string& word) {
  if (word.find('\0') != std::string::npos) return "has a NUL in it, which ends every argument";
  if (word.size() > longest_word)
    return "has a word longer than " + std::to_string(longest_word) + " characters";
  return {};
}

std::vector<std::string> read_command(const Fields& hook) {
  std::vector<std::string> command;
  const YamlNode* whole = hook.find("command");
  const auto nodes = hook.items("command");
  const bool listed = whole && whole->kind == YamlNode::Kind::list;
  if (nodes.empty() && (!whole || whole->kind == YamlNode::Kind::null || listed)) {
    hook.problems().add(
        whole ? whole->place : hook.place(),
        hook.name_of("command") + " must name a program, such as [/usr/local/sbin/fence, now]");
  }
  if (nodes.size() > most_words)
    hook.add_problem(*nodes[most_words], "command", "has more than " + std::to_string(most_words) + " words");
  for (const YamlNode* node : nodes) {
    const auto word = hook.word(*node, "command");
    if (!word) continue;
    const std::string fault = fault_of_word(*word);
    if (!fault.empty()) {
      hook.add_problem(*node, "command", fault);
    } else if (node == nodes.front() && (word->empty() || word->front() != '/')) {
      hook.add_problem(*node, "command",
                       "must begin with the absolute path of a program, not " + quote(*word));
    }
    command.push_back(*word);
  }
  return command;
}

}  // namespace

Hook read_hook(const Fields& rung) {
  Hook hook;
  const Fields fields{
      *rung.find("hook"), rung.name_of("hook"), {"command", "timeout", "memory"}, rung.problems()};
  const auto kind = rung.find("hook")->kind;
  if (kind != YamlNode::Kind::map && kind != YamlNode::Kind::null) return hook;
  hook.command = read_command(fields);
  fields.duration("timeout", hook.timeout, timeout_range);
  fields.size("memory", hook.memory_bytes, memory_range);
  return hook;
}

}  // namespace wedged
