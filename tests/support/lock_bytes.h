// SPDX-License-Identifier: Apache-2.0
// Locks as they lie in the memory of a process, for tests: the words of one, with what the inspector reads in
// front of it.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "observation/task.h"

namespace wedged::test {

// What the inspector reads in front of a futex word.
inline constexpr std::uint64_t in_front = 64;

inline WordSurroundings memory_at(std::uint64_t begin, const std::vector<std::uint32_t>& words) {
  WordSurroundings memory{begin, std::vector<std::uint8_t>(words.size() * sizeof(std::uint32_t))};
  if (!words.empty()) std::memcpy(memory.bytes.data(), words.data(), memory.bytes.size());
  return memory;
}

// The object's words at `address`, zeros around them.
inline WordSurroundings object_at(std::uint64_t address, std::vector<std::uint32_t> words) {
  words.insert(words.begin(), in_front / sizeof(std::uint32_t), 0);
  words.insert(words.end(), 16, 0);
  return memory_at(address - in_front, words);
}

// struct __pthread_mutex_s of glibc, contended. Robust and priority-inheriting ones have the id in the word.
inline WordSurroundings a_mutex(std::uint64_t address, int owner, std::uint32_t kind = 0) {
  constexpr std::uint32_t robust_or_inherit = 0x30;
  const auto id = static_cast<std::uint32_t>(owner);
  const std::uint32_t word = (kind & robust_or_inherit) != 0 ? id | 0x80000000 : 2;
  return object_at(address, {word, 1, id, 1, kind});
}

// struct __pthread_rwlock_arch_t of glibc.
inline WordSurroundings an_rwlock(std::uint64_t address, std::uint32_t readers, int writer) {
  return object_at(address, {readers, 0, 2, 1, 0, 0, static_cast<std::uint32_t>(writer), 0});
}

}  // namespace wedged::test
