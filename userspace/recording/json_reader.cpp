// SPDX-License-Identifier: Apache-2.0
// Includes nlohmann-json; its exceptions end here: only parsing can throw, since every value's type is asked
// for before it is taken. The first error ends the reading.
#include "recording/json_reader.h"

#include <array>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "recording/fields.h"
#include "recording/hex.h"
#include "recording/kinds.h"
#include "recording/place.h"
#include "recording/wanted.h"

namespace wedged::recorded {
namespace {

using nlohmann::json;

// What stands there: numbers themselves, of all else only the kind, since it may be long or anything.
std::string kind_of(const json& value) {
  return value.is_number() ? value.dump() : value.type_name();
}

class Reader {
 public:
  Reader(const json& object, const Place& place, std::optional<std::string>& fault)
      : object_(object), place_(place), fault_(fault) {}

  template <typename T>
  Reader& operator()(const char* name, T&& value) {
    if (fault_) return *this;
    const Place place{&place_, name};
    const auto found = object_.find(name);
    if (found != object_.end()) {
      read(*found, place, value);
    } else if (!clear(value)) {
      fail(place, "is missing; must be " + wanted(value));
    }
    return *this;
  }

 private:
  // What may be absent is now; false if it may not.
  template <typename T>
  static bool clear(T&) {
    return false;
  }
  template <typename T>
  static bool clear(std::optional<T>& value) {
    value.reset();
    return true;
  }
  template <typename T>
  static bool clear(Hex<T>& hex) {
    return clear(hex.value);
  }

  void fail(const Place& place, const std::string& message) { fault_ = place.text() + ": " + message; }
  template <typename T>
  void refuse(const json& from, const Place& place, const T& to) {
    fail(place, "must be " + wanted(to) + ", not " + kind_of(from));
  }

  template <typename T>
  static bool number(const json& from, T& to, T least, T greatest) {
    if (from.is_number_unsigned()) {
      const auto value = from.get<std::uint64_t>();
      if (!std::in_range<T>(value) || static_cast<T>(value) > greatest) return false;
      to = static_cast<T>(value);
      return to >= least;
    }
    if (!from.is_number_integer()) return false;
    const auto value = from.get<std::int64_t>();
    if (!std::in_range<T>(value) || static_cast<T>(value) < least) return false;
    to = static_cast<T>(value);
    return to <= greatest;
  }

  void read(const json& from, const Place& place, bool& to) {
    if (!from.is_boolean()) return refuse(from, place, to);
    to = from.get<bool>();
  }
  template <Number T>
  void read(const json& from, const Place& place, T& to) {
    if (!number(from, to, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()))
      refuse(from, place, to);
  }
  void read(const json& from, const Place& place, Duration& to) {
    std::int64_t count = 0;
    if (!number(from, count, -greatest_time, greatest_time)) return refuse(from, place, to);
    to = Duration{count};
  }
  template <Moment T>
  void read(const json& from, const Place& place, T& to) {
    Duration since_epoch{};
    read(from, place, since_epoch);
    to = T{since_epoch};
  }
  template <typename T>
  void read(const json& from, const Place& place, Span<T>& to) {
    if (!number<T>(from, to.value, 0, greatest_time)) refuse(from, place, to);
  }
  template <typename T>
  void read(const json& from, const Place& place, Rfc3339<T>& to) {
    const auto at = from.is_string() ? wall_time_of(from.get_ref<const std::string&>()) : std::nullopt;
    if (!at) return refuse(from, place, to);
    to.value = *at;
  }

  void read(const json& from, const Place& place, std::string& to) {
    if (from.is_string()) {
      to = from.get_ref<const std::string&>();
      return;
    }
    const auto bytes = from.is_object() ? from.find("bytes") : from.end();
    if (!from.is_object() || bytes == from.end()) return refuse(from, place, to);
    if (!bytes->is_string() || !from_hex(bytes->get_ref<const std::string&>(), to)) refuse(*bytes, place, to);
  }
  template <Named T>
  void read(const json& from, const Place& place, T& to) {
    if (from.is_string()) {
      for (const auto& known : names(to)) {
        if (known.name != from.get_ref<const std::string&>()) continue;
        to = known.value;
        return;
      }
    }
    refuse(from, place, to);
  }

