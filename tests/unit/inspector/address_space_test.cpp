// SPDX-License-Identifier: Apache-2.0
#include "inspector/address_space.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "inspector/modules.h"

namespace wedged {
namespace {

AddressSpace parsed(const std::string& text, std::size_t piece = 1UL << 16) {
  AddressSpace space;
  for (std::size_t at = 0; at < text.size(); at += piece)
    space.add_text(std::string_view(text).substr(at, piece));
  space.finish();
  return space;
}

const std::string a_map =
    "55d0c0de6000-55d0c0de8000 r--p 00000000 fe:01 1835                       /usr/bin/cat\n"
    "55d0c0de8000-55d0c0ded000 r-xp 00002000 fe:01 1835                       /usr/bin/cat\n"
    "55d0c0def000-55d0c0df0000 rw-p 00008000 fe:01 1835                       /usr/bin/cat\n"
    "55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000001000 r--s 00000000 00:1b 77                         /dev/shm/a name (deleted)\n"
    "7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n"
    "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]\n";

TEST(AddressSpace, is_the_same_whatever_the_pieces_it_comes_in) {
  const AddressSpace whole = parsed(a_map);
  ASSERT_EQ(whole.mappings().size(), 7U);
  for (const std::size_t piece : {1UL, 7UL, 100UL})
    EXPECT_EQ(parsed(a_map, piece).mappings(), whole.mappings());
}

TEST(AddressSpace, has_every_field) {
  const AddressSpace space = parsed(a_map);
  const Mapping expected{0x55d0c0de8000, 0x55d0c0ded000, 0x2000, 0xfe, 1, 1835, true, false, "/usr/bin/cat"};
  EXPECT_EQ(space.mappings()[1], expected);
  EXPECT_TRUE(space.mappings()[4].deleted);
  EXPECT_EQ(space.mappings()[4].path, "/dev/shm/a name");
  EXPECT_EQ(space.mappings()[5].path, "");
}

TEST(AddressSpace, finds_the_mapping_of_an_address_and_none_in_the_gaps) {
  const AddressSpace space = parsed(a_map);
  EXPECT_EQ(space.at(0), nullptr);
  EXPECT_EQ(space.at(0x55d0c0de6000)->offset, 0U);
  EXPECT_EQ(space.at(0x55d0c0de7fff)->offset, 0U);
  EXPECT_EQ(space.at(0x55d0c0de8000)->offset, 0x2000U);
  EXPECT_EQ(space.at(0x55d0c0ded000), nullptr);
  EXPECT_EQ(space.at(~0ULL), nullptr);
}

TEST(AddressSpace, odd_lines_are_passed_over_and_counted) {
  const AddressSpace space = parsed(
      "\n"
      "nonsense\n"
      "1000-2000\n"
      "2000-1000 r-xp 0 0:0 0 \n"
      "1000-2000 r-xp 0 0:0\n"
      "ffffffffffffffffff-2000 r-xp 0 0:0 0 \n"
      "3000-4000 r-xp 0 0:0 0 /a\\012line\n"
      "3800-5000 r-xp 0 0:0 0 overlaps\n"
      "5000-6000 rwxp 0 0:0 0 last, without an end");
  EXPECT_EQ(space.odd_lines(), 7U);
  ASSERT_EQ(space.mappings().size(), 2U);
  EXPECT_EQ(space.mappings()[0].path, "/a\\012line");
  EXPECT_EQ(space.mappings()[1].path, "last, without an end");
}

TEST(AddressSpace, random_text_is_survived) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text = a_map;
    for (auto flips = random() % 40; flips > 0; --flips)
      text[random() % text.size()] = static_cast<char>(random());
    const AddressSpace space = parsed(text, 1 + random() % 200);
    for (std::size_t index = 1; index < space.mappings().size(); ++index)
      EXPECT_LE(space.mappings()[index - 1].end, space.mappings()[index].begin);
    static_cast<void>(modules_of(space));
  }
}

TEST(AddressSpace, of_two_hundred_thousand_lines_is_read_whole) {
  std::string text;
  std::array<char, 128> line{};
  for (std::uint64_t index = 0; index < 200'000; ++index) {
    std::snprintf(line.data(), line.size(), "%lx-%lx r-xp 00000000 fe:01 %lu      /usr/lib/file%lu\n",
                  index << 13, (index << 13) + 4096, index + 1, index);
    text += line.data();
  }
  const auto begin = std::chrono::steady_clock::now();
  const AddressSpace space = parsed(text);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << "200,000 lines parsed in " << took.count() << " s\n";
  EXPECT_EQ(space.mappings().size(), 200'000U);
  EXPECT_EQ(modules_of(space).size(), 200'000U);
}

TEST(AddressSpace, of_this_process_is_what_its_file_says) {
  std::ifstream file("/proc/self/maps");
  std::ostringstream text;
  text << file.rdbuf();
  const AddressSpace space = parsed(text.str());
  EXPECT_EQ(space.odd_lines(), 0U);
  const int here = 0;
  const Mapping* const stack = space.at(reinterpret_cast<std::uint64_t>(&here));
  ASSERT_NE(stack, nullptr);
  EXPECT_FALSE(stack->executable);
}

TEST(Modules, are_the_files_with_code_and_the_vdso) {
  const auto modules = modules_of(parsed(a_map));
  ASSERT_EQ(modules.size(), 2U);
  EXPECT_EQ(modules[0].begin, 0x55d0c0de6000U);
  EXPECT_EQ(modules[0].end, 0x55d0c0df0000U);
  EXPECT_EQ(modules[0].first.offset, 0U);
  EXPECT_TRUE(modules[1].vdso);
}

TEST(Modules, two_copies_of_one_file_are_two) {
  const auto modules =
      modules_of(parsed("10000-11000 r--p 00000000 fe:01 5 /lib/a.so\n"
                        "11000-12000 r-xp 00001000 fe:01 5 /lib/a.so\n"
                        "20000-21000 r--p 00000000 fe:01 5 /lib/a.so\n"
                        "21000-22000 r-xp 00001000 fe:01 5 /lib/a.so\n"));
  ASSERT_EQ(modules.size(), 2U);
  EXPECT_EQ(modules[1].begin, 0x20000U);
}

TEST(Modules, data_of_a_program_smaller_than_a_page_belongs_to_it) {
  const auto modules =
      modules_of(parsed("400000-401000 r-xp 00000000 fe:01 5 /bin/tiny\n"
                        "600000-601000 rw-p 00000000 fe:01 5 /bin/tiny\n"));
  ASSERT_EQ(modules.size(), 1U);
  EXPECT_EQ(modules[0].end, 0x601000U);
}

TEST(Modules, of_an_address_are_found_and_not_beyond_their_ends) {
  const auto modules = modules_of(parsed(a_map));
  EXPECT_EQ(module_at(modules, 0x55d0c0de9000), &modules[0]);
  EXPECT_EQ(module_at(modules, 0x55d0c0df0000), nullptr);
  EXPECT_EQ(module_at(modules, 0), nullptr);
}

}  // namespace
}  // namespace wedged
