// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_reader.h"

#include <gtest/gtest.h>

#include "config/text_check.h"
#include "problems_of.h"

namespace wedged {
namespace {

using test::Bad;
using test::problems_of;

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

class BadYaml : public testing::TestWithParam<Bad> {};
TEST_P(BadYaml, is_refused_where_it_is_wrong) {
  test::expect_one_problem(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    YamlReader, BadYaml,
    testing::Values(
        Bad{"list_without_its_end", "scan:\n  interval: [1s\nweb:\n", "3:4", "not valid YAML"},
        Bad{"tab_as_indentation", "scan:\n  observe: scan\n  \tinterval: 1s\n", "3:3",
            "a tab cannot indent; use spaces"},
        Bad{"quote_without_its_end", "scan: \"a", "1:9", "not valid YAML"},
        Bad{"key_given_twice", "scan:\n  interval: 1s\n  interval: 2s\n", "3:3", "'interval' is given twice"},
        Bad{"section_given_twice", "scan: {}\nweb: {}\nscan: {}\n", "3:1", "'scan' is given twice"},
        Bad{"list_as_key", "scan: {}\n? [a]\n: b\n", "2:3", "a key must be a word"},
        Bad{"anchor", "scan: &x {}\n", "1:7", "anchors are not supported"},
        Bad{"tag", "scan: !map {}\n", "1:7", "tags are not supported"},
        Bad{"nul_byte", std::string{"scan: {}\n#\0\n", 12}, "2:2", "NUL byte"},
        Bad{"latin_1", "scan: {}\n# gr\xfc\xdf\n", "2:5", "not UTF-8"},
        Bad{"endless_list", repeated("[", 1000), "1:9", "more than 16 levels"},
        Bad{"endless_map", repeated("{a: ", 1000), "1:61", "more than 16 levels"},
        Bad{"endless_dashes", repeated("- ", 100000), "1:33", "more than 16 levels"}),
    test::name_of_bad);

TEST(YamlReader, a_file_is_read_up_to_one_mebibyte) {
  EXPECT_TRUE(problems_of(std::string(max_config_bytes, '#')).empty());
  const auto problems = problems_of(std::string(max_config_bytes + 1, '#'));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("larger than 1 MiB"), std::string::npos);
}

TEST(YamlReader, a_second_document_is_refused) {
  EXPECT_EQ(problems_of("scan: {}\n---\nweb: {}\n"),
            (std::vector<std::string>{" the file holds more than one YAML document"}));
}

TEST(YamlReader, aliases_cannot_make_a_small_file_large) {
  std::string text = "scan: &a0 [x]\n";
  for (int i = 0; i < 9; ++i) {
    const std::string alias = "*a" + std::to_string(i);
    text += "b" + std::to_string(i) + ": &a" + std::to_string(i + 1) + " [" + alias + "," + alias + "," +
            alias + "]\n";
  }
  const auto problems = problems_of(text);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0], "1:7: anchors are not supported; leave '&name' out");
}

TEST(YamlReader, each_word_knows_its_place) {
  Problems problems{"f"};
  const auto root = read_yaml("a:\n  - b\n  - {c: \"d\"}\ne:\n", problems);
  ASSERT_TRUE(root && problems.none());
  ASSERT_EQ(root->children.size(), 2U);
  const YamlNode& list = root->children[0];
  EXPECT_EQ(list.key, "a");
  EXPECT_EQ(list.key_place, (Place{1, 1}));
  EXPECT_EQ(list.children.at(0).place, (Place{2, 5}));
  const YamlNode& word = list.children.at(1).children.at(0);
  EXPECT_EQ(word.text, "d");
  EXPECT_TRUE(word.quoted);
  EXPECT_EQ(word.place, (Place{3, 9}));
  EXPECT_EQ(root->children[1].kind, YamlNode::Kind::null);
  EXPECT_EQ(root->children[1].place, (Place{4, 1})) << "nothing stands after the key";
}

}  // namespace
}  // namespace wedged
