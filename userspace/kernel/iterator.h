// SPDX-License-Identifier: Apache-2.0
// Reads what BPF iterators write. Knows neither programs nor records.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "util/result.h"

struct bpf_link;
struct bpf_program;

namespace wedged {

// Takes whole bytes in the order they come; a record may be split between two calls.
using ByteSink = std::function<void(std::span<const std::byte>)>;

// Lets the program run over all objects.
[[nodiscard]] Status read_iterator(const bpf_link* link, const ByteSink& sink);

// Attaches an iterator over tasks to the calling thread alone: its program runs once for each reading, as
// long as that thread lives. Since v6.1 (f0d74c4da1f0). Null with errno set if the kernel refuses.
[[nodiscard]] bpf_link* attach_to_own_thread(const bpf_program* program);

}  // namespace wedged
