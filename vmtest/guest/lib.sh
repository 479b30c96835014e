# SPDX-License-Identifier: Apache-2.0
# What the cases are written with: checks, waiting with a deadline, devices, faults. What concerns the daemon is in daemon.sh.
# A case is a list of steps that reads from top to bottom; a failed wait ends it, a failed check is counted.
checks=0 failures=0 daemon=

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

# at_most TEXT MILLISECONDS PROMISE: says whether a promise about time was kept. An emulated guest on a busy host is slow at
# everything: a failure is only what no machine that works comes to, five times the promise, and 45 s at least.
at_most() {
    bound=$(($3 * 5)) kept=kept
    [ $bound -ge 45000 ] || bound=45000
    [ "$2" -le "$3" ] 2> /dev/null || kept="not kept"
    echo "measured: $1: $2 ms (promise $3 ms: $kept)"
    if [ "$2" -le $bound ] 2> /dev/null; then passed "$1"; else failed "$1: $2 ms is more than $bound ms"; fi
}

# until_true SECONDS TEXT COMMAND...: waits for it, three times as long as even an emulated guest needs: its host may be busy. If it
# does not come, the case is over. What it asks again and again should start few processes: each costs emulation 20 ms of CPU time.
until_true() {
    limit=$(($1 * 3)) text=$2
    read -r now _ < /proc/uptime
    until=$((${now%.*} + limit))
    shift 2
    while :; do
        read -r now _ < /proc/uptime # asked first: who was not given the CPU gets another look
        if "$@" 2> /dev/null; then passed "$text"; return 0; fi
        [ "${now%.*}" -le $until ] || break
        sleep 0.2
    done
    failed "$text: not within $limit s"
    give_up
}
seconds_up() { read -r up _ < /proc/uptime && echo "${up%.*}"; }

give_up() {
    echo "checks: $checks, failed: $failures"
    sh "$VM/guest/wreckage"
    exit 1
}

# --- devices and modules

need_module() { modprobe "$1" 2> /dev/null || grep -q "/$(echo "$1" | tr _ -).ko" "/lib/modules/$(uname -r)/modules.builtin"; }
dm_create() { need_module dm-mod && echo "$2" | dmsetup create "$1" > /dev/null; }
zero_device() { need_module dm-zero && dm_create "$1" "0 8192 zero"; }
dm_number() { dmsetup info -c --noheadings -o major,minor "$1"; }

# The test module of vmtest/module. Where the harness could not build it, the case cannot go on.
hang_module() {
    [ -e /dev/wedged_hang ] || insmod "$VM/lib/wedged_hang.ko" || {
        failed "there is no test module: $(cat "$VM/lib/no_module" 2> /dev/null)"
        give_up
    }
}
# Ends the sleeps and spins in the module, and frees its locks.
release() { echo release > /dev/wedged_hang; }

# cgroup NAME: a new control group of version 2 at $group.
cgroup() {
    grep -q ' cgroup2 ' /proc/mounts || mount -t cgroup2 cgroup2 /sys/fs/cgroup
    group=$(grep ' cgroup2 ' /proc/mounts | head -n 1 | cut -d' ' -f2)/$1
    mkdir "$group"
}

# A RAM disk of 64 MiB, made anew.
ram_disk() { rmmod brd 2> /dev/null; modprobe brd rd_nr=1 rd_size=65536 && [ -b /dev/ram0 ]; }

# ext4 on a linear device over the RAM disk, mounted on $W/mnt, with a cold file `cold` in it.
ext4_on_dm() {
    ram_disk && dm_create "$1" "0 131072 linear /dev/ram0 0" && need_module ext4 &&
        mkfs.ext4 -q -F "/dev/mapper/$1" && mount -t ext4 -o noatime "/dev/mapper/$1" "$W/mnt" &&
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
said() { [ -s "$1.out" ] && grep -q "^$2" "$1.out"; }
began_ms() { grep '^began ' "$1.out" | tail -n 1 | cut -d' ' -f2; }
in_state() { read -r stat 2> /dev/null < "/proc/$1/stat" && stat=${stat##*) } && [ "${stat%% *}" = "$2" ]; }
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
both_beat() { grep -q ' server$' receiver.out && grep -q ' twin$' receiver.out; }
more_turns_than() { [ "$(grep -c '^turn' "$1.out")" -gt "$2" ]; }
