// SPDX-License-Identifier: Apache-2.0
// An honest server of Go at full speed: its runtime's netpoller waits for all connections, edge-triggered, in
// whichever thread has nothing to do. Called VARIANT SECONDS.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

func serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			os.Exit(1)
		}
		go io.Copy(connection, connection)
	}
}

func askAllTheTime(address string) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		os.Exit(1)
	}
	word := []byte("a")
	for err == nil {
		if _, err = connection.Write(word); err == nil {
			_, err = connection.Read(word)
		}
	}
}

func tick() {
	for range time.Tick(time.Millisecond) {
	}
}

// CLOCK_MONOTONIC, which the package time does not tell.
func now() int64 {
	var at syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&at)), 0)
	return at.Nano() / 1000000
}

func main() {
	if len(os.Args) != 3 {
		os.Exit(2)
	}
	syscall.Syscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
	syscall.Setpriority(syscall.PRIO_PROCESS, 0, 10)
	seconds, _ := strconv.Atoi(os.Args[2])
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	go serve(listener)
	go tick()
	for i := 0; i < 8; i++ {
		go askAllTheTime(listener.Addr().String())
	}
	fmt.Printf("began %d pid=%d tid=%d cause=healthy variant=%s\n", now(), os.Getpid(), os.Getpid(), os.Args[1])
	time.Sleep(time.Duration(seconds) * time.Second)
}
