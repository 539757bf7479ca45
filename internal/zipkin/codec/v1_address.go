package codec

import "example.com/tracelab/internal/zipkin"

// The keys under which a binary annotation is an address: of the client, the
// server, and the broker of a message.
const (
	clientAddress  = "ca"
	serverAddress  = "sa"
	messageAddress = "ma"
)

func isAddress(key string) bool {
	return key == clientAddress || key == serverAddress || key == messageAddress
}

// assignTags gives each tag to the span of its service, and makes remote
// endpoints of the addresses. An address counts whatever its value is.
func (v *v1Span) assignTags() {
	var client, server, broker zipkin.Endpoint
	kept := v.tags[:0]
	for _, t := range v.tags {
		e := v.endpoints[t.endpoint]
		switch t.key {
		case clientAddress:
			client = e
			continue
		case serverAddress:
			server = e
			continue
		case messageAddress:
			broker = e
			continue
		}
		t.owner = v.of(e)
		if t.key == "lc" && t.value == "" { // says only where the span was
			continue
		}
		kept = append(kept, t)
	}
	v.tags = kept
	v.setRemotes(client, server, broker)
}

func (v *v1Span) setRemotes(client, server, broker zipkin.Endpoint) {
	unknown := zipkin.Endpoint{}
	if !v.cs.happened() && !v.cr.happened() && !v.sr.happened() && !v.ss.happened() && (client != unknown || server != unknown) {
		v.setRemoteOfNoCall(client, server)
		return
	}
	if at := either(v.sr, v.ss); client != unknown && at.happened() && client != at.endpoint {
		if client.ServiceName == at.endpoint.ServiceName {
			client.ServiceName = "" // or the service would seem to call itself
		}
		v.spans[v.of(at.endpoint)].Remote = client
	}
	if at := either(v.cs, v.cr); server != unknown && at.happened() {
		v.spans[v.of(at.endpoint)].Remote = server
	}
	for _, at := range [...]event{v.ms, v.mr} {
		if broker != unknown && at.happened() {
			v.spans[v.of(at.endpoint)].Remote = broker
		}
	}
}

// setRemoteOfNoCall sets the remote endpoint of a span that has addresses and
// nothing that says when a call began or ended. One with only the address of
// its client is a server's.
func (v *v1Span) setRemoteOfNoCall(client, server zipkin.Endpoint) {
	unknown := zipkin.Endpoint{}
	switch {
	case server == unknown:
		v.spans[0].Kind, v.spans[0].Remote = zipkin.Server, client
	case client == unknown:
		v.spans[0].Remote = server
	default:
		v.spans[v.of(client)].Remote = server
	}
}

func either(a, b event) event {
	if a.happened() {
		return a
	}
	return b
}
