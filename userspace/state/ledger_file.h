// SPDX-License-Identifier: Apache-2.0
// LedgerFile: the place where the ledger outlives the monitor. A reader at any moment, also after a crash of
// the writer, finds a whole text: the old one or the new one. Nothing here waits for a disk, since a hung
// disk is what the monitor is there for: nothing is synced, and the file belongs into memory (tmpfs, by
// default below /run), where it outlives the monitor but not the host. Elsewhere open() warns. Not
// thread-safe; the scan loop owns it.
#pragma once

#include <string>

#include "policy/ledger_state.h"
#include "state/ledger_text.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

class LedgerFile {
 public:
  // Makes the folder if it is missing and locks the ledger for this process: two monitors that share one
  // would each count half. The error says who has it. `path` is absolute.
  [[nodiscard]] static Result<LedgerFile> open(const std::string& path);

  // A sentence if the file is not in memory; else empty.
  [[nodiscard]] const std::string& warning() const { return warning_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // No file: nothing is remembered. Kind `malformed` if it holds no ledger.
  [[nodiscard]] Result<LedgerState> load(const BootInfo& boot) const;
  // Keeps an unreadable file as PATH.corrupt, in place of an earlier one, so that the next load() finds none.
  // A link, folder or device is not moved: kind `malformed`.
  [[nodiscard]] Status set_aside() const;
  // As to_text() made it. What says the same as the last one is not written. A folder that vanished is made
  // again. After an error the file is as it was.
  [[nodiscard]] Status save(const std::string& text);

 private:
  explicit LedgerFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Status enter();
  [[nodiscard]] Status write(const std::string& text) const;

  std::string path_;
  std::string warning_;
  std::string saved_;  // the last text; empty: none yet
  Fd lock_;
};

}  // namespace wedged
