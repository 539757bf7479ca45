// Package writer is the service that writes to Redis: directly, or through a
// queue that it consumes itself.
package writer

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/writer/internal/plan"
)

// Config is the writer's settings.
type Config struct {
	service.Config `embed:"" set:"addr=127.0.0.1:8082" set:"debug_addr=127.0.0.1:6082"`

	Redis         []string      `help:"Redis: one address, or several of a Cluster or of Sentinels." default:"127.0.0.1:6379"`
	RedisMaster   string        `help:"Name of the primary; the addresses are then Sentinels'." placeholder:"NAME"`
	RedisCluster  bool          `help:"A Cluster, even with one address."`
	RedisUsername string        `help:"User of Redis." placeholder:"NAME"`
	RedisPassword string        `help:"Password of Redis. Set it by the variable." placeholder:"SECRET"`
	RedisTimeout  time.Duration `help:"Time for one write or read, with its retries." default:"1500ms"`
	ValueTTL      time.Duration `name:"value-ttl" help:"Time that Redis keeps a value." default:"24h"`
	FetcherURL    string        `name:"fetcher-url" help:"The fetcher, which queued visits are fetched by." default:"http://127.0.0.1:8081"`
	QueueLimit    int64         `help:"Queued visits beyond which more are refused." default:"10000"`
	QueueWorkers  int           `help:"Queued visits to work on at once." default:"4"`
	MaxDeliveries int64         `help:"Times that a queued visit is tried before it is set aside." default:"3"`
}

// Run serves until ctx ends.
func (c *Config) Run(ctx context.Context) error {
	return service.Run(ctx, "writer", c.Config, c.build)
}

func (c *Config) build() (service.Definition, error) {
	if c.QueueWorkers < 1 || c.QueueLimit < 1 || c.MaxDeliveries < 1 {
		return service.Definition{}, fmt.Errorf("--queue-workers %d, --queue-limit %d, --max-deliveries %d: each must be 1 or more",
			c.QueueWorkers, c.QueueLimit, c.MaxDeliveries)
	}
	for _, addr := range c.Redis {
		if _, _, err := net.SplitHostPort(addr); err != nil || strings.Contains(addr, "@") {
			return service.Definition{}, fmt.Errorf("--redis %q: want HOST:PORT; user and password are TRACELAB_REDIS_USERNAME and TRACELAB_REDIS_PASSWORD", redact.Text(addr))
		}
	}
	fetcher, err := service.NewClient("fetcher", c.FetcherURL, 4*time.Second)
	if err != nil {
		return service.Definition{}, err
	}
	rdb := connect(c)
	w := &writer{cfg: c, redis: rdb, planner: plan.New(rdb, c.RedisTimeout)}
	q := newQueue(rdb, c, fetcher, w)
	return service.Definition{
		Routes:     append(w.routes(), q.routes()...),
		Ready:      []httpapi.Check{{Name: "redis", Ask: func(ctx context.Context) error { return rdb.Ping(ctx).Err() }}},
		Metrics:    q.writeMetrics,
		Background: q.consume,
		Close: func() error {
			fetcher.Close()
			return rdb.Close()
		},
	}, nil
}

type writer struct {
	cfg     *Config
	redis   redis.UniversalClient
	planner *plan.Planner // of how requests are carried out
}

func (w *writer) routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "PUT /values/{key}", Handler: httpapi.Query(w.planned(w.put))},
		{Pattern: "GET /values/{key}", Handler: httpapi.Query(w.planned(w.get))},
	}
}

// planned has each request of a handler carried out by a plan. That of nearly every
// request adds nothing: read on as if its Store called set.
func (w *writer) planned(handle func(http.ResponseWriter, *http.Request, *plan.Plan) error) httpapi.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		p := w.planner.For(r.Context())
		p.OnSpanStart(r.Context())
		return handle(rw, r, p)
	}
}
