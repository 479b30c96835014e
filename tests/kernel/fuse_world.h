// SPDX-License-Identifier: Apache-2.0
// FuseWorld: a mute FUSE server in a mount namespace of its own, and clients of it. However a test ends, the
// server dies first, by the destructor or with the test: that ends every wait for it, so nobody is left who
// cannot be killed.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "child.h"

namespace wedged::test {

class FuseWorld {
 public:
  FuseWorld();  // throws if it cannot be mounted
  FuseWorld(const FuseWorld&) = delete;
  FuseWorld& operator=(const FuseWorld&) = delete;
  ~FuseWorld();

  [[nodiscard]] int server() const { return server_->pid(); }
  [[nodiscard]] const std::string& folder() const { return folder_; }  // where it is mounted, for the clients
  void kill_server();

  // Reads the file: waits for its page, in D until the server answers or SIGKILL comes.
  Child& reader();
  // Opens the file that somebody else is reading: waits for that page to be unlocked, in D whatever comes.
  Child& opener();
  // The same in its second thread, while the first calls exec, which waits for the end of the other.
  Child& opener_in_exec();

 private:
  Child& client(const std::function<void(int root)>& work);

  std::string folder_;
  std::list<Child> clients_;
  std::optional<Child> server_;
};

}  // namespace wedged::test
