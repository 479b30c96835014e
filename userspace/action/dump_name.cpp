// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <regex>

#include "action/dump_folder.h"

namespace wedged {
namespace {

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string dump_name(std::int64_t unix_milliseconds, int pid, const std::string& comm,
                      const std::string& suffix) {
  const std::time_t seconds = unix_milliseconds / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> time{}, milliseconds{};
  std::strftime(time.data(), time.size(), "%Y%m%dT%H%M%S", &utc);
  std::snprintf(milliseconds.data(), milliseconds.size(), ".%03dZ",
                static_cast<int>(unix_milliseconds % 1000));
  auto name = comm.substr(0, 15);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_harmless(c); }, '_');
  return std::string(time.data()) + milliseconds.data() + "-" + std::to_string(pid) + "-" + name + "." +
         suffix;
}

bool is_dump_name(const std::string& name) {
  static const std::regex form(R"(\d{8}T\d{6}\.\d{3}Z-\d+-[A-Za-z0-9_-]*\.(json|core))");
  return std::regex_match(name, form);
}

}  // namespace wedged
