// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. Every function that can fail for a reason outside the program returns one.
// Branch on the kind, show the message; each layer adds its own noun once with `in()`.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace wedged {

enum class ErrorKind {
  gone,         // the task, file or device vanished meanwhile: normal, skip it
  denied,       // a right or capability is missing
  malformed,    // bytes or text that do not have the form they should have
  unsupported,  // this kernel or machine does not offer it
  system,       // anything else the system refused
};

struct Error {
  ErrorKind kind = ErrorKind::system;
  std::string message;

  // Adds the caller's noun in front: "load programs: ...".
  [[nodiscard]] Error in(const std::string& noun) const { return {kind, noun + ": " + message}; }
};

// The error of a failed system call: `what` and strerror(error_number); the kind follows from the number.
[[nodiscard]] Error system_error(int error_number, const std::string& what);

template <typename T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor): returns read naturally
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : value_(std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(value_); }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  [[nodiscard]] T& value() { return std::get<T>(value_); }
  [[nodiscard]] const T& value() const { return std::get<T>(value_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !ok().
  [[nodiscard]] const Error& error() const { return std::get<Error>(value_); }

 private:
  std::variant<T, Error> value_;
};

struct Nothing {};
using Status = Result<Nothing>;

}  // namespace wedged
