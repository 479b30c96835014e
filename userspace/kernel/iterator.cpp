// SPDX-License-Identifier: Apache-2.0
#include "kernel/iterator.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "util/fd.h"

namespace wedged {

Status read_iterator(const bpf_link* link, const ByteSink& sink) {
  const Fd iterator{bpf_iter_create(bpf_link__fd(link))};
  if (!iterator.valid()) return system_error(errno, "open BPF iterator");
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): read() fills it; clearing 64 KiB is waste
  alignas(8) std::array<std::byte, std::size_t{64} * 1024> buffer;
  while (true) {
    const ssize_t count = read(iterator.get(), buffer.data(), buffer.size());
    if (count == 0) return Nothing{};
    // EAGAIN: the kernel looked at a million tasks without output and asks to be called again (bpf_seq_read).
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return system_error(errno, "read BPF iterator");
    sink({buffer.data(), static_cast<std::size_t>(count)});
  }
}

bpf_link* attach_to_own_thread(const bpf_program* program) {
  bpf_iter_link_info which{};
  which.task.tid = static_cast<__u32>(gettid());
  bpf_iter_attach_opts options{};
  options.sz = sizeof(options);
  options.link_info = &which;
  options.link_info_len = sizeof(which);
  return bpf_program__attach_iter(program, &options);
}

}  // namespace wedged
