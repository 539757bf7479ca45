package exectrace

import "strings"

// What net/http's client does in goroutines of its own.

// newClients marks the functions, among all names, with which net/http's client
// starts goroutines that work for whom waits for them: for a request, and not until its
// time is over.
func newClients(t *names) []bool {
	clients := make([]bool, len(t.texts))
	for i, function := range t.texts {
		clients[i] = strings.HasPrefix(function, "net/http.") && !servesHTTP(function) && !watchesHTTP(function)
	}
	return clients
}

func servesHTTP(function string) bool {
	for _, server := range []string{"(*conn).", "(*connReader).", "(*Server).", "(*http2Server).", "(*http2serverConn).", "(*timeoutHandler)."} {
		if strings.HasPrefix(strings.TrimPrefix(function, "net/http."), server) {
			return true
		}
	}
	return false
}

// watchesHTTP reports whether a goroutine of the client waits for the end of a
// request's time.
func watchesHTTP(function string) bool {
	return strings.HasPrefix(function, "net/http.setRequestCancel") || strings.HasPrefix(function, "net/http.awaitLegacyCancel")
}

// newDials are the goroutines that make connections.
func (t *Trace) newDials() (all []int32) {
	for i, g := range t.goroutines.All() {
		if strings.HasPrefix(t.text.text(g.name), "net/http.(*Transport).startDialConnForLocked") {
			all = append(all, int32(i))
		}
	}
	return all
}

// givenUp is how a wait of net/http's client ended, which neither an answer nor a
// connection did, but a timer, or whoever canceled the request: that is not what was
// waited for. An answer would have come from the network.
func (w *breakdown) givenUp(g int32, iv Interval, e ending) ending {
	switch {
	case !e.ended || e.by != none && w.lookups.clients[w.t.goroutine(e.by).name]:
	case e.place.answer:
		e.kind, e.by = waitNetwork, none
	case e.place.pool:
		e.by = w.dial(g, iv)
	}
	return e
}

// dial is the goroutine that makes the connection that goroutine g waits for in iv, or
// none: g started it before.
func (w *breakdown) dial(g int32, iv Interval) (found int32) {
	found = none
	last := iv.Start
	for _, i := range w.lookups.dials {
		w.work++
		born, by, known := w.t.birth(i)
		if !known || by != g || born > iv.Start || found != none && born < last {
			continue
		}
		if ended := w.t.ended(w.t.goroutine(i)); ended != 0 && ended < iv.End {
			continue
		}
		found, last = i, born
	}
	return found
}
