package explain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// slowestWithin is how long ago the slowest request that is explained began at most.
const slowestWithin = 10 * time.Minute

// slowest is the trace whose longest request took longest, whether its execution is known
// or not.
func (x *Explainer) slowest(ctx context.Context) (zipkin.TraceID, error) {
	spans, err := zipkinapi.Slowest(ctx, x.cfg.Reader, slowestWithin)
	switch {
	case errors.Is(err, zipkinapi.ErrNotFound):
		return zipkin.TraceID{}, &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("no request of the last %.0f minutes is stored: make one, or name a trace", slowestWithin.Minutes())}
	case err != nil:
		return zipkin.TraceID{}, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	return spans[0].TraceID, nil
}
