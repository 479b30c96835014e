# SPDX-License-Identifier: Apache-2.0
# Units of systemd for the cases in whose guest it is process 1: those that a case starts, and the daemon as its shipped unit.
UNITS=/run/systemd/system

# unit NAME COMMAND [LINE...]: a service NAME.service that runs a command; further lines go into its [Service].
unit() {
    unit_name=$1 command=$2
    shift 2
    printf '[Service]\nTimeoutStopSec=3s\nStandardOutput=append:%s\nExecStart=%s\n' "$W/$unit_name.out" "$command" \
        > "$UNITS/$unit_name.service"
    [ $# = 0 ] || printf '%s\n' "$@" >> "$UNITS/$unit_name.service"
    systemctl daemon-reload
    systemctl start "$unit_name"
}
uptime_ms() { sed 's/\.//; s/ .*/0/' /proc/uptime; }
property() { systemctl show --value -p "$2" "$1"; }
main_pid() { property "$1" MainPID; }
active() { [ "$(property "$1" ActiveState)" = active ]; }
other_main_pid() { [ "$(main_pid "$1")" != "$2" ] && [ "$(main_pid "$1")" != 0 ]; }

# A service that is well: it stays active and is never restarted.
start_neighbour_unit() {
    unit vm_neighbour "$VM/bin/vm_healthy"
    neighbour=$(main_pid vm_neighbour)
    until_true 10 "the healthy neighbour works" said vm_neighbour "turn 5"
}
neighbour_unit_unharmed() {
    equal "the neighbour's process is the same" "$(main_pid vm_neighbour)" "$neighbour"
    check "its unit is active" active vm_neighbour
    neighbour_unharmed
}

# The shipped unit, with events as JSON into a file. It reads /etc/wedged/wedged.yaml.
start_daemon_unit() {
    mkdir -p /etc/wedged "$UNITS/wedged.service.d"
    cp config.yaml /etc/wedged/wedged.yaml
    printf '[Service]\nExecStart=\nExecStart=/usr/sbin/wedged run --json\nStandardOutput=append:%s\nStandardError=append:%s\n' \
        "$W/events" "$W/daemon.log" > "$UNITS/wedged.service.d/events.conf"
    : > events
    systemctl daemon-reload
    started_ms=$(uptime_ms)
    systemctl start wedged || { failed "the unit does not start: $(systemctl status wedged 2>&1)"; give_up; }
    daemon=$(main_pid wedged)
    echo "measured: the unit is ready after $(($(uptime_ms) - started_ms)) ms"
    check "the shipped unit is active" active wedged
    check "the daemon is healthy" healthy
}

stop_daemon_unit() {
    systemctl stop wedged
    equal "the unit stops well" "$(property wedged Result)" success
    equal "it was never restarted" "$(property wedged NRestarts)" 0
    daemon=
    check "it said that it stops" said_event stopping
}
