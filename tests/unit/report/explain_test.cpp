// SPDX-License-Identifier: Apache-2.0
#include "report/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "diagnosis/cause_text.h"
#include "report/escape.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

const std::vector<Cause> every_cause(all_causes.begin(), all_causes.end());

TEST(Explain, of_a_cause_says_what_how_sure_when_exactly_and_what_to_do) {
  EXPECT_EQ(render_causes({Cause::waits_for_stuck}, plain_text(), 0),
            "waits_for_stuck\n"
            "  The thread itself is healthy: it waits for a lock whose holder is stuck, directly or through\n"
            "  others. It goes on when the root does.\n"
            "  certainty\n"
            "    as that of its root\n"
            "  exact predicate\n"
            "    waits for a lock whose holder is stuck itself, or waits for somebody who is: a victim, "
            "reported\n"
            "    with its root\n"
            "  what to do\n"
            "    - See the finding it is listed with: mend the root, not this thread.\n"
            "    - Hold no lock while doing what can block: the holder's user stack shows which call that "
            "was.\n");
}

TEST(Explain, of_all_causes_names_each) {
  for (const Cause cause : all_causes) {
    EXPECT_THAT(render_causes(every_cause, plain_text(), 80), HasSubstr(std::string(name_of(cause)) + "\n"));
  }
}

TEST(Explain, fits_the_screen) {
  std::istringstream lines(render_causes(every_cause, plain_text(), 60));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), 60U) << line;
}

TEST(Explain, as_json_is_one_document_with_the_exact_predicates) {
  const auto document = nlohmann::json::parse(render_causes(every_cause, as_json(), 80));
  EXPECT_EQ(document["schema"], 1);
  ASSERT_EQ(document["causes"].size(), all_causes.size());
  for (std::size_t at = 0; at < all_causes.size(); ++at) {
    EXPECT_EQ(document["causes"][at]["cause"], name_of(all_causes[at]));
    EXPECT_EQ(document["causes"][at]["predicate"], predicate_of(all_causes[at]));
    EXPECT_EQ(document["causes"][at]["advice"].size(), advice_of(all_causes[at]).size());
  }
}

}  // namespace wedged
