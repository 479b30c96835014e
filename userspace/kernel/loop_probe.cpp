// SPDX-License-Identifier: Apache-2.0
#include "kernel/loop_probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "abi.h"

namespace wedged {
namespace {

template <typename Key>
std::optional<Key> next_key(int map, const Key* after) {
  Key next{};
  if (bpf_map_get_next_key(map, after, &next) != 0) return std::nullopt;
  return next;
}

// Of a map that others fill meanwhile: bounded, whatever they do.
template <typename Key, typename Value, typename Each>
void for_each(int map, const Each& each) {
  std::optional<Key> key = next_key<Key>(map, nullptr);
  for (int steps = 0; key && steps < 2 * WEDGED_LOOP_USES; ++steps) {
    Value value{};
    if (bpf_map_lookup_elem(map, &*key, &value) == 0) each(*key, value);
    key = next_key<Key>(map, &*key);
  }
}

template <typename Key, typename Value, typename Is>
void remove_if(int map, const Is& is) {
  std::vector<Key> keys;
  for_each<Key, Value>(map, [&](const Key& key, const Value& value) {
    if (is(key, value)) keys.push_back(key);
  });
  for (const auto& key : keys) bpf_map_delete_elem(map, &key);
}

LoopSample sample_of(const wedged_loop_sample& noted) {
  LoopSample sample;
  sample.epoll = noted.epoll;
  sample.wait_call = noted.wait_call;
  if (noted.taken == 0) return sample;
  sample.registers.emplace();
  std::copy(std::begin(noted.registers), std::end(noted.registers), sample.registers->begin());
  const auto bytes = std::min<std::size_t>(noted.stack_bytes, sizeof(noted.stack));
#if defined(__x86_64__)
  constexpr std::size_t stack_pointer = 7;
#else
  constexpr std::size_t stack_pointer = 31;
#endif
  sample.stack.begin = noted.registers[stack_pointer];
  sample.stack.bytes.assign(noted.stack, noted.stack + bytes);
  return sample;
}

Error last_error(const char* what) {
  return system_error(errno, what);
}

}  // namespace

void LoopProbe::DestroyLink::operator()(bpf_link* link) const {
  bpf_link__destroy(link);
}

Status LoopProbe::attach() {
  if (link_) return Nothing{};
  link_.reset(bpf_program__attach(watch_));
  if (!link_) return last_error("attach BPF program watch_loops");
  return Nothing{};
}

Status LoopProbe::begin(const std::vector<LoopThread>& threads) {
  if (!available()) return Error{ErrorKind::unsupported, "loops cannot be watched on this kernel"};
  for (const auto& thread : threads) {
    wedged_loop_sample empty{};
    empty.wait_call = WEDGED_NO_CALL;
    empty.tgid = static_cast<__u32>(thread.process.tgid);
    const auto tid = static_cast<__u32>(thread.tid);
    if (bpf_map_update_elem(maps_.samples, &tid, &empty, BPF_ANY) != 0 ||
        bpf_map_update_elem(maps_.processes, &empty.tgid, &thread.process.start_boottime_ns, BPF_ANY) != 0)
      return last_error("watch a loop");
  }
  return attach();
}

void LoopProbe::end(const ProcessId& process) {
  if (!available()) return;
  const auto tgid = static_cast<__u32>(process.tgid);
  bpf_map_delete_elem(maps_.processes, &tgid);  // first: nothing is noted of it after that
  const auto of_it = [tgid](const auto& key, const auto&) { return key.tgid == tgid; };
  const auto it = [tgid](const auto&, const auto& value) { return value.tgid == tgid; };
  remove_if<__u32, wedged_loop_sample>(maps_.samples, it);
  remove_if<wedged_loop_return_key, wedged_loop_return>(maps_.returns, of_it);
  remove_if<wedged_loop_use_key, __u64>(maps_.uses, of_it);
  remove_if<__u64, wedged_loop_epoll>(maps_.epolls, it);
  if (next_key<__u32>(maps_.processes, nullptr)) return;
  link_.reset();
  *maps_.uses_missed = 0;
}

LoopNotes LoopProbe::read() const {
  LoopNotes notes;
  for_each<wedged_loop_return_key, wedged_loop_return>(
      maps_.returns, [&](const wedged_loop_return_key& key, const wedged_loop_return& value) {
        notes.returns[{key.epoll, key.data, static_cast<int>(key.tgid)}] = {value.count, value.asked,
                                                                            value.reported};
      });
  for_each<wedged_loop_use_key, __u64>(maps_.uses, [&](const wedged_loop_use_key& key, __u64 count) {
    notes.uses[{static_cast<int>(key.tgid), static_cast<int>(key.descriptor)}] = count;
  });
  for_each<__u32, wedged_loop_sample>(maps_.samples, [&](__u32 tid, const wedged_loop_sample& sample) {
    notes.samples[static_cast<int>(tid)] = sample_of(sample);
  });
  for_each<__u64, wedged_loop_epoll>(maps_.epolls, [&](__u64 address, const wedged_loop_epoll& epoll) {
    notes.epolls[address] = {static_cast<int>(epoll.tgid), static_cast<int>(epoll.descriptor),
                             epoll.registered, epoll.ready};
  });
  notes.uses_missed = *maps_.uses_missed != 0;
  return notes;
}

Status LoopProbe::registrations(const std::set<std::pair<int, int>>& descriptors, const ByteSink& sink) {
  for (const auto& [tgid, descriptor] : descriptors) {
    const wedged_loop_return_key key{0, static_cast<__u64>(descriptor), static_cast<__u32>(tgid), 0};
    const wedged_loop_return never{};
    bpf_map_update_elem(maps_.returns, &key, &never, BPF_NOEXIST);
  }
  for_each<__u64, wedged_loop_epoll>(maps_.epolls, [&](__u64 address, wedged_loop_epoll epoll) {
    epoll.registered = epoll.ready = 0;
    bpf_map_update_elem(maps_.epolls, &address, &epoll, BPF_EXIST);
  });
  return read_iterator(registrations_, sink);
}

}  // namespace wedged
