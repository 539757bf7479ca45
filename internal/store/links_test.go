package store

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// hop describes a span in the tables below: "id<parent KIND local>remote
// flags", such as "2<1 SERVER app>web shared error". "-" is no kind; the parts
// after the kind may be left out.
func hop(t *testing.T, text string, at int64) zipkin.Span {
	t.Helper()
	sp := zipkin.Span{TraceID: traceID(0, 1), Timestamp: at}
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			id, parent, _ := strings.Cut(word, "<")
			fmt.Sscanf(id, "%x", (*uint64)(&sp.ID))
			fmt.Sscanf(parent, "%x", (*uint64)(&sp.ParentID))
		case i == 1:
			sp.Kind = zipkin.Kind(strings.Trim(word, "-"))
		case word == "shared":
			sp.Shared = true
		case word == "error":
			sp.Tags = []zipkin.Tag{tag("error", "false")}
		case word == "note":
			sp.Annotations = []zipkin.Annotation{note(at, "error")}
		default:
			local, remote, _ := strings.Cut(word, ">")
			local, sp.Local.IPv4, _ = strings.Cut(local, "@")
			sp.Local.ServiceName, sp.Remote.ServiceName = local, remote
		}
	}
	return sp
}

// text writes links as "web>app 2/1": calls and errors.
func text(links []zipkin.Link) []string {
	list := []string{}
	for _, l := range links {
		s := fmt.Sprintf("%s>%s %d", l.Parent, l.Child, l.CallCount)
		if l.ErrorCount > 0 {
			s += fmt.Sprintf("/%d", l.ErrorCount)
		}
		list = append(list, s)
	}
	return list
}

