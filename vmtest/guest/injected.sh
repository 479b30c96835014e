# SPDX-License-Identifier: Apache-2.0
# Hangs that wedged-inject provokes, and what the daemon must say of each. A fault is known by the name of its variant.

# lock_settings: like `settings`, with the threshold of waits for locks.
lock_settings() {
    settings < /dev/null
    sed -i "s/^thresholds:/&\n  lock_wait: ${THRESHOLD}ms/" config.yaml
}

# provoke CAUSE VARIANT...: starts them all at once and waits until each is real.
provoke() {
    provoked=$1
    shift
    for variant in "$@"; do
        begin "$variant" wedged-inject "$provoked" --variant "$variant" --for 1h
        echo "$pid" > "$variant.supervisor"
    done
    ahead=$(vm_clocks)
    for variant in "$@"; do
        until_true 20 "$provoked, $variant: the fault is real" said "$variant" began
        # The same by the wall clock, as found_in_time wants it. What is told second comes later.
        echo "began $(($(told "$variant" | cut -d' ' -f2) + ahead))" > "$variant.fault.out"
    done
}

# told VARIANT [CAUSE]: what wedged-inject says of the fault; told_of VARIANT FIELD [CAUSE]: its pid, tid or owner.
told() { grep "^began .*cause=${2:-}" "$1.out" | head -n 1; }
told_of() { told "$1" "${3:-}" | sed -n "s/.* $2=\([0-9]*\).*/\1/p"; }

# finding_of VARIANT CAUSE [FILTER]: the same as `finding raised`, of that fault's process.
finding_of() { finding raised "$2" "$(told_of "$1" pid)" "${3:-}"; }

# in_words VARIANT CAUSE: what the finding says for people, without the fields that name its threads.
in_words() { finding_of "$1" "$2" '[.summary, .evidence, .chain] | tostring'; }

# functions VARIANT CAUSE: the user stack, innermost first, of a finding that is resolved: it may be told before its stack is read.
functions() { finding resolved "$2" "$(told_of "$1" pid)" '[.user_stack.frames[]?.function // "?"] | join(" ")'; }

# is_found VARIANT CAUSE CERTAINTY: in time, once, with that certainty, and its owner named if there is one.
is_found() {
    stuck=$(told_of "$1" pid) owner=$(told_of "$1" owner)
    until_true 30 "$1: $2 is raised" raised "$2" "$stuck"
    found_in_time "$1.fault" "$2" "$stuck"
    tell "$2" "$stuck"
    equal "$1: it is $3" "$(finding_of "$1" "$2" .certainty)" "$3"
    [ -z "$owner" ] || contains "$1: the owner is named" "$(in_words "$1" "$2")" "$owner"
}

# is_of_the_stuck_thread VARIANT CAUSE: and of no other.
is_of_the_stuck_thread() { equal "$1: the thread is named" "$(finding_of "$1" "$2" .thread.tid)" "$(told_of "$1" tid)"; }

# is_the_only_finding VARIANT: nothing else is said of that process.
is_the_only_finding() {
    equal "$1: it is the only finding" "$(count "select(.event == \"finding_raised\" and .process.pid == $(told_of "$1" pid))")" 1
}

# ends VARIANT CAUSE: with its process the finding is resolved.
ends() {
    kill -TERM "$(cat "$1.supervisor")"
    until_true 10 "$1: the process is gone" gone "$(told_of "$1" pid)"
    until_true 20 "$1: $2 is resolved" resolved "$2" "$(told_of "$1" pid)"
}

# spin_of VARIANT FILTER: of the first finding. A guest without a CPU for a second turns no loop fast enough: then the finding
# ends, and there is another one later.
spin_of() { finding_of "$1" event_loop_spin "$2" | head -n 1; }

# is_spinning VARIANT: found within 6 s of its beginning, certain, with the descriptor that is always ready; nothing else is
# said of that process.
is_spinning() {
    stuck=$(told_of "$1" pid)
    until_true 15 "$1: event_loop_spin is raised" raised event_loop_spin "$stuck" # the same as at_most bears
    took=$(($(to_ms "$(finding_of "$1" event_loop_spin | head -n 1)") - $(began_ms "$1.fault")))
    at_most "from its beginning to the finding" "$took" 6000
    tell event_loop_spin "$stuck"
    equal "$1: it is certain" "$(spin_of "$1" .certainty)" certain
    descriptor=$(told_of "$1" descriptor)
    equal "$1: the descriptor is named" "$(spin_of "$1" '.loop.descriptors[0].descriptor')" "${descriptor:-null}"
    equal "$1: nobody has used it" "$(spin_of "$1" '.loop.descriptors[0].used')" 0
    equal "$1: no other cause is said" "$(count "select(.event == \"finding_raised\" and .process.pid == $stuck and .cause != \"event_loop_spin\")")" 0
}
