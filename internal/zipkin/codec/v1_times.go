package codec

import "example.com/tracelab/internal/zipkin"

// setTimes finds out when the spans began and how long they took.
func (v *v1Span) setTimes() {
	// A begin may be missing that the timestamp of the span makes up for.
	if !v.cs.happened() && v.endsAt(v.cr) {
		v.cs = event{v.timestamp, v.cr.endpoint}
	}
	if !v.sr.happened() && v.endsAt(v.ss) {
		v.sr = event{v.timestamp, v.ss.endpoint}
	}
	v.setCall()
	v.setMessage()
}

func (v *v1Span) endsAt(end event) bool {
	return end.happened() && v.timestamp != 0 && v.duration != 0 && v.timestamp+v.duration == end.timestamp
}

func (v *v1Span) setCall() {
	cs, cr, sr, ss := v.cs.happened(), v.cr.happened(), v.sr.happened(), v.ss.happened()
	switch {
	case cs && sr:
		v.setTime(v.cs, v.cr)
		_, server := v.sides(v.cs, v.sr, zipkin.Client, zipkin.Server)
		v.spans[server].Shared = true
		v.spans[server].Timestamp = max(v.sr.timestamp, 0)
		if ss {
			v.spans[server].Duration = max(v.ss.timestamp-v.sr.timestamp, 0)
		}
	case cs && cr:
		v.setTime(v.cs, v.cr)
	case sr && ss:
		v.setTime(v.sr, v.ss)
	default:
		v.setHalfCall()
	}
	// A server that joins a span of its client does not know when that began. A
	// client is never marked, see close.
	if sr && (v.timestamp == 0 || ss && v.duration == 0) {
		v.spans[v.of(v.sr.endpoint)].Shared = true
	}
}

// sides returns the spans of both ends, which are two even when a service
// called itself.
func (v *v1Span) sides(from, to event, sender, receiver zipkin.Kind) (int32, int32) {
	near := v.of(from.endpoint)
	if from.endpoint.ServiceName != to.endpoint.ServiceName {
		return near, v.of(to.endpoint)
	}
	far := v.fork(to.endpoint)
	v.spans[near].Kind, v.spans[far].Kind = sender, receiver
	return near, far
}

// setTime times the span that begin and end belong to. What the span says of
// its own time wins.
func (v *v1Span) setTime(begin, end event) {
	sp := &v.spans[v.of(begin.endpoint)]
	if v.timestamp != 0 && v.duration != 0 {
		sp.Timestamp, sp.Duration = max(v.timestamp, 0), max(v.duration, 0)
		return
	}
	sp.Timestamp = max(begin.timestamp, 0)
	if end.happened() {
		sp.Duration = max(end.timestamp-begin.timestamp, 0)
	}
}

// setHalfCall times spans of which only the begin is known, or the end, which
// is then an annotation.
func (v *v1Span) setHalfCall() {
	for i := range v.spans {
		var begin, end event
		value := ""
		switch v.spans[i].Kind {
		case zipkin.Client:
			begin, end, value = v.cs, v.cr, "cr"
		case zipkin.Server:
			begin, end, value = v.sr, v.ss, "ss"
		}
		if begin.happened() {
			v.spans[i].Timestamp = max(begin.timestamp, 0)
		}
		v.annotate(int32(i), end, value)
	}
	if v.timestamp != 0 {
		v.spans[0].Timestamp, v.spans[0].Duration = max(v.timestamp, 0), max(v.duration, 0)
	}
}

func (v *v1Span) setMessage() {
	ms, mr, ws, wr := v.ms.happened(), v.mr.happened(), v.ws.happened(), v.wr.happened()
	switch {
	case ms && mr:
		producer, consumer := v.sides(v.ms, v.mr, zipkin.Producer, zipkin.Consumer)
		from, to := &v.spans[producer], &v.spans[consumer]
		to.Shared = true
		if to.Timestamp = max(v.mr.timestamp, 0); wr {
			to.Timestamp, to.Duration = max(v.wr.timestamp, 0), max(v.mr.timestamp-v.wr.timestamp, 0)
		}
		if from.Timestamp, from.Duration = max(v.ms.timestamp, 0), 0; ws {
			from.Duration = max(v.ws.timestamp-v.ms.timestamp, 0)
		}
	case ms:
		v.setTime(v.ms, v.ws)
	case mr && wr:
		v.setTime(v.wr, v.mr)
	case mr:
		v.setTime(v.mr, event{})
	default:
		v.annotate(v.of(v.ws.endpoint), v.ws, "ws")
		v.annotate(v.of(v.wr.endpoint), v.wr, "wr")
	}
}
