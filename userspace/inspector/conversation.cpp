// SPDX-License-Identifier: Apache-2.0
#include "inspector/conversation.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace wedged {
namespace {

// A child that talks without end must not keep the loop; an answer that is longer is heard in several turns.
constexpr std::size_t heard_at_once = 1UL << 18;

}  // namespace

Result<Conversation> Conversation::start(const std::string& executable) {
  auto child = ChildProcess::start(executable);
  if (!child) return child.error();
  return Conversation{std::move(*child)};
}

void Conversation::push_out() {
  while (!outgoing_.empty()) {
    const auto sent =
        ::send(child_.socket().get(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return;
    outgoing_.erase(0, static_cast<std::size_t>(sent));
  }
}

Conversation::Heard Conversation::hear() {
  Heard heard;
  std::array<char, 1UL << 16> bytes{};
  for (std::size_t taken = 0; taken < heard_at_once;) {
    const auto count = ::recv(child_.socket().get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    heard.ended = count <= 0;
    if (heard.ended) break;
    taken += static_cast<std::size_t>(count);
    incoming_.add({bytes.data(), static_cast<std::size_t>(count)});
  }
  for (;;) {
    auto message = incoming_.next();
    heard.malformed = !message.ok();
    if (!message || !*message) return heard;
    heard.messages.push_back(std::move(**message));
  }
}

}  // namespace wedged
