// SPDX-License-Identifier: Apache-2.0
#include "config/usage_text.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "config/problems.h"

namespace wedged {
namespace {

using Words = std::vector<std::string>;

// The command that was named last, as `config show` is behind `config`.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

// "wedged config show".
std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return (parent == nullptr ? "" : full_name(*parent) + " ") + app.get_name();
}

Words flags_of(const CLI::App& command) {
  Words flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
    for (const auto& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Commands, or commands of commands, that have the flag.
void add_owners(const CLI::App& app, const std::string& flag, Words& owners) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (has(flags_of(*command), flag)) owners.push_back("`" + full_name(*command) + "`");
    add_owners(*command, flag, owners);
  }
}

// A word where a command should stand, or none.
std::string missing_command(const CLI::App& app) {
  const CLI::App& parent = innermost(app);
  Words known;
  for (const CLI::App* command : parent.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(command->get_name());
  }
  const auto words = parent.remaining();
  if (words.empty()) return "a command is missing: " + alternatives(known);
  const std::string hint = did_you_mean(words.front(), known);
  return "unknown command " + quote(words.front()) +
         (hint.empty() ? "; it may be " + alternatives(known) : hint);
}

std::string unknown_flag(const CLI::App& app, const std::string& flag) {
  const CLI::App& command = innermost(app);
  const Words known = flags_of(command);
  if (has(known, flag)) return quote(flag) + " must stand behind `" + full_name(command) + "`";
  const std::string unknown = "unknown flag " + quote(flag) + " of `" + full_name(command) + "`";
  Words owners;
  add_owners(app, flag, owners);
  if (!owners.empty()) return unknown + "; it belongs to " + alternatives(owners);
  return flag.starts_with("--") ? unknown + did_you_mean(flag, known) : unknown;
}

std::string unexpected(const CLI::App& app) {
  const auto words = app.remaining(true);
  if (words.empty()) return "there is a word too many";
  const std::string& word = words.front();
  if (word.size() > 1 && word.front() == '-') return unknown_flag(app, word.substr(0, word.find('=')));
  return quote(word) + " is a word too many for `" + full_name(innermost(app)) + "`";
}

// "--pid: 1 required PID missing", "--watch: At Most 1 required but received 2".
std::string wrong_number(const std::string& text) {
  const std::string name = text.substr(0, text.find(':'));
  if (text.find(": At Most 1 ") != std::string::npos) return name + ": must be given once only";
  const std::string before = ": 1 required ";
  const std::string after = " missing";
  const auto at = text.find(before);
  if (at == std::string::npos || !text.ends_with(after)) return text;
  const auto begin = at + before.size();
  return name + ": must have " + text.substr(begin, text.size() - after.size() - begin) + " behind it";
}

}  // namespace

std::string usage_text(const CLI::App& app, const CLI::ParseError& error) {
  // No flag is required, so what is missing is a command.
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return missing_command(app);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected(app);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return wrong_number(error.what());
  return error.what();
}

}  // namespace wedged
