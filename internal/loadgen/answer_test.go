package loadgen

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/tracelab/services/gateway/visitapi"
)

// TestWhatIsWorthALook has every tenth answer bad, in alternating ways, and
// the later ones slower.
func TestWhatIsWorthALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			time.Sleep(time.Duration(n) * 10 * time.Microsecond)
			id := fmt.Sprintf("%032x", n)
			page := "http://localhost:9411/zipkin/traces/" + id
			w.Header().Set("traceresponse", "00-"+id+"-00f067aa0ba902b7-01")
			switch n % 40 {
			case 10:
				w.WriteHeader(503)
				fmt.Fprintf(w, `{"status":503,"detail":"redis\u001b[31m does\nnot answer","traceUrl":%q}`, page)
			case 20:
				w.WriteHeader(404)
				fmt.Fprint(w, "there is nothing")
			case 30:
				panic(http.ErrAbortHandler)
			case 0:
				w.Header().Set("traceresponse", "00-"+id+"-00f067aa0ba902b7-00")
				fmt.Fprint(w, `{"sampled":false}`)
			default:
				fmt.Fprintf(w, `{"traceId":%q,"traceUrl":%q,"visits":[{"url":"x"},{}]}`, id, page)
			}
		}))
		res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://gateway/visit")}}, Rate: 100, Count: 400, Concurrency: 10, dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		o := res.Variants[0]
		const closed = "the connection was closed before the end of the answer"
		if o.Ended != 400 || o.Failed != 20 || res.Failed() != 20 || res.Answered() != 390 || o.Statuses[200] != 370 || o.Statuses[503] != 10 || o.Statuses[404] != 10 || o.Errors[closed] != 10 {
			t.Errorf("%+v", o)
		}
		if len(o.TraceIDs) != 380 { // but for those that were not recorded, and those that are not known
			t.Errorf("%d traces", len(o.TraceIDs))
		}
		link := func(n int) string { return fmt.Sprintf("http://localhost:9411/zipkin/traces/%032x", n) }
		for i, r := range o.Slowest {
			want := link(400 - i)
			if i == 0 {
				want = "" // it was not recorded
			}
			if r.TraceURL != want || r.Latency < r.Service || i > 0 && r.Latency > o.Slowest[i-1].Latency {
				t.Errorf("slowest %d: %+v, want %s", i, r, want)
			}
		}
		want := []Request{
			{Status: 503, Reason: "redis�[31m does not answer", TraceURL: link(10)},
			{Status: 404, TraceURL: link(20)},
			{Reason: closed},
			{Status: 503, Reason: "redis�[31m does not answer", TraceURL: link(50)},
			{Status: 404, TraceURL: link(60)},
		}
		if len(o.Slowest) != 5 || len(o.Bad) != 5 {
			t.Fatalf("%d slowest, %d bad", len(o.Slowest), len(o.Bad))
		}
		for i, r := range o.Bad {
			if r.Status != want[i].Status || r.Reason != want[i].Reason || r.TraceURL != want[i].TraceURL {
				t.Errorf("bad %d: %+v, want %+v", i, r, want[i])
			}
		}
	})
}

func TestNoAnswerInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://x/")}}, Rate: 1, Count: 2, Concurrency: 10, dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		if o := res.Variants[0]; o.Failed != 2 || o.Errors["no answer within 1m0s"] != 2 || o.Latency.Max != Micros(AnswerWithin) || res.Answered() != 0 {
			t.Errorf("%+v", o)
		}
	})
}

// TestARedirectIsAnAnswer would otherwise load who knows whom.
func TestARedirectIsAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, http.RedirectHandler("http://example.com/", http.StatusFound))
		res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://x/")}}, Rate: 1, Count: 1, Concurrency: 1, dial: dial})
		if err != nil || res.Variants[0].Statuses[302] != 1 || res.Failed() != 0 {
			t.Errorf("%+v, %v", res, err)
		}
	})
}

// TestUserInfoIsBasicAuthentication, unless a header says otherwise, and no report tells
// it.
func TestUserInfoIsBasicAuthentication(t *testing.T) {
	for header, want := range map[string]string{"": "Basic YW5uOlMzQ1JFVA==", "Bearer x": "Bearer x"} {
		synctest.Test(t, func(t *testing.T) {
			dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Authorization"); got != want {
					t.Errorf("Authorization is %q, want %q", got, want)
				}
			}))
			r := request(t, "http://ann:S3CRET@x/?key=S3CRET")
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			res, err := Run(t.Context(), Config{Variants: []Variant{{Request: r}}, Rate: 1, Count: 1, Concurrency: 1, dial: dial})
			if err != nil || res.Variants[0].Statuses[200] != 1 || res.Variants[0].URL != "http://x/" {
				t.Errorf("%+v, %v", res, err)
			}
			if got := r.Header.Get("Authorization"); got != header {
				t.Errorf("the caller's request has got a header: %q", got)
			}
		})
	}
}

