package service_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/service"
)

// came is what a service sent of a recording.
type came struct {
	id, refused, token string
	body               []byte
}

// recorded runs a service that is connected to a server, which takes recordings; it answers
// those of the id "unwanted" at once.
func recorded(t *testing.T, flight bool) (*control.Server, <-chan came) {
	t.Helper()
	server := control.NewServer("secret")
	all := make(chan came, 8)
	mux := http.NewServeMux()
	mux.Handle("POST "+control.Path, server)
	mux.HandleFunc("POST "+labapi.RecordingsPath+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		c := came{id: r.PathValue("id"), refused: r.Header.Get(labapi.RefusedHeader), token: r.Header.Get("Authorization")}
		if c.id == "unwanted" {
			all <- c
			http.Error(w, "nobody waits for it", http.StatusNotFound)
			return
		}
		c.body, _ = io.ReadAll(r.Body)
		all <- c
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(server.Close)
	run(t, service.Config{ServerURL: srv.URL, Token: "secret", Flight: flight}, service.Definition{})
	eventually(t, "connected", func() bool { return len(server.Processes()) == 1 })
	return server, all
}

func askFor(t *testing.T, server *control.Server, body any) {
	t.Helper()
	if err := server.Send(server.Processes()[0].Instance, labapi.RecordingRequested, body); err != nil {
		t.Fatal(err)
	}
}

// TestTheServerAsksForAnExecutionTrace of a process with a flight recorder and of one without.
// What is no such request changes nothing, and one that is not wanted any more is given up.
func TestTheServerAsksForAnExecutionTrace(t *testing.T) {
	for name, flight := range map[string]bool{"with a flight recorder": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			server, all := recorded(t, flight)
			for _, wrong := range []any{7, labapi.RecordingRequest{ID: "a"}, labapi.RecordingRequest{ID: "a", Seconds: 1000}, labapi.RecordingRequest{Seconds: 1}} {
				askFor(t, server, wrong)
			}
			askFor(t, server, labapi.RecordingRequest{ID: "a/b", Seconds: 1})
			c := <-all
			f, err := exectrace.FromBytes(c.body)
			if err != nil || c.id != "a/b" || c.refused != "" || c.token != "Bearer secret" {
				t.Fatalf("%v, %.200q", err, c)
			}
			x, err := exectrace.Read(f)
			if err != nil || len(x.Lost) > 0 || x.Duration().Seconds() < 0.5 {
				t.Errorf("%v, %+v", err, x)
			}
			askFor(t, server, labapi.RecordingRequest{ID: "unwanted", Seconds: 30})
			<-all
			eventually(t, "it can record again", func() bool {
				askFor(t, server, labapi.RecordingRequest{ID: "c", Seconds: 1})
				return (<-all).refused == ""
			})
		})
	}
}

// TestAProcessThatIsBeingTraced says so.
func TestAProcessThatIsBeingTraced(t *testing.T) {
	server, all := recorded(t, false)
	if err := trace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	askFor(t, server, labapi.RecordingRequest{ID: "a", Seconds: 1})
	if c := <-all; !strings.Contains(c.refused, "already enabled") || len(c.body) > 0 {
		t.Errorf("%+v", c)
	}
}
