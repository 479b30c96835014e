// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_ends.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "abi.h"

namespace wedged {
namespace {

// include/net/tcp_states.h, from 1 on.
constexpr std::array state_names{"ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
                                 "FIN_WAIT2",   "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
                                 "LAST_ACK",    "LISTEN",    "CLOSING",  "NEW_SYN_RECV"};

std::string protocol_name(const wedged_end_record& record) {
  if (record.family == AF_UNIX) return "unix";
  if (record.protocol == IPPROTO_TCP) return "tcp";
  if (record.protocol == IPPROTO_UDP) return "udp";
  if (record.family == AF_NETLINK) return "netlink";
  const bool network = record.family == AF_INET || record.family == AF_INET6;
  return network ? "protocol " + std::to_string(record.protocol) : "family " + std::to_string(record.family);
}

// Absent: bound to nothing.
std::string address_text(std::span<const __u8, 16> bytes, unsigned port) {
  if (port == 0) return {};
  in6_addr address{};
  std::memcpy(&address, bytes.data(), sizeof(address));
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
    return std::string(text.data()) + ":" + std::to_string(port);
  }
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return "[" + std::string(text.data()) + "]:" + std::to_string(port);
}

// unix(7): a path, or a name that begins with a zero byte and may have any others.
std::string name_text(const wedged_socket_name& name) {
  const auto length = std::min<std::size_t>(name.length, sizeof(name.bytes));
  if (length == 0) return {};
  if (name.bytes[0] == 0) return "@" + std::string(name.bytes + 1, length - 1);
  return {name.bytes, strnlen(name.bytes, length)};
}

SocketFacts socket_of(const wedged_end_record& record) {
  SocketFacts socket;
  socket.protocol = protocol_name(record);
  if (record.family == AF_UNIX) {
    socket.local = name_text(record.local_name);
    socket.remote = name_text(record.remote_name);
  } else if (record.family == AF_INET || record.family == AF_INET6) {
    socket.local = address_text(record.key.local, record.key.local_port);
    socket.remote = address_text(record.key.remote, record.key.remote_port);
  }
  const bool has_state =
      record.protocol == IPPROTO_TCP || (record.family == AF_UNIX && record.type != SOCK_DGRAM);
  if (has_state && record.state >= 1 && record.state <= state_names.size())
    socket.state = state_names.at(record.state - 1);
  return socket;
}

EndKey key_of(const wedged_end_key& key) {
  static_assert(sizeof(EndKey) == sizeof(wedged_end_key));
  EndKey bytes{};
  std::memcpy(bytes.data(), &key, sizeof(key));
  return bytes;
}

// What is sent there comes back to this host, and to this namespace.
bool stays_here(const wedged_end_key& key) {
  in6_addr remote{};
  std::memcpy(&remote, key.remote, sizeof(remote));
  const bool loopback =
      IN6_IS_ADDR_LOOPBACK(&remote) || (IN6_IS_ADDR_V4MAPPED(&remote) && key.remote[12] == IN_LOOPBACKNET);
  return loopback || std::memcmp(key.local, key.remote, sizeof(key.local)) == 0;
}

// Who may listen there: bound to the very address or to all of them, with IPv4 or IPv6.
std::vector<EndKey> listeners_for(const wedged_end_record& record) {
  const auto& key = record.key;
  const bool connected = record.protocol == IPPROTO_TCP && key.local_port != 0 && key.remote_port != 0;
  if (!connected || !stays_here(key)) return {};
  wedged_end_key listener{};
  listener.net = key.net;
  listener.local_port = key.remote_port;
  listener.protocol = key.protocol;
  constexpr std::array<__u8, 16> any{};
  constexpr std::array<__u8, 16> any_of_ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  std::vector<EndKey> keys;
  for (const auto& remote : {any, any_of_ipv4}) {
    std::memcpy(listener.remote, remote.data(), remote.size());
    std::memcpy(listener.local, remote.data(), remote.size());
    keys.push_back(key_of(listener));
    std::memcpy(listener.local, key.remote, sizeof(key.remote));
    keys.push_back(key_of(listener));
  }
  return keys;
}

}  // namespace

FileEnd end_of(const wedged_end_record& record) {
  FileEnd end;
  end.tid = static_cast<int>(record.tid);
  end.descriptor = static_cast<int>(record.descriptor);
  end.is_pipe = record.kind == WEDGED_END_PIPE;
  end.other_on_host = end.is_pipe || (record.family == AF_UNIX && record.other_pending == 0);
  end.other_closed = record.other_closed != 0;
  end.other_pending = record.other_pending != 0;
  const auto other = key_of(record.other);
  if (other != EndKey{}) end.other = other;
  if (record.kind != WEDGED_END_SOCKET) return end;
  end.socket = socket_of(record);
  end.listeners = listeners_for(record);
  return end;
}

EndHolder end_holder_of(const wedged_holder_record& record) {
  EndHolder holder;
  holder.key = key_of(record.key);
  holder.peer.process = {static_cast<int>(record.tgid), record.start_boottime_ns};
  holder.peer.comm = {record.comm, strnlen(record.comm, sizeof(record.comm))};
  holder.peer.descriptor = static_cast<int>(record.descriptor);
  holder.reads = record.reads != 0;
  holder.writes = record.writes != 0;
  holder.backlog = record.backlog;
  return holder;
}

}  // namespace wedged
