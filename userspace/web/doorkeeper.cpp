// SPDX-License-Identifier: Apache-2.0
#include "web/doorkeeper.h"

namespace wedged {

Doorkeeper::Entry Doorkeeper::ask(std::uint64_t id, const Users& users, std::string_view authorization) {
  if (users.empty()) return Entry::open;
  const auto given = basic_credentials(authorization);
  if (!given) return Entry::refused;
  const auto user = users.find(given->user);
  const bool known = user != users.end();
  const std::string& hash = known ? user->second : users.begin()->second;
  if (known && memory_.knows(*given, hash)) return Entry::open;
  if (!thread_) thread_ = std::make_unique<PasswordThread>(wake_);
  if (!thread_->submit({id, given->password, hash, known})) return Entry::busy;
  open_[id] = {*given, hash};
  return Entry::later;
}

std::vector<Doorkeeper::Verdict> Doorkeeper::verdicts() {
  std::vector<Verdict> verdicts;
  if (!thread_) return verdicts;
  for (const auto& [id, right] : thread_->take()) {
    const auto question = open_.extract(id);
    if (right && !question.empty()) memory_.remember(question.mapped().given, question.mapped().hash);
    verdicts.push_back({id, right});
  }
  return verdicts;
}

}  // namespace wedged
