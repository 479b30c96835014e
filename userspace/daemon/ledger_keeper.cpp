// SPDX-License-Identifier: Apache-2.0
#include "daemon/ledger_keeper.h"

namespace wedged {
namespace {

Ledger suspended(const std::string& reason, const ClockPair& now) {
  Ledger ledger{LedgerState{}, now.monotonic};
  ledger.suspend(
      {now.monotonic, "enforcement is suspended until the configuration is loaded again: " + reason});
  return ledger;
}

}  // namespace

Result<Ledger> LedgerKeeper::open(const std::string& path, const ClockPair& now) {
  auto file = LedgerFile::open(path);
  if (!file) return file.error();
  auto state = file->load({boot_id_, now});
  if (!state && state.error().kind != ErrorKind::malformed) return state.error();
  if (!state) {
    const auto aside = file->set_aside();
    if (!aside) return aside.error();
  }
  file_ = std::move(*file);
  if (state) return Ledger{std::move(*state), now.monotonic};
  return suspended(state.error().message + "; it is kept as " + path + ".corrupt", now);
}

Status LedgerKeeper::keep(const Ledger& ledger, const ClockPair& now) {
  if (!file_) return Nothing{};
  return file_->save(to_text(ledger.state(), {boot_id_, now}));
}

}  // namespace wedged