func TestLinksOfOneTrace(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []string
		want  []string
	}{
		{"a client with a child is skipped", []string{"1 CLIENT web>x", "2<1 SERVER app"}, []string{"web>app 1"}},
		{"shared id", []string{"1 CLIENT web>x", "1 SERVER app shared"}, []string{"web>app 1"}},
		{"shared id that does not say so", []string{"1 SERVER app", "1 CLIENT web"}, []string{"web>app 1"}},
		{"a leaf client", []string{"1 CLIENT app>db"}, []string{"app>db 1"}},
		{"a leaf client without a name for the other side", []string{"1 CLIENT app"}, nil},
		{"no kind, both names", []string{"1 - app>db"}, []string{"app>db 1"}},
		{"no kind, one name", []string{"1 - app", "2 - >db"}, nil},
		{"a root server and its caller's name", []string{"1 SERVER app>web"}, []string{"web>app 1"}},
		{"a root server alone", []string{"1 SERVER app"}, nil},
		{"the ancestor's name wins over the remote", []string{"1 CLIENT web", "2<1 SERVER app>other"}, []string{"web>app 1"}},
		{"local spans between are jumped", []string{"1 SERVER web", "2<1 - web", "3<2 - web", "4<3 CLIENT web>db"}, []string{"web>db 1"}},
		{"producer and consumer", []string{"1 PRODUCER p>kafka", "2<1 CONSUMER c>kafka"}, []string{"p>kafka 1", "kafka>c 1"}},
		{"producer and consumer without a broker", []string{"1 PRODUCER p", "2<1 CONSUMER c"}, nil},
		{"a client that wears another name", []string{"1 SERVER web", "2<1 CLIENT weird>db error"}, []string{"web>weird 1", "weird>db 1/1"}},
		{"an error tag, whatever its value", []string{"1 CLIENT app>db error"}, []string{"app>db 1/1"}},
		{"an annotation is no error", []string{"1 CLIENT app>db note"}, []string{"app>db 1"}},
		{"split ids: the client's error counts", []string{"1 CLIENT web error", "2<1 SERVER app"}, []string{"web>app 1/1"}},
		{"shared ids: it does not", []string{"1 CLIENT web error", "1 SERVER app shared"}, []string{"web>app 1"}},
		{"loopback", []string{"1 CLIENT app", "2<1 SERVER app"}, []string{"app>app 1"}},
		{"a cycle", []string{"1<2 CLIENT a>x", "2<1 SERVER b"}, nil},
		{"two headless servers", []string{"1<8 SERVER a", "2<9 SERVER b"}, nil},
		{"a lost span between", []string{"1 SERVER a", "3<2 SERVER b"}, []string{"a>b 1"}},
		{"partial spans of one", []string{"1 CLIENT web>", "1 - web>db error"}, []string{"web>db 1/1"}},
		{"partial spans at two addresses are two", []string{"2<1 CLIENT web@1.1.1.1>db", "2<1 CLIENT web@2.2.2.2>mq"}, []string{"web>mq 1"}},
		{"two servers that answer one client", []string{"1 CLIENT web", "1 SERVER a@1.1.1.1 shared", "1 SERVER a@2.2.2.2 shared"}, []string{"web>a 2"}},
		{"a local child of one of two servers", []string{
			"1 CLIENT web", "1 SERVER a@1.1.1.1 shared", "1 SERVER b@2.2.2.2 shared", "2<1 CLIENT b@2.2.2.2>db",
		}, []string{"web>a 1", "web>b 1", "b>db 1"}},
		{"a parent that only the client knew", []string{"1 SERVER root", "2<1 CLIENT root", "2 SERVER app shared"}, []string{"root>app 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Config{})
			var spans []zipkin.Span
			for i, text := range c.spans {
				spans = append(spans, hop(t, text, t0+int64(i)*1000))
			}
			s.Add(spans)
			want := append([]string{}, c.want...)
			if got := text(s.Dependencies(at(1000), time.Hour)); !reflect.DeepEqual(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestLinksOfManyTraces(t *testing.T) {
	s := New(Config{})
	for i, spans := range [][]string{{"1 CLIENT a>db", "2<1 SERVER b"}, {"1 CLIENT a>db error"}, {"1 CLIENT a>db"}} {
		for _, text := range spans {
			sp := hop(t, text, t0+int64(i)*1e6)
			sp.TraceID.Low = uint64(i) + 1
			s.Add([]zipkin.Span{sp, sp}) // a repeat does not count twice
		}
	}
	// A 128-bit id and its low half are one trace.
	child := hop(t, "9<1 SERVER c", t0+2e6)
	child.TraceID = traceID(5, 3)
	s.Add([]zipkin.Span{child})
	// Without a time, only a window that reaches back to zero finds it.
	timeless := hop(t, "1 CLIENT x>y", 0)
	timeless.TraceID.Low = 99
	s.Add([]zipkin.Span{timeless})

	for _, c := range []struct {
		end      int64
		lookback time.Duration
		want     []string
	}{
		{9000, time.Hour, []string{"a>c 1", "a>db 1/1", "a>b 1"}}, // the newest trace first
		{1500, time.Hour, []string{"a>db 1/1", "a>b 1"}},
		{1500, 600 * time.Millisecond, []string{"a>db 1/1"}},
		{2000, time.Millisecond, []string{"a>c 1"}},
		{-1, time.Hour, []string{}},
		{9000, math.MaxInt64, []string{"a>c 1", "a>db 1/1", "a>b 1", "x>y 1"}},
	} {
		if got := text(s.Dependencies(at(c.end), c.lookback)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("until %d ms, %v back: %q, want %q", c.end, c.lookback, got, c.want)
		}
	}
}

// A deep, wide or tangled trace must not take quadratic time, or recurse.
func TestLinksOfHostileTraces(t *testing.T) {
	const n = 50_000
	for name, make := range map[string]func(i int) zipkin.Span{
		"deep": func(i int) zipkin.Span { return zipkin.Span{ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(i)} },
		"wide": func(i int) zipkin.Span {
			return zipkin.Span{ID: zipkin.SpanID(i + 2), ParentID: 1, Timestamp: t0 - int64(i)}
		},
		"one id": func(i int) zipkin.Span {
			return zipkin.Span{ID: 1, Shared: true, Local: zipkin.Endpoint{Port: uint16(i), IPv4: fmt.Sprint(i)}}
		},
		"headless": func(i int) zipkin.Span { return zipkin.Span{ID: zipkin.SpanID(n - i), ParentID: zipkin.SpanID(2 * n)} },
		"clients below a chain": func(i int) zipkin.Span {
			sp := zipkin.Span{ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(min(i, n/2)), Local: zipkin.Endpoint{ServiceName: "a"}, Remote: zipkin.Endpoint{ServiceName: "b"}}
			if i > n/2 {
				sp.Kind = zipkin.Client
			}
			return sp
		},
	} {
		t.Run(name, func(t *testing.T) {
			spans := []zipkin.Span{{TraceID: traceID(0, 1), ID: n + 1, Timestamp: t0}}
			for i := range n {
				sp := make(i)
				sp.TraceID = traceID(0, 1)
				spans = append(spans, sp)
			}
			s := New(Config{MaxBytes: 1 << 30})
			s.Add(spans)
			start := time.Now()
			s.Dependencies(at(1), time.Hour)
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}
