// SPDX-License-Identifier: Apache-2.0
// A process's memory map, parsed. Pure: the text comes from elsewhere, in pieces of any size, and from a
// process that may have chosen every name in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace wedged {

struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  std::uint64_t inode = 0;  // 0: no file
  bool executable = false;
  bool deleted = false;  // the file has no name any more
  std::string path;      // without " (deleted)"; "[stack]", "[vdso]"; empty: no file

  bool operator==(const Mapping&) const = default;
  [[nodiscard]] bool same_file(const Mapping& other) const;
};

class AddressSpace {
 public:
  static constexpr std::size_t most_mappings = 1'000'000;  // 15 times the default of vm.max_map_count

  void add_text(std::string_view text);  // ends anywhere; call finish() after the last piece
  void finish();

  [[nodiscard]] const std::vector<Mapping>& mappings() const { return mappings_; }
  // Null: nothing is mapped there.
  [[nodiscard]] const Mapping* at(std::uint64_t address) const;
  [[nodiscard]] std::size_t odd_lines() const { return odd_lines_; }  // passed over
  [[nodiscard]] bool full() const { return mappings_.size() >= most_mappings; }

 private:
  void add_line(std::string_view line);

  std::vector<Mapping> mappings_;  // ascending
  std::string rest_;               // of the last piece: a line that is not whole
  std::size_t odd_lines_ = 0;
};

// In the child only: may hang.
[[nodiscard]] Result<AddressSpace> read_address_space(const Fd& maps);

}  // namespace wedged
