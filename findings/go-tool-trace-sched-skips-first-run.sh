#!/usr/bin/env bash
# go tool trace (Go 1.26.8): -pprof=sched, the profile of scheduler latency, leaves
# out what each goroutine waits before it runs for the first time.
#
# It clips a goroutine's events to the time from its first run to its end. Where
# requests start goroutines, that wait is most of the latency, and its stack, that
# of the go statement, is not in the profile at all: who looks for what floods the
# scheduler is shown the rest.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module golang.org/x/exp@v0.0.0-20261014143641-f0251eb4aa3e github.com/google/pprof@v0.0.0-20261016150608-1facf8f91b50
program <<'GO'
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/trace"
	"sync"
	"time"

	"github.com/google/pprof/profile"
	xtrace "golang.org/x/exp/trace"
)

// record starts many goroutines at once, each of which computes a little.
func record() []byte {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	var all sync.WaitGroup
	for range 2000 {
		all.Go(func() {
			for end := time.Now().Add(10 * time.Microsecond); time.Now().Before(end); {
			}
		})
	}
	all.Wait()
	trace.Stop()
	return b.Bytes()
}

// untilFirstRun sums how long new goroutines were ready until they ran.
func untilFirstRun(file io.Reader) (sum time.Duration) {
	r, err := xtrace.NewReader(file)
	if err != nil {
		log.Fatal(err)
	}
	created := map[xtrace.GoID]xtrace.Time{}
	for {
		ev, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			return sum
		}
		if err != nil {
			log.Fatal(err)
		}
		if ev.Kind() != xtrace.EventStateTransition || ev.StateTransition().Resource.Kind != xtrace.ResourceGoroutine {
			continue
		}
		id := ev.StateTransition().Resource.Goroutine()
		switch from, to := ev.StateTransition().Goroutine(); {
		case from == xtrace.GoNotExist && to == xtrace.GoRunnable:
			created[id] = ev.Time()
		case to == xtrace.GoRunning:
			if since, isNew := created[id]; isNew {
				sum += ev.Time().Sub(since)
				delete(created, id)
			}
		}
	}
}

// total is the sum of a profile of delays.
func total(file io.Reader) (sum time.Duration) {
	p, err := profile.Parse(file)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range p.Sample {
		sum += time.Duration(s.Value[1])
	}
	return sum
}

func main() {
	switch os.Args[1] {
	case "record":
		os.Stdout.Write(record())
	case "truth":
		fmt.Println(untilFirstRun(os.Stdin).Milliseconds())
	case "profile":
		fmt.Println(total(os.Stdin).Milliseconds())
	}
}
GO
./finding record >t.trace
go tool trace -pprof=sched t.trace >t.pprof 2>log
waited=$(./finding truth <t.trace)
told=$(./finding profile <t.pprof)
echo "2000 new goroutines were ready for $waited ms before they ran; the profile of all scheduler latency has $told ms"
verdict "not a quarter is told" [ "$waited" -gt $((4 * told)) ]
