package propagation

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// MaxBaggage bounds the baggage that is carried, in bytes of its header: what
// the W3C asks every platform to carry.
const MaxBaggage = 8192

type baggageKey struct{}

// ExtractBaggage returns a context with the baggage of the headers, for the
// requests that follow from this one. Without any it is ctx itself. Several lines
// are one list. Of one larger than MaxBaggage, or that cannot be a header, nothing is carried, since
// half a list would mislead, and ok is false.
func ExtractBaggage(ctx context.Context, h http.Header) (_ context.Context, ok bool) {
	lines := h[headerBaggage]
	if len(lines) > 1 { // an empty member would make the list malformed to others
		lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Trim(line, " \t") == "" })
	}
	all := strings.Join(lines, ",")
	if all == "" {
		return ctx, true
	}
	if len(all) > MaxBaggage || strings.ContainsFunc(all, notFieldValue) {
		return ctx, false
	}
	return context.WithValue(ctx, baggageKey{}, all), true
}

// Baggage returns the value of one member of the baggage of ctx, decoded and
// without its properties, and whether there is one.
func Baggage(ctx context.Context, name string) (string, bool) {
	for member := range strings.SplitSeq(BaggageHeader(ctx), ",") {
		member, _, _ = strings.Cut(member, ";")
		key, value, found := strings.Cut(member, "=")
		if !found || strings.TrimSpace(key) != name {
			continue
		}
		decoded, err := url.PathUnescape(strings.TrimSpace(value))
		return decoded, err == nil
	}
	return "", false
}

// WithBaggage returns a context whose baggage has the member name with value, in
// place of one of that name; an empty value removes it. It fails if the baggage
// would be larger than MaxBaggage, or name is not a token of RFC 9110.
func WithBaggage(ctx context.Context, name, value string) (context.Context, error) {
	if name == "" || strings.ContainsFunc(name, notToken) {
		return ctx, fmt.Errorf("%q cannot be the name of a member of the baggage", name)
	}
	var members []string
	old := false
	for member := range strings.SplitSeq(BaggageHeader(ctx), ",") {
		key, _, _ := strings.Cut(member, "=")
		switch {
		case strings.TrimSpace(key) == name:
			old = true
		case member != "":
			members = append(members, member)
		}
	}
	switch {
	case value != "":
		members = append(members, name+"="+url.PathEscape(value))
	case !old:
		return ctx, nil
	}
	all := strings.Join(members, ",")
	if len(all) > MaxBaggage {
		return ctx, fmt.Errorf("with the member %s the baggage has %d bytes: at most %d are carried", name, len(all), MaxBaggage)
	}
	return context.WithValue(ctx, baggageKey{}, all), nil
}

// notToken reports whether RFC 9110 keeps a character out of a token.
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
}

// notFieldValue reports whether RFC 9110 keeps a character out of the value of a
// header. net/http refuses the whole request that has one.
func notFieldValue(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// BaggageHeader returns the baggage of ctx in the form of the header Baggage,
// for what travels otherwise than by HTTP. ContextWithBaggage reads it.
func BaggageHeader(ctx context.Context) string {
	all, _ := ctx.Value(baggageKey{}).(string)
	return all
}

// ContextWithBaggage returns a context with the baggage that BaggageHeader
// returned elsewhere. What ExtractBaggage would refuse is left out.
func ContextWithBaggage(ctx context.Context, header string) context.Context {
	if header == "" {
		return ctx
	}
	ctx, _ = ExtractBaggage(ctx, http.Header{headerBaggage: {header}})
	return ctx
}
