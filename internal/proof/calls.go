package proof

import (
	"fmt"
	"regexp"
	"strconv"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/zipkin"
)

// manyCommands is for commands to Redis of which there is one for each row.
func manyCommands(s spans, args faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("writer", "", "redisWrite") {
		commands := 0
		for _, c := range s.children(i) {
			if s.all[c].Kind == zipkin.Client {
				commands++
			}
		}
		if commands > args.Int("n") {
			return s.all[i], fmt.Sprintf("a number: redisWrite of the writer sent %d commands to Redis, one after the other", commands)
		}
	}
	return nil, ""
}

// failedCalls is for calls that fail and are made again.
func failedCalls(s spans, args faults.Args) (first *zipkin.Span, words string) {
	count := 0
	for _, i := range s.named("gateway", zipkin.Client, "GET /fetch") {
		if s.all[i].Failed() {
			count++
			if first == nil {
				first = s.all[i]
			}
		}
	}
	if count == 0 || count < args.Int("n") {
		return nil, ""
	}
	return first, fmt.Sprintf("a number: %d calls GET /fetch of the gateway failed, one right after the other", count)
}

// dialled is an annotation of a call that made several connections.
var dialled = regexp.MustCompile(`^connected .*"dials":(\d+)`)

// manyDials is for connections that are made anew.
func manyDials(s spans, args faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("fetcher", zipkin.Client, "GET") {
		for _, a := range s.all[i].Annotations {
			m := dialled.FindStringSubmatch(a.Value)
			if m == nil {
				continue
			}
			if n, _ := strconv.Atoi(m[1]); n > args.Int("n") {
				return s.all[i], fmt.Sprintf("a number: the call GET of the fetcher dialled %d times, as its annotation says", n)
			}
		}
	}
	return nil, ""
}

// inTurn is for visits of which one begins when the one before has ended.
func inTurn(s spans, _ faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("gateway", "", "main") {
		var visits []*zipkin.Span
		for _, c := range s.children(i) {
			if sp := s.all[c]; sp.Name == "get /fetch" && !sp.Failed() {
				visits = append(visits, sp)
			}
		}
		if len(visits) < 2 || overlap(visits) {
			continue
		}
		return s.all[i], fmt.Sprintf("an order: of %d visits each began when the one before had ended, the second %s after the first",
			len(visits), display.Micros(visits[1].Timestamp-visits[0].Timestamp))
	}
	return nil, ""
}

func overlap(sorted []*zipkin.Span) bool {
	for i, sp := range sorted[1:] {
		if sp.Timestamp < sorted[i].End() {
			return true
		}
	}
	return false
}

// goesOn is for work that is done when the answer has gone.
func goesOn(s spans, _ faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("gateway", zipkin.Server, "GET /visit") {
		server := s.all[i]
		status, _ := server.Tag("http.status_code")
		for _, w := range s.named("gateway", "", "main") {
			if after := s.all[w].End() - server.End(); status == "504" && after > 0 {
				return s.all[w], fmt.Sprintf("an order: the gateway answered %s after %s, and main went on for %s", status, display.Micros(server.Duration), display.Micros(after))
			}
		}
	}
	return nil, ""
}

// noWriter is for calls of the writer below which it has no span.
func noWriter(why string) shape {
	return func(s spans, _ faults.Args) (first *zipkin.Span, words string) {
		calls := 0
		for _, i := range s.named("gateway", zipkin.Client, "") {
			if s.all[i].Remote.ServiceName != "writer" {
				continue
			}
			calls++
			if first == nil {
				first = s.all[i]
			}
		}
		if calls == 0 || len(s.named("writer", "", "")) > 0 {
			return nil, ""
		}
		return first, fmt.Sprintf("a missing span: the gateway called the writer, which has no span in this trace: %s (calls: %d)", why, calls)
	}
}

// refused is for a command that Redis refuses.
func refused(s spans, _ faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("writer", zipkin.Client, "SET") {
		if !s.all[i].Failed() {
			continue
		}
		words := "a status: SET of the writer has an error, and so has redisWrite above it"
		for _, g := range s.named("gateway", zipkin.Server, "") {
			if status, _ := s.all[g].Tag("http.status_code"); s.all[g].Failed() {
				words = "a status: SET of the writer has an error, and the gateway answered " + status
			}
		}
		return s.all[i], words
	}
	return nil, ""
}
