package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// showSampling says by which sampler each process chooses traces.
func (s *Server) showSampling(w http.ResponseWriter, r *http.Request) error {
	answerSampling(w, r, s.control.Processes())
	return nil
}

func answerSampling(w http.ResponseWriter, r *http.Request, processes []control.Process) {
	all := labapi.Sampling{Processes: []labapi.ProcessSampling{}}
	var text strings.Builder
	for _, p := range processes {
		all.Processes = append(all.Processes, labapi.ProcessSampling{Service: p.Service, Instance: p.Instance, Sampler: p.Sampler})
		fmt.Fprintf(&text, "%-8s %s  %s\n", p.Service, p.Instance, p.Sampler)
	}
	if len(processes) == 0 {
		text.WriteString("no service is connected to this server\n")
	}
	httpapi.Answer(w, r, all, text.String())
}

// changedWithin is how long processes may take to say that they have another sampler.
const changedWithin = 2 * time.Second

// changeSampling takes a labapi.SetSampling, and answers once the processes say that
// they sample so.
func (s *Server) changeSampling(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.SetSampling
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	sampler, err := tracing.ParseSampler(ask.Sampler)
	if err != nil || strings.TrimSpace(ask.Sampler) == "" {
		return httpapi.InvalidField("sampler", "sampler=%.40q: want always, never, a fraction such as 0.1, or a rate such as 5/s", ask.Sampler)
	}
	meant := s.sampledBy(ask)
	if len(meant) == 0 {
		return &httpapi.Error{Code: httpapi.NotFound, Field: "service",
			Detail: fmt.Sprintf("no process of the service %.40q with the instance %.40q is connected to this server: GET %s lists those that are", ask.Service, ask.Instance, labapi.SamplingPath)}
	}
	for _, p := range meant {
		if err := s.control.Send(p.Instance, labapi.SamplerChanged, sampler.String()); err != nil {
			return &httpapi.Error{Code: httpapi.Unavailable, Service: p.Service, Detail: fmt.Sprintf("the sampler of %s %s is not changed, those of others may be: %v", p.Service, p.Instance, err)}
		}
	}
	if err := s.awaitSampler(r.Context(), ask, len(meant), sampler.String()); err != nil {
		return err
	}
	answerSampling(w, r, s.control.Processes())
	return nil
}

// sampledBy are the processes that are meant.
func (s *Server) sampledBy(ask labapi.SetSampling) (meant []control.Process) {
	for _, p := range s.control.Processes() {
		if (ask.Service == "" || ask.Service == p.Service) && (ask.Instance == "" || ask.Instance == p.Instance) {
			meant = append(meant, p)
		}
	}
	return meant
}

// awaitSampler waits until all that are meant say that they have it: a process connects
// anew to say so.
func (s *Server) awaitSampler(ctx context.Context, ask labapi.SetSampling, all int, sampler string) error {
	ctx, cancel := context.WithTimeout(ctx, changedWithin)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		changed := map[string]bool{}
		for _, p := range s.sampledBy(ask) {
			if p.Sampler == sampler {
				changed[p.Instance] = true
			}
		}
		if len(changed) >= all {
			return nil
		}
		select {
		case <-ctx.Done():
			return &httpapi.Error{Code: httpapi.Unavailable, Field: "sampler",
				Detail: fmt.Sprintf("%d of %d processes have not said within %s that they sample by %s: one of another version cannot be changed from here", all-len(changed), all, changedWithin, sampler)}
		case <-tick.C:
		}
	}
}
