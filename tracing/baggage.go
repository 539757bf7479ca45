package tracing

import (
	"context"
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
	all, _ := ctx.Value(baggageKey{}).(string)
	for member := range strings.SplitSeq(all, ",") {
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
