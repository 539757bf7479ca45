package snapshots_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/testbed/workload"
)

// recorded is an execution trace.
func recorded(t testing.TB) []byte {
	t.Helper()
	b, err := recordOnce()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var recordOnce = sync.OnceValues(func() ([]byte, error) { return workload.Record("tasks", 1) })

// lately is what a process says of traces that are just over.
func lately(reason string, lows ...uint64) labapi.Upload {
	u := labapi.Upload{Service: "writer", Instance: "writer1", Host: "h", Reason: reason, TakenAt: time.Now(), TookUS: 1000, Traces: parts(lows...)}
	for i := range u.Traces {
		u.Traces[i].StartUS, u.Traces[i].EndUS = time.Now().Add(-time.Second).UnixMicro(), time.Now().UnixMicro()
	}
	return u
}

// post sends a header and a body to Receive.
func post(c *snapshots.Collector, header string, body []byte) error {
	r := httptest.NewRequest(http.MethodPost, labapi.SnapshotsPath, bytes.NewReader(body))
	if header != "" {
		r.Header.Set(labapi.UploadHeader, header)
	}
	return c.Receive(httptest.NewRecorder(), r)
}

// metric is a figure of a collector.
func metric(t *testing.T, c *snapshots.Collector, name string) int {
	t.Helper()
	var p metrics.Page
	c.WriteMetrics(&p)
	m := regexp.MustCompile(`(?m)^` + name + ` (\d+)$`).FindSubmatch(p.Bytes())
	if m == nil {
		t.Fatalf("there is no %s in %s", name, &p)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

// list is what the API lists for a trace; of zero, all.
func list(t *testing.T, c *snapshots.Collector, low uint64) (all []labapi.Snapshot) {
	t.Helper()
	query := ""
	if low != 0 {
		query = fmt.Sprintf("?trace=%032x", low)
	}
	w := httptest.NewRecorder()
	if err := c.List(w, httptest.NewRequest(http.MethodGet, labapi.SnapshotsPath+query, nil)); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return all
}

// noSnapshot is an upload that is rejected, and what the error says.
type noSnapshot struct {
	header string
	body   []byte
	say    string
}

// noSnapshots are unlike a right one, whose body is whole, in one way each.
func noSnapshots(whole []byte) map[string]noSnapshot {
	changed := func(change func(*labapi.Upload)) string {
		u := lately(labapi.ReasonSlow, 1)
		change(&u)
		text, _ := json.Marshal(u)
		return string(text)
	}
	same := changed(func(*labapi.Upload) {})
	many := func(u *labapi.Upload) {
		for range 300 {
			u.Traces = append(u.Traces, u.Traces[0])
		}
	}
	return map[string]noSnapshot{
		"no header":           {"", whole, "is not there"},
		"no JSON":             {"hello", whole, "it is not JSON"},
		"a number":            {"7", whole, "it is the number 7: want an object"},
		"null":                {"null", whole, "it is null: want an object"},
		"too long":            {`{"service":"` + strings.Repeat("x", 70_000) + `"}`, whole, "bytes are too many"},
		"no service":          {changed(func(u *labapi.Upload) { u.Service = "" }), whole, "service"},
		"a long service":      {changed(func(u *labapi.Upload) { u.Service = strings.Repeat("x", 200) }), whole, "service"},
		"a terminal's code":   {changed(func(u *labapi.Upload) { u.Service = "\x1b[2J" }), whole, "cannot be printed"},
		"no instance":         {changed(func(u *labapi.Upload) { u.Instance = "" }), whole, "instance"},
		"an unknown reason":   {changed(func(u *labapi.Upload) { u.Reason = "bored" }), whole, `"bored": want slow, debug, asked or early`},
		"for no trace":        {changed(func(u *labapi.Upload) { u.Traces = nil }), whole, "0 traces"},
		"for too many":        {changed(many), whole, "301 traces"},
		"for an odd trace":    {changed(func(u *labapi.Upload) { u.Traces[0].TraceID = "../../etc" }), whole, "trace"},
		"for trace zero":      {changed(func(u *labapi.Upload) { u.Traces[0].TraceID = strings.Repeat("0", 32) }), whole, "not all 0"},
		"an end too early":    {changed(func(u *labapi.Upload) { u.Traces[0].EndUS = 1 }), whole, "is no time"},
		"a start below zero":  {changed(func(u *labapi.Upload) { u.Traces[0].StartUS = -1 << 63 }), whole, "is no time"},
		"an end for ever":     {changed(func(u *labapi.Upload) { u.Traces[0].EndUS = 1<<63 - 1 }), whole, "is no time"},
		"refused, and a body": {changed(func(u *labapi.Upload) { u.Refused = "no" }), whole, "refused says"},
		"no body":             {same, nil, "it is empty"},
		"a cut header":        {same, whole[:7], "within its header"},
		"another file":        {same, []byte("PK\x03\x04 not a trace at all"), "no Go execution trace"},
		"compressed":          {same, []byte("\x1f\x8b not a trace at all"), "compressed"},
	}
}

// TestWhatIsNoSnapshotIsRejected with a sentence that says what is wrong.
func TestWhatIsNoSnapshotIsRejected(t *testing.T) {
	_, c := with()
	all := noSnapshots(recorded(t))
	for name, test := range all {
		err := post(c, test.header, test.body)
		if e := httpapi.AsError(err); err == nil || e.Code != httpapi.Invalid || !strings.Contains(e.Detail, test.say) {
			t.Errorf("%s: %v, want %q", name, err, test.say)
		}
	}
	if n := len(c.All()); n != 0 {
		t.Errorf("%d snapshots are stored", n)
	}
	if n := metric(t, c, "tracelab_snapshots_rejected_total"); n != len(all) {
		t.Errorf("%d are counted, want %d", n, len(all))
	}
}

// TestAGigabyteIsRejected counts what was sent before the sender was stopped.
func TestAGigabyteIsRejected(t *testing.T) {
	const gigabyte, bound = 1 << 30, 64 << 20
	_, c := with()
	srv := httptest.NewServer(httpapi.NewRouter([]httpapi.Route{{Pattern: "POST " + labapi.SnapshotsPath, Handler: c.Receive}}, httpapi.Options{}))
	defer srv.Close()
	header, _ := json.Marshal(lately(labapi.ReasonSlow, 1))
	for _, length := range []string{fmt.Sprintf("Content-Length: %d", gigabyte), "Transfer-Encoding: chunked"} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\n%s: %s\r\n%s\r\n\r\n", labapi.SnapshotsPath, labapi.UploadHeader, header, length)
		sent := make(chan int64)
		go func() { sent <- flood(conn, recorded(t), gigabyte, strings.HasPrefix(length, "Transfer")) }()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || resp.Header.Get("Content-Type") != httpapi.ProblemType {
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

// stretched is an execution trace of a second or more in many generations. All tests have
// the same one.
func stretched(t *testing.T) (body []byte, from, to time.Time) {
	t.Helper()
	of, err := stretchOnce()
	if err != nil {
		t.Fatal(err)
	}
	return of.body, of.from, of.to
}

type stretch struct {
	body     []byte
	from, to time.Time
}

var stretchOnce = sync.OnceValues(func() (of stretch, err error) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		return of, err
	}
	defer trace.Stop()
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := recorder.Start(); err != nil {
		return of, err
	}
	defer recorder.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	of.from = time.Now()
	for range 20 {
		<-tick.C
		if _, err := recorder.WriteTo(io.Discard); err != nil { // ends a generation
			return of, err
		}
	}
	of.to = time.Now()
	recorder.Stop()
	trace.Stop()
	of.body = b.Bytes()
	return of, nil
})

// TestASnapshotIsCutToWhatItWasTakenFor, and says how far the recorder went back.
func TestASnapshotIsCutToWhatItWasTakenFor(t *testing.T) {
	_, c := with()
	body, from, to := stretched(t)
	middle := from.Add(to.Sub(from) / 2)
	s := lately(labapi.ReasonSlow, 7)
	s.TakenAt = to
	s.Traces[0].StartUS, s.Traces[0].EndUS = middle.UnixMicro(), middle.Add(20*time.Millisecond).UnixMicro()
	upload(t, c, s, body)
	f := list(t, c, 7)[0]
	if f.HandedBytes != int64(len(body)) || f.Bytes >= f.HandedBytes*3/4 || f.Bytes == 0 {
		t.Errorf("of %d bytes %d are stored", f.HandedBytes, f.Bytes)
	}
	if held := time.Duration(f.HeldUS) * time.Microsecond; held < to.Sub(from)*8/10 || held > to.Sub(from)*12/10 {
		t.Errorf("the recorder held %s, and is said to have held %s", to.Sub(from), held)
	}
	if f.StartUS > s.Traces[0].StartUS || f.EndUS < s.Traces[0].EndUS || f.EndUS-f.StartUS > f.HeldUS*3/4 {
		t.Errorf("stored from %d to %d µs, for %+v", f.StartUS, f.EndUS, s.Traces[0])
	}
	r := httptest.NewRequest(http.MethodGet, labapi.SnapshotsPath, nil)
	r.SetPathValue("id", f.ID)
	left := httptest.NewRecorder()
	if err := c.Download(left, r); err != nil || int64(left.Body.Len()) != f.Bytes {
		t.Fatalf("%d bytes are downloaded, %v", left.Body.Len(), err)
	}
	file, err := exectrace.FromBytes(left.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	tr, err := exectrace.Read(file)
	if err != nil || len(tr.Lost) > 0 {
		t.Fatal(err, tr.Lost)
	}
	if a, b := tr.Wall(tr.Start), tr.Wall(tr.End); a.After(middle) || b.Before(middle.Add(20*time.Millisecond)) {
		t.Errorf("what is stored covers %s to %s, not of %s", a, b, middle)
	}
}

// TestTheOldestMakeRoom uploads more than is stored, by number and by bytes.
func TestTheOldestMakeRoom(t *testing.T) {
	t.Run("number", func(t *testing.T) {
		_, c := with()
		for i := range 300 {
			upload(t, c, labapi.Upload{Service: "writer", Traces: parts(uint64(i + 1)), Refused: "no span of that trace ran here"}, nil)
		}
		all := list(t, c, 0)
		if gone := metric(t, c, "tracelab_snapshots_evicted_total"); len(all) != 256 || gone != 44 || all[0].Traces[0] != parts(45)[0] {
			t.Errorf("%d are stored, %d evicted", len(all), gone)
		}
		if n, received := metric(t, c, "tracelab_snapshots_stored"), metric(t, c, "tracelab_snapshots_received_total"); n != 256 || received != 300 {
			t.Errorf("%d of %d are counted", n, received)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		_, c := with()
		large := larger(recorded(t), 20<<20)
		for i := range 5 { // without times, so that nothing is cut
			upload(t, c, labapi.Upload{Service: "writer", Traces: parts(uint64(i + 1))}, large)
		}
		if n := metric(t, c, "tracelab_snapshots_stored_bytes"); n > 64<<20 || n < 40<<20 {
			t.Errorf("%d bytes are stored", n)
		}
		if all := list(t, c, 0); len(all) != 3 || all[0].Traces[0] != parts(3)[0] {
			t.Errorf("%d are stored", len(all))
		}
	})
}

// TestAReasonIsLegible: whatever it says, it can be printed.
func TestAReasonIsLegible(t *testing.T) {
	_, c := with()
	upload(t, c, labapi.Upload{Service: "writer", Traces: parts(5), Refused: "recorder:\n\x1b[31mno " + strings.Repeat("x", 1000)}, nil)
	if f := list(t, c, 5)[0]; !strings.HasPrefix(f.Refused, "recorder: �[31mno xxx") || len([]rune(f.Refused)) > 512 || f.Bytes != 0 {
		t.Errorf("%+v", f)
	}
}

// TestASnapshotSaysWhatItIs in the list, for one of its traces.
func TestASnapshotSaysWhatItIs(t *testing.T) {
	_, c := with()
	body, err := workload.Record("tasks", 1) // just now, as it says that it was taken
	if err != nil {
		t.Fatal(err)
	}
	upload(t, c, lately(labapi.ReasonDebug, 3, 4), body)
	f := list(t, c, 4)[0]
	text, _ := json.Marshal(f)
	for _, want := range []string{`"service":"writer"`, `"instance":"writer1"`, `"reason":"debug"`, `"best":true`, `"id":"` + f.ID, `"held_us":`, `"traceId":"00000000000000000000000000000003"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if all := list(t, c, 0); len(all) != 1 || all[0].Best {
		t.Errorf("of all traces none is the best: %+v", all)
	}
}
