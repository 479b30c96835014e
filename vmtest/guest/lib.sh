# SPDX-License-Identifier: Apache-2.0
# What the cases are written with: checks, waiting with a deadline, devices, faults, the daemon and its events.
# A case is a list of steps that reads from top to bottom; a failed wait ends it, a failed check is counted.
checks=0 failures=0 daemon=
THRESHOLD=2000 INTERVAL=1000 # ms; `settings` writes them into the configuration
SLACK=500 # ms granted on top of what is promised: an emulated guest is slow at everything, a fault's own start included
PORT=9974

# --- checking

passed() { checks=$((checks + 1)); echo "ok    $1"; }
failed() { checks=$((checks + 1)); failures=$((failures + 1)); echo "FAIL  $1"; }

# check TEXT COMMAND...: the command must succeed.
check() {
    text=$1
    shift
    if "$@"; then passed "$text"; else failed "$text"; fi
}

# equal TEXT GOT WANTED
equal() {
    if [ "$2" = "$3" ]; then passed "$1"; else failed "$1: got '$2', expected '$3'"; fi
}

# contains TEXT HAYSTACK NEEDLE
contains() {
    case "$2" in *"$3"*) passed "$1" ;; *) failed "$1: no '$3' in: $2" ;; esac
}

# at_most TEXT VALUE LIMIT: prints the value whatever it is.
at_most() {
    echo "measured: $1: $2 ms (limit $3 ms)"
    if [ "$2" -le "$3" ] 2> /dev/null; then passed "$1"; else failed "$1: $2 ms is more than $3 ms"; fi
}

# until_true SECONDS TEXT COMMAND...: waits for it; if it does not come, the case is over.
until_true() {
    limit=$1 text=$2 turns=$(($1 * 5))
    shift 2
    while [ $turns -gt 0 ]; do
        if "$@" 2> /dev/null; then passed "$text"; return 0; fi
        turns=$((turns - 1))
        sleep 0.2
    done
    failed "$text: not within $limit s"
    give_up
}

give_up() {
    echo "checks: $checks, failed: $failures"
    sh "$VM/guest/wreckage"
    exit 1
}


# --- devices and modules

need_module() { modprobe "$1" 2> /dev/null || grep -q "/$(echo "$1" | tr _ -).ko" "/lib/modules/$(uname -r)/modules.builtin"; }
dm_create() { echo "$2" | dmsetup create "$1" > /dev/null; }
zero_device() { need_module dm-zero && dm_create "$1" "0 8192 zero"; }
dm_number() { dmsetup info -c --noheadings -o major,minor "$1"; }

# A RAM disk of 64 MiB, made anew.
ram_disk() { rmmod brd 2> /dev/null; modprobe brd rd_nr=1 rd_size=65536 && [ -b /dev/ram0 ]; }

# ext4 on a linear device over the RAM disk, mounted on $W/mnt, with a cold file `cold` in it.
ext4_on_dm() {
    ram_disk && dm_create "$1" "0 131072 linear /dev/ram0 0" && need_module ext4 &&
        mkfs.ext4 -q -F "/dev/mapper/$1" && mount -t ext4 "/dev/mapper/$1" "$W/mnt" &&
        dd if=/dev/urandom of="$W/mnt/cold" bs=64k count=4 2> /dev/null && sync
}
drop_caches() { echo 3 > /proc/sys/vm/drop_caches; }

# --- faults

# begin NAME PROGRAM [ARG...]: starts a fault, its words go to NAME.out, its process id to $pid.
begin() {
    out=$1.out program=$2
    shift 2
    "$program" "$@" > "$out" 2>&1 &
    pid=$!
}
said() { grep -q "^$2" "$1.out"; }
began_ms() { grep '^began ' "$1.out" | tail -n 1 | cut -d' ' -f2; }
state() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -c1; }
in_state() { [ "$(state "$1")" = "$2" ]; }
gone() { [ ! -e "/proc/$1" ] || in_state "$1" Z; }
alive() { ! gone "$1"; }

