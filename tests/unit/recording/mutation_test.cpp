// SPDX-License-Identifier: Apache-2.0
// A valid recording, damaged at random: it is read or refused, and what is read is a recording again. Under
// the sanitizers this also says that nothing is read or computed out of bounds.
#include <gtest/gtest.h>

#include "support/rounds.h"
#include "unit/recording/recording_values.h"

namespace wedged {

using namespace test;

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string damaged(std::string text) {
    for (std::size_t left = 1 + random_() % 4; left > 0; --left) damage(text);
    return text;
  }

 private:
  std::size_t place(const std::string& text) { return text.empty() ? 0 : random_() % text.size(); }

  void damage(std::string& text) {
    static const std::vector<std::string> pieces{
        "{",    "}",  "[",  "]",    "\"",      ",",  ":",    "-1", "0",     "1e99", "\n",
        "null", "{}", "[]", "true", "\\u0000", "\"", "\xff", "0x", "false", " ",    "99999999999999999",
        "\\"};
    const std::size_t at = place(text);
    switch (random_() % 5) {
      case 0: text.insert(at, pieces[random_() % pieces.size()]); break;
      case 1: text.erase(at, 1 + random_() % 30); break;
      case 2: text.insert(at, text.substr(place(text), random_() % 200)); break;
      case 3: text.replace(at, 1, 1, static_cast<char>(random_())); break;
      default: text.replace(at, random_() % 8, pieces[random_() % pieces.size()]); break;
    }
  }

  std::mt19937_64 random_;
};

TEST(Mutation, is_read_or_refused_and_never_believed_by_halves) {
  const std::string whole = recording_text(full_recording());
  Mutator mutator(20240501);
  unsigned refused = 0;
  for (unsigned round = 0; round < test::rounds(4000); ++round) {
    const std::string text = mutator.damaged(whole);
    const auto read = parse_recording(text, "a.rec");
    if (read) {
      const auto again = parse_recording(recording_text(*read), "a.rec");
      ASSERT_TRUE(again.ok() && *again == *read) << text;
    } else {
      ASSERT_EQ(read.error().kind, ErrorKind::malformed);
      ASSERT_EQ(read.error().message.substr(0, 6), "a.rec:") << read.error().message;
      ++refused;
    }
  }
  EXPECT_GT(refused, test::rounds(1000));
  EXPECT_LT(refused, test::rounds(4000)) << "some changes are harmless";
}

}  // namespace wedged
