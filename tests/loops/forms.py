# SPDX-License-Identifier: Apache-2.0
"""What each loop must be told to be, and of what. Tables only."""

from typing import NamedTuple, Optional

IN_ITS_LOOP, ELSEWHERE = True, False


class Form(NamedTuple):
    """Events without the E of epoll's, so that poll's are the same."""
    waits: frozenset  # calls, one of which it waits with; empty: it does not wait
    file: str  # what the descriptor's begins with; empty: none is told
    asked: str
    reported: str
    failing: Optional[tuple] = None  # (call, error); an error of None is an end of file
    function: str = "event_loop"  # in the user stack
    certainty: str = "certain"
    answers: bool = IN_ITS_LOOP  # requests, beside it


def form(waits, *rest, **more):
    return Form(frozenset(waits.split()), *rest, **more)


EPOLL = "epoll_wait epoll_pwait"  # glibc makes the first of the second where a machine has only that
FORMS = {
    "reset": form(EPOLL, "socket:", "", "POLLERR POLLHUP"),
    "pipe": form(EPOLL, "pipe:", "POLLIN", "POLLERR"),
    "poll": form("poll ppoll", "socket:", "", "POLLERR POLLHUP", function="poll_loop"),
    "select": form("select pselect6", "socket:", "POLLIN", "POLLIN", function="select_loop"),
    "accept": form(EPOLL, "socket:", "POLLIN", "POLLIN", failing=("accept4", "EMFILE")),
    "accept_loop": form("", "", "", "", failing=("accept4", "EMFILE"), function="accept_loop", answers=ELSEWHERE),
    "timer": form(EPOLL, "anon_inode:[timerfd]", "POLLIN", "POLLIN"),
    "event": form(EPOLL, "anon_inode:[eventfd]", "POLLIN", "POLLIN"),
    "end_of_file": form(EPOLL, "socket:", "POLLIN", "POLLIN", failing=("read", None)),
    "writable": form(EPOLL, "socket:", "POLLIN POLLOUT", "POLLOUT"),
    "again": form("", "", "", "", failing=("recvfrom", "EAGAIN"), function="receive_loop", certainty="possible",
                  answers=ELSEWHERE),
    "threads": form(EPOLL, "anon_inode:[eventfd]", "POLLIN", "POLLIN"),
    "closed": form(EPOLL, "", "POLLIN", "POLLIN"),
    "libevent_reset": form(EPOLL, "socket:", "POLLRDHUP", "POLLERR POLLHUP POLLRDHUP", function="event_base_loop"),
    "libevent_pipe": form(EPOLL, "pipe:", "POLLRDHUP", "POLLERR", function="event_base_loop"),
    "libuv_reset": form(EPOLL, "socket:", "POLLRDHUP", "POLLHUP POLLRDHUP", function="uv_run"),
    "libuv_pipe": form(EPOLL, "pipe:", "POLLIN", "POLLHUP", failing=("read", None), function="uv_run"),
}

# Program -> variants.
SPINNING_SERVERS = {"libevent_server": ("libevent_reset", "libevent_pipe"), "libuv_server": ("libuv_reset", "libuv_pipe")}
FAST_SERVERS = {"NioServer.java": ("nio",), "asio_server": ("asio",), "go_server": ("go",)}
