// SPDX-License-Identifier: Apache-2.0
#include "inspector/called_function.h"

#include <array>
#include <cstring>

namespace wedged {

#if defined(__x86_64__)
namespace {

// Encodings: Intel SDM volume 2, CALL and JMP; System V psABI for AMD64, "Procedure Linkage Table".
constexpr std::uint8_t call_relative = 0xe8;
constexpr std::array<std::uint8_t, 2> call_through_memory{0xff, 0x15};
constexpr std::array<std::uint8_t, 2> jump_through_memory{0xff, 0x25};
constexpr std::array<std::uint8_t, 4> landing_pad{0xf3, 0x0f, 0x1e, 0xfa};  // endbr64
constexpr std::uint8_t bnd_prefix = 0xf2;

std::uint64_t displaced(std::uint64_t from, const std::uint8_t* displacement) {
  std::int32_t distance = 0;
  std::memcpy(&distance, displacement, sizeof(distance));
  return from + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
}

template <std::size_t size>
bool begins_with(const std::uint8_t* bytes, const std::array<std::uint8_t, size>& wanted) {
  return std::memcmp(bytes, wanted.data(), size) == 0;
}

// A stub of the linkage table jumps to where its slot points; anything else is the function itself.
std::optional<std::uint64_t> through_stub(Memory& memory, std::uint64_t target) {
  std::array<std::uint8_t, 16> code{};
  if (memory.read_cached(target, code.data(), code.size()) != code.size()) return std::nullopt;
  std::size_t at = begins_with(code.data(), landing_pad) ? landing_pad.size() : 0;
  if (code[at] == bnd_prefix) ++at;
  if (!begins_with(code.data() + at, jump_through_memory)) return target;
  const auto next = target + at + 6;
  return memory.word(displaced(next, code.data() + at + 2));
}

}  // namespace

std::optional<std::uint64_t> called_from(Memory& memory, std::uint64_t return_address) {
  constexpr std::size_t longest = 6;
  std::array<std::uint8_t, longest> code{};
  if (return_address < longest) return std::nullopt;
  if (memory.read_cached(return_address - longest, code.data(), longest) != longest) return std::nullopt;
  if (begins_with(code.data(), call_through_memory))
    return memory.word(displaced(return_address, code.data() + 2));
  if (code[1] == call_relative) return through_stub(memory, displaced(return_address, code.data() + 2));
  return std::nullopt;
}
#else
std::optional<std::uint64_t> called_from(Memory& /*memory*/, std::uint64_t /*return_address*/) {
  return std::nullopt;
}
#endif

}  // namespace wedged
