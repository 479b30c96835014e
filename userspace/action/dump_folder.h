// SPDX-License-Identifier: Apache-2.0
// Dump folder: where dumps are kept, within a quota, the oldest making room for the newest. Blocks as long as
// its disk does: used by an aide alone, never by the daemon. Removes nothing but what bears its own names.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "util/fd.h"
#include "util/result.h"

namespace wedged {

class DumpFolder {
 public:
  // Makes it (0700) if it is not there. Waits until no other aide is in it. Fails if it is a symbolic link,
  // or if others than its owner, which must be us, may write to it.
  [[nodiscard]] static Result<DumpFolder> open(const std::string& directory, std::uint64_t quota_bytes);

  // Whether open() would do, without making or removing anything.
  [[nodiscard]] static Status rehearse(const std::string& directory);

  [[nodiscard]] const Fd& descriptor() const { return folder_; }
  // What is being written is called so, and is nothing to keep if it is found later.
  [[nodiscard]] static std::string partial_name(const std::string& name) { return ".partial-" + name; }

  // A new dump with this content.
  [[nodiscard]] Status keep(const std::string& name, const std::string& content);
  // A dump that was written under a partial name becomes a complete one.
  [[nodiscard]] Status keep_partial(const std::string& partial, const std::string& name);
  void discard(const std::string& partial) const;

 private:
  DumpFolder(Fd folder, std::uint64_t quota_bytes) : folder_(std::move(folder)), quota_(quota_bytes) {}
  [[nodiscard]] Status make_room(std::uint64_t bytes) const;
  void discard_all_partial() const;

  Fd folder_;
  std::uint64_t quota_;
};

// "20260131T094500.123Z-4242-mysqld.json": in the order of their time. `comm` is made harmless.
[[nodiscard]] std::string dump_name(std::int64_t unix_milliseconds, int pid, const std::string& comm,
                                    const std::string& suffix);
[[nodiscard]] bool is_dump_name(const std::string& name);

}  // namespace wedged
