// SPDX-License-Identifier: Apache-2.0
// ChildProcess: the owner of one inspector process, from its start until it is reaped. The only file outside
// action/ that sends a signal, and only SIGKILL to this child, whose id cannot be another's before it is
// reaped.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "util/fd.h"
#include "util/result.h"

namespace wedged {

class ChildProcess {
 public:
  // Runs `executable inspector` with an empty environment, no open files but standard error and its end of
  // the socket, and all signals as they are by default. Safe where there are other threads.
  [[nodiscard]] static Result<ChildProcess> start(const std::string& executable);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it and waits for it, but not for ever: one in D state stays behind.
  ~ChildProcess();

  [[nodiscard]] const Fd& socket() const { return socket_; }  // does not block
  [[nodiscard]] pid_t id() const { return id_; }
  void kill_it() const;
  // How it ended: "died of SIGSEGV", "ended with status 1"; absent: it has not. After that it is reaped and
  // this owns nothing.
  [[nodiscard]] std::optional<std::string> end();
  // The same, but waits so long for it.
  [[nodiscard]] std::optional<std::string> end_within(std::chrono::milliseconds patience);

 private:
  ChildProcess(pid_t id, Fd socket) : id_(id), socket_(std::move(socket)) {}
  void put_away() noexcept;

  pid_t id_;  // 0: reaped, or moved from
  Fd socket_;
};

}  // namespace wedged
