package service

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// sampling is what /debug/sampling shows.
type sampling struct {
	Sampler    string `json:"sampler"`
	Sampled    uint64 `json:"spans_sampled"`
	NotSampled uint64 `json:"spans_not_sampled"`
}

func (s *instance) showSampling(w http.ResponseWriter, _ *http.Request) error {
	c := s.tracing.Stats()
	httpapi.WriteJSON(w, sampling{s.tracing.Sampler().String(), c.Sampled, c.NotSampled})
	return nil
}

// changeSampling takes the new sampler as the body, in the words of --sampler.
func (s *instance) changeSampling(w http.ResponseWriter, r *http.Request) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<10))
	if err != nil {
		return httpapi.InvalidField("sampler", "the sampler cannot be read: %v", err)
	}
	sampler, err := tracing.ParseSampler(string(text))
	if err != nil || len(text) == 0 {
		return httpapi.InvalidField("sampler", "send the new sampler as the body, like 0.1: %v", err)
	}
	s.setSampler(r.Context(), sampler)
	return s.showSampling(w, r)
}

// setSampler samples the traces that begin from now on by another rule, and lets the
// server know.
func (s *instance) setSampler(ctx context.Context, sampler *tracing.Sampler) {
	before := s.tracing.Sampler()
	s.tracing.SetSampler(sampler)
	slog.InfoContext(ctx, "the sampler was changed", "from", before.String(), "to", sampler.String())
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// onSampling takes a change that the server sends.
func (s *instance) onSampling(kind string, body json.RawMessage) {
	if kind != labapi.SamplerChanged {
		return
	}
	var text string
	err := json.Unmarshal(body, &text)
	var sampler *tracing.Sampler
	if err == nil {
		sampler, err = tracing.ParseSampler(text)
	}
	if err != nil {
		slog.Warn("a sampler of the server cannot be read; is it of another version?", "err", err)
		return
	}
	s.setSampler(context.Background(), sampler)
}
