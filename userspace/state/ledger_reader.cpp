// SPDX-License-Identifier: Apache-2.0
// Stops at the first thing that is not as it must be; the place says where it was.
#include "state/ledger_reader.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "state/plain_text.h"
#include "state/seal.h"

namespace wedged {
namespace {

using nlohmann::json;

struct Range {
  std::int64_t least;
  std::int64_t most;
};

// Narrow enough that no sum or difference of three of them overflows.
constexpr std::int64_t year_ns = std::int64_t{366} * 24 * 3600 * 1'000'000'000;
constexpr Range monotonic_range{-50 * year_ns, 50 * year_ns};  // what a reboot moved is before this boot
constexpr Range wall_range{0, 150 * year_ns};
constexpr Range grace_range{0, 50 * year_ns};
constexpr Range pid_range{0, 1 << 22};  // PID_MAX_LIMIT, include/linux/threads.h

// Takes values out of JSON and remembers the first thing wrong. What is wrong reads as something harmless.
class Reader {
 public:
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  void wrong(const std::string& place, const std::string& message) {
    if (!error_) error_ = Error{ErrorKind::malformed, place + ": " + message};
  }

  // The object `name` of `parent`; an empty one if it is none.
  const json& object(const json& parent, const std::string& name, const std::string& place) {
    static const json empty = json::object();
    const json& found = field(parent, name);
    if (found.is_object()) return found;
    wrong(place + name, "must be an object");
    return empty;
  }
  const json& array(const json& parent, const std::string& name, const std::string& place) {
    static const json empty = json::array();
    const json& found = field(parent, name);
    if (found.is_array()) return found;
    wrong(place + name, "must be a list");
    return empty;
  }
  std::int64_t number(const json& parent, const std::string& name, const std::string& place, Range range) {
    const json& found = field(parent, name);
    const bool too_big =
        found.is_number_unsigned() && found.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
    if (found.is_number_integer() && !too_big) {
      const auto number = found.get<std::int64_t>();
      if (number >= range.least && number <= range.most) return number;
    }
    wrong(place + name,
          "must be a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most));
    return range.least;
  }
  std::uint64_t start_time(const json& parent, const std::string& place) {
    const json& found = field(parent, "start_boottime_ns");
    if (found.is_number_unsigned()) return found.get<std::uint64_t>();
    wrong(place + "start_boottime_ns", "must be a whole number, not negative");
    return 0;
  }
  bool flag(const json& parent, const std::string& name, const std::string& place) {
    const json& found = field(parent, name);
    if (found.is_boolean()) return found.get<bool>();
    wrong(place + name, "must be true or false");
    return false;
  }
  std::string text(const json& parent, const std::string& name, const std::string& place) {
    const json& found = field(parent, name);
    if (const auto* text = found.get_ptr<const std::string*>()) {
      if (auto bytes = from_plain(*text)) return *bytes;
    }
    wrong(place + name, "must be a string of ASCII, other bytes as %XX");
    return {};
  }

  static const json& field(const json& parent, const std::string& name) {
    static const json absent;
    const auto found = parent.is_object() ? parent.find(name) : parent.end();
    return found == parent.end() ? absent : *found;
  }

 private:
  std::optional<Error> error_;
};

std::string place_of(const std::string& list, std::size_t at) {
  return "ledger." + list + "[" + std::to_string(at) + "].";
}

Instant instant_of(Reader& reader, const json& parent, const std::string& name, const std::string& place) {
  return Instant{Duration{reader.number(parent, name, place, monotonic_range)}};
}

ProcessId process_of(Reader& reader, const json& entry, const std::string& place) {
  return {static_cast<int>(reader.number(entry, "pid", place, pid_range)), reader.start_time(entry, place)};
}

void read_actions(Reader& reader, const json& ledger, LedgerState& state) {
  for (const json& entry : reader.array(ledger, "actions", "ledger.")) {
    const std::string place = place_of("actions", state.actions.size());
    state.actions.push_back({reader.text(entry, "rule", place), reader.text(entry, "unit", place),
                             instant_of(reader, entry, "at_ns", place), reader.flag(entry, "dry", place)});
    if (reader.error()) return;
  }
}

void read_intents(Reader& reader, const json& ledger, LedgerState& state) {
  for (const json& entry : reader.array(ledger, "intents", "ledger.")) {
    const std::string place = place_of("intents", state.intents.size());
    state.intents.push_back({reader.text(entry, "rule", place), process_of(reader, entry, place),
                             instant_of(reader, entry, "at_ns", place), reader.flag(entry, "dry", place)});
    if (reader.error()) return;
  }
}

void read_taken(Reader& reader, const json& entry, const std::string& place, Climb& climb) {
  for (const json& rung : reader.array(entry, "taken", place)) {
    const std::string where = place + "taken[" + std::to_string(climb.taken.size()) + "].";
    climb.taken.push_back({reader.text(rung, "rung", where), reader.flag(rung, "touched", where),
                           reader.flag(rung, "dry", where)});
    if (reader.error()) return;
  }
  if (climb.taken.empty()) reader.wrong(place + "taken", "must not be empty");
}

Climb climb_of(Reader& reader, const json& entry, const std::string& place) {
  Climb climb;
  read_taken(reader, entry, place, climb);
  climb.at = instant_of(reader, entry, "at_ns", place);
  climb.grace = Duration{reader.number(entry, "grace_ns", place, grace_range)};
  climb.running = reader.flag(entry, "running", place);
  return climb;
}

void read_climbs(Reader& reader, const json& ledger, LedgerState& state) {
  for (const json& entry : reader.array(ledger, "climbs", "ledger.")) {
    const std::string place = place_of("climbs", state.climbs.size());
    std::pair whose{reader.text(entry, "rule", place), process_of(reader, entry, place)};
    const bool first = state.climbs.emplace(std::move(whose), climb_of(reader, entry, place)).second;
    if (!first) reader.wrong(place + "pid", "this process has a climb of this rule already");
    if (reader.error()) return;
  }
}

void read_suspension(Reader& reader, const json& ledger, LedgerState& state) {
  if (Reader::field(ledger, "suspension").is_null()) return;
  const std::string place = "ledger.suspension.";
  const json& suspension = reader.object(ledger, "suspension", "ledger.");
  state.suspension = LedgerState::Suspension{instant_of(reader, suspension, "since_ns", place),
                                             reader.text(suspension, "reason", place)};
}

}  // namespace

Result<WrittenLedger> read_ledger(std::string_view text) {
  const auto body = unsealed(text);
  if (!body) return body.error();
  const json value = json::parse("{" + std::string(*body) + "}", nullptr, false);
  if (value.is_discarded()) return Error{ErrorKind::malformed, "the whole: must be JSON"};
  Reader reader;
  WrittenLedger read;
  read.boot_id = reader.text(value, "boot", "");
  if (read.boot_id.empty()) reader.wrong("boot", "must not be empty");
  const json& written = reader.object(value, "written", "");
  read.written.monotonic = instant_of(reader, written, "monotonic_ns", "written.");
  read.written.wall = WallTime{Duration{reader.number(written, "wall_ns", "written.", wall_range)}};
  const json& ledger = reader.object(value, "ledger", "");
  read_actions(reader, ledger, read.state);
  read_intents(reader, ledger, read.state);
  read_climbs(reader, ledger, read.state);
  read_suspension(reader, ledger, read.state);
  if (reader.error()) return *reader.error();
  return read;
}

}  // namespace wedged
