// SPDX-License-Identifier: Apache-2.0
#include "inspector/symbol_table.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace wedged {
namespace {

// C libraries call one function pthread_mutex_lock, __pthread_mutex_lock and __GI___pthread_mutex_lock.
auto oddness_of(const TableSymbol& symbol) {
  const auto plain = without_version(symbol.name);
  const auto underscores = std::min(plain.find_first_not_of('_'), plain.size());
  return std::tuple{symbol.local, plain.starts_with("__GI_"), underscores, plain.size(), plain};
}

bool comes_before(const TableSymbol& left, const TableSymbol& right) {
  if (left.begin != right.begin) return left.begin < right.begin;
  return oddness_of(left) > oddness_of(right);
}

std::uint64_t end_of(const TableSymbol& symbol) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return symbol.size > most - symbol.begin ? most : symbol.begin + symbol.size;
}

// How many begin at or before the address.
std::size_t count_up_to(const std::vector<TableSymbol>& symbols, std::uint64_t address) {
  const auto after =
      std::upper_bound(symbols.begin(), symbols.end(), address,
                       [](std::uint64_t at, const TableSymbol& symbol) { return at < symbol.begin; });
  return static_cast<std::size_t>(after - symbols.begin());
}

}  // namespace

void SymbolTable::add(const TableSymbol& symbol) {
  (symbol.size == 0 ? labels_ : sized_).push_back(symbol);
}

void SymbolTable::finish() {
  std::sort(sized_.begin(), sized_.end(), comes_before);
  std::sort(labels_.begin(), labels_.end(), comes_before);
  std::uint64_t greatest = 0;
  for (const TableSymbol& symbol : sized_) {
    greatest = std::max(greatest, end_of(symbol));
    greatest_end_.push_back(greatest);
  }
}

const TableSymbol* SymbolTable::spanning(std::uint64_t address) const {
  for (std::size_t index = count_up_to(sized_, address); index > 0; --index) {
    if (greatest_end_[index - 1] <= address) return nullptr;
    if (address < end_of(sized_[index - 1])) return &sized_[index - 1];
  }
  return nullptr;
}

const TableSymbol* SymbolTable::label_before(std::uint64_t address) const {
  const std::size_t labels = count_up_to(labels_, address);
  if (labels == 0) return nullptr;
  const TableSymbol& label = labels_[labels - 1];
  const std::size_t sized = count_up_to(sized_, address);
  const bool cut_off = sized > 0 && greatest_end_[sized - 1] > label.begin;
  return cut_off ? nullptr : &label;
}

std::string_view without_version(std::string_view name) {
  return name.substr(0, std::max<std::size_t>(name.find('@'), 1));
}

}  // namespace wedged
