# SPDX-License-Identifier: Apache-2.0
"""What must be found of what is provoked, and how sure the daemon may be. Tables only."""

from injected import HEALTHY_LOOPS

# Only what is not certain.
CERTAINTY = {"no_waker": "likely", "uninterruptible_wait": "likely", "slow_syscall": "possible",
             "kernel_loop": "likely", "starved": "likely", "lost_leader": "possible", "stopped": "possible",
             ("dead_owner", "robust_list_broken"): "likely", ("dead_owner", "shared"): "likely",
             ("self_deadlock", "shared"): "likely", ("self_deadlock", "robust"): "likely",
             ("lock_cycle", "shared"): "likely", ("lock_cycle", "wait"): "likely"}
# Where the cause found is not the one provoked: who waits for somebody stuck is told with its root.
ALSO_RIGHT = {("waits_for_stuck", "self_deadlock"): {"self_deadlock"}}
# Where more than one is found, one after the other: the lock that a crashed thread left is wanted seconds later.
ALL_OF = {("crashed_thread", "then_dead_owner"): {"crashed_thread", "dead_owner"}}
# What may be said besides: a client of a mute server is slow before it is killed; a leader that left is odd in itself.
BESIDES = {"unkillable": {"slow_syscall", "uninterruptible_wait"}, ("crashed_thread", "then_dead_owner"): {"dead_owner"},
           ("dead_owner", "leader"): {"lost_leader"}}

# Takes most of a CPU, which the others need. Loops, those that spin and those that are well, are tested in tests/loops.
NOT_BESIDE_OTHERS = {"starved", "event_loop_spin", *HEALTHY_LOOPS}

FOUND, NOT_FOUND = "found", "not found"
# Programs of other libraries. The rule is: no owner rather than a wrong one. A normal mutex of musl and one of Rust have none; a
# thread of musl that ends puts a mark in place of its id.
FOREIGN = [
    ("musl_deadlock_dynamic", "self_deadlock", "robust_of_musl", FOUND),
    ("musl_deadlock_dynamic", "self_deadlock", "normal", NOT_FOUND),
    ("musl_deadlock_dynamic", "lock_cycle", "errorcheck", FOUND),
    ("musl_deadlock_dynamic", "lock_cycle", "normal", NOT_FOUND),
    ("musl_deadlock_dynamic", "dead_owner", "vanished", FOUND),
    ("musl_deadlock_dynamic", "dead_owner", "recursive", FOUND),
    ("musl_deadlock_dynamic", "dead_owner", "errorcheck", FOUND),
    ("musl_deadlock_static", "self_deadlock", "robust_of_musl", FOUND),
    ("musl_deadlock_static", "self_deadlock", "normal", NOT_FOUND),
    ("musl_deadlock_static", "lock_cycle", "errorcheck", FOUND),
    ("musl_deadlock_static", "dead_owner", "vanished", FOUND),
    ("rust_deadlock", "self_deadlock", "rust", NOT_FOUND),
]


def verdict(cause, variant):
    """How a variant of wedged-inject must end."""
    if cause == "healthy":
        return NOT_FOUND
    return FOUND


def of(table, began, default):
    """The entry of that variant, else of its cause, else the default."""
    return table.get((began.cause, began.variant), table.get(began.cause, default))


def right_causes(began):
    return of(ALSO_RIGHT, began, {began.cause})


def is_found(began, causes):
    """Whether these causes are all that is waited for."""
    return of(ALL_OF, began, set()) <= causes and bool(causes & right_causes(began))


def certainty(began):
    return of(CERTAINTY, began, "certain")


def besides(began):
    return of(BESIDES, began, set())
