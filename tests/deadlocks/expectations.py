# SPDX-License-Identifier: Apache-2.0
"""What must be found of what is provoked, and how sure the daemon may be. Tables only."""

# Only what is not certain.
CERTAINTY = {"no_waker": "likely", "uninterruptible_wait": "likely", "slow_syscall": "possible",
             ("dead_owner", "robust_list_broken"): "likely"}
# Where the cause found is not the one provoked. glibc says of priority inheritance that the owner is dead or the waiter itself,
# and not which; who waits for somebody stuck is told with its root.
ALSO_RIGHT = {("self_deadlock", "pi"): {"self_deadlock", "dead_owner"}, ("dead_owner", "pi"): {"self_deadlock", "dead_owner"},
              ("waits_for_stuck", "self_deadlock"): {"self_deadlock"}}
# What may be said besides: a client of a mute server is slow before it is killed; a leader that left is odd in itself.
BESIDES = {"unkillable": {"slow_syscall", "uninterruptible_wait"}, ("crashed_thread", "then_dead_owner"): {"dead_owner"},
           ("dead_owner", "leader"): {"lost_leader"}}

FOUND, PERHAPS, NOT_FOUND = "found", "found or not", "not found"
# What is not found yet and should be. Entries go as the daemon learns.
NOT_YET = {"crashed_thread", ("self_deadlock", "pi"), ("dead_owner", "pi")}
# Programs of other libraries. The rule is: no owner rather than a wrong one. A normal mutex of musl and one of Rust have none; a
# thread of musl that ends puts a mark in place of its id. Debian's musl has no call frame information, so that where its
# threads wait is not known yet, though its lock words have the owner's id.
FOREIGN = [
    ("musl_deadlock_dynamic", "self_deadlock", "robust", PERHAPS),
    ("musl_deadlock_dynamic", "self_deadlock", "normal", NOT_FOUND),
    ("musl_deadlock_dynamic", "lock_cycle", "errorcheck", PERHAPS),
    ("musl_deadlock_dynamic", "lock_cycle", "normal", NOT_FOUND),
    ("musl_deadlock_dynamic", "dead_owner", "vanished", PERHAPS),
    ("musl_deadlock_dynamic", "dead_owner", "recursive", PERHAPS),
    ("musl_deadlock_dynamic", "dead_owner", "errorcheck", PERHAPS),
    ("musl_deadlock_static", "self_deadlock", "robust", PERHAPS),
    ("musl_deadlock_static", "self_deadlock", "normal", NOT_FOUND),
    ("musl_deadlock_static", "lock_cycle", "errorcheck", PERHAPS),
    ("musl_deadlock_static", "dead_owner", "vanished", PERHAPS),
    ("rust_deadlock", "self_deadlock", "rust", NOT_FOUND),
]


def verdict(cause, variant):
    """How a variant of wedged-inject must end."""
    if cause == "healthy":
        return NOT_FOUND
    return PERHAPS if NOT_YET & {cause, (cause, variant)} else FOUND


def of(table, began, default):
    """The entry of that variant, else of its cause, else the default."""
    return table.get((began.cause, began.variant), table.get(began.cause, default))


def right_causes(began):
    return of(ALSO_RIGHT, began, {began.cause})


def certainty(began):
    return of(CERTAINTY, began, "certain")


def besides(began):
    return of(BESIDES, began, set())
