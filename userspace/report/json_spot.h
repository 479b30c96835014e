// SPDX-License-Identifier: Apache-2.0
// Spot: a value in a JSON document and the place where it stands, for readers of documents that others made.
// What does not fit is thrown as a Misfit that names place and need: "findings[3].process.pid must be ...".
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "util/clock.h"

namespace wedged::json {

struct Misfit : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::int64_t greatest_id = 1 << 22;  // PID_MAX_LIMIT
inline constexpr std::int64_t any_count = std::int64_t{1} << 40;

// The document must outlive it.
class Spot {
 public:
  explicit Spot(const nlohmann::ordered_json& document) : Spot(document, "") {}

  [[nodiscard]] const nlohmann::ordered_json& value() const { return value_; }
  [[nodiscard]] bool is_null() const { return value_.is_null(); }
  [[nodiscard]] Spot at(const std::string& key) const;
  [[nodiscard]] bool has(const std::string& key) const;  // false if it is no object, too
  [[nodiscard]] std::vector<Spot> items() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string text_or_null() const;              // null: ""
  [[nodiscard]] std::int64_t number(std::int64_t most) const;  // a whole one, from 0
  [[nodiscard]] Duration seconds() const;                      // from 0 to thirty years
  [[nodiscard]] bool truth() const;
  void require(bool holds, const std::string& what) const;

 private:
  Spot(const nlohmann::ordered_json& value, std::string place) : value_(value), place_(std::move(place)) {}

  const nlohmann::ordered_json& value_;
  std::string place_;
};

}  // namespace wedged::json
