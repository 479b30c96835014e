// SPDX-License-Identifier: Apache-2.0
#include "inspector/child.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <string>

#include "inspector/framing.h"
#include "inspector/inspection.h"
#include "inspector/protocol.h"
#include "inspector/sandbox.h"

namespace wedged {
namespace {

// False: the parent is gone.
bool send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(inspector_socket, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool receive_some(FrameReader& reader) {
  std::array<char, 1UL << 16> bytes{};
  for (;;) {
    const auto count = ::read(inspector_socket, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    reader.add({bytes.data(), static_cast<std::size_t>(count)});
    return true;
  }
}

std::string answer_to(const Assignment& assignment) {
  const auto report = [](const std::string& about_to) {
    static_cast<void>(send_all(framed(encode(Progress{about_to}))));
  };
  std::string answer = encode(inspect(assignment, report));
  if (answer.size() <= greatest_message) return answer;
  InspectReply too_long;
  too_long.process = assignment.request.process;
  too_long.failure = "the answer is too long: " + std::to_string(answer.size()) + " bytes";
  return encode(too_long);
}

// Only a parent that has gone mad sends what cannot be read.
bool answer_all(FrameReader& reader) {
  for (;;) {
    const auto message = reader.next();
    if (!message) return false;
    if (!*message) return true;
    const auto assignment = decode_assignment(**message);
    if (!assignment || !send_all(framed(answer_to(*assignment)))) return false;
  }
}

}  // namespace

bool started_as_inspector() {
  int domain = 0;
  socklen_t size = sizeof(domain);
  if (::getsockopt(inspector_socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX)
    return false;
  ucred peer{};
  size = sizeof(peer);
  return ::getsockopt(inspector_socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.pid == ::getppid();
}

int run_inspector_child() {
  if (!started_as_inspector()) {
    std::cerr << "wedged: the inspector is started by wedged itself\n";
    return 2;
  }
  if (const Status sandboxed = enter_sandbox(inspector_socket); !sandboxed) {
    std::cerr << "wedged: the inspector's sandbox: " << sandboxed.error().message << '\n';
    return 1;
  }
  FrameReader reader;
  while (receive_some(reader))
    if (!answer_all(reader)) return 1;
  return 0;
}

}  // namespace wedged
