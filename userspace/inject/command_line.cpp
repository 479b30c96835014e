// SPDX-License-Identifier: Apache-2.0
// The only file of wedged-inject that includes CLI11; its exceptions end here.
#include "inject/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <map>
#include <numeric>
#include <sstream>
#include <vector>

namespace wedged::inject {
namespace {

using std::chrono::milliseconds;

constexpr const char* description =
    "Provokes a hang in a process of its own, tells when it is real, and ends it again.\n"
    "Nothing else on the host is touched.";

constexpr const char* footer =
    "Prints a line as soon as the fault is real, times by CLOCK_MONOTONIC:\n"
    "  began MILLISECONDS pid=PID tid=TID cause=CAUSE variant=VARIANT [owner=TID]\n"
    "  [descriptor=FD]\n"
    "\n"
    "Examples:\n"
    "  wedged-inject --list                       what there is\n"
    "  wedged-inject self_deadlock                for 60 s\n"
    "  wedged-inject lock_cycle --variant join --for 20s";

struct Flags {
  std::string cause;
  std::string variant;
  std::int64_t lasts_ms = 0;
  bool list = false;
};

std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : from) {
    std::size_t diagonal = row[0]++;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::size_t changed = diagonal + (letter == to[i] ? 0 : 1);
      diagonal = row[i + 1];
      row[i + 1] = std::min({changed, row[i] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string_view name_of(const Fault& fault) {
  return fault.cause;
}
std::string_view name_of(const Variant& variant) {
  return variant.name;
}

template <typename T>
std::string names_of(std::span<const T> all) {
  std::string text;
  for (const T& one : all) text.append(text.empty() ? "" : ", ").append(name_of(one));
  return text;
}

// The one of that name; else a usage error that tells the nearest and all.
template <typename T>
const T& named(const std::string& name, std::span<const T> all, const std::string& noun) {
  const auto nearer = [&name](const T& a, const T& b) {
    return distance(name, name_of(a)) < distance(name, name_of(b));
  };
  const T& nearest = *std::min_element(all.begin(), all.end(), nearer);
  if (name_of(nearest) == name) return nearest;
  std::string message = "unknown " + noun + " '" + name + "'";
  const std::size_t apart = distance(name, name_of(nearest));
  if (apart < name.size() && apart <= std::max<std::size_t>(2, name.size() / 3))
    message.append("; did you mean '").append(name_of(nearest)).append("'?");
  throw CLI::ValidationError(message + "\nIt may be: " + names_of(all));
}

std::string list() {
  std::ostringstream out;
  for (const Fault& fault : faults()) {
    out << fault.cause << '\n';
    for (const Variant& variant : fault.variants)
      out << "  " << std::left << std::setw(22) << variant.name << variant.what << '\n';
  }
  return out.str();
}

void add_options(CLI::App& app, Flags& flags) {
  const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto unit_required = CLI::AsNumberWithUnit::UNIT_REQUIRED;
  app.add_option("cause", flags.cause, "What to provoke: " + names_of(faults()))->type_name("CAUSE");
  app.add_option("--variant", flags.variant, "Which shape of it; the first of the list by default")
      ->type_name("NAME");
  app.add_option("--for", flags.lasts_ms,
                 "When it ends, counted from its begin: 500ms, 20s, 5m, 1h; default 60s, of slow_syscall and "
                 "stopped 120s")
      ->type_name("DURATION")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400'000}, "1ms to 24h"))
      ->transform(CLI::AsNumberWithUnit(units, unit_required));
  app.add_flag("--list", flags.list, "All causes and their variants");
  app.set_version_flag("--version", std::string{"wedged-inject "} + WEDGED_VERSION,
                       "Print the version and exit");
}

Chosen choose(const Flags& flags) {
  if (flags.cause.empty()) throw CLI::ValidationError("a cause is missing\nIt may be: " + names_of(faults()));
  const Fault& fault = named(flags.cause, faults(), "cause");
  const Variant& variant = flags.variant.empty()
                               ? fault.variants.front()
                               : named(flags.variant, fault.variants, "variant of " + flags.cause);
  return {fault.cause, variant, flags.lasts_ms ? Duration{milliseconds(flags.lasts_ms)} : fault.lasts};
}

EarlyExit early_exit_of(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  if (app.exit(error, out, err) == 0) return {ExitCode::success, out.str()};
  return {ExitCode::usage,
          std::string{"wedged-inject: "} + error.what() + "\nRun `wedged-inject --help` or `--list`.\n"};
}

}  // namespace

std::variant<Chosen, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app{description, "wedged-inject"};
  add_options(app, flags);
  app.footer(footer);
  try {
    app.parse(argc, argv);
    if (flags.list) return EarlyExit{ExitCode::success, list()};
    return choose(flags);
  } catch (const CLI::ParseError& error) {
    return early_exit_of(app, error);
  }
}

}  // namespace wedged::inject
