#!/usr/bin/env bash
# OpenCensus for Go (go.opencensus.io v0.24.0): to import zpages, without calling
# anything of it, makes every span record, those that NeverSample refuses too, and
# keeps some of each name for ever.
#
# Its init switches on the package-wide store of spans. A span then collects its
# attributes and times whatever the sampler says, and memory grows with the number
# of names: where these hold an id, without bound. Any dependency may import it.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module go.opencensus.io@v0.24.0
mkdir without with
cat >without/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"runtime"

	"go.opencensus.io/trace"
)

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func main() {
	trace.ApplyConfig(trace.Config{DefaultSampler: trace.NeverSample()})
	recording, before := 0, heap()
	for i := range 20000 {
		_, span := trace.StartSpan(context.Background(), fmt.Sprintf("GET /users/%d", i))
		if span.IsRecordingEvents() {
			recording++
		}
		span.End()
	}
	fmt.Println(recording, max(0, heap()-before)>>20)
}
GO
sed 's|^import (|&\n\t_ "go.opencensus.io/zpages"|' without/main.go >with/main.go
quietly go get go.opencensus.io/zpages@v0.24.0
for kind in without with; do quietly go build -o "$kind.exe" "./$kind"; done
read -r never kept < <(./without.exe)
read -r all grown < <(./with.exe)
echo "of 20000 spans that NeverSample refused $never recorded, and $kept MiB stayed; with the import $all, and $grown MiB"
verdict "none, and nothing; all, and more than 10 MiB" [ "$never" -eq 0 -a "$kept" -lt 2 -a "$all" -eq 20000 -a "$grown" -gt 10 ]
