// SPDX-License-Identifier: Apache-2.0
// A thread locks a mutex of Rust's standard library twice; its word says locked, and not by whom. Says what wedged-inject
// says; ends after the seconds given as third argument.
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

static ACCOUNT: Mutex<i64> = Mutex::new(0);

#[inline(never)]
fn audit() -> i64 {
    *ACCOUNT.lock().unwrap()
}

#[inline(never)]
fn transfer() {
    let mut account = ACCOUNT.lock().unwrap();
    *account += audit();
}

extern "C" {
    fn gettid() -> i32;
}

fn is_asleep(tid: i32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/self/task/{tid}/syscall")).unwrap_or_default();
    let word = call.split(' ').next().unwrap_or_default();
    word == if cfg!(target_arch = "x86_64") { "202" } else { "98" }
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        sender.send(unsafe { gettid() }).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        transfer();
    });
    let tid = receiver.recv().unwrap();
    while !is_asleep(tid) {
        std::thread::sleep(Duration::from_millis(1));
    }
    // CLOCK_MONOTONIC is what the kernel tells as its uptime, but for suspended hosts.
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let seconds: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    println!("began {} pid={} tid={tid} cause={} variant={}", (seconds * 1000.0) as i64, std::process::id(), words[1], words[2]);
    std::io::stdout().flush().unwrap();
    std::thread::sleep(Duration::from_secs(words[3].parse().unwrap()));
}