  void read(const json& from, const Place& place, std::vector<std::uint8_t>& to) {
    if (!from.is_string() || !from_hex(from.get_ref<const std::string&>(), to)) refuse(from, place, to);
  }
  template <typename T>
  void read(const json& from, const Place& place, std::vector<T>& to) {
    if (!from.is_array()) return refuse(from, place, to);
    to.clear();
    for (const json& element : from) {
      if (fault_) return;
      const Place at{&place, {}, to.size()};
      read(element, at, to.emplace_back());
    }
  }
  template <typename Key, typename Value>
  void read(const json& from, const Place& place, std::map<Key, Value>& to) {
    if (!from.is_array()) return refuse(from, place, to);
    to.clear();
    for (std::size_t index = 0; index < from.size() && !fault_; ++index) {
      const Place at{&place, {}, index};
      std::pair<Key, Value> entry;
      read_entry(from[index], at, entry);
      if (!fault_ && !to.insert(std::move(entry)).second)
        fail(at, "has a key that is there already; each is once");
    }
  }
  template <typename Key, typename Value>
  void read_entry(const json& from, const Place& place, std::pair<Key, Value>& to) {
    if (!from.is_object()) return refuse(from, place, to);
    Reader nested(from, place, fault_);
    nested("key", to.first)("value", to.second);
  }

  template <typename T>
  void read(const json& from, const Place& place, std::optional<T>& to) {
    read(from, place, to.emplace());
  }
  template <typename T>
  void read(const json& from, const Place& place, Hex<T>& to) {
    read_hex(from, place, to.value);
  }
  template <typename T>
  void read_hex(const json& from, const Place& place, std::optional<T>& to) {
    read_hex(from, place, to.emplace());
  }
  void read_hex(const json& from, const Place& place, std::uint64_t& to) {
    if (!from.is_string() || !from_hex(from.get_ref<const std::string&>(), to)) refuse(from, place, Hex{to});
  }
  template <std::size_t Size>
  void read_hex(const json& from, const Place& place, std::array<std::uint64_t, Size>& to) {
    if (!from.is_array() || from.size() != Size) return refuse(from, place, Hex{to});
    for (std::size_t index = 0; index < Size && !fault_; ++index) {
      const Place at{&place, {}, index};
      read_hex(from[index], at, to[index]);
    }
  }

  template <typename T>
  void read(const json& from, const Place& place, T& to) {
    if (!from.is_object()) return refuse(from, place, to);
    Reader nested(from, place, fault_);
    fields(nested, to);
  }

  const json& object_;
  const Place& place_;
  std::optional<std::string>& fault_;
};

Result<json> parsed(std::string_view line) {
  try {
    return json::parse(line.begin(), line.end());
  } catch (const json::parse_error& error) {
    const bool too_short = error.byte > line.size();
    return Error{ErrorKind::malformed,
                 "column " + std::to_string(error.byte) + ": must be JSON" +
                     (too_short ? ", but the line ends too early: was it cut off?" : "")};
  } catch (const json::exception&) {
    return Error{ErrorKind::malformed, "must be JSON with numbers of 64 bits"};
  }
}

template <typename T>
Result<T> value_of(const json& object) {
  T value;
  std::optional<std::string> fault;
  const Place top;
  if (!object.is_object()) return Error{ErrorKind::malformed, "must be " + wanted(value)};
  Reader reader(object, top, fault);
  fields(reader, value);
  if (fault) return Error{ErrorKind::malformed, *fault};
  return value;
}

}  // namespace

// The version first: what another one has in its fields is not ours to judge.
Result<Header> header_of(std::string_view line) {
  const auto object = parsed(line);
  if (!object) return object.error();
  const std::string must = "wedged_recording: must be " + std::to_string(format_version);
  const auto found = object->is_object() ? object->find("wedged_recording") : object->end();
  if (!object->is_object() || found == object->end()) {
    return Error{ErrorKind::malformed, must + ", but is missing: is this a file that --record wrote?"};
  }
  if (*found != format_version) {
    const std::string given = found->is_number_integer() ? found->dump() : found->type_name();
    return Error{ErrorKind::malformed, must + ", not " + given + ": another wedged wrote it"};
  }
  return value_of<Header>(*object);
}

Result<Snapshot> snapshot_of(std::string_view line) {
  const auto object = parsed(line);
  if (!object) return object.error();
  return value_of<Snapshot>(*object);
}

}  // namespace wedged::recorded
