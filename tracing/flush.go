package tracing

import "context"

// Flush has the reporter send what is queued at once, and returns when every
// span that ended before the call has been delivered, or dropped and counted.
// When ctx ends first it returns the error of ctx, and what is queued stays
// queued. It is for work that is repeated after a crash, and must not be marked
// done before its trace is stored. Before Start, after Shutdown and with a
// Config.Reporter that has no method Flush it returns nil at once.
func Flush(ctx context.Context) error {
	t := active.Load()
	if t == nil {
		return nil
	}
	if r, ok := t.reporter.(interface{ Flush(context.Context) error }); ok {
		return r.Flush(ctx)
	}
	return nil
}