# The healthy neighbour runs beside every fault; `neighbour_unharmed` closes the case.
start_neighbour() {
    begin healthy vm_healthy "$@"
    neighbour=$pid
    until_true 10 "the healthy neighbour works" said healthy "turn 5"
}
neighbour_unharmed() {
    equal "no finding names the healthy neighbour" "$(events 'select((.process.comm? // "") == "vm_healthy") | .event' | sort | uniq -c)" ""
    check "the healthy neighbour lives" alive "$neighbour"
}

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

descriptors() { ls "/proc/$daemon/fd" | wc -l; }
descriptors_are() { [ "$(descriptors)" = "$1" ]; }
healthy() { wget -q -O /dev/null "http://127.0.0.1:$PORT/healthz"; }
page() { wget -q -O - "http://127.0.0.1:$PORT/metrics"; }
metric() { page | grep "^$1 " | sed 's/.* //'; }

start_daemon() {
    wedged run --config config.yaml --json "$@" > events 2> daemon.log &
    daemon=$!
    until_true 40 "the daemon starts" said_event started
    until_true 20 "the daemon is healthy" healthy
    sleep 1
    descriptors_before=$(descriptors)
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

# events FILTER [jq options]: the filter's output for each whole line of events so far.
events() {
    filter=$1
    shift
    grep '}$' events | jq -Mcr "$@" "$filter"
}
said_event() { grep -q "\"event\": *\"$1\"" events; }

# finding EVENT CAUSE PID [FILTER]: of the finding events of that cause and process, what FILTER takes (default: the time).
finding() {
    events "select(.event == \"finding_$1\" and .cause == \"$2\" and .process.pid == $3) | ${4:-.time}"
}
raised() { said_event finding_raised && [ -n "$(finding raised "$1" "$2")" ]; }
resolved() { said_event finding_resolved && [ -n "$(finding resolved "$1" "$2")" ]; }
count() { events "$1" | wc -l; }

# to_ms RFC3339: milliseconds since the epoch.
to_ms() { echo "\"$1\"" | jq -r '(.[0:19] + "Z" | fromdateiso8601) * 1000 + (.[20:23] | tonumber)'; }

# tell CAUSE PID: what the daemon says of a finding, for people.
tell() {
    finding raised "$1" "$2" '"says:  " + .summary, "       " + .evidence[], "       " + (.chain[] | .what + " " + .detail)'
}

# found_in_time NAME CAUSE PID: from the fault's beginning to the finding; the promise is threshold + 1 scan.
found_in_time() {
    took=$(($(to_ms "$(finding raised "$2" "$3" | head -n 1)") - $(began_ms "$1")))
    at_most "from the fault to the finding" "$took" $((THRESHOLD + INTERVAL + SLACK))
}

# watch_death NAME PID: from now on killed_in_time NAME can tell when the process died.
watch_death() {
    vm_watch "$2" > "$1.death" 2>&1 &
    until_true 10 "its death is watched" grep -q ready "$1.death"
}

# killed_in_time NAME CAUSE PID: from the finding to the process's end.
killed_in_time() {
    until_true 10 "the process is gone" gone "$3"
    until_true 5 "its death was seen" grep -q '^ended' "$1.death"
    died=$(grep '^ended' "$1.death" | cut -d' ' -f2)
    at_most "from the finding to the dead process" $((died - $(to_ms "$(finding raised "$2" "$3" | head -n 1)"))) $((INTERVAL + 100))
}
both_beat() { grep -q ' server$' receiver.out && grep -q ' twin$' receiver.out; }
more_turns_than() { [ "$(grep -c '^turn' "$1.out")" -gt "$2" ]; }
metric_is() { [ "$(metric "$1")" = "$2" ]; }
dry_run_of() { [ -n "$(events "select(.event == \"decision\" and .verdict == \"dry_run\" and .finding.process.pid == $1)")" ]; }
