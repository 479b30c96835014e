// SPDX-License-Identifier: Apache-2.0
#include "inspector/symbol_table.h"

#include <gtest/gtest.h>

#include "inspector/symbols.h"

namespace wedged {
namespace {

SymbolTable table_of(std::initializer_list<TableSymbol> symbols) {
  SymbolTable table;
  for (const TableSymbol& symbol : symbols) table.add(symbol);
  table.finish();
  return table;
}

std::string spanning(const SymbolTable& table, std::uint64_t address) {
  const TableSymbol* const found = table.spanning(address);
  return found == nullptr ? "" : std::string(found->name);
}

TEST(SymbolTable, a_symbol_counts_within_its_size_only) {
  const auto table = table_of({{100, 10, "first"}, {200, 1, "second"}});
  EXPECT_EQ(spanning(table, 99), "");
  EXPECT_EQ(spanning(table, 100), "first");
  EXPECT_EQ(spanning(table, 109), "first");
  EXPECT_EQ(spanning(table, 110), "");
  EXPECT_EQ(spanning(table, 200), "second");
  EXPECT_EQ(spanning(table, 201), "");
}

TEST(SymbolTable, the_inner_of_two_that_span_is_taken_and_the_outer_behind_it) {
  const auto table = table_of({{100, 100, "outer"}, {120, 10, "inner"}, {140, 0, "label"}});
  EXPECT_EQ(spanning(table, 125), "inner");
  EXPECT_EQ(spanning(table, 135), "outer");
  EXPECT_EQ(spanning(table, 150), "outer");
}

TEST(SymbolTable, of_several_names_the_one_is_taken_that_users_write) {
  const auto table = table_of({{100, 10, "__GI___pthread_mutex_lock"},
                               {100, 10, "___pthread_mutex_lock"},
                               {100, 10, "pthread_mutex_lock@@GLIBC_2.2.5"},
                               {100, 10, "__pthread_mutex_lock"},
                               {200, 10, "sccp", true},
                               {200, 10, "__syscall_cp_c"}});
  EXPECT_EQ(without_version(spanning(table, 105)), "pthread_mutex_lock");
  EXPECT_EQ(spanning(table, 205), "__syscall_cp_c");
}

TEST(SymbolTable, a_label_counts_until_something_of_known_size) {
  const auto table = table_of({{100, 0, "label"}, {150, 10, "function"}});
  ASSERT_NE(table.label_before(149), nullptr);
  EXPECT_EQ(table.label_before(149)->name, "label");
  EXPECT_EQ(table.label_before(160), nullptr);
  EXPECT_EQ(table.label_before(99), nullptr);
}

TEST(SymbolTable, sizes_beyond_the_end_of_memory_are_survived) {
  const auto table = table_of({{~0ULL - 5, ~0ULL, "huge"}});
  EXPECT_EQ(spanning(table, ~0ULL - 1), "huge");
}

TEST(SymbolTable, an_empty_one_has_no_answer) {
  EXPECT_EQ(table_of({}).spanning(1), nullptr);
  EXPECT_EQ(table_of({}).label_before(1), nullptr);
}

TEST(Demangled, names_are_as_people_read_them) {
  EXPECT_EQ(demangled("_ZN9warehouse5Shelf4takeEv"), "warehouse::Shelf::take()");
  EXPECT_EQ(demangled("main"), "main");
  EXPECT_EQ(demangled("_Zgarbage"), "_Zgarbage");
}

TEST(Demangled, names_without_end_are_cut) {
  EXPECT_EQ(demangled(std::string(100'000, 'x')).size(), 512U);
}

}  // namespace
}  // namespace wedged
