// Package plan decides how a fetch is carried out: what is done before it, and
// by which way it leaves. It is asked once for each request.
package plan

import (
	"context"
	"net"
	"net/http"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/services/fetcher/internal/egress"
	"example.com/tracelab/services/fetcher/internal/outline"
	"example.com/tracelab/services/fetcher/internal/preconnect"
	"example.com/tracelab/services/fetcher/internal/proxy"
	"example.com/tracelab/services/fetcher/internal/register"
)

// plan is for one fetch. Most plans add nothing: each part that is nil is left
// out.
type plan struct {
	clock      *faults.Occurrence // that the spans go by
	register   *faults.Occurrence // that the fetch is entered into
	outline    *faults.Occurrence // that is drafted
	preconnect *faults.Occurrence // connections that are tried first
	proxy      *faults.Occurrence // between the connection and the target
}

// BeforeFetch does what comes before the fetch of ctx, and returns the context to
// fetch with. That is ctx itself, or has the route by which package egress, the
// transport below the fetcher's client, sends the request.
func BeforeFetch(ctx context.Context) context.Context {
	in := faults.In(ctx)
	p := &plan{
		clock:      in.At("clock-skew"),
		register:   in.At("narrow-channel"),
		outline:    in.At("gc-pressure"),
		preconnect: in.At("cold-connections"),
		proxy:      in.At("slow-third-party"),
	}
	p.before(ctx)
	if p.preconnect == nil && p.proxy == nil {
		return ctx
	}
	return egress.WithRoute(ctx, p.route)
}

func (p *plan) before(ctx context.Context) {
	if o := p.clock; o != nil {
		end := o.Measure(ctx)
		reporting.SetTerms(ctx, reporting.Terms{ClockOffset: -o.Duration("ms")})
		end()
	}
	if o := p.register; o != nil {
		end := o.Measure(ctx)
		register.Enter(ctx, o.Duration("ms"))
		end()
	}
	if o := p.outline; o != nil {
		end := o.Measure(ctx)
		outline.Write(ctx, o.Duration("ms"))
		end()
	}
}

// route is the way of a request. What is to happen to it happens on the way to
// the URL that was asked for, and not again on the way to where that redirects;
// but a request that keeps no connections keeps none anywhere.
func (p *plan) route(r *http.Request, dial egress.Dial) (*http.Request, egress.Dial) {
	var own egress.Dial
	first := r.Response == nil
	if o := p.preconnect; o != nil {
		tries := o.Int("n")
		if !first {
			tries = 0
		}
		own = measured(o, preconnect.New(dial, r.URL.Scheme == "https", tries))
	}
	if o := p.proxy; o != nil && first {
		if own == nil {
			own = dial
		}
		ctx := r.Context()
		between := proxy.New(o.Duration("ms"), func(came time.Time) { o.Record(ctx, came, time.Since(came)) })
		return r.WithContext(between.Watch(ctx)), between.Dial(own)
	}
	return r, own
}

// measured is dial; what it takes is measured.
func measured(o *faults.Occurrence, dial egress.Dial) egress.Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		defer o.Measure(ctx)()
		return dial(ctx, network, addr)
	}
}