// TestAnEndlessAnswer is read to its end, which is that of its time.
func TestAnEndlessAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, strings.Repeat("x", 4<<10))
				select {
				case <-time.After(100 * ms):
				case <-r.Context().Done():
				}
			}
		}))
		res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://x/")}}, Rate: 1, Count: 1, Concurrency: 1, dial: dial})
		if err != nil || res.Variants[0].Errors["no answer within 1m0s"] != 1 {
			t.Errorf("%+v, %v", res.Variants[0], err)
		}
	})
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	o := newOutcome(Variant{Request: request(t, "http://x/")})
	for i := range maxTraces + 7 {
		o.add(uint64(i), Request{Status: 200, TraceID: fmt.Sprintf("%032x", i), Latency: Micros(i)})
	}
	for i := range 100 {
		o.add(uint64(i), Request{Reason: fmt.Sprint("reason ", i)})
	}
	if p := o.public(""); len(p.TraceIDs) != maxTraces || p.MoreTraces != 7 || len(p.Errors) != maxErrors+1 || p.Errors["for other reasons"] != 80 || len(p.Slowest) != 5 || len(p.Bad) != 5 {
		t.Errorf("%d traces and %d more, errors %v", len(p.TraceIDs), p.MoreTraces, p.Errors)
	}
}

func TestTraceOfAnAnswer(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	for value, want := range map[string]string{
		"00-" + id + "-00f067aa0ba902b7-01":   id,
		"00-" + id + "-00f067aa0ba902b7-03":   id,
		"00-" + id + "-00f067aa0ba902b7-00":   "",
		"00-" + id + "-00f067aa0ba902b7-0g":   "",
		"01-" + id + "-00f067aa0ba902b7-01":   "",
		"00-" + id[1:] + "-01-01":             "",
		"00-" + strings.ToUpper(id) + "-1-01": "",
		"":                                    "",
		"---":                                 "",
	} {
		if got := traceID(http.Header{"Traceresponse": {value}}); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestReadsWhatAnAnswerSays(t *testing.T) {
	for answer, want := range map[string]said{
		`{"traceUrl":"http://h/t/1","detail":"no"}`:             {"http://h/t/1", "no"},
		`{"a":{"traceUrl":"http://h/2"},"detail":"no"}`:         {"", "no"},
		`{"a":[1,{"b":2}],"traceUrl":"https://h/t/1","b":[{"c"`: {"https://h/t/1", ""},
		`{"traceUrl":"javascript:alert(1)"}`:                    {},
		`{"traceUrl":"http://h/\u001b]8"}`:                      {},
		`{"traceUrl":7,"detail":"no"}`:                          {"", "no"},
		`["traceUrl","http://h/"]`:                              {},
		`<html>`:                                                {},
		``:                                                      {},
	} {
		if got := read([]byte(answer)); got != want {
			t.Errorf("%s: %+v, want %+v", answer, got, want)
		}
	}
}

// TestReadsWhatTheGatewayAnswers has the gateway's own type encoded.
func TestReadsWhatTheGatewayAnswers(t *testing.T) {
	const page = "http://h/zipkin/traces/1"
	answer, err := json.Marshal(visitapi.Answer{TraceID: "1", TraceURL: page, Visits: []visitapi.Visit{{URL: "http://x/"}}})
	if got := read(answer); err != nil || got != (said{traceURL: page}) {
		t.Errorf("%s: %+v, %v", answer, got, err)
	}
}

// FuzzRead has what strangers answer go to a terminal.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"traceUrl":"http://h/t/1","detail":"no","visits":[{"a":1}]}`))
	f.Add([]byte(`{"detail":"\u0007\u009b\u001b[31m"}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		s := read(answer)
		for _, text := range []string{s.traceURL, s.detail} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%q is shown", text)
			}
		}
		if n := utf8.RuneCountInString(s.detail); n > maxReason {
			t.Errorf("%d characters are shown", n)
		}
	})
}
