# SPDX-License-Identifier: Apache-2.0
# The daemon as the cases see it: its configuration, its start and stop, its metrics, its events, what it promises.
# Knows nothing about devices and faults beyond the time that a fault wrote down.
THRESHOLD=2000 INTERVAL=1000 # ms; `settings` writes them into the configuration
PORT=9974

# --- the daemon

# settings: the configuration that all cases share; what comes on stdin is added to it.
settings() {
    cat > config.yaml <<END
scan:
  interval: ${INTERVAL}ms
thresholds:
  uninterruptible_wait: ${THRESHOLD}ms
  unkillable: ${THRESHOLD}ms
web:
  listen_address: 127.0.0.1:$PORT
END
    cat >> config.yaml
}

# The policy of the cases: kill what certainly is a fault of theirs.
kill_policy() {
    cat <<END
policy:
  enforce: true
  limits: { actions: 100, window: 1m, cool_down: 100ms }
  rules:
    - name: kill-the-stuck
      match:
        cause: ${1:-uninterruptible_wait}
        comm: "vm_*"
      ladder:
        - signal: KILL
          grace: 1s
      limits: { actions: 100, window: 1m, cool_down: 100ms }
END
}

# Without the one to each inspector, which comes with the first suspect.
descriptors() { echo $(($(ls "/proc/$daemon/fd" | wc -l) - $(cat /proc/"$daemon"/task/*/children | wc -w))); }
# What most of some counts say: a scan and a scrape have a descriptor of their own for a moment, and an inspector may be started
# between the two halves of a count.
idle_descriptors() {
    for _ in 1 2 3 4 5 6 7 8 9; do descriptors; sleep 0.15; done | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }'
}
descriptors_are() { [ "$(descriptors)" = "$1" ]; }
healthy() { wget -q -O /dev/null "http://127.0.0.1:$PORT/healthz"; }
page() { wget -q -O - "http://127.0.0.1:$PORT/metrics"; }
metric() { page | grep "^$1 " | sed 's/.* //'; }

started_or_gone() { said_event started || gone "$daemon"; }
start_daemon() {
    wedged run --config config.yaml --json "$@" > events 2> daemon.log &
    daemon=$!
    until_true 40 "the daemon starts" started_or_gone
    said_event started || { failed "it ended instead"; give_up; }
    until_true 20 "the daemon is healthy" healthy
    sleep 1
    descriptors_before=$(idle_descriptors)
}

stop_daemon() {
    until_true 10 "the daemon has as many descriptors as before ($descriptors_before)" descriptors_are "$descriptors_before"
    kill -TERM "$daemon"
    until_true 20 "SIGTERM stops the daemon" gone "$daemon"
    wait "$daemon"
    equal "its exit status is 0" $? 0
    daemon=
    check "it said that it stops" said_event stopping
}

stop_daemon_if_running() { [ -z "$daemon" ] || stop_daemon; }

# --- its events

# events FILTER: the filter's output for each whole line of events so far. A filter that does not work must not pass for
# one that finds nothing: it is written down, and the case fails.
events() { grep '}$' events | jq -Mcr "$1" || echo "$1" >> broken_filters; }
said_event() { [ -s events ] && grep -q "\"event\": *\"$1\"" events; }

# finding EVENT CAUSE PID [FILTER]: of the finding events of that cause and process, what FILTER takes (default: the time).
# jq is slow in emulation: it is not asked while there is nothing to see.
finding() {
    grep -q "\"event\": *\"finding_$1\".*\"cause\": *\"$2\"" events || return 0
    events "select(.event == \"finding_$1\" and .cause == \"$2\" and .process.pid == $3) | ${4:-.time}"
}
# raised CAUSE PID, resolved CAUSE PID: without jq, as they are asked again and again.
raised() { told_of_finding raised "$1" "$2"; }
resolved() { told_of_finding resolved "$1" "$2"; }
told_of_finding() { grep -q "\"event\": *\"finding_$1\".*\"cause\": *\"$2\".*$(of_process "$3").*}\$" events; }
of_process() { echo "\"process\": *{\"pid\": *$1,"; }
count() { events "$1" | wc -l; }

# to_ms RFC3339: milliseconds since the epoch.
to_ms() { echo "\"$1\"" | jq -r '(.[0:19] + "Z" | fromdateiso8601) * 1000 + (.[20:23] | tonumber)'; }

# tell CAUSE PID: what the daemon says of a finding, for people.
tell() {
    finding raised "$1" "$2" '"says:  " + .summary, "       " + .evidence[], "       " + (.chain[] | .what + " " + .detail)'
}

# found_in_time NAME CAUSE PID: from the fault's beginning to the finding; the promise is threshold + 1 scan. When a loop in the
# kernel began is known to the scan that sees it first: one scan more.
found_in_time() {
    took=$(($(to_ms "$(finding raised "$2" "$3" | head -n 1)") - $(began_ms "$1")))
    case $2 in kernel_loop) late=2 ;; *) late=1 ;; esac
    at_most "from the fault to the finding" "$took" $((THRESHOLD + late * INTERVAL))
}

# watch_death NAME PID: from now on killed_in_time NAME can tell when the process died.
watch_death() {
    vm_watch "$2" > "$1.death" 2>&1 &
    until_true 10 "its death is watched" grep -q ready "$1.death"
}

# killed_in_time NAME CAUSE PID: from the finding to the process's end; the promise is 1 scan + 100 ms.
killed_in_time() {
    until_true 10 "the process is gone" gone "$3"
    until_true 5 "its death was seen" grep -q '^ended' "$1.death"
    died=$(grep '^ended' "$1.death" | cut -d' ' -f2)
    at_most "from the finding to the dead process" $((died - $(to_ms "$(finding raised "$2" "$3" | head -n 1)"))) $((INTERVAL + 100))
}
metric_is() { [ "$(metric "$1")" = "$2" ]; }
dry_run_of() { [ -n "$(events "select(.event == \"decision\" and .verdict == \"dry_run\" and .finding.process.pid == $1)")" ]; }
