// SPDX-License-Identifier: Apache-2.0
#include "report/json_spot.h"

#include <cmath>

namespace wedged::json {

Spot Spot::at(const std::string& key) const {
  const std::string place = place_.empty() ? key : place_ + "." + key;
  require(value_.is_object(), "an object");
  const auto found = value_.find(key);
  if (found == value_.end()) throw Misfit(place + " is missing");
  return {*found, place};
}

bool Spot::has(const std::string& key) const {
  return value_.contains(key);
}

std::vector<Spot> Spot::items() const {
  require(value_.is_array(), "a list");
  std::vector<Spot> all;
  for (std::size_t index = 0; index < value_.size(); ++index)
    all.push_back(Spot(value_[index], place_ + "[" + std::to_string(index) + "]"));
  return all;
}

std::string Spot::text() const {
  require(value_.is_string(), "a text");
  return value_.get<std::string>();
}

std::string Spot::text_or_null() const {
  return is_null() ? std::string() : text();
}

std::int64_t Spot::number(std::int64_t most) const {
  const bool whole = value_.is_number_unsigned() || value_.is_number_integer();
  require(whole && value_ >= 0 && value_ <= most, "a whole number up to " + std::to_string(most));
  return value_.get<std::int64_t>();
}

Duration Spot::seconds() const {
  constexpr double most = 1e9;
  require(value_.is_number(), "a number of seconds");
  const auto seconds = value_.get<double>();
  require(std::isfinite(seconds) && seconds >= 0 && seconds <= most, "a number of seconds");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

bool Spot::truth() const {
  require(value_.is_boolean(), "true or false");
  return value_.get<bool>();
}

void Spot::require(bool holds, const std::string& what) const {
  if (!holds) throw Misfit((place_.empty() ? "the document" : place_) + " must be " + what);
}

}  // namespace wedged::json
