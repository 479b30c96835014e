// SPDX-License-Identifier: Apache-2.0
// Children as a hostile file could make them: one program, whose file's name says how it behaves.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>

#include "inspector/child.h"
#include "inspector/framing.h"
#include "inspector/protocol.h"

namespace {

using namespace wedged;

void say(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(inspector_socket, bytes.data(), bytes.size());
    if (count <= 0) ::_exit(0);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void await_request() {
  char byte = 0;
  if (::read(inspector_socket, &byte, 1) != 1) ::_exit(0);
}

void behave(std::string_view how) {
  if (how == "mute") say(framed(encode(Progress{"reading its memory map"})));
  if (how == "crashing") {
    ::signal(SIGSEGV, SIG_DFL);  // sanitizers catch it
    ::raise(SIGSEGV);
  }
  if (how == "leaving") ::_exit(7);
  if (how == "babbling") say(framed("this is no CBOR"));
  if (how == "boasting") say("\xff\xff\xff\xff and nothing more");
  if (how == "lying") {
    InspectReply reply;
    reply.process = {1, 1};
    say(framed(encode(reply)));
  }
  while (how == "talkative") say(framed(encode(Progress{"talking"})));
}

}  // namespace

int main() {
  const std::string name = std::filesystem::read_symlink("/proc/self/exe").filename();
  await_request();
  behave(name.substr(0, name.find('_')));
  for (;;) ::pause();
}
