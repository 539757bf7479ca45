package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/trace"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/workload"
)

// unconnected is a process without a control stream.
func (w *world) unconnected(name string) *process {
	return &process{w: w, Registration: control.Registration{Service: name, Instance: name + "1"}}
}

func TestWhoMayUpload(t *testing.T) {
	closed, open := begin(t, server.Config{Token: secret}), begin(t, server.Config{})
	good := requestFor(closed.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1)))
	with := func(url, token string) request { return request{url, token, good.header} }
	for name, c := range map[string]struct {
		p    request
		want int
	}{
		"the token":                          {with(closed.url, secret), 202},
		"none":                               {with(closed.url, ""), 401},
		"another":                            {with(closed.url, "s3cre"), 401},
		"among services":                     {with(closed.processes, secret), 202},
		"among services, none":               {with(closed.processes, ""), 401},
		"a server without, in the open":      {with(open.url, ""), 404},
		"a server without, among services":   {with(open.processes, ""), 202},
		"a server without, another's secret": {with(open.processes, "other"), 202},
	} {
		t.Run(name, func(t *testing.T) {
			if got, detail := closed.post(c.p, recorded(t)); got != c.want {
				t.Errorf("%d, want %d: %s", got, c.want, detail)
			}
		})
	}
}

// TestWhatIsNoSnapshotIsRejected with a sentence that says what is wrong.
func TestWhatIsNoSnapshotIsRejected(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	changed := func(change func(*labapi.Upload)) request {
		s := w.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1))
		change(&s)
		return requestFor(s)
	}
	same := func(*labapi.Upload) {}
	whole := recorded(t)
	many := func(s *labapi.Upload) {
		for range 300 {
			s.Traces = append(s.Traces, s.Traces[0])
		}
	}
	for name, c := range map[string]struct {
		p    request
		body []byte
		want int
		say  string
	}{
		"no header":           {request{token: secret}, whole, 400, "is not there"},
		"no JSON":             {request{token: secret, header: "hello"}, whole, 400, "as JSON"},
		"a number":            {request{token: secret, header: "7"}, whole, 400, "as JSON"},
		"null":                {request{token: secret, header: "null"}, whole, 400, "service: it is missing"},
		"too long":            {request{token: secret, header: `{"service":"` + strings.Repeat("x", 70_000) + `"}`}, whole, 400, "bytes are too many"},
		"no service":          {changed(func(s *labapi.Upload) { s.Service = "" }), whole, 400, "service"},
		"a long service":      {changed(func(s *labapi.Upload) { s.Service = strings.Repeat("x", 200) }), whole, 400, "service"},
		"a terminal's code":   {changed(func(s *labapi.Upload) { s.Service = "\x1b[2J" }), whole, 400, "cannot be printed"},
		"no instance":         {changed(func(s *labapi.Upload) { s.Instance = "" }), whole, 400, "instance"},
		"an unknown reason":   {changed(func(s *labapi.Upload) { s.Reason = "bored" }), whole, 400, `"bored": want slow, debug or asked`},
		"for no trace":        {changed(func(s *labapi.Upload) { s.Traces = nil }), whole, 400, "0 traces"},
		"for too many":        {changed(many), whole, 400, "301 traces"},
		"for an odd trace":    {changed(func(s *labapi.Upload) { s.Traces[0].TraceID = "../../etc" }), whole, 400, "trace"},
		"for trace zero":      {changed(func(s *labapi.Upload) { s.Traces[0].TraceID = padded(0) }), whole, 400, "all zeros"},
		"an end too early":    {changed(func(s *labapi.Upload) { s.Traces[0].EndUS = 1 }), whole, 400, "is no time"},
		"a start below zero":  {changed(func(s *labapi.Upload) { s.Traces[0].StartUS = -1 << 63 }), whole, 400, "is no time"},
		"an end for ever":     {changed(func(s *labapi.Upload) { s.Traces[0].EndUS = 1<<63 - 1 }), whole, 400, "is no time"},
		"refused, and a body": {changed(func(s *labapi.Upload) { s.Refused = "no" }), whole, 400, "refused says"},
		"no body":             {changed(same), nil, 400, "it is empty"},
		"a cut header":        {changed(same), whole[:7], 400, "within its header"},
		"another file":        {changed(same), []byte("PK\x03\x04 not a trace at all"), 400, "no Go execution trace"},
		"compressed":          {changed(same), []byte("\x1f\x8b not a trace at all"), 400, "compressed"},
	} {
		t.Run(name, func(t *testing.T) {
			got, detail := w.post(c.p, c.body)
			if got != c.want || !strings.Contains(detail, c.say) {
				t.Errorf("%d %s, want %d and %q", got, detail, c.want, c.say)
			}
		})
	}
	if n := w.metric("tracelab_flights"); n != 0 {
		t.Errorf("%d snapshots are kept", n)
	}
	if n := w.metric("tracelab_flights_refused_total"); n < 20 {
		t.Errorf("%d are said to be refused", n)
	}
}

