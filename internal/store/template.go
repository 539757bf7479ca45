package store

import (
	"encoding/binary"

	"example.com/tracelab/internal/zipkin"
)

// template is what the spans of one instrumented operation have in common: all
// but ids, times and tags. A program has a few hundred templates whatever its
// traffic, so a span pays eight bytes for what is much of its JSON.
//
// All but refs is immutable, and its strings are parts of key. Readers may
// therefore keep a *template without a lock, also after the store has released
// it.
type template struct {
	key        string
	number     uint64 // no other template of the store ever has it
	kind       zipkin.Kind
	name       string
	local      zipkin.Endpoint
	remote     string // the service name of the remote endpoint
	remoteAddr bool   // the payload starts with the rest of the remote endpoint
	debug      bool
	shared     bool

	service *service // of local.ServiceName, nil without one
	refs    int      // records that point here; guarded by Store.mu
}

const (
	flagDebug = 1 << iota
	flagShared
	flagRemoteAddr
)

// appendTemplateKey appends the text that identifies the template of sp.
func appendTemplateKey(b []byte, sp *zipkin.Span) []byte {
	var flags byte
	if sp.Debug {
		flags |= flagDebug
	}
	if sp.Shared {
		flags |= flagShared
	}
	if hasAddr(&sp.Remote) {
		flags |= flagRemoteAddr
	}
	b = append(b, flags)
	b = binary.BigEndian.AppendUint16(b, sp.Local.Port)
	b = appendText(b, string(sp.Kind))
	b = appendText(b, sp.Name)
	b = appendText(b, sp.Local.ServiceName)
	b = appendText(b, sp.Local.IPv4)
	b = appendText(b, sp.Local.IPv6)
	b = appendText(b, sp.Remote.ServiceName)
	return b
}

// newTemplate reads back what appendTemplateKey wrote.
func newTemplate(key string) *template {
	s := &template{
		key:        key,
		debug:      key[0]&flagDebug != 0,
		shared:     key[0]&flagShared != 0,
		remoteAddr: key[0]&flagRemoteAddr != 0,
	}
	s.local.Port = uint16(key[1])<<8 | uint16(key[2])
	rest := key[3:]
	var kind string
	for _, field := range []*string{&kind, &s.name, &s.local.ServiceName, &s.local.IPv4, &s.local.IPv6, &s.remote} {
		*field, rest = cutText(rest)
	}
	s.kind = knownKind(kind)
	return s
}

// bytes estimates what a template keeps alive, its map entry included.
func (s *template) bytes() int64 {
	const own = 176 + 48 // the struct, and a map entry at the usual load
	return own + roundUp(len(s.key))
}

// knownKind returns the constant of a kind, so that no string is stored for it.
func knownKind(s string) zipkin.Kind {
	for _, k := range [...]zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer} {
		if string(k) == s {
			return k
		}
	}
	return zipkin.Kind(s)
}

func hasAddr(e *zipkin.Endpoint) bool { return e.IPv4 != "" || e.IPv6 != "" || e.Port != 0 }

// appendText writes a string after its length; cutText reads it and returns what
// follows, as strings.Cut does.
func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func cutText(s string) (text, rest string) {
	n, s := cutUvarint(s)
	return s[:n], s[n:]
}

func countTexts(s string) (n int) {
	for ; s != ""; n++ {
		_, s = cutText(s)
	}
	return n
}

// cutUvarint reads what binary.AppendUvarint wrote, from a string.
func cutUvarint(s string) (v uint64, rest string) {
	if s[0] < 0x80 {
		return uint64(s[0]), s[1:]
	}
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		v |= uint64(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return v, s[i+1:]
		}
	}
}

// templates is the table of the templates in use: one for each key, released with
// its last record, so that there are never more than spans.
type templates struct {
	byKey map[string]*template
	made  uint64
	bytes int64
}

// get returns the template for key, making it if need be.
func (t *templates) get(key []byte, services *services) *template {
	if s, ok := t.byKey[string(key)]; ok {
		return s
	}
	s := newTemplate(string(key))
	t.made++
	s.number = t.made
	s.service = services.join(s)
	t.byKey[s.key] = s
	t.bytes += s.bytes()
	return s
}

// release gives back one reference to s.
func (t *templates) release(s *template, services *services) {
	if s.refs--; s.refs > 0 {
		return
	}
	delete(t.byKey, s.key)
	t.bytes -= s.bytes()
	services.leave(s)
}
