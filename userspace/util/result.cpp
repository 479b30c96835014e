// SPDX-License-Identifier: Apache-2.0
// Maps errno values to the five kinds of error.
#include "util/result.h"

#include <cerrno>
#include <cstring>

namespace wedged {

static ErrorKind kind_of(int error_number) {
  switch (error_number) {
    case ESRCH:
    case ENOENT: return ErrorKind::gone;
    case EPERM:
    case EACCES: return ErrorKind::denied;
    case EOPNOTSUPP:
    case ENOSYS: return ErrorKind::unsupported;
    default: return ErrorKind::system;
  }
}

Error system_error(int error_number, const std::string& what) {
  return {kind_of(error_number), what + ": " + std::strerror(error_number)};
}

}  // namespace wedged