// TestAGigabyteIsRejected counts what was sent before the sender was stopped.
func TestAGigabyteIsRejected(t *testing.T) {
	const gigabyte, bound = 1 << 30, 64 << 20
	w := begin(t, server.Config{Token: secret})
	p := requestFor(w.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1)))
	for _, length := range []string{fmt.Sprintf("Content-Length: %d", gigabyte), "Transfer-Encoding: chunked"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s: %s\r\n%s\r\n\r\n",
			labapi.SnapshotsPath, secret, labapi.UploadHeader, p.header, length)
		sent := make(chan int64)
		go func() { sent <- flood(conn, recorded(t), gigabyte, strings.HasPrefix(length, "Transfer")) }()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s, %s", length, resp.Status, resp.Header.Get("Content-Type"))
		}
		// What the sockets hold comes on top of the bound.
		if n := <-sent; n > 2*bound || strings.HasPrefix(length, "Content") && n > bound {
			t.Errorf("%s: %d bytes were taken", length, n)
		}
	}
}

// flood sends an execution trace that does not end, until it is taken no more.
func flood(conn net.Conn, start []byte, limit int64, chunked bool) (sent int64) {
	const size = 1 << 20
	part := make([]byte, size)
	copy(part, start)
	if chunked {
		part = append(append([]byte("100000\r\n"), part...), "\r\n"...)
	}
	for sent < limit {
		n, err := conn.Write(part)
		sent += int64(n)
		if err != nil {
			break
		}
	}
	return sent
}

// stretched is an execution trace of a second or more in many generations.
func stretched(t *testing.T) (body []byte, from, to time.Time) {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	defer recorder.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	from = time.Now()
	for range 20 {
		<-tick.C
		if _, err := recorder.WriteTo(io.Discard); err != nil { // ends a generation
			t.Fatal(err)
		}
	}
	to = time.Now()
	recorder.Stop()
	trace.Stop()
	return b.Bytes(), from, to
}

