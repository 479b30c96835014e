// SPDX-License-Identifier: Apache-2.0
// What can be provoked: each cause with its variants, in one visible array. A variant is a function that
// makes the process it runs in be stuck, or healthy in a way that looks stuck; it does not return.
#pragma once

#include <span>
#include <string_view>

#include "util/clock.h"

namespace wedged::inject {

class Stage;

struct Variant {
  std::string_view name;
  std::string_view what;  // one line for --list
  void (*provoke)(const Stage& stage) = nullptr;
};

struct Fault {
  std::string_view cause;
  std::span<const Variant> variants;          // the first is the default
  Duration lasts = std::chrono::seconds(60);  // unless --for says otherwise
};

[[nodiscard]] std::span<const Fault> faults();

}  // namespace wedged::inject
