// SPDX-License-Identifier: Apache-2.0
#include "observation/lock_layouts.h"

#include <linux/futex.h>

#include <array>
#include <cstring>
#include <map>
#include <set>

namespace wedged {
namespace {

// struct __pthread_mutex_s: lock, count, owner, nusers, kind.
constexpr std::uint64_t glibc_owner = 8;
constexpr std::uint64_t glibc_kind = 16;
constexpr std::uint32_t kind_robust = 0x10;
constexpr std::uint32_t kind_inherit = 0x20;
constexpr std::uint32_t kind_protect = 0x40;
constexpr std::uint32_t kind_shared = 0x80;
constexpr std::uint32_t known_kind_bits = 0x3f3;  // type, robust, inherit, protect, shared, elision

// struct __pthread_rwlock_arch_t: readers, writers, wrphase_futex, writers_futex, pad, pad, cur_writer,
// shared.
constexpr std::size_t rwlock_writer_word = 6;
constexpr std::uint32_t rwlock_write_locked = 2;
constexpr std::uint32_t rwlock_readers_waiting = 4;
constexpr std::uint32_t rwlock_reader_shift = 3;

std::uint32_t id_in(std::uint32_t word) {
  return word & FUTEX_TID_MASK;
}

void set_owner(std::uint32_t id, Lock& lock) {
  if (id == 0) {
    lock.no_owner_reason = "no owner was recorded at that moment";
  } else if (!can_be_thread_id(id)) {
    lock.no_owner_reason = "what is recorded as its owner is no thread id";
  } else {
    lock.owner = static_cast<int>(id);
  }
}

std::string glibc_type(std::uint32_t kind) {
  constexpr std::array names{"normal", "recursive", "errorcheck", "adaptive"};
  std::string type = names[kind & 3];
  if ((kind & kind_robust) != 0) type += " robust";
  if ((kind & kind_inherit) != 0) type += " priority-inheriting";
  if ((kind & kind_protect) != 0) type += " priority-protected";
  return type + " mutex";
}

bool is_held_pi_mutex(const WordSurroundings& memory, std::uint64_t address) {
  const auto kind = word_at(memory, address + glibc_kind);
  const auto word = word_at(memory, address);
  return kind && word && (*kind & kind_inherit) != 0 && (*kind & ~known_kind_bits) == 0 && id_in(*word) != 0;
}

// The reader's view of one place where the lock may begin.
struct RwlockView {
  std::uint32_t readers = 0;
  std::uint32_t writer = 0;
};

// A lock that holds nothing absurd. Padding and the top of `shared` are zero in every real one.
std::optional<RwlockView> view_rwlock(const WordSurroundings& memory, std::uint64_t begin) {
  std::array<std::uint32_t, 8> words{};
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto word = word_at(memory, begin + at * 4);
    if (!word) return std::nullopt;
    words[at] = *word;
  }
  const bool sane = words[2] <= 3 && words[3] <= 3 && words[4] == 0 && words[5] == 0 && words[7] <= 1 &&
                    words[rwlock_writer_word] <= FUTEX_TID_MASK;
  if (!sane || words[0] == 0) return std::nullopt;
  return RwlockView{words[0], words[rwlock_writer_word]};
}

}  // namespace

bool can_be_thread_id(std::uint32_t value) {
  constexpr std::uint32_t limit = 4U << 20;  // PID_MAX_LIMIT, include/linux/threads.h
  return value != 0 && value < limit;
}

std::optional<std::uint32_t> word_at(const WordSurroundings& memory, std::uint64_t address) {
  if (address < memory.begin) return std::nullopt;
  const auto offset = address - memory.begin;
  if (memory.bytes.size() < sizeof(std::uint32_t) || offset > memory.bytes.size() - sizeof(std::uint32_t))
    return std::nullopt;
  std::uint32_t word = 0;
  std::memcpy(&word, memory.bytes.data() + offset, sizeof(word));
  return word;
}

void read_glibc_mutex(const WordSurroundings& memory, std::uint64_t address, Lock& lock) {
  const auto word = word_at(memory, address);
  const auto kind = word_at(memory, address + glibc_kind);
  const auto owner = word_at(memory, address + glibc_owner);
  lock.type = "mutex";
  if (!word || !kind || !owner) {
    lock.no_owner_reason = "the mutex could not be read as a whole";
    return;
  }
  if ((*kind & ~known_kind_bits) != 0) {
    lock.no_owner_reason = "the memory does not look like a mutex of glibc";
    return;
  }
  lock.type = glibc_type(*kind);
  lock.robust = (*kind & kind_robust) != 0;
  lock.recursive = (*kind & 3) == 1;
  lock.owner_may_be_elsewhere = (*kind & kind_shared) != 0;  // of robust ones, too: pthread_mutex_init.c
  if (*word == 0) {
    lock.no_owner_reason = "it is free at this moment";
  } else if (lock.robust || (*kind & kind_inherit) != 0) {
    set_owner(id_in(*word), lock);
  } else {
    set_owner(*owner, lock);
  }
}

