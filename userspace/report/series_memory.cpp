// SPDX-License-Identifier: Apache-2.0
#include "report/series_memory.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wedged {
namespace {

using Buckets = std::array<std::uint64_t, latency_buckets>;

float number_of(double value) {
  return static_cast<float>(value);
}

// Where within its bucket a call is nobody knows: they are taken to be spread evenly on a logarithmic scale.
// The first bucket is treated as if it, too, spanned a factor of two, and so is the last.
double quantile(const Buckets& buckets, std::uint64_t count, double share) {
  const double wanted = share * static_cast<double>(count);
  double below = 0;
  for (std::size_t at = 0; at < buckets.size(); ++at) {
    const auto here = static_cast<double>(buckets[at]);
    if (here > 0 && below + here >= wanted) {
      const double exponent = static_cast<double>(at + first_bucket_shift) - 1 + (wanted - below) / here;
      return std::exp2(exponent) / 1e9;
    }
    below += here;
  }
  return 0;
}

// Both tables are sorted by number, the 32-bit interface's calls last or first: compared as they stand.
bool precedes(const SyscallStats& left, const SyscallStats& right) {
  return std::pair(left.compat, left.number) < std::pair(right.compat, right.number);
}

SyscallTable sorted(SyscallTable table) {
  std::sort(table.begin(), table.end(), precedes);
  return table;
}

std::vector<CallFigures> figures_of(const SyscallTable& before, const SyscallTable& now, Duration span) {
  std::vector<CallFigures> figures;
  for (const SyscallStats& stats : now) {
    const auto found = std::lower_bound(before.begin(), before.end(), stats, precedes);
    const bool known = found != before.end() && !precedes(stats, *found);
    const auto between = figures_between(known ? *found : SyscallStats{}, stats, span);
    if (between && between->calls > 0) figures.push_back(*between);
  }
  if (figures.size() > SeriesMemory::most_calls) {
    const auto busier = [](const CallFigures& left, const CallFigures& right) {
      return left.busy > right.busy;
    };
    std::stable_sort(figures.begin(), figures.end(), busier);
    figures.resize(SeriesMemory::most_calls);
  }
  return figures;
}

// The points are shared; only the list of them is new.
template <typename Point>
void append(std::shared_ptr<const Series<Point>>& series, Point point) {
  auto longer = std::make_shared<Series<Point>>();
  const std::size_t dropped = series->size() < SeriesMemory::most_points ? 0 : 1;
  longer->reserve(series->size() + 1);
  longer->assign(series->begin() + static_cast<std::ptrdiff_t>(dropped), series->end());
  longer->push_back(std::make_shared<const Point>(std::move(point)));
  series = std::move(longer);
}

std::uint64_t total_of(const LossesByReason& losses) {
  return std::accumulate(losses.begin(), losses.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& loss) { return sum + loss.second; });
}

}  // namespace

std::optional<CallFigures> figures_between(const SyscallStats& before, const SyscallStats& now,
                                           Duration span) {
  if (now.calls < before.calls || now.errors < before.errors || now.total_ns < before.total_ns ||
      span <= span.zero())
    return std::nullopt;
  Buckets buckets{};
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < buckets.size(); ++at) {
    if (now.buckets[at] < before.buckets[at]) return std::nullopt;
    buckets[at] = now.buckets[at] - before.buckets[at];
    count += buckets[at];
  }
  const double seconds = seconds_of(span);
  CallFigures figures;
  figures.number = now.number;
  figures.compat = now.compat;
  figures.calls = number_of(static_cast<double>(now.calls - before.calls) / seconds);
  figures.errors = number_of(static_cast<double>(now.errors - before.errors) / seconds);
  figures.busy = number_of(static_cast<double>(now.total_ns - before.total_ns) / 1e9 / seconds);
  figures.p50 = number_of(quantile(buckets, count, 0.50));
  figures.p99 = number_of(quantile(buckets, count, 0.99));
  return figures;
}

void SeriesMemory::begin(Instant at, const SyscallTable& table, std::uint64_t losses) {
  since_ = at;
  before_ = sorted(table);
  losses_before_ = losses;
  current_ = {};
  begun_ = true;
}

void SeriesMemory::scanned(const ScanFigures& scan, const SyscallTable& table, const LossesByReason& losses) {
  const std::uint64_t lost = total_of(losses);
  if (!begun_) return begin(scan.at, table, lost);
  current_.longest_scan = std::max(current_.longest_scan, scan.scan_duration);
  current_.cpu += scan.cpu;
  current_.threads = scan.threads;
  const Duration span = scan.at - since_;
  if (span < spacing) return;
  current_.at = scan.at;
  current_.span = span;
  current_.losses = lost < losses_before_ ? 0 : lost - losses_before_;
  append(monitor_, current_);
  append(syscalls_, SyscallPoint{scan.at, span, figures_of(before_, sorted(table), span)});
  begin(scan.at, table, lost);
}

}  // namespace wedged
