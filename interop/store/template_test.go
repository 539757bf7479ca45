package store

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"testing"
	"time"
)

// template is a post whose traces get other ids and times each time that it is
// sent: it costs hardly anything to make a million traces of it.
type template struct {
	request []byte
	traces  []templateTrace
}

// templateTrace is where in the request the trace ids and the timestamps of a
// trace are, and what the latter are after its start, in µs.
type templateTrace struct {
	ids, timestamps []int
	after           []int64
}

func (s *source) template(t testing.TB) *template {
	t.Helper()
	began := s.next
	p := s.posts(t, "JSON", spansOfPost)[0]
	tpl := &template{request: p.request}
	for i, id := range p.ids {
		trace := templateTrace{
			ids:        places(p.request, `"traceId":"`+id+`"`, len(`"traceId":"`)),
			timestamps: make([]int, 0, spansOfTrace),
		}
		for _, at := range trace.ids {
			stamp := bytes.LastIndex(p.request[:at], []byte(`"timestamp":`)) + len(`"timestamp":`)
			µs, err := strconv.ParseInt(string(p.request[stamp:stamp+stampDigits]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			trace.timestamps = append(trace.timestamps, stamp)
			trace.after = append(trace.after, µs-began.Add(time.Duration(i)*s.step).UnixMicro())
		}
		if len(trace.ids) != spansOfTrace {
			t.Fatalf("trace %s is in its request %d times", id, len(trace.ids))
		}
		tpl.traces = append(tpl.traces, trace)
	}
	return tpl
}

// stampDigits is how many digits a time of this century has, in µs.
const stampDigits = 16

// places are the offsets in b behind the first n bytes of each text.
func places(b []byte, text string, n int) (all []int) {
	for from := 0; ; {
		at := bytes.Index(b[from:], []byte(text))
		if at < 0 {
			return all
		}
		from += at + len(text)
		all = append(all, from-len(text)+n)
	}
}

// stamp makes the request that holds the traces from number first on.
func (tpl *template) stamp(first int64, start func(trace int64) time.Time) []byte {
	for i, trace := range tpl.traces {
		id, began := traceID(first+int64(i)), start(first+int64(i)).UnixMicro()
		for at, place := range trace.ids {
			copy(tpl.request[place:], id)
			strconv.AppendInt(tpl.request[:trace.timestamps[at]], began+trace.after[at], 10)
		}
	}
	return tpl.request
}

// traceID spreads the numbers of traces over all ids, each one over another.
func traceID(n int64) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], 0x5051525354555657)
	binary.BigEndian.PutUint64(id[8:], uint64(n+1)*0x9e3779b97f4a7c15)
	return hex.EncodeToString(id[:])
}

func TestATemplateMakesTracesOfItsOwn(t *testing.T) {
	src := newSource(time.Unix(1_700_000_000, 0), time.Second)
	tpl := src.template(t)
	at := func(n int64) time.Time { return time.Unix(1_800_000_000+n, 0) }
	for _, first := range []int64{0, 1_000_000} {
		request := tpl.stamp(first, at)
		for n := first; n < first+spansOfPost/spansOfTrace; n++ {
			for depth := range spansOfTrace {
				want := fmt.Sprintf(`"timestamp":%d,"duration":%d,"traceId":"%s"`, at(n).UnixMicro()+int64(depth)*1500, 40_000-3000*depth, traceID(n))
				if !bytes.Contains(request, []byte(want)) {
					t.Errorf("trace %d has no span with %s", n, want)
				}
			}
		}
	}
}