// _m_type, _m_lock (the futex), _m_waiters. A normal mutex holds EBUSY in place of an id.
void read_musl_mutex(const WordSurroundings& memory, std::uint64_t address, Lock& lock) {
  lock.type = "mutex";
  lock.address = address - 4;
  const auto type = word_at(memory, address - 4);
  const auto word = word_at(memory, address);
  if (!type || !word) {
    lock.no_owner_reason = "the mutex could not be read as a whole";
    return;
  }
  if ((*type & ~0x8fU) != 0) {
    lock.no_owner_reason = "the memory does not look like a mutex of musl";
    return;
  }
  constexpr std::array names{"normal mutex", "recursive mutex", "errorcheck mutex", "mutex"};
  lock.type = names[*type & 3];
  lock.robust = (*type & 4) != 0;
  lock.recursive = (*type & 3) == 1;
  if ((*type & 0xf) == 0) {
    lock.no_owner_reason = "normal mutexes of musl do not record their owner";
  } else {
    set_owner(id_in(*word), lock);
    // pthread_exit marks what the thread held; a mutex that is not robust stays so for ever
    // (pthread_mutex_trylock.c).
    lock.owner_died = id_in(*word) == 0 && (*word & FUTEX_OWNER_DIED) != 0;
    if (lock.owner_died) lock.no_owner_reason = "its owner died, and the mutex says so";
  }
}

// Waiters sleep on wrphase_futex, writers_futex or readers: the lock begins 8, 12 or 0 bytes before the word.
// On `readers` only while its flag says so, on the others, which are no greater than 3, never with that flag.
void read_glibc_rwlock(const WordSurroundings& memory, std::uint64_t address, Lock& lock) {
  lock.type = "read-write lock";
  std::optional<RwlockView> view;
  for (const std::uint64_t offset : {8U, 12U, 0U}) {
    const auto here = view_rwlock(memory, address - offset);
    if (!here || (offset == 0 && (here->readers & rwlock_readers_waiting) == 0)) continue;
    if (view) {
      lock.address = address;
      lock.no_owner_reason = "where the lock begins cannot be told for certain";
      return;
    }
    view = here;
    lock.address = address - offset;
  }
  if (!view) {
    lock.no_owner_reason = "the memory does not look like a read-write lock of glibc";
  } else if ((view->readers & rwlock_write_locked) != 0 && view->writer != 0) {
    set_owner(view->writer, lock);
  } else {
    const auto readers = view->readers >> rwlock_reader_shift;
    lock.no_owner_reason = "held by " + std::to_string(readers) + (readers == 1 ? " reader" : " readers") +
                           "; read-write locks do not record who they are";
  }
}

std::vector<std::uint64_t> pi_mutex_candidates(const Task& task) {
  constexpr std::uint64_t lowest = 0x10000;              // vm.mmap_min_addr
  constexpr std::uint64_t highest = 0x00ffffffffffffff;  // user space, with 5-level page tables
  constexpr std::size_t most = 48;
  std::set<std::uint64_t> addresses;
  const auto add = [&](std::uint64_t value) {
    if (value >= lowest && value <= highest && value % 4 == 0) addresses.insert(value);
  };
  if (task.details && task.details->registers) {
    for (const auto value : *task.details->registers) add(value);
  }
  if (task.user_side && task.user_side->word) {
    const auto& bytes = task.user_side->word->bytes;
    for (std::size_t at = (8 - task.user_side->word->begin % 8) % 8; at + 8 <= bytes.size(); at += 8) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes.data() + at, sizeof(value));
      add(value);
    }
  }
  std::vector<std::uint64_t> candidates(addresses.begin(), addresses.end());
  if (candidates.size() > most) candidates.resize(most);
  return candidates;
}

// glibc's code keeps a pointer to the mutex or one to its kind.
void find_glibc_pi_mutex(const std::vector<WordSurroundings>& pointed, Lock& lock) {
  constexpr std::uint64_t before = 64;  // what the inspector reads in front of a word
  std::map<std::uint64_t, const WordSurroundings*> found;
  for (const auto& memory : pointed) {
    for (const auto address : {memory.begin + before, memory.begin + before - glibc_kind}) {
      if (is_held_pi_mutex(memory, address)) found.emplace(address, &memory);
    }
  }
  if (found.size() != 1) return;
  const auto [address, memory] = *found.begin();
  auto mutex = lock;
  mutex.address = address;
  mutex.no_owner_reason.clear();
  read_glibc_mutex(*memory, address, mutex);
  if (mutex.owner) lock = mutex;
}

void read_pi_word(const WordSurroundings& memory, std::uint64_t address, Lock& lock) {
  const auto word = word_at(memory, address);
  if (!word) {
    lock.no_owner_reason = "the word could not be read";
  } else if (*word == 0) {
    lock.no_owner_reason = "it is free at this moment";
  } else {
    set_owner(id_in(*word), lock);
  }
}

}  // namespace wedged
