// SPDX-License-Identifier: Apache-2.0
// What is said of a command line that cannot be read: CLI11's errors in the words of the other messages. Part
// of command_line.cpp: nobody else includes it.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
class ParseError;
}  // namespace CLI

namespace wedged {

[[nodiscard]] std::string usage_text(const CLI::App& app, const CLI::ParseError& error);

}  // namespace wedged
