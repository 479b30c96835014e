# SPDX-License-Identifier: Apache-2.0
# Policies at work: what they decided and what came of it, and how many signals a process got.

# outcomes_of PID: each outcome of a process, as "ACTION RESULT", in the order in which they came.
outcomes_of() { events "select(.event == \"outcome\" and .finding.process.pid == $1) | .action + \" \" + .result"; }
# outcome_is PID ACTION RESULT, refused_for PID REASON: without jq, as they are asked again and again. The finding comes last.
outcome_is() { grep -q "\"event\": *\"outcome\".*\"action\": *\"$2\".*\"result\": *\"$3\".*$(of_process "$1")" events; }
refused_for() { grep -q "\"event\": *\"decision\".*\"refusal\": *\"$2\".*$(of_process "$1")" events; }

# signals_to NAME NUMBER: how often a vm_patient got it. That the daemon killed nobody else, each case checks of its bystanders.
signals_to() { grep -c "^signal $2 " "$1.out"; }

# patient NAME: a process that hangs and hears TERM only, until it is killed; its id is in $pid.
patient() {
    begin "$1" vm_patient "${2:-killable}"
    until_true 10 "$1: it has begun" said "$1" began
    until_true 10 "$1: the fault is real: D state" in_state "$pid" D
}

scans_go_on() {
    scans=$(metric wedged_scans_total)
    until_true 20 "it scans on" scanned_after "$scans"
}
scanned_after() { [ "$(metric wedged_scans_total)" -gt $(($1 + 1)) ]; }

# A policy whose one rule, `stuck`, has wide limits and the ladder on stdin; further lines of `policy:` are given as arguments.
ladder_policy() {
    cat <<END
policy:
  enforce: true
  limits: { actions: 1000, window: 1m, cool_down: 0s }
  unit_limits: { actions: 1000, window: 1m, cool_down: 0s }
$(for line in "$@"; do echo "  $line"; done)
  rules:
    - name: stuck
      match: { cause: uninterruptible_wait, comm: "vm_*" }
      limits: { actions: 1000, window: 1m, cool_down: 0s }
      ladder:
$(sed 's/^/        /')
END
}
