package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// The shapes of two applications of DeathStarBench, as their paper draws them (Gan and
// others, "An Open-Source Benchmark Suite for Microservices", ASPLOS 2019): which
// service asks which others, and what side by side. The times are ours.

func service(name, operation string, self float64, stages ...[]call) *op {
	return &op{service: name, name: operation, self: self, spread: 0.35, remote: true, queue: true, stages: stages}
}

func store(of, command string, self float64) call {
	return call{op: &op{service: of, name: command, self: self, spread: 0.45}}
}

func together(calls ...call) []call { return calls }

func one(o *op) call { return call{op: o} }

// socialNetwork composes a post.
func socialNetwork() *world {
	urls := service("url-shorten-service", "compose_urls", 300, together(store("url-shorten-service", "mongo insert", 500)))
	mentions := service("user-mention-service", "compose_user_mentions", 250, together(store("user-mention-service", "memcached mget", 200)),
		together(call{op: store("user-mention-service", "mongo find", 600).op, share: 0.3}))
	text := service("text-service", "compose_text", 600, together(call{op: urls, items: true}, one(mentions)))
	followers := service("social-graph-service", "get_followers", 300, together(store("social-graph-service", "redis zrange", 250)))
	home := service("home-timeline-service", "write_home_timeline", 400, together(one(followers)), together(store("home-timeline-service", "redis zadd", 300)))
	user := service("user-timeline-service", "write_user_timeline", 300, together(store("user-timeline-service", "mongo update", 700)), together(store("user-timeline-service", "redis zadd", 200)))
	keep := service("post-storage-service", "store_post", 300, together(store("post-storage-service", "mongo insert", 900)))
	compose := service("compose-post-service", "compose_post", 500,
		together(one(text), one(service("user-service", "compose_creator", 250)), call{op: service("media-service", "compose_media", 350), large: true}, one(service("unique-id-service", "compose_unique_id", 150))),
		together(one(keep), one(user), one(home)))
	root := service("nginx-web-server", "/wrk2-api/post/compose", 400, together(one(compose)))
	return newWorld("social network", root)
}

// hotels searches for rooms.
func hotels() *world {
	geo := service("geo", "nearby", 900)
	rate := service("rate", "get_rates", 500, together(store("rate", "memcached get", 200)), together(call{op: store("rate", "mongo find", 900).op, share: 0.4}))
	search := service("search", "nearby", 300, together(one(geo)), together(one(rate)))
	free := service("reservation", "check_availability", 600, together(call{op: store("reservation", "memcached get", 150).op, items: true}), together(call{op: store("reservation", "mongo find", 800).op, share: 0.5}))
	profile := service("profile", "get_profiles", 400, together(call{op: store("profile", "memcached get", 150).op, items: true}))
	root := service("frontend", "http get /hotels", 400, together(one(search)), together(one(free)), together(one(profile)))
	return newWorld("hotel reservation", root)
}

// random is a system of so many operations, by a seed. Its requests start work that
// nobody waits for.
func random(seed uint64, size int) *world {
	g := &grower{rng: rand.New(rand.NewPCG(seed, 17)), size: size - 1}
	root := g.grow(0)
	for g.made < g.size {
		g.made = 0
		root = g.grow(0)
	}
	root.aside = []call{{op: &op{service: root.service, name: "audit", self: 30_000, spread: 0.5}}}
	w := newWorld(fmt.Sprintf("random %d", seed), root)
	w.shared = seed%2 == 0
	for i := range 8 {
		w.skew[fmt.Sprintf("s%d", i)] = int64(g.rng.IntN(3)-1) * 40 // less than the way there takes
	}
	return w
}

type grower struct {
	rng        *rand.Rand
	made, size int
}

func (g *grower) grow(depth int) *op {
	g.made++
	o := &op{service: fmt.Sprintf("s%d", g.rng.IntN(8)), name: fmt.Sprintf("op%d", g.made), self: 100 * math.Exp(g.rng.Float64()*math.Log(40)),
		spread: 0.3 + 0.4*g.rng.Float64(), remote: depth > 0 && g.rng.Float64() < 0.4, queue: g.rng.Float64() < 0.3}
	if depth == 5 {
		return o
	}
	for range 1 + g.rng.IntN(3) {
		var stage []call
		for range 1 + g.rng.IntN(3) {
			if g.made < g.size {
				stage = append(stage, g.call(o, depth))
			}
		}
		o.stages = append(o.stages, stage)
	}
	return o
}

func (g *grower) call(o *op, depth int) call {
	c := call{op: g.grow(depth + 1), items: g.rng.Float64() < 0.15, large: g.rng.Float64() < 0.1}
	if g.rng.Float64() < 0.3 {
		c.share = 0.3 + 0.5*g.rng.Float64()
	}
	if !c.op.remote {
		c.op.service = o.service // work inside one process
	}
	return c
}
