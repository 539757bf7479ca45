package labapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// serve answers on StackPath, so that the server is found, and elsewhere as answer
// does. It returns a client that knows the token.
func serve(t *testing.T, answer http.HandlerFunc) *labapi.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+labapi.StackPath, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"source":"here"}`) })
	mux.HandleFunc("/", answer)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	client, err := labapi.Find(t.Context(), srv.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	client.Token = "s3cret"
	return client
}

// TestFindNamesWhatToDo where no server answers, or something else does.
func TestFindNamesWhatToDo(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }))
	defer other.Close()
	for base, want := range map[string]string{"http://127.0.0.1:1": "127.0.0.1:1", other.URL: "another program is there"} {
		_, err := labapi.Find(t.Context(), base)
		if err == nil || !strings.Contains(err.Error(), "tracelab up") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want 'tracelab up' and %q", base, err, want)
		}
	}
	var refused *url.Error
	if _, err := labapi.Find(t.Context(), "http://127.0.0.1:1"); !errors.As(err, &refused) {
		t.Errorf("%v does not say that the server cannot be reached", err)
	}
}

// TestRequests are what the server's routes take.
func TestRequests(t *testing.T) {
	ctx, id := context.Background(), zipkin.TraceID{Low: 9}
	for want, do := range map[string]func(*labapi.Client) error{
		"POST /tracelab/v1/doctor ":                                    func(c *labapi.Client) error { _, err := c.Doctor(ctx); return err },
		"GET /tracelab/v1/why/0000000000000009 ":                       func(c *labapi.Client) error { _, err := c.Why(ctx, id, zipkin.SpanAt{}); return err },
		"GET /tracelab/v1/why/0000000000000009?span=0000000000000003 ": func(c *labapi.Client) error { _, err := c.Why(ctx, id, zipkin.SpanAt{ID: 3}); return err },
		"GET /tracelab/v1/why/0000000000000009?span=0000000000000003&start_us=7 ": func(c *labapi.Client) error {
			_, err := c.Why(ctx, id, zipkin.SpanAt{ID: 3, Timestamp: 7})
			return err
		},
		"GET /tracelab/v1/why?slowest=1 ":                        func(c *labapi.Client) error { _, err := c.WhySlowest(ctx); return err },
		"GET /tracelab/v1/why?live=1 ":                           func(c *labapi.Client) error { _, err := c.WhyLive(ctx); return err },
		"GET /tracelab/v1/flights ":                              func(c *labapi.Client) error { _, err := c.Snapshots(ctx, zipkin.TraceID{}); return err },
		"GET /tracelab/v1/flights?trace=0000000000000009 ":       func(c *labapi.Client) error { _, err := c.Snapshots(ctx, id); return err },
		"GET /tracelab/v1/flights/a%2Fb?trace=0000000000000009 ": func(c *labapi.Client) error { return c.DownloadSnapshot(ctx, "a/b", id, io.Discard) },
		"GET /tracelab/v1/compare?a=x%3D1&b=x%3D2&strata=t%2Cu ": func(c *labapi.Client) error {
			_, err := c.Compare(ctx, labapi.ComparisonQuery{A: "x=1", B: "x=2", Strata: []string{"t", "u"}})
			return err
		},
		"GET /tracelab/v1/pprof?q=serviceName%3Da ": func(c *labapi.Client) error { return c.Pprof(ctx, "serviceName=a", io.Discard) },
		"GET /tracelab/v1/faults ":                  func(c *labapi.Client) error { _, err := c.Faults(ctx); return err },
		`POST /tracelab/v1/faults {"faults":"a=b"}`: func(c *labapi.Client) error {
			_, err := c.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "a=b"}})
			return err
		},
		"DELETE /tracelab/v1/faults?fault=a+b ": func(c *labapi.Client) error { _, err := c.SwitchOff(ctx, labapi.SwitchOff{Fault: "a b"}); return err },
		`POST /tracelab/v1/mystery {"level":2}`: func(c *labapi.Client) error { _, err := c.StartMystery(ctx, labapi.MysteryStart{Level: 2}); return err },
		"DELETE /tracelab/v1/faults?attendee=ann ": func(c *labapi.Client) error {
			_, err := c.SwitchOff(ctx, labapi.SwitchOff{Attendee: "ann"})
			return err
		},
		"GET /tracelab/v1/mysteries ":     func(c *labapi.Client) error { _, err := c.Room(ctx); return err },
		"DELETE /tracelab/v1/mysteries? ": func(c *labapi.Client) error { _, err := c.ResetRoom(ctx, labapi.RoomReset{}); return err },
		"DELETE /tracelab/v1/mysteries?attendee=O%27Brien+%26+co ": func(c *labapi.Client) error {
			_, err := c.ResetRoom(ctx, labapi.RoomReset{Attendee: "O'Brien & co"})
			return err
		},
		`POST /tracelab/v1/mysteries {"attendees":["ann","bob"],"level":2}`: func(c *labapi.Client) error {
			_, err := c.StartRoom(ctx, labapi.RoomStart{Attendees: []string{"ann", "bob"}, Level: 2})
			return err
		},
		`POST /tracelab/v1/mystery/hint {"attendee":"ann"}`: func(c *labapi.Client) error {
			_, err := c.HintMystery(ctx, labapi.MysteryAsk{Attendee: "ann"})
			return err
		},
		`POST /tracelab/v1/mystery/answer {"service":"writer","cause":"slow-disk","ms":7}`: func(c *labapi.Client) error {
			_, err := c.AnswerMystery(ctx, labapi.MysteryAnswer{Diagnosis: labapi.Diagnosis{Service: "writer", Cause: "slow-disk", Ms: 7}})
			return err
		},
	} {
		got := ""
		client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = r.Method + " " + r.URL.RequestURI() + " " + string(body)
			if r.Header.Get("Authorization") != "Bearer s3cret" {
				t.Errorf("%s has no token", got)
			}
			if r.URL.Path == labapi.DoctorPath || r.URL.Path == labapi.SnapshotsPath {
				io.WriteString(w, "[]")
				return
			}
			io.WriteString(w, "{}")
		})
		if err := do(client); err != nil || got != want {
			t.Errorf("it asks for %s, %v; want %s", got, err, want)
		}
	}
}

// TestLiveAsksAgain while there is nothing to explain.
func TestLiveAsksAgain(t *testing.T) {
	asked := 0
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		io.WriteString(w, `{"traceId":"9","spanId":"3"}`)
	})
	if x, err := client.WhyLive(t.Context()); err != nil || asked != 3 || x.TraceID != "9" || x.SpanID != "3" {
		t.Errorf("asked %d times, it is %+v, %v", asked, x, err)
	}
}

// TestErrorsAreTheServersOwn where it says what is wrong, and name the path where it
// does not.
func TestErrorsAreTheServersOwn(t *testing.T) {
	for body, want := range map[string]string{
		`{"detail":"only with its token","status":403}`: `^: only with its token$`,
		`nothing of that kind`:                          `^/tracelab/v1/[a-z0-9/?=]+ answered 403 Forbidden: nothing of that kind$`,
		`{"status":403}`:                                `^/tracelab/v1/[a-z0-9/?=]+ answered 403 Forbidden: {"status":403}$`,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, body)
		})
		for _, ask := range []func() error{
			func() error { _, err := client.Faults(t.Context()); return err },
			func() error { _, err := client.WhySlowest(t.Context()); return err },
			func() error { return client.Report(t.Context(), nil) },
			func() error { return client.DownloadSnapshot(t.Context(), "7", zipkin.TraceID{}, io.Discard) },
			func() error {
				for _, err := range client.All(t.Context()) {
					return err
				}
				return nil
			},
		} {
			err := ask()
			if err == nil {
				t.Errorf("%s is no error", body)
			} else if rest, ok := strings.CutPrefix(err.Error(), client.URL()); !ok || !regexp.MustCompile(want).MatchString(rest) {
				t.Errorf("%s: %v, want %s", body, err, want)
			}
		}
	}
}

// TestSpansGoBothWays as a Zipkin reads and writes them.
func TestSpansGoBothWays(t *testing.T) {
	var stored []byte
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			stored, _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if r.URL.Query().Get("trace") == "0000000000000009" {
			stored = bytes.TrimSuffix(stored, []byte("]")) // an answer that ends early
		}
		w.Write(stored)
	})
	if err := client.Report(t.Context(), []zipkin.Span{{TraceID: zipkin.TraceID{Low: 9}, ID: 1, Name: "get"}}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for spans, err := range client.All(t.Context()) {
		if n += len(spans); err != nil || spans[0].Name != "get" {
			t.Errorf("%+v, %v", spans, err)
		}
	}
	var last error
	for _, err := range client.Trace(t.Context(), zipkin.TraceID{Low: 9}) {
		last = err
	}
	if n != 1 || last == nil || !strings.Contains(last.Error(), labapi.SpansPath+": it ends after 1 spans") {
		t.Errorf("%d spans; of a list that is cut it says %v", n, last)
	}
}

// TestASnapshotIsDownloaded as it is, whole or what of it covers a trace.
func TestASnapshotIsDownloaded(t *testing.T) {
	for want, trace := range map[string]zipkin.TraceID{labapi.SnapshotsPath + "/7": {}, labapi.SnapshotsPath + "/7?trace=0000000000000009": {Low: 9}} {
		client := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.RequestURI()) })
		var got bytes.Buffer
		if err := client.DownloadSnapshot(t.Context(), "7", trace, &got); err != nil || got.String() != want {
			t.Errorf("it is %q, %v; want %q", got.String(), err, want)
		}
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8")
		io.WriteString(w, "half")
	})
	if err := client.DownloadSnapshot(t.Context(), "7", zipkin.TraceID{}, io.Discard); err == nil || !strings.Contains(err.Error(), labapi.SnapshotsPath+"/7: ") {
		t.Errorf("of one that ends early it says %v", err)
	}
}

// endless is a body of zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestASnapshotIsBounded: a server that sends on and on is not listened to for ever.
func TestASnapshotIsBounded(t *testing.T) {
	for more, good := range map[int64]bool{0: true, 1: false} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.CopyN(w, endless{}, labapi.MaxSnapshot+more) })
		if err := client.DownloadSnapshot(t.Context(), "7", zipkin.TraceID{}, io.Discard); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "more bytes") {
			t.Errorf("of %d bytes more than a snapshot has it says %v", more, err)
		}
	}
}

// TestWhoHasEnoughStopsReading: of two pieces the second is not yielded.
func TestWhoHasEnoughStopsReading(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `[{"traceId":"0000000000000009","id":"0000000000000001"}`) // and an error, where the list ends
	})
	for spans, err := range client.All(t.Context()) {
		if len(spans) != 1 || err != nil {
			t.Errorf("the first piece is %v, %v", spans, err)
		}
		break // to go on would panic
	}
}

// TestALongAnswer is read as far as a server of ours may answer: a list of as many
// snapshots as it stores, each for as many traces as it may be, takes some 10 MB.
func TestALongAnswer(t *testing.T) {
	one := labapi.Snapshot{ID: "7"}
	for range 256 {
		one.Traces = append(one.Traces, labapi.Part{TraceID: strings.Repeat("9", 32), StartUS: 1 << 52, EndUS: 1 << 52})
	}
	text, err := json.MarshalIndent(one, "  ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	list := "[" + strings.Repeat(string(text)+",\n  ", 255) + string(text) + "]"
	for name, test := range map[string]struct{ answer, says string }{
		"as long as it may be": {list, ""},
		"longer":               {strings.Repeat(" ", 3*len(list)) + list, labapi.SnapshotsPath + ": more than 33554432 bytes"},
		"one that is cut":      {list[:1000], "unexpected end of JSON"},
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, test.answer) })
		all, err := client.Snapshots(t.Context(), zipkin.TraceID{})
		if test.says == "" && (err != nil || len(all) != 256 || len(all[255].Traces) != 256) {
			t.Errorf("%s, of %d bytes: %d snapshots, %v", name, len(test.answer), len(all), err)
		}
		if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// TestAServerThatBreaksOff is named, with what was asked for.
func TestAServerThatBreaksOff(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8")
		io.WriteString(w, "[")
	})
	if _, err := client.Snapshots(t.Context(), zipkin.TraceID{Low: 9}); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), client.URL()+labapi.SnapshotsPath) {
		t.Errorf("it says %v", err)
	}
}

// TestAServerThatHasGone is named by each call, without the password in its URL.
func TestAServerThatHasGone(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"source":"here"}`) }))
	host := strings.TrimPrefix(srv.URL, "http://")
	client, err := labapi.Find(t.Context(), "http://ann:s3cret@"+host)
	if err != nil {
		t.Fatal(err)
	}
	srv.Close()
	for name, ask := range map[string]func() error{
		"Faults":           func() error { _, err := client.Faults(t.Context()); return err },
		"WhySlowest":       func() error { _, err := client.WhySlowest(t.Context()); return err },
		"Report":           func() error { return client.Report(t.Context(), nil) },
		"DownloadSnapshot": func() error { return client.DownloadSnapshot(t.Context(), "7", zipkin.TraceID{}, io.Discard) },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), host) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAnswerThatIsNone names the program that gave it.
func TestAnAnswerThatIsNone(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") })
	if x, err := client.WhySlowest(t.Context()); err == nil || !strings.Contains(err.Error(), "another program is there") || !strings.Contains(err.Error(), labapi.WhyPath) {
		t.Errorf("%+v, %v", x, err)
	}
}
