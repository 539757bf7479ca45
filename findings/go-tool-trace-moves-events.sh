#!/usr/bin/env bash
# go tool trace (Go 1.26.8) shows events later than they happened, at the beginning of
# each generation, which is about once a second.
#
# The runtime writes the states of goroutines that did nothing when the next generation
# has begun. The reader lets no event be earlier than one that it has returned, so what
# happened up to then is shown after these states, a nanosecond apart. With many idle
# goroutines that is many milliseconds of a busy program, in which all that it did seems
# to have taken no time. The program logs what CLOCK_MONOTONIC says, which is the clock of
# the trace.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module golang.org/x/sys@v0.38.0
program <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"runtime/trace"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		log.Fatal(err)
	}
	return t.Nano()
}

// record has 50,000 goroutines that wait, and one that logs the time, for 1.5 s.
func record() {
	stop := make(chan struct{})
	for range 50_000 {
		go func() { <-stop }()
	}
	time.Sleep(time.Second)
	if err := trace.Start(os.Stdout); err != nil {
		log.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 1500*time.Millisecond; {
		trace.Log(context.Background(), "at", strconv.FormatInt(monotonic(), 10))
		for next := monotonic() + 20_000; monotonic() < next; {
		}
	}
	trace.Stop()
}

// late says how many messages are shown more than a millisecond after they were logged,
// how late the latest is, and how many follow the one before within a microsecond.
func late() {
	lines := bufio.NewScanner(os.Stdin)
	var events, moved, packed int
	var most, last int64
	for lines.Scan() {
		var m, p, g, at, task, logged int64
		n, _ := fmt.Sscanf(lines.Text(), `M=%d P=%d G=%d Log Time=%d Task=%d Category="at" Message="%d"`, &m, &p, &g, &at, &task, &logged)
		if n != 6 {
			continue
		}
		events++
		most = max(most, at-logged)
		if at-logged > 1e6 {
			moved++
		}
		if at-last < 1000 {
			packed++
		}
		last = at
	}
	fmt.Println(events, moved, packed, most/1000)
}

func main() {
	if os.Args[1] == "record" {
		record()
	} else {
		late()
	}
}
GO
./finding record >t.trace
read -r events late packed most <<<"$(go tool trace -d=parsed t.trace | ./finding late)"
echo "of $events messages, which are 20 us apart, $packed are shown within 1 us of the one before; $late more than 1 ms late, the latest by $most us"
verdict "dozens are shown in what took no time" [ "$packed" -gt 24 ]
