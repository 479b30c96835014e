# SPDX-License-Identifier: Apache-2.0
# Hangs in the kernel: their settings, who is whose victim, and a server that goes on beating while it hangs.

# kernel_settings: like `settings`, with the thresholds of every cause that these cases know; `also CAUSE`: with one more. Of
# starving a case must ask for itself: on a busy host any guest does so for two seconds.
kernel_settings() {
    settings
    for cause in lock_wait kernel_loop stopped lost_leader; do also $cause; done
}
also() { sed -i "s/^thresholds:/&\n  $1: ${THRESHOLD}ms/" config.yaml; }

# in_kernel NAME STATE STEPS...: starts vm_hang and waits until its first thread to begin is in that state.
in_kernel() {
    hung=$1 wanted=$2
    shift 2
    begin "$hung" vm_hang "$@"
    until_true 10 "$hung: it has begun" said "$hung" began
    until_true 10 "$hung: the fault is real: $wanted state" in_state "$pid/task/$(tid_of "$hung" 1)" "$wanted"
}

# tid_of NAME N: the thread that began as the Nth.
tid_of() { grep '^began ' "$1.out" | sed -n "$2p" | cut -d' ' -f4; }

# victims EVENT CAUSE PID: the threads that the finding counts as its victims, sorted. Of raised: those that it had when it was
# raised; of resolved: those that it had in the end.
victims() { finding "$1" "$2" "$3" '.victims // [] | [.[].tid] | sort | join(" ")'; }
words_of() { finding raised "$1" "$2" '[.summary, .evidence, .chain] | tostring'; }

# raised_of PID: every finding of a process, as "CAUSE TID".
raised_of() { events "select(.event == \"finding_raised\" and .process.pid == $1) | .cause + \" \" + (.thread.tid? // 0 | tostring)"; }
nothing_said_of() { equal "$1: it has no finding of its own" "$(raised_of "$2")" ""; }
no_finding_at_all() { equal "$1" "$(events 'select(.event == "finding_raised") | .cause + ": " + .summary')" ""; }

# is_raised NAME CAUSE PID CERTAINTY: in time, with that certainty.
is_raised() {
    until_true 30 "$1: $2 is raised" raised "$2" "$3"
    found_in_time "$1" "$2" "$3"
    tell "$2" "$3"
    equal "$1: it is $4" "$(finding raised "$2" "$3" .certainty)" "$4"
}

# --- servers that beat

# begin_server NAME HOW ON: vm_heartbeat, watched; it hangs at SIGUSR1. Its process id is in $pid.
begin_server() {
    begin "$1" vm_heartbeat 20491 "$1" "$2" "$3"
    until_true 10 "$1: it is ready" said "$1" ready
    until_true 10 "$1: it beats" beats "$1"
    watch_death "$1" "$pid"
}
begin_receiver() {
    begin receiver vm_receiver 20491
    until_true 10 "the receiver listens" said receiver ready
}
beats() { grep -q " $1\$" receiver.out; }
last_beat() { grep " $1\$" receiver.out | tail -n 1 | cut -d' ' -f1; }
beats_after() { [ "$(last_beat "$1")" -gt "$2" ]; }

# falls_silent NAME CAUSE PID: its heart beat while it hung, and stops as soon as the policy has acted.
falls_silent() {
    until_true 10 "$1: the policy sent SIGKILL" killed "$3"
    until_true 10 "$1: it falls silent" silent "$1"
    last=$(last_beat "$1")
    check "$1: it beat on while it hung" [ "$last" -gt "$(began_ms "$1")" ]
    echo "measured: $1: from the hang to the last heartbeat: $((last - $(began_ms "$1"))) ms"
    at_most "$1: from the finding to the last heartbeat" $((last - $(to_ms "$(finding raised "$2" "$3" | head -n 1)"))) $((INTERVAL + 100))
}
# A second is twenty beats of one who lives.
silent() {
    beat=$(last_beat "$1")
    sleep 1
    [ "$(last_beat "$1")" = "$beat" ]
}
killed() { [ -n "$(events "select(.event == \"outcome\" and .action == \"SIGKILL\" and .result == \"done\" and .finding.process.pid == $1) | .action")" ]; }
