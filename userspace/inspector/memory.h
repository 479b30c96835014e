// SPDX-License-Identifier: Apache-2.0
// Memory: reads another process's memory with process_vm_readv: nothing is stopped or attached to. Words come
// through a cache of pages: a stack is read page by page, not word by word. In the child only: may hang.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "observation/task.h"

namespace wedged {

class Memory {
 public:
  explicit Memory(int id) : id_(id) {}

  // As many bytes from `address` on as can be read, `size` at most.
  [[nodiscard]] std::vector<std::uint8_t> read(std::uint64_t address, std::size_t size) const;
  [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t address);
  // From now on word() and read_cached() find these bytes there, whatever the memory holds by now.
  void remember(std::uint64_t address, const std::vector<std::uint8_t>& bytes);
  // The same bytes as read(), by way of the cache: for what is read again and again.
  [[nodiscard]] std::size_t read_cached(std::uint64_t address, std::uint8_t* to, std::size_t size);

 private:
  static constexpr std::uint64_t page_size = 4096;  // the smallest of any machine
  using Page = std::array<std::uint8_t, page_size>;

  Page* page(std::uint64_t number);

  int id_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;  // null: cannot be read
};

// The surroundings of a futex word; absent if the word itself cannot be read.
[[nodiscard]] std::optional<WordSurroundings> read_word(const Memory& memory, std::uint64_t address);

}  // namespace wedged
