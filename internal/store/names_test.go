package store

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func TestNamesComeAndGoWithTheirSpans(t *testing.T) {
	s := New(Config{MaxSpans: 3})
	at := func(id uint64, service, name, remote string) zipkin.Span {
		return zipkin.Span{TraceID: traceID(0, id), ID: 1, Timestamp: t0 + int64(id)*1e6, Name: name,
			Local: zipkin.Endpoint{ServiceName: service}, Remote: zipkin.Endpoint{ServiceName: remote}}
	}
	s.Add([]zipkin.Span{at(1, "old", "gone", "away"), at(2, "shop", "get", "db"), at(3, "shop", "get", "cache")})
	s.Add([]zipkin.Span{at(4, "", "nameless", "db")}) // evicts the first; has no service to be listed under

	if got := s.Services(); !slices.Equal(got, []string{"shop"}) {
		t.Errorf("Services = %q", got)
	}
	if got := s.SpanNames("shop"); !slices.Equal(got, []string{"get"}) {
		t.Errorf("SpanNames(shop) = %q", got)
	}
	if got := s.RemoteServices("shop"); !slices.Equal(got, []string{"cache", "db"}) {
		t.Errorf("RemoteServices(shop) = %q", got)
	}
	for _, unknown := range []string{"", "old", "db", "Shop"} {
		if got := append(s.SpanNames(unknown), s.RemoteServices(unknown)...); len(got) != 0 {
			t.Errorf("names of %q: %q, want none", unknown, got)
		}
	}

	s.Add([]zipkin.Span{at(5, "shop", "put", "")}) // evicts the one with the db
	if got := s.RemoteServices("shop"); !slices.Equal(got, []string{"cache"}) {
		t.Errorf("RemoteServices(shop) after eviction = %q", got)
	}
	if got := s.SpanNames("shop"); !slices.Equal(got, []string{"get", "put"}) {
		t.Errorf("SpanNames(shop) after eviction = %q", got)
	}
}

// TestManyNamesComeAndGo has more names of a service than its list takes.
func TestManyNamesComeAndGo(t *testing.T) {
	r, counts, want := rand.New(rand.NewPCG(1, 2)), nameCounts{}, map[string]int{}
	bytes := int64(0)
	for range 5000 {
		name := strings.Repeat("n", 1+r.IntN(3*fewNames))
		if r.IntN(2) == 0 {
			bytes += counts.add(name)
			want[name]++
		} else if want[name] > 0 {
			bytes -= counts.remove(name)
			if want[name]--; want[name] == 0 {
				delete(want, name)
			}
		}
		if got := inOrder(counts.list()); !slices.Equal(got, slices.Sorted(maps.Keys(want))) || counts.has(name) != (want[name] > 0) {
			t.Fatalf("%q, want %v", got, want)
		}
	}
	for name, refs := range want {
		for range refs {
			bytes -= counts.remove(name)
		}
	}
	if bytes != 0 {
		t.Errorf("%d bytes of no names", bytes)
	}
}
