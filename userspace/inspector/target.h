// SPDX-License-Identifier: Apache-2.0
// Target: one process as the inspector reads it, by a /proc folder that is held open: it never becomes
// another process's, even if the id is used again. In the child only: any of these reads may hang.
#pragma once

#include <string>

#include "observation/user_side.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

class Target {
 public:
  // Kind `gone`: the process has ended, or its id is another's now.
  [[nodiscard]] static Result<Target> open(const InspectRequest& request);

  // By which memory is read: the leader, or, if that has ended and left its memory, a thread of the request.
  [[nodiscard]] int id() const { return id_; }
  [[nodiscard]] bool still_there() const;
  // At most `most` bytes of one of its files.
  [[nodiscard]] Result<std::string> read(const std::string& name, std::size_t most) const;
  [[nodiscard]] Result<Fd> open_file(const std::string& name) const;
  [[nodiscard]] int folder() const { return folder_.get(); }

 private:
  Target(Fd folder, int id) : folder_(std::move(folder)), id_(id) {}
  Fd folder_;
  int id_;
};

// At most `most` bytes of what is left to read.
[[nodiscard]] Result<std::string> read_up_to(const Fd& file, std::size_t most);

}  // namespace wedged