// TestASnapshotIsCutToWhatItWasTakenFor, and says how far the recorder went back.
func TestASnapshotIsCutToWhatItWasTakenFor(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	body, from, to := stretched(t)
	middle := from.Add(to.Sub(from) / 2)
	p := w.unconnected("writer")
	s := p.snapshot(labapi.ReasonSlow, padded(7))
	s.TakenAt = to
	s.Traces[0].StartUS, s.Traces[0].EndUS = middle.UnixMicro(), middle.Add(20*time.Millisecond).UnixMicro()
	if status, detail := w.post(requestFor(s), body); status != 202 {
		t.Fatal(status, detail)
	}
	f := w.flight(padded(7))
	if f.HandedBytes != int64(len(body)) || f.Bytes >= f.HandedBytes*3/4 || f.Bytes == 0 {
		t.Errorf("of %d bytes %d are kept", f.HandedBytes, f.Bytes)
	}
	if held := time.Duration(f.HeldUS) * time.Microsecond; held < to.Sub(from)*8/10 || held > to.Sub(from)*12/10 {
		t.Errorf("the recorder held %s, and is said to have held %s", to.Sub(from), held)
	}
	if f.StartUS > s.Traces[0].StartUS || f.EndUS < s.Traces[0].EndUS || f.EndUS-f.StartUS > f.HeldUS*3/4 {
		t.Errorf("kept from %d to %d µs, for %+v", f.StartUS, f.EndUS, s.Traces[0])
	}
	var kept bytes.Buffer
	if err := w.client.DownloadSnapshot(t.Context(), f.ID, zipkin.TraceID{}, &kept); err != nil || int64(kept.Len()) != f.Bytes {
		t.Fatalf("%d bytes are downloaded, %v", kept.Len(), err)
	}
	file, err := exectrace.FromBytes(kept.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	tr, err := exectrace.Read(file)
	if err != nil || len(tr.Lost) > 0 {
		t.Fatal(err, tr.Lost)
	}
	if a, b := tr.Wall(tr.Start), tr.Wall(tr.End); a.After(middle) || b.Before(middle.Add(20*time.Millisecond)) {
		t.Errorf("what is kept tells of %s to %s, not of %s", a, b, middle)
	}
}

// flight waits for the only snapshot for a trace.
func (w *world) flight(id string) labapi.Snapshot {
	w.t.Helper()
	parsed, err := zipkin.ParseTraceID(id)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []labapi.Snapshot
	eventually(w.t, "the snapshot is stored", func() bool {
		if all, err = w.client.Snapshots(w.t.Context(), parsed); err != nil {
			w.t.Fatal(err)
		}
		return len(all) == 1
	})
	return all[0]
}

// TestTheOldestMakeRoom uploads more than is stored, by number and by bytes.
func TestTheOldestMakeRoom(t *testing.T) {
	t.Run("number", func(t *testing.T) {
		w := begin(t, server.Config{Token: secret})
		p := w.unconnected("writer")
		for i := range 300 {
			p.refuse(padded(uint64(i+1)), "no span of that trace ran here")
		}
		eventually(t, "all have arrived", func() bool { return w.metric("tracelab_flights_received_total") == 300 })
		if kept, gone := w.metric("tracelab_flights"), w.metric("tracelab_flights_evicted_total"); kept != 256 || gone != 44 {
			t.Errorf("%d are kept, %d evicted", kept, gone)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		w := begin(t, server.Config{Token: secret})
		p := w.unconnected("writer")
		large := append(bytes.Clone(recorded(t)), make([]byte, 20<<20)...)
		for i := range 5 {
			if status, detail := w.post(requestFor(p.whole(padded(uint64(i+1)))), large); status != 202 {
				t.Fatal(status, detail)
			}
			eventually(t, "it has arrived", func() bool { return w.metric("tracelab_flights_received_total") == i+1 })
		}
		if n := w.metric("tracelab_flight_bytes"); n > 64<<20 || n < 40<<20 {
			t.Errorf("%d bytes are kept", n)
		}
		all, err := w.client.Snapshots(t.Context(), zipkin.TraceID{})
		if err != nil || len(all) != 3 || all[0].Traces[0].TraceID != padded(3) {
			t.Errorf("%d are kept, %v", len(all), err)
		}
	})
}

// whole is a snapshot that does not say when the trace was, so that nothing is
// cut.
func (p *process) whole(id string) labapi.Upload {
	s := p.snapshot(labapi.ReasonAsked, id)
	s.Traces[0].StartUS, s.Traces[0].EndUS = 0, 0
	return s
}

// TestOnlyTheTrustedReadSnapshots from another machine.
func TestOnlyTheTrustedReadSnapshots(t *testing.T) {
	for _, token := range []string{"", "other", "s3cret"} {
		client := start(t, "s3cret", true)
		client.Token = token
		_, list := client.Snapshots(t.Context(), zipkin.TraceID{})
		download := client.DownloadSnapshot(t.Context(), "x", zipkin.TraceID{}, io.Discard)
		if known := token == "s3cret"; known != (list == nil) || known != strings.Contains(fmt.Sprint(download), "no execution trace") {
			t.Errorf("token %q: %v, %v", token, list, download)
		}
	}
}

// TestDamageIsKeptOrRejected cuts and spoils an execution trace everywhere, and has
// it explained.
func TestDamageIsKeptOrRejected(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	whole := recorded(t)
	more, err := workload.Record("sync", 1)
	if err != nil {
		t.Fatal(err)
	}
	bodies := [][]byte{append(bytes.Clone(whole), more...), append(bytes.Clone(whole), whole...)}
	for i := range 40 {
		bodies = append(bodies, whole[:len(whole)*i/40])
		spoilt := bytes.Clone(whole)
		for at := len(whole) * i / 40; at < min(len(whole), len(whole)*i/40+50); at++ {
			spoilt[at] ^= byte(at*7 + i)
		}
		bodies = append(bodies, spoilt)
	}
	p := w.unconnected("gateway")
	took := 0
	for i, body := range bodies {
		low := uint64(i + 1)
		w.report(visit(low, 100*time.Millisecond)...)
		s := p.snapshot(labapi.ReasonAsked, padded(low))
		if status, detail := w.post(requestFor(s), body); status == 400 && detail != "" {
			continue
		} else if status != 202 {
			t.Fatalf("body %d: %d %s", i, status, detail)
		}
		took++
		w.flight(padded(low))
		a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: low}, 0)
		if err != nil || a.TotalUS < 100_000 {
			t.Errorf("body %d: %v", i, err)
		}
	}
	if failed := w.metric("tracelab_why_failed_total"); failed != 0 || took < 40 {
		t.Errorf("%d panics; %d were taken", failed, took)
	}
}

// TestAReasonIsLegible: whatever it says, it can be printed.
func TestAReasonIsLegible(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	w.unconnected("writer").refuse(padded(5), "recorder:\n\x1b[31mno "+strings.Repeat("x", 1000))
	if f := w.flight(padded(5)); !strings.HasPrefix(f.Refused, "recorder:  [31mno xxx") || len(f.Refused) > 512 || f.Bytes != 0 {
		t.Errorf("%+v", f)
	}
}

func TestASnapshotSaysWhatItIs(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	w.unconnected("writer").upload(labapi.ReasonDebug, padded(3), padded(4))
	f := w.flight(padded(4))
	text, _ := json.Marshal(f)
	for _, want := range []string{`"service":"writer"`, `"instance":"writer1"`, `"reason":"debug"`, `"best":true`, `"id":"` + f.ID, `"held_us":`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}
