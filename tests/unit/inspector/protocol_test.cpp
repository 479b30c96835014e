// SPDX-License-Identifier: Apache-2.0
#include "inspector/protocol.h"

#include <gtest/gtest.h>

#include <random>

#include "inspector/framing.h"
#include "support/rounds.h"

namespace wedged {
namespace {

Assignment an_assignment() {
  AllRegisters registers{};
  for (std::size_t number = 0; number < registers.size(); ++number)
    registers[number] = ~number << (number % 64);
  InspectRequest request{{4711, 123456789}, {}};
  request.threads.push_back({{4711, 4711, 123456789},
                             registers,
                             0xffffffffffffff00,
                             WordSurroundings{0x7ffd00001000, {0, 255, 7}},
                             ~0ULL,
                             instant_of_ns(987654321)});
  request.threads.push_back({{4711, 4712, 123456790}, std::nullopt, 0, std::nullopt});
  return {request, std::chrono::milliseconds(750)};
}

InspectReply a_reply() {
  UserSide side;
  side.stack = {{0x7fff12345678, "pause()", 16, "/usr/lib/libc.so.6"}, {0xffffffffff600000, "", 4096, ""}};
  side.stack_complete = true;
  side.word = WordSurroundings{0x1000, {0, 1, 255, 128}};
  side.missing = {"user stack: no \xff\xfe registers"};
  InspectReply reply;
  reply.process = {4711, 123456789};
  reply.side = {CLibrary::musl, "/bin/cat \x80 file", 0xffffffffffffffff, 3, true, {"this", "that"}};
  reply.threads = {{{4711, 4712, 9}, side, true, ~0ULL, instant_of_ns(987654321)}, {{4711, 4711, 8}, {}}};
  reply.failure = "half of it";
  return reply;
}

TEST(Protocol, an_assignment_comes_back_as_it_was) {
  const auto back = decode_assignment(encode(an_assignment()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, an_assignment());
}

TEST(Protocol, a_reply_comes_back_as_it_was) {
  for (const InspectReply& reply : {a_reply(), InspectReply{}}) {
    const auto back = decode_from_child(encode(reply));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(std::get<InspectReply>(*back), reply);
  }
}

TEST(Protocol, progress_comes_back_as_it_was) {
  const auto back = decode_from_child(encode(Progress{"opening \xc3\x28"}));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(std::get<Progress>(*back).text, "opening \xc3\x28");
}

TEST(Protocol, what_is_cut_off_anywhere_is_an_error) {
  const std::string reply = encode(a_reply());
  for (std::size_t size = 0; size < reply.size(); ++size)
    EXPECT_FALSE(decode_from_child(reply.substr(0, size))) << size;
  const std::string assignment = encode(an_assignment());
  for (std::size_t size = 0; size < assignment.size(); ++size)
    EXPECT_FALSE(decode_assignment(assignment.substr(0, size))) << size;
}

TEST(Protocol, what_has_something_behind_it_is_an_error) {
  EXPECT_FALSE(decode_from_child(encode(a_reply()) + '\0'));
}

TEST(Protocol, one_message_is_not_taken_for_another) {
  EXPECT_FALSE(decode_from_child(encode(an_assignment())));
  EXPECT_FALSE(decode_assignment(encode(a_reply())));
}

TEST(Protocol, corrupt_bytes_give_a_value_or_an_error) {
  std::mt19937 random(7);
  const std::string whole = encode(a_reply());
  std::size_t refused = 0;
  for (unsigned round = 0; round < test::rounds(4'000); ++round) {
    std::string bytes = whole;
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto back = decode_from_child(bytes);
    if (back) continue;
    EXPECT_EQ(back.error().kind, ErrorKind::malformed);
    ++refused;
  }
  EXPECT_GT(refused, 200U);
}

TEST(Protocol, random_bytes_give_a_value_or_an_error) {
  std::mt19937 random(8);
  for (unsigned round = 0; round < test::rounds(10'000); ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_FALSE(decode_from_child(bytes));
    EXPECT_FALSE(decode_assignment(bytes));
  }
}

TEST(Protocol, nesting_without_end_is_an_error_and_no_overflow_of_the_stack) {
  EXPECT_FALSE(decode_from_child(std::string(greatest_message, '\x81')));  // an array with one element
  EXPECT_FALSE(decode_from_child(std::string(greatest_message, '\x9f')));  // one without a length
  std::string maps;
  while (maps.size() < greatest_message) maps += "\xa1\x60";  // {"": ...
  EXPECT_FALSE(decode_from_child(maps));
}

TEST(Protocol, more_values_than_anybody_needs_are_an_error) {
  const std::string array = "\x9a" + std::string("\x00\x3f\xff\x00", 4) + std::string(0x3fff00, '\x01');
  const auto back = decode_from_child(array);
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("too many values"), std::string::npos);
}

TEST(Protocol, a_length_that_is_not_there_is_an_error) {
  EXPECT_FALSE(decode_from_child(std::string("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff\x01", 10)));
  EXPECT_FALSE(decode_from_child(std::string("\x5b\x7f\xff\xff\xff\xff\xff\xff\xff\x01", 10)));
}

TEST(Framing, messages_come_out_whole_whatever_the_pieces) {
  const std::string stream = framed("one") + framed("") + framed(std::string(100'000, 'x'));
  for (const std::size_t piece : {1UL, 3UL, 4096UL, stream.size()}) {
    FrameReader reader;
    std::vector<std::string> messages;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.add(std::string_view(stream).substr(at, piece));
      for (auto next = reader.next(); next && *next; next = reader.next()) messages.push_back(**next);
    }
    ASSERT_EQ(messages.size(), 3U) << piece;
    EXPECT_EQ(messages[0], "one");
    EXPECT_EQ(messages[1], "");
    EXPECT_EQ(messages[2].size(), 100'000U);
  }
}

TEST(Framing, a_message_that_claims_to_be_too_long_is_an_error_before_it_is_there) {
  FrameReader reader;
  reader.add(std::string("\x01\x00\x40\x00", 4));
  const auto next = reader.next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace wedged
