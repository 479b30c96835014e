// SPDX-License-Identifier: Apache-2.0
// nlohmann's exceptions and ours end in read_findings_page().
#include "report/check_reader.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "diagnosis/describe.h"
#include "report/json_values.h"

namespace wedged {
namespace {

using Json = nlohmann::json;

struct Misfit : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A value and where it stands: "findings[3].process.pid".
class Spot {
 public:
  Spot(const Json& value, std::string place) : value_(value), place_(std::move(place)) {}

  [[nodiscard]] bool is_null() const { return value_.is_null(); }
  [[nodiscard]] Spot at(const std::string& key) const {
    const std::string place = place_.empty() ? key : place_ + "." + key;
    require(value_.is_object(), "an object");
    const auto found = value_.find(key);
    if (found == value_.end()) throw Misfit(place + " is missing");
    return {*found, place};
  }
  [[nodiscard]] std::vector<Spot> items() const {
    require(value_.is_array(), "a list");
    std::vector<Spot> all;
    for (std::size_t index = 0; index < value_.size(); ++index)
      all.emplace_back(value_[index], place_ + "[" + std::to_string(index) + "]");
    return all;
  }
  [[nodiscard]] std::string text() const {
    require(value_.is_string(), "a text");
    return value_.get<std::string>();
  }
  [[nodiscard]] std::string text_or_null() const { return is_null() ? std::string() : text(); }
  [[nodiscard]] std::int64_t number(std::int64_t most) const {
    const bool whole = value_.is_number_unsigned() || value_.is_number_integer();
    require(whole && value_ >= 0 && value_ <= most, "a whole number up to " + std::to_string(most));
    return value_.get<std::int64_t>();
  }
  [[nodiscard]] Duration seconds() const {
    constexpr double most = 1e9;  // thirty years
    require(value_.is_number(), "a number of seconds");
    const auto seconds = value_.get<double>();
    require(std::isfinite(seconds) && seconds >= 0 && seconds <= most, "a number of seconds");
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
  [[nodiscard]] bool truth() const {
    require(value_.is_boolean(), "true or false");
    return value_.get<bool>();
  }
  void require(bool holds, const std::string& what) const {
    if (!holds) throw Misfit((place_.empty() ? "the document" : place_) + " must be " + what);
  }

 private:
  const Json& value_;
  std::string place_;
};

constexpr std::int64_t greatest_id = 1 << 22;  // PID_MAX_LIMIT
constexpr std::int64_t any_count = std::int64_t{1} << 40;
constexpr std::int64_t schema_known = wedged::json::schema;

CheckedThread thread_at(const Spot& spot) {
  CheckedThread thread;
  thread.pid = static_cast<int>(spot.at("pid").number(greatest_id));
  thread.tid = static_cast<int>(spot.at("tid").number(greatest_id));
  thread.comm = spot.at("comm").text_or_null();
  thread.unit = spot.at("unit").text_or_null();
  thread.cgroup = spot.at("cgroup").text_or_null();
  thread.waiting = spot.at("waiting_seconds").seconds();
  return thread;
}

CheckedThread process_at(const Spot& spot) {
  CheckedThread process;
  process.pid = static_cast<int>(spot.at("pid").number(greatest_id));
  process.comm = spot.at("comm").text_or_null();
  process.unit = spot.at("unit").text_or_null();
  process.cgroup = spot.at("cgroup").text_or_null();
  return process;
}

// True if all are listed.
bool read_threads(const Spot& finding, const std::string& name, std::vector<CheckedThread>& threads) {
  for (const Spot& thread : finding.at(name).items()) threads.push_back(thread_at(thread));
  return finding.at(name + "_total").number(any_count) == static_cast<std::int64_t>(threads.size());
}

Certainty certainty_at(const Spot& spot) {
  const auto certainty = certainty_named(spot.text());
  spot.require(certainty.has_value(), "possible, likely or certain");
  return *certainty;
}

CheckedFinding finding_at(const Spot& spot) {
  CheckedFinding finding;
  finding.cause = spot.at("cause").text();
  finding.certainty = certainty_at(spot.at("certainty"));
  finding.lasted = spot.at("lasted_seconds").seconds();
  finding.summary = spot.at("summary").text();
  finding.process = process_at(spot.at("process"));
  const bool threads = read_threads(spot, "threads", finding.threads);
  const bool victims = read_threads(spot, "victims", finding.victims);
  finding.cut = !threads || !victims;
  return finding;
}

DaemonFindings page_at(const Spot& page) {
  const Spot form = page.at("schema");
  form.require(form.number(any_count) == schema_known, "1, the only form that is known here");
  DaemonFindings answer;
  const auto findings = page.at("findings").items();
  if (page.at("last_scan").is_null()) return answer;
  answer.age = page.at("last_scan").at("age_seconds").seconds();
  answer.stale_after = page.at("stale_after_seconds").seconds();
  for (const Spot& finding : findings) answer.findings.push_back(finding_at(finding));
  return answer;
}

}  // namespace

Result<DaemonFindings> read_findings_page(std::string_view body) {
  const auto page = Json::parse(body.begin(), body.end(), nullptr, false);
  if (page.is_discarded()) return Error{ErrorKind::malformed, "it is not JSON"};
  try {
    return page_at(Spot(page, ""));
  } catch (const std::exception& misfit) {
    return Error{ErrorKind::malformed, misfit.what()};
  }
}

CheckVerdict judge(const CheckSelection& selection, const CheckLevels& levels, const DaemonFindings& answer) {
  if (!answer.age) return cannot_tell("the daemon has made no scan yet");
  if (*answer.age > answer.stale_after)
    return cannot_tell("the daemon's last scan was " + spoken(*answer.age) + " ago");
  return judge(selection, levels, answer.findings);
}

}  // namespace wedged
