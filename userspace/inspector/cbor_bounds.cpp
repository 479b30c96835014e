// SPDX-License-Identifier: Apache-2.0
#include "inspector/cbor_bounds.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace wedged {
namespace {

using nlohmann::json;

constexpr int greatest_depth = 8;
constexpr std::size_t most_values = 500'000;  // a thousand threads of 64 frames have 320,000

// Counts, keeps nothing; false stops the reader.
class Bounds final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return one_more(); }
  bool boolean(bool /*value*/) override { return one_more(); }
  bool number_integer(std::int64_t /*value*/) override { return one_more(); }
  bool number_unsigned(std::uint64_t /*value*/) override { return one_more(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return one_more(); }
  bool string(std::string& /*value*/) override { return one_more(); }
  bool binary(json::binary_t& /*value*/) override { return one_more(); }
  bool key(std::string& /*value*/) override { return one_more(); }
  bool start_object(std::size_t /*elements*/) override { return deeper(); }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t /*elements*/) override { return deeper(); }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const json::exception& error) override {
    fault_ = error.what();
    return false;
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  bool one_more() { return ++values_ <= most_values; }
  bool deeper() { return ++depth_ <= greatest_depth && one_more(); }

  int depth_ = 0;
  std::size_t values_ = 0;
  std::string fault_ = "too many values, or nested too deeply";
};

}  // namespace

Status check_cbor_bounds(std::string_view bytes) {
  Bounds bounds;
  if (json::sax_parse(bytes, &bounds, json::input_format_t::cbor)) return Nothing{};
  return Error{ErrorKind::malformed, bounds.fault()};
}

}  // namespace wedged
