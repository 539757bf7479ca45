package service_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/tracing/propagation"
)

// entryPoint serves GET /thing/{id}, which answers with the id and the baggage.
func entryPoint(t *testing.T, allowed bool) (url string, stop func() error) {
	t.Helper()
	return entryPointWith(t, service.Config{AllowFaults: allowed})
}

func entryPointWith(t *testing.T, cfg service.Config) (url string, stop func() error) {
	t.Helper()
	return run(t, cfg, service.Definition{
		EntryPoint: true,
		TraceURL:   func(_ *http.Request, span trace.SpanContext) string { return "http://ui/" + span.TraceID.String() },
		Routes: []httpapi.Route{{Pattern: "GET /thing/{id}", Handler: func(w http.ResponseWriter, r *http.Request) error {
			httpapi.WriteJSON(w, thing{r.PathValue("id"), propagation.BaggageHeader(r.Context())})
			return nil
		}}},
	})
}

type thing struct{ ID, Baggage string }

// ask sends a request with headers, name and value in turn.
func ask(t *testing.T, url string, header ...string) (status int, is thing, p httpapi.Problem) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	into := any(&is)
	if resp.StatusCode != 200 {
		into = &p
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v: %s", url, err, body)
	}
	return resp.StatusCode, is, p
}

func TestWhatIsAskedForTravelsInTheBaggage(t *testing.T) {
	url, _ := entryPoint(t, true)
	const lock = "fault=writer=lock-contention%3Bms=7%3Bpercent=100"
	for name, test := range map[string]struct {
		header []string
		want   string
	}{
		"nothing":                          {nil, ""},
		"another's baggage":                {[]string{"baggage", "attendee=ann"}, "attendee=ann"},
		"the header":                       {[]string{"Fault", "writer=lock-contention;ms=7", "baggage", "attendee=ann"}, "attendee=ann," + lock},
		"decided elsewhere":                {[]string{"baggage", "fault=writer=lock-contention%3Bms=7"}, lock},
		"the header outweighs the baggage": {[]string{"Fault", "writer=lock-contention;ms=7", "baggage", "fault=writer=slow-disk"}, lock},
		"two headers": {[]string{"Fault", "writer=lock-contention;ms=7", "Fault", "writer=n-plus-one;n=2"},
			lock + "%2Cwriter=n-plus-one%3Bn=2%3Bpercent=100"},
	} {
		if status, is, p := ask(t, url+"/thing/7", test.header...); status != 200 || is.ID != "7" || is.Baggage != test.want {
			t.Errorf("%s: %d %+v %+v; want %s", name, status, is, p, test.want)
		}
	}
}

func TestARefusedFaultIsAProblem(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		url, stop := entryPoint(t, allowed)
		for _, test := range []struct {
			name, value string
			detail      string // in the answer, where faults are allowed
		}{
			{"Fault", "writer=nope", "gateway=quadratic"},
			{"Fault", "writer=slow-disk;ms=0", "from 1 to 1000"},
			{"Fault", "", "no fault is named"},
			{"baggage", "fault=nope", "want SERVICE=FAULT"},
		} {
			status, is, p := ask(t, url+"/thing/7", test.name, test.value)
			switch {
			case !allowed && test.name == "baggage": // no service reads it, and it may mean something to others
				if status != 200 || is.Baggage != test.value {
					t.Errorf("not allowed, %q: %d %+v", test.value, status, is)
				}
				continue
			case !allowed && (status != 403 || p.Code != httpapi.Forbidden):
				t.Errorf("not allowed, %q: %d %+v", test.value, status, p)
			case allowed && (status != 400 || p.Code != httpapi.Invalid || !strings.Contains(p.Detail, test.detail)):
				t.Errorf("%q: %d %+v", test.value, status, p)
			}
			if p.Field != "Fault" || len(p.TraceID) != 32 || p.TraceURL != "http://ui/"+p.TraceID {
				t.Errorf("allowed %v, %q: the problem is %+v", allowed, test.value, p)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}
