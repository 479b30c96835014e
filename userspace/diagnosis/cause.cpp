// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/cause.h"

namespace wedged {
namespace {

struct CauseText {
  Cause cause;
  std::string_view name;
  std::string_view predicate;
};

constexpr CauseText texts[] = {
    {Cause::uninterruptible_wait, "uninterruptible_wait",
     "in D state (killable or not; not idle, not frozen) in one and the same wait for longer than the "
     "threshold; kernel "
     "threads too"},
    {Cause::slow_syscall, "slow_syscall",
     "in one system call for longer than its limit while still progressing, or while a file system's server "
     "owes the "
     "answer; calls made to wait have no limit by default"},
    {Cause::unkillable, "unkillable",
     "SIGKILL has been pending for longer than the threshold, no core is being dumped, and the process still "
     "exists"},
};

}  // namespace

std::string_view name_of(Cause cause) {
  for (const auto& text : texts) {
    if (text.cause == cause) return text.name;
  }
  return {};
}

std::string_view predicate_of(Cause cause) {
  for (const auto& text : texts) {
    if (text.cause == cause) return text.predicate;
  }
  return {};
}

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::possible: return "possible";
    case Certainty::likely: return "likely";
    case Certainty::certain: return "certain";
  }
  return {};
}

std::optional<Cause> cause_named(std::string_view name) {
  for (const auto& text : texts) {
    if (text.name == name) return text.cause;
  }
  return std::nullopt;
}

std::optional<Certainty> certainty_named(std::string_view name) {
  for (const auto certainty : all_certainties) {
    if (name_of(certainty) == name) return certainty;
  }
  return std::nullopt;
}

}  // namespace wedged
