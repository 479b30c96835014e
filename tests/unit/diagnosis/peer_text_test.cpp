// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/peer_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "diagnosis/describe.h"
#include "diagnosis/why.h"
#include "scene.h"

namespace wedged {
namespace {

using test::a_thread;
using testing::ElementsAre;

const Peer producer{{812, 5}, "producer", 4};
const Peer consumer{{813, 6}, "consumer", 3};
const Peer itself{{10, 1'000'000}, "victim", 4};

Task reader_of_pipe(const OtherEnd& end) {
  FileFacts pipe;
  pipe.path = "pipe:[1234]";
  pipe.fs_type = "pipefs";
  Task task = a_thread().of_process(10).in_call(SYS_read).on_file(pipe);
  task.details->other_end = end;
  return task;
}

TEST(PeerText, the_holder_of_the_other_end_is_named) {
  const auto task = reader_of_pipe({false, false, {producer}, 1, true});
  EXPECT_EQ(describe_end(task), "pipe:[1234], whose other end is held by producer[812]");
  EXPECT_EQ(describe_root(task), describe_end(task));
  EXPECT_THAT(blame_chain(task),
              ElementsAre(BlameLink{"in system call", "read"}, BlameLink{"for file", "pipe:[1234]"},
                          BlameLink{"whose other end is", "held by producer[812]"}));
}

TEST(PeerText, several_holders_are_told_and_the_rest_counted) {
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {producer, consumer}, 2, true})),
            "held by producer[812] and consumer[813]");
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {producer, consumer}, 5, true})),
            "held by producer[812], consumer[813] and 3 more processes");
}

TEST(PeerText, who_holds_the_other_end_itself_is_told_so) {
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {itself}, 1, true})),
            "held by the process itself alone");
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {producer, itself}, 2, true})),
            "held by producer[812] and the process itself");
}

TEST(PeerText, nobody_is_said_only_where_every_holder_would_have_been_seen) {
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {}, 0, true})), "held by nobody");
  EXPECT_EQ(describe_holders(reader_of_pipe({true, false, {}, 0, false})), "closed");
  EXPECT_EQ(describe_holders(reader_of_pipe({false, false, {}, 0, false})), "");
  EXPECT_EQ(describe_end(reader_of_pipe({false, false, {}, 0, false})), "pipe:[1234]");
}

TEST(PeerText, a_connection_that_nobody_accepted_yet_is_told_with_who_listens) {
  EXPECT_EQ(describe_holders(reader_of_pipe({false, true, {}, 0, false})), "not accepted yet");
  EXPECT_EQ(describe_end(reader_of_pipe({false, true, {producer}, 1, false})),
            "pipe:[1234], whose other end is not accepted yet by producer[812]");
}

TEST(PeerText, a_socket_is_described_by_both_ends_and_its_state) {
  EXPECT_EQ(describe_socket({"tcp", "10.0.0.1:5432", "10.0.0.2:40312", "ESTABLISHED"}),
            "tcp 10.0.0.1:5432 -> 10.0.0.2:40312 ESTABLISHED");
  EXPECT_EQ(describe_socket({"tcp", "0.0.0.0:80", "", "LISTEN"}), "tcp 0.0.0.0:80 LISTEN");
  EXPECT_EQ(describe_socket({"unix", "", "/run/x.sock", "ESTABLISHED"}), "unix -> /run/x.sock ESTABLISHED");
  EXPECT_EQ(describe_socket({"unix", "", "", ""}), "unix");
}

TEST(PeerText, a_thread_that_sleeps_on_a_socket_says_so_in_why) {
  auto task = reader_of_pipe({false, false, {producer}, 1, true});
  task.details->file->path = "socket:[7]";
  task.details->socket = SocketFacts{"unix", "/run/x.sock", "", "ESTABLISHED"};
  const test::Scene scene(std::vector<Task>{task});
  const auto why = explain(test::changes_in(scene, scene), {}, 10);
  ASSERT_TRUE(why.has_value());
  EXPECT_EQ(why->threads.at(0).does,
            "sleeps in read on socket:[7] (unix /run/x.sock ESTABLISHED), whose other end is held by "
            "producer[812]");
}

}  // namespace
}  // namespace wedged
