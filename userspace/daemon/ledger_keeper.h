// SPDX-License-Identifier: Apache-2.0
// LedgerKeeper: the ledger's way to its file and back. Opened only by a monitor that enforces: what a dry run
// remembers need not outlive it. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "policy/ledger.h"
#include "state/ledger_file.h"

namespace wedged {

class LedgerKeeper {
 public:
  // `boot_id` as BootInfo has it.
  explicit LedgerKeeper(std::string boot_id) : boot_id_(std::move(boot_id)) {}

  // What was remembered, to go on from. A damaged file is set aside, and the ledger begins suspended: nobody
  // knows what has been done.
  [[nodiscard]] Result<Ledger> open(const std::string& path, const ClockPair& now);
  [[nodiscard]] bool is_open() const { return file_.has_value(); }
  [[nodiscard]] std::string warning() const { return file_ ? file_->warning() : std::string{}; }

  // Nothing to do if it is not open.
  [[nodiscard]] Status keep(const Ledger& ledger, const ClockPair& now);

 private:
  std::string boot_id_;
  std::optional<LedgerFile> file_;
};

}  // namespace wedged
