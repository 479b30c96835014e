// SPDX-License-Identifier: Apache-2.0
// Sources: org.freedesktop.systemd1(5), sd-bus(3). As systemctl(1) does, root talks to systemd's own socket,
// and needs no dbus-daemon, which may hang as everything else may; others, and root where that socket is
// missing, take the system bus.
#include "action/unit_bus.h"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <memory>

namespace wedged {
namespace {

constexpr auto private_socket = "/run/systemd/private", bus_socket = "/run/dbus/system_bus_socket";
constexpr auto manager = "org.freedesktop.systemd1", manager_path = "/org/freedesktop/systemd1",
               manager_interface = "org.freedesktop.systemd1.Manager";

struct Unref {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, Unref>;
using Message = std::unique_ptr<sd_bus_message, Unref>;

struct BusError {
  sd_bus_error error{};
  BusError() = default;
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { sd_bus_error_free(&error); }

  [[nodiscard]] Error of(int result, const std::string& what) const {
    if (error.message != nullptr) return {ErrorKind::system, what + ": " + error.message};
    return system_error(-result, what);
  }
};

Bus private_bus() {
  sd_bus* bus = nullptr;
  if (::access(private_socket, W_OK) != 0 || sd_bus_new(&bus) < 0) return nullptr;
  Bus owned(bus);
  const auto address = std::string("unix:path=") + private_socket;
  if (sd_bus_set_address(bus, address.c_str()) < 0 || sd_bus_start(bus) < 0) return nullptr;
  return owned;
}

Result<Bus> connect(Duration patience) {
  auto owned = private_bus();
  if (!owned) {
    sd_bus* bus = nullptr;
    const int result = sd_bus_open_system(&bus);
    if (result < 0) return system_error(-result, "systemd cannot be asked");
    owned.reset(bus);
  }
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
  sd_bus_set_method_call_timeout(owned.get(), static_cast<std::uint64_t>(microseconds));
  return owned;
}

Result<Message> call(const Bus& bus, const char* method, const std::string& unit, const char* mode) {
  BusError error;
  sd_bus_message* reply = nullptr;
  const char* const types = mode != nullptr ? "ss" : "s";
  const int result = sd_bus_call_method(bus.get(), manager, manager_path, manager_interface, method,
                                        &error.error, &reply, types, unit.c_str(), mode);
  if (result < 0) return error.of(result, std::string(method) + " " + unit);
  return Message(reply);
}

Result<std::string> path_in(const Message& message) {
  const char* path = nullptr;
  const int result = sd_bus_message_read(message.get(), "o", &path);
  if (result < 0) return system_error(-result, "the answer of systemd");
  return std::string(path);
}

Status check_cgroup(const Bus& bus, const RestartOrder& order) {
  const auto found = call(bus, "GetUnit", order.unit, nullptr);
  if (!found) return found.error();
  const auto path = path_in(*found);
  if (!path) return path.error();
  BusError error;
  char* text = nullptr;
  const int result =
      sd_bus_get_property_string(bus.get(), manager, path->c_str(), "org.freedesktop.systemd1.Service",
                                 "ControlGroup", &error.error, &text);
  if (result < 0) return error.of(result, "the cgroup of " + order.unit);
  const std::unique_ptr<char, decltype(&::free)> owned(text, ::free);
  if (order.cgroup == text) return Nothing{};
  return Error{ErrorKind::system, "systemd's unit " + order.unit + " is another one: its cgroup is '" +
                                      std::string(text) + "', not '" + order.cgroup + "'"};
}

using JobResults = std::map<std::string, std::string>;  // by the job's path

int note_removed_job(sd_bus_message* message, void* results, sd_bus_error*) {
  std::uint32_t id = 0;
  const char *path = nullptr, *unit = nullptr, *result = nullptr;
  if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0)
    (*static_cast<JobResults*>(results))[path] = result;
  return 0;
}

// Before the job is asked for, so that its end cannot be missed.
Status subscribe(const Bus& bus, JobResults& results) {
  BusError error;
  int result = sd_bus_match_signal(bus.get(), nullptr, nullptr, manager_path, manager_interface, "JobRemoved",
                                   note_removed_job, &results);
  if (result < 0) return system_error(-result, "hear of systemd's jobs");
  result = sd_bus_call_method(bus.get(), manager, manager_path, manager_interface, "Subscribe", &error.error,
                              nullptr, "");
  const bool already = sd_bus_error_has_name(&error.error, "org.freedesktop.systemd1.AlreadySubscribed") != 0;
  if (result < 0 && !already) return error.of(result, "Subscribe");
  return Nothing{};
}

Result<std::string> wait_for(const Bus& bus, const JobResults& results, const std::string& job,
                             std::chrono::steady_clock::time_point deadline) {
  while (results.count(job) == 0) {
    const int processed = sd_bus_process(bus.get(), nullptr);
    if (processed < 0) return system_error(-processed, "the connection to systemd");
    if (processed > 0) continue;
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
    if (microseconds <= 0)
      return Error{ErrorKind::system, "systemd has not ended the restart in time, and goes on with it"};
    sd_bus_wait(bus.get(), static_cast<std::uint64_t>(microseconds));
  }
  return results.at(job);
}

Result<std::string> restart(const Bus& bus, const RestartOrder& order) {
  const auto deadline = std::chrono::steady_clock::now() + order.patience;
  JobResults results;
  if (auto heard = subscribe(bus, results); !heard) return heard.error();
  const auto begun = call(bus, "RestartUnit", order.unit, "replace");
  if (!begun) return begun.error();
  const auto job = path_in(*begun);
  if (!job) return job.error();
  return wait_for(bus, results, *job, deadline);
}

}  // namespace

Result<std::string> restart_over_bus(const RestartOrder& order) {
  const auto bus = connect(order.patience);
  if (!bus) return bus.error();
  if (auto same = check_cgroup(*bus, order); !same) return same.error();
  if (order.rehearsal) return order.unit + " is there";
  const auto result = restart(*bus, order);
  if (!result) return result.error();
  if (*result != "done")
    return Error{ErrorKind::system, "the restart of " + order.unit + " ended as '" + *result + "'"};
  return order.unit + " was restarted";
}

bool has_service_manager() {
  return ::access(private_socket, F_OK) == 0 || ::access(bus_socket, F_OK) == 0;
}

}  // namespace wedged
