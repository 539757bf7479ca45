package tracing

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// headerBaggage is https://www.w3.org/TR/baggage/, a Recommendation.
const headerBaggage = "Baggage"

// maxBaggage bounds what is passed on, in bytes: what the Recommendation asks
// every platform to carry.
const maxBaggage = 8192

type baggageKey struct{}

// withBaggage keeps the caller's baggage for the requests that follow from this
// one. More than the bound is not passed on at all: half a list would be a lie.
func withBaggage(ctx context.Context, h http.Header) (_ context.Context, tooLarge bool) {
	lines := h[headerBaggage]
	if len(lines) == 0 {
		return ctx, false
	}
	all := strings.Join(lines, ",")
	if len(all) > maxBaggage || strings.ContainsAny(all, "\r\n\x00") {
		return ctx, true
	}
	return context.WithValue(ctx, baggageKey{}, all), false
}

// Baggage returns the value of one member of the baggage that came with the
// request of ctx, decoded and without its properties, and whether there is one.
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

// WithBaggage returns a context whose requests carry the member name with
// value, in place of one of that name; an empty value takes it away. The error
// says that the baggage would be larger than it may be, or that name is none.
func WithBaggage(ctx context.Context, name, value string) (context.Context, error) {
	if name == "" || strings.ContainsFunc(name, noToken) {
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
	if len(all) > maxBaggage {
		return ctx, fmt.Errorf("with the member %s the baggage has %d bytes: at most %d are carried", name, len(all), maxBaggage)
	}
	return context.WithValue(ctx, baggageKey{}, all), nil
}

// noToken tells what RFC 9110 keeps out of a token.
func noToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
}

// BaggageHeader returns the baggage of ctx as the header Baggage carries it:
// for what travels otherwise than by HTTP. ContextWithBaggage reads it back.
func BaggageHeader(ctx context.Context) string {
	all, _ := ctx.Value(baggageKey{}).(string)
	return all
}

// ContextWithBaggage returns a context with the baggage that BaggageHeader
// returned elsewhere. What is too large, or cannot be a header, is left out.
func ContextWithBaggage(ctx context.Context, header string) context.Context {
	if header == "" {
		return ctx
	}
	ctx, _ = withBaggage(ctx, http.Header{headerBaggage: {header}})
	return ctx
}
