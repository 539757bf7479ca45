package server

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
)

// losses says why traces may not have come: processes that sample none, that dropped
// spans or still hold some, or that there is no process.
func (s *Server) losses(ctx context.Context) (said []string) {
	processes, all := s.asker.All(ctx)
	if len(processes) == 0 {
		return []string{"No process of the workshop is connected to this server: spans of others may come to it all the same."}
	}
	for i, p := range processes {
		if text := lossesOf(p, all[i]); text != "" {
			said = append(said, text)
		}
	}
	return said
}

func lossesOf(p control.Process, status labapi.ProcessStatus) string {
	var said []string
	spans := status.Spans
	switch {
	case status.Problem != "":
		said = append(said, "is not ready: "+status.Problem)
	case spans.Sampled == 0 && spans.NotSampled > 0:
		said = append(said, fmt.Sprintf("has sampled none of %d spans: its sampler is %s", spans.NotSampled, p.Sampler))
	}
	for _, reason := range slices.Sorted(maps.Keys(spans.Dropped)) {
		if n := spans.Dropped[reason]; n > 0 {
			said = append(said, fmt.Sprintf("has dropped %d spans: %s", n, reason))
		}
	}
	if spans.Queued > 0 {
		said = append(said, fmt.Sprintf("holds %d spans that %s has not taken", spans.Queued, p.ReportsTo))
	}
	if len(said) == 0 {
		return ""
	}
	return p.Service + " " + strings.Join(said, "; ") + "."
}
