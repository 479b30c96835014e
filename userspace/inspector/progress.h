// SPDX-License-Identifier: Apache-2.0
// Report: whom the inspection tells what it is about to do, before anything that may hang.
#pragma once

#include <functional>
#include <string>

namespace wedged {

using Report = std::function<void(const std::string& about_to)>;

}  // namespace wedged
