#!/usr/bin/env bash
# go tool pprof of Go 1.26.8: with -diff_base, a function that takes itself what those
# that it calls took before is left out of the difference.
#
# Entries are left out whose cumulative value is small (documented: -nodefraction), and
# that of such a function has not changed: its own 400 ms more and its callee's 400 ms
# less cancel each other. Its callee is shown, so that a program that has become 40 ms
# slower looks 360 ms faster. So it is wherever work moves between a function and what
# it calls: a call is inlined, a cache is asked first, a span gets a child.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module github.com/google/pprof@v0.0.0-20261016150608-1facf8f91b50
program <<'GO'
package main

import (
	"os"

	"github.com/google/pprof/profile"
)

// write makes a profile of main, which calls handle, which calls decode, and render.
func write(file string, handle, decode, render int64) {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "cpu", Unit: "nanoseconds"}}}
	at := map[string]*profile.Location{}
	for i, name := range []string{"main", "handle", "decode", "render"} {
		f := &profile.Function{ID: uint64(i + 1), Name: name}
		at[name] = &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, at[name])
	}
	add := func(ms int64, stack ...string) { // the callee first
		sample := &profile.Sample{Value: []int64{ms * 1_000_000}}
		for _, name := range stack {
			sample.Location = append(sample.Location, at[name])
		}
		p.Sample = append(p.Sample, sample)
	}
	add(handle, "handle", "main")
	add(decode, "decode", "handle", "main")
	add(render, "render", "main")
	out, err := os.Create(file)
	if err == nil {
		err = p.Write(out)
	}
	if err != nil {
		panic(err)
	}
}

func main() {
	write("before.pb.gz", 100, 800, 100)
	write("after.pb.gz", 500, 400, 140)
}
GO
./finding
shown() { go tool pprof -top "$@" -diff_base before.pb.gz after.pb.gz 2>/dev/null; }
shown | tee short
shown -nodefraction 0 >whole
echo "with -nodefraction 0:"
grep -E 'handle|decode' whole
verdict "decode has 400 ms less, and handle, which has them, is left out" \
  [ "$(grep -c ' decode$' short),$(grep -c ' handle$' short),$(grep -cE '400ms .* handle$' whole)" = 1,0,1 ]
