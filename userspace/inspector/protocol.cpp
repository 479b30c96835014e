// SPDX-License-Identifier: Apache-2.0
// CBOR with nlohmann-json, whose exceptions end here. Rows that come by the thousand are arrays, the others
// objects.
#include "inspector/protocol.h"

#include <nlohmann/json.hpp>

#include "inspector/cbor_bounds.h"

namespace wedged {
namespace {

using nlohmann::json;

template <typename T>
json optional_json(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <typename T>
std::optional<T> optional_of(const json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<T>();
}

template <typename T>
T number(const json& value) {
  if (!value.is_number_integer()) throw json::type_error::create(302, "a number is wanted", &value);
  return value.get<T>();
}

json json_of(const TaskId& id) {
  return json::array({id.tgid, id.tid, id.start_boottime_ns});
}

TaskId task_of(const json& row) {
  return {number<int>(row.at(0)), number<int>(row.at(1)), number<std::uint64_t>(row.at(2))};
}

json json_of(const ProcessId& id) {
  return json::array({id.tgid, id.start_boottime_ns});
}

ProcessId process_of(const json& row) {
  return {number<int>(row.at(0)), number<std::uint64_t>(row.at(1))};
}

json json_of(const std::optional<WordSurroundings>& word) {
  return word ? json::array({word->begin, json::binary(word->bytes)}) : json(nullptr);
}

std::optional<WordSurroundings> word_of(const json& row) {
  if (row.is_null()) return std::nullopt;
  return WordSurroundings{number<std::uint64_t>(row.at(0)), row.at(1).get_binary()};
}

json json_of(Instant at) {
  return at.time_since_epoch().count();
}

Instant instant_of(const json& ns) {
  return Instant{Duration{number<std::int64_t>(ns)}};
}

json json_of(const InspectThread& thread) {
  return json::array({json_of(thread.id), optional_json(thread.registers), thread.word_address,
                      json_of(thread.stack_copy), thread.standing, json_of(thread.asked)});
}

InspectThread inspect_thread_of(const json& row) {
  return {task_of(row.at(0)), optional_of<AllRegisters>(row.at(1)), number<std::uint64_t>(row.at(2)),
          word_of(row.at(3)), number<std::uint64_t>(row.at(4)),     instant_of(row.at(5))};
}

json json_of(const UserFrame& frame) {
  return json::array({frame.address, frame.function, frame.offset, frame.module});
}

UserFrame frame_of(const json& row) {
  return {number<std::uint64_t>(row.at(0)), row.at(1).get<std::string>(), number<std::uint64_t>(row.at(2)),
          row.at(3).get<std::string>()};
}

json json_of(const InspectedThread& thread);

template <typename Values>
json rows_of(const Values& values) {
  json rows = json::array();
  for (const auto& value : values) rows.push_back(json_of(value));
  return rows;
}

json json_of(const InspectedThread& thread) {
  return {{"id", json_of(thread.id)},
          {"stack", rows_of(thread.side.stack)},
          {"stack_complete", thread.side.stack_complete},
          {"word", json_of(thread.side.word)},
          {"missing", thread.side.missing},
          {"unfinished", thread.unfinished},
          {"standing", thread.standing},
          {"asked_ns", json_of(thread.asked)}};
}

InspectedThread inspected_thread_of(const json& object) {
  InspectedThread thread;
  thread.id = task_of(object.at("id"));
  for (const json& row : object.at("stack")) thread.side.stack.push_back(frame_of(row));
  thread.side.stack_complete = object.at("stack_complete").get<bool>();
  thread.side.word = word_of(object.at("word"));
  thread.side.missing = object.at("missing").get<std::vector<std::string>>();
  thread.unfinished = object.at("unfinished").get<bool>();
  thread.standing = number<std::uint64_t>(object.at("standing"));
  thread.asked = instant_of(object.at("asked_ns"));
  return thread;
}

json json_of(const ProcessSide& side) {
  return {{"libc", static_cast<int>(side.libc)},
          {"command_line", side.command_line},
          {"caught_signals", optional_json(side.caught_signals)},
          {"posix_timers", optional_json(side.posix_timers)},
          {"executable_deleted", side.executable_deleted},
          {"missing", side.missing}};
}

CLibrary libc_of(int number) {
  const bool known = number >= 0 && number <= static_cast<int>(CLibrary::musl);
  return known ? static_cast<CLibrary>(number) : CLibrary::unknown;
}

ProcessSide side_of(const json& object) {
  ProcessSide side;
  side.libc = libc_of(number<int>(object.at("libc")));
  side.command_line = object.at("command_line").get<std::string>();
  side.caught_signals = optional_of<std::uint64_t>(object.at("caught_signals"));
  side.posix_timers = optional_of<unsigned>(object.at("posix_timers"));
  side.executable_deleted = object.at("executable_deleted").get<bool>();
  side.missing = object.at("missing").get<std::vector<std::string>>();
  return side;
}

Assignment assignment_of(const json& object) {
  Assignment assignment;
  assignment.request.process = process_of(object.at("process"));
  for (const json& row : object.at("threads")) assignment.request.threads.push_back(inspect_thread_of(row));
  assignment.budget = Duration{number<std::int64_t>(object.at("budget_ns"))};
  return assignment;
}

InspectReply reply_of(const json& object) {
  InspectReply reply;
  reply.process = process_of(object.at("process"));
  reply.side = side_of(object.at("side"));
  for (const json& row : object.at("threads")) reply.threads.push_back(inspected_thread_of(row));
  reply.failure = object.at("failure").get<std::string>();
  return reply;
}

FromChild from_child_of(const json& object) {
  if (object.contains("progress")) return Progress{object.at("progress").get<std::string>()};
  return reply_of(object);
}

std::string bytes_of(const json& object) {
  std::string bytes;
  json::to_cbor(object, bytes);
  return bytes;
}

template <typename Convert>
auto decoded(std::string_view bytes, Convert convert) -> Result<decltype(convert(json{}))> {
  try {
    if (const Status bounded = check_cbor_bounds(bytes); !bounded) return bounded.error();
    return convert(json::from_cbor(bytes));
  } catch (const std::exception& error) {
    return Error{ErrorKind::malformed, error.what()};
  }
}

}  // namespace

std::string encode(const Assignment& assignment) {
  return bytes_of({{"process", json_of(assignment.request.process)},
                   {"threads", rows_of(assignment.request.threads)},
                   {"budget_ns", assignment.budget.count()}});
}

std::string encode(const Progress& progress) {
  return bytes_of({{"progress", progress.text}});
}

std::string encode(const InspectReply& reply) {
  return bytes_of({{"process", json_of(reply.process)},
                   {"side", json_of(reply.side)},
                   {"threads", rows_of(reply.threads)},
                   {"failure", reply.failure}});
}

Result<Assignment> decode_assignment(std::string_view bytes) {
  return decoded(bytes, assignment_of);
}

Result<FromChild> decode_from_child(std::string_view bytes) {
  return decoded(bytes, from_child_of);
}

}  // namespace wedged
