// SPDX-License-Identifier: Apache-2.0
// Includes nlohmann-json; its exceptions end here. What is absent gets no key at all.
#include "recording/json_writer.h"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "recording/fields.h"
#include "recording/hex.h"
#include "recording/kinds.h"

namespace wedged::recorded {
namespace {

using nlohmann::ordered_json;

bool is_utf8(const std::string& text) {
  try {
    (void)ordered_json(text).dump();
    return true;
  } catch (const ordered_json::type_error&) {
    return false;
  }
}

class Writer {
 public:
  template <typename T>
  Writer& operator()(const char* name, const T& value) {
    object_[name] = value_of(value);
    return *this;
  }
  template <typename T>
  Writer& operator()(const char* name, const std::optional<T>& value) {
    if (value) object_[name] = value_of(*value);
    return *this;
  }
  template <typename T>
  Writer& operator()(const char* name, const Hex<T>& hex) {
    if constexpr (is_optional<std::remove_const_t<T>>) {
      if (hex.value) object_[name] = hex_of(*hex.value);
    } else {
      object_[name] = hex_of(hex.value);
    }
    return *this;
  }

  [[nodiscard]] ordered_json take() { return std::move(object_); }

 private:
  static ordered_json value_of(bool value) { return value; }
  static ordered_json value_of(const Number auto& value) { return value; }
  static ordered_json value_of(const Duration& value) { return value.count(); }
  static ordered_json value_of(const Moment auto& value) { return value.time_since_epoch().count(); }
  template <typename T>
  static ordered_json value_of(const Span<T>& span) {
    return span.value;
  }
  template <typename T>
  static ordered_json value_of(const Rfc3339<T>& time) {
    return rfc3339(time.value);
  }

  // JSON's text is UTF-8; names and paths are whatever bytes somebody chose.
  static ordered_json value_of(const std::string& text) {
    return is_utf8(text) ? ordered_json(text) : ordered_json{{"bytes", hex_of_bytes(text)}};
  }
  static ordered_json value_of(const Named auto& value) {
    for (const auto& known : names(value)) {
      if (known.value == value) return std::string(known.name);
    }
    return nullptr;
  }

  static ordered_json value_of(const std::vector<std::uint8_t>& bytes) { return hex_of_bytes(bytes); }
  template <typename T>
  static ordered_json value_of(const std::vector<T>& list) {
    ordered_json array = ordered_json::array();
    for (const T& element : list) array.push_back(value_of(element));
    return array;
  }
  template <typename Key, typename Value>
  static ordered_json value_of(const std::map<Key, Value>& map) {
    ordered_json array = ordered_json::array();
    for (const auto& [key, value] : map)
      array.push_back({{"key", value_of(key)}, {"value", value_of(value)}});
    return array;
  }
  template <typename T>
  static ordered_json value_of(const T& value) {
    Writer nested;
    fields(nested, value);
    return nested.take();
  }

  static ordered_json hex_of(std::uint64_t value) { return hex_of_number(value); }
  template <std::size_t Size>
  static ordered_json hex_of(const std::array<std::uint64_t, Size>& list) {
    ordered_json array = ordered_json::array();
    for (const std::uint64_t element : list) array.push_back(hex_of_number(element));
    return array;
  }

  ordered_json object_ = ordered_json::object();
};

template <typename T>
std::string line(const T& value) {
  Writer writer;
  fields(writer, value);
  return writer.take().dump(-1, ' ', true);
}

}  // namespace

std::string line_of(const Header& header) {
  return line(header);
}

std::string line_of(const Snapshot& snapshot) {
  return line(snapshot);
}

}  // namespace wedged::recorded
