// SPDX-License-Identifier: Apache-2.0
#include "inspector/address_space.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "inspector/target.h"

namespace wedged {
namespace {

// Reads one line from the left: "55d0c0de6000-55d0c0de8000 r-xp 00002000 fe:01 1835 /usr/bin/cat".
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) {}

  template <typename Number>
  Number number(int base, char ended_by) {
    Number value{};
    const char* const end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value, base);
    if (error != std::errc{} || stop == end || *stop != ended_by) return fail<Number>();
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()) + 1);
    return value;
  }

  std::string_view word(std::size_t length) {
    if (rest_.size() <= length || rest_[length] != ' ') return fail<std::string_view>();
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    return taken;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  template <typename Value>
  Value fail() {
    ok_ = false;
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

void set_path(Mapping& mapping, std::string_view padded) {
  constexpr std::string_view mark = " (deleted)";
  padded.remove_prefix(std::min(padded.find_first_not_of(' '), padded.size()));
  // A file may be called so, too: then its last word is lost, which only a person would miss.
  mapping.deleted = mapping.inode != 0 && padded.ends_with(mark);
  if (mapping.deleted) padded.remove_suffix(mark.size());
  mapping.path = padded;
}

std::optional<Mapping> mapping_of(std::string_view text) {
  Line line(text);
  Mapping mapping;
  mapping.begin = line.number<std::uint64_t>(16, '-');
  mapping.end = line.number<std::uint64_t>(16, ' ');
  const auto rights = line.word(4);
  mapping.offset = line.number<std::uint64_t>(16, ' ');
  mapping.device_major = line.number<std::uint32_t>(16, ':');
  mapping.device_minor = line.number<std::uint32_t>(16, ' ');
  mapping.inode = line.number<std::uint64_t>(10, ' ');
  if (!line.ok() || mapping.begin >= mapping.end) return std::nullopt;
  mapping.executable = rights[2] == 'x';
  set_path(mapping, line.rest());
  return mapping;
}

}  // namespace

bool Mapping::same_file(const Mapping& other) const {
  return inode != 0 && inode == other.inode && device_major == other.device_major &&
         device_minor == other.device_minor && path == other.path;
}

void AddressSpace::add_text(std::string_view text) {
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    if (rest_.empty()) {
      add_line(text.substr(0, end));
    } else {
      rest_ += text.substr(0, end);
      add_line(rest_);
      rest_.clear();
    }
    text.remove_prefix(end + 1);
  }
  rest_ += text;
}

void AddressSpace::finish() {
  if (!rest_.empty()) add_line(rest_);
  rest_.clear();
}

// Lines that do not ascend are odd: the map is read in pieces while the process may change it.
void AddressSpace::add_line(std::string_view line) {
  if (full()) return;
  auto mapping = mapping_of(line);
  if (!mapping || (!mappings_.empty() && mapping->begin < mappings_.back().end))
    ++odd_lines_;
  else
    mappings_.push_back(std::move(*mapping));
}

const Mapping* AddressSpace::at(std::uint64_t address) const {
  const auto after = std::upper_bound(mappings_.begin(), mappings_.end(), address,
                                      [](std::uint64_t at, const Mapping& m) { return at < m.begin; });
  if (after == mappings_.begin()) return nullptr;
  const Mapping& found = *std::prev(after);
  return address < found.end ? &found : nullptr;
}

Result<AddressSpace> read_address_space(const Fd& maps) {
  AddressSpace space;
  for (;;) {
    const auto piece = read_up_to(maps, 1UL << 16);
    if (!piece) return piece.error();
    if (piece->empty() || space.full()) break;
    space.add_text(*piece);
  }
  space.finish();
  return space;
}

}  // namespace wedged
