// SPDX-License-Identifier: Apache-2.0
#include "inspector/memory.h"

#include <sys/uio.h>

#include <algorithm>
#include <cstring>

namespace wedged {
namespace {

// Every mutex, condition and thread descriptor field that a futex word can be part of lies within these.
constexpr std::uint64_t before_word = 64;
constexpr std::uint64_t after_word = 192;

std::size_t read_remote(int id, std::uint64_t address, std::uint8_t* to, std::size_t size) {
  const iovec here{to, size};
  // Split at page borders: of a range that is partly readable the kernel reads whole elements only.
  std::array<iovec, 64> there{};
  std::size_t count = 0;
  for (std::size_t done = 0; done < size && count < there.size(); ++count) {
    const std::size_t to_border = 4096 - (address + done) % 4096;
    const std::size_t length = std::min(size - done, to_border);
    there[count] = {reinterpret_cast<void*>(address + done), length};  // NOLINT(performance-no-int-to-ptr)
    done += length;
  }
  const auto got = ::process_vm_readv(id, &here, 1, there.data(), count, 0);
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

}  // namespace

std::vector<std::uint8_t> Memory::read(std::uint64_t address, std::size_t size) const {
  std::vector<std::uint8_t> bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const std::size_t got = read_remote(id_, address + done, bytes.data() + done, size - done);
    if (got == 0) break;
    done += got;
  }
  bytes.resize(done);
  return bytes;
}

Memory::Page* Memory::page(std::uint64_t number) {
  constexpr std::size_t most_pages = 4096;
  if (pages_.size() >= most_pages) pages_.clear();
  const auto [place, is_new] = pages_.try_emplace(number);
  if (is_new) {
    auto bytes = std::make_unique<Page>();
    if (read_remote(id_, number * page_size, bytes->data(), page_size) == page_size)
      place->second = std::move(bytes);
  }
  return place->second.get();
}

void Memory::remember(std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::uint64_t offset = (address + done) % page_size;
    const std::size_t length = std::min(bytes.size() - done, static_cast<std::size_t>(page_size - offset));
    if (Page* const to = page((address + done) / page_size); to != nullptr)
      std::memcpy(to->data() + offset, bytes.data() + done, length);
    done += length;
  }
}

std::size_t Memory::read_cached(std::uint64_t address, std::uint8_t* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const Page* const from = page((address + done) / page_size);
    if (from == nullptr) break;
    const std::uint64_t offset = (address + done) % page_size;
    const std::size_t length = std::min(size - done, static_cast<std::size_t>(page_size - offset));
    std::memcpy(to + done, from->data() + offset, length);
    done += length;
  }
  return done;
}

std::optional<std::uint64_t> Memory::word(std::uint64_t address) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  if (read_cached(address, bytes.data(), bytes.size()) != bytes.size()) return std::nullopt;
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

std::optional<WordSurroundings> read_word(const Memory& memory, std::uint64_t address) {
  const auto after = memory.read(address, after_word);
  if (after.size() < sizeof(std::uint32_t)) return std::nullopt;
  std::uint64_t begin = address - std::min(address, before_word);
  auto bytes = memory.read(begin, address - begin);
  if (bytes.size() < address - begin) {  // the page before cannot be read
    begin = address / 4096 * 4096;
    bytes = memory.read(begin, address - begin);
  }
  if (bytes.size() < address - begin) {
    begin = address;
    bytes.clear();
  }
  bytes.insert(bytes.end(), after.begin(), after.end());
  return WordSurroundings{begin, std::move(bytes)};
}

}  // namespace wedged
