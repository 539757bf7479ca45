#!/usr/bin/env bash
# go tool trace (Go 1.26.8): what a thread of the runtime makes ready without a processor is
# drawn as made ready by row 18446744073709551615, which is not there.
#
# The monitor of the runtime does so after each garbage collection: it wakes the goroutine
# that gives memory back. The viewer takes the number of no processor, -1, for that of a
# row, without a sign. The arrows, which are to say who made a goroutine ready, begin
# nowhere, and who reads /jsontrace finds a number that 63 bits do not hold, nor JavaScript.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

needs go curl
workshop
quietly go mod init finding
go env GOVERSION
program <<'GO'
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/trace"
	"time"
)

// main collects garbage, and computes for a while after each collection.
func main() {
	if err := trace.Start(os.Stdout); err != nil {
		log.Fatal(err)
	}
	for range 20 {
		garbage := make([]byte, 64<<20)
		runtime.KeepAlive(garbage)
		runtime.GC()
		for end := time.Now().Add(40 * time.Millisecond); time.Now().Before(end); {
		}
	}
	trace.Stop()
}
GO
./finding >t.trace
BROWSER=true go tool trace -http=127.0.0.1:0 t.trace >viewer 2>&1 &
children+=($!)
for ((n = 0; n < 300; n++)); do
  root=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' viewer | head -1) && break
  sleep 0.1
done
curl -sS "$root/jsontrace" >drawn.json
counted() { grep -oE "$1" drawn.json | wc -l; }
arrows=$(counted '"ph":"s"' || true)
nowhere=$(counted '"ph":"s","ts":[0-9.]+,"pid":0,"tid":18446744073709551615' || true)
echo "of $arrows arrows $nowhere begin at row 18446744073709551615"
verdict "arrows begin at a row that is not there" [ "$nowhere" -gt 0 ]
