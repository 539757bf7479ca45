// Package stack starts all the pieces of the workshop on one machine, with
// nothing installed and no network, and stops them: the server, Redis and the
// third party in this process, each service in a process of its own.
package stack

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/thirdparty"
)

// Run starts the pieces, calls ready once every service is, and runs until ctx
// ends. A piece that cannot start ends it; a service that ends is started again,
// unless it keeps ending at once.
func Run(ctx context.Context, cfg Config, ready func(Addresses)) error {
	began := time.Now()
	if err := cfg.Validate(); err != nil {
		return err
	}
	s := &pieces{cfg: cfg, store: store.New(store.Config{})}
	s.token, s.printToken = cfg.Room.token()
	if err := s.bind(); err != nil {
		return err
	}
	defer s.release()
	var err error
	if s.keeper, err = newKeeper(cfg, s.store); err != nil {
		return err
	}
	ctx = endWithGoRun(ctx)
	// Services end first and the server last, so that their last spans arrive.
	inner, stopInner := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInner()
	group, failed := errgroup.WithContext(inner)
	if err := s.embed(failed, group); err != nil {
		return err
	}
	outer, stopServices := context.WithCancel(ctx)
	defer stopServices()
	context.AfterFunc(failed, stopServices)
	services, dead := errgroup.WithContext(outer)
	var up atomic.Bool
	for _, c := range s.children() {
		services.Go(func() error { return c.supervise(dead, &up) })
	}
	if s.awaitReady(dead) {
		up.Store(true)
		ready(s.addresses(time.Since(began)))
	}
	go s.keeper.often(cfg.KeepEvery, dead.Done())
	<-dead.Done()
	s.keeper.now()
	err = s.inTime(func() error {
		err := services.Wait()
		stopInner()
		return errors.Join(err, group.Wait())
	})
	return errors.Join(err, s.keeper.end(cmp.Or(cfg.SaveWithin, 10*time.Second)))
}

// inTime waits for the pieces, unless there is a hurry. Those in other processes then
// end by themselves.
func (s *pieces) inTime(wait func() error) error {
	if s.cfg.Hurry == nil {
		return wait()
	}
	done := make(chan error, 1)
	go func() { done <- wait() }()
	select {
	case err := <-done:
		return err
	case <-s.cfg.Hurry.Done():
		return errors.New("told to end at once: the last spans of the services may be missing")
	}
}

type pieces struct {
	cfg        Config
	token      string
	printToken bool
	store      *store.Store
	keeper     *keeper
	redis      []string

	server, gateway, fetcher, writer, thirdParty *bound
	gatewayDebug, fetcherDebug, writerDebug      *bound
}

// bind takes all ports, or none.
func (s *pieces) bind() error {
	ui := 9411
	if s.cfg.Zipkin != "" {
		ui = 9412 // where a Zipkin on this machine does not stand
	}
	if s.cfg.Ports.Server != nil {
		ui = *s.cfg.Ports.Server
	}
	room, err := s.cfg.address()
	if err != nil {
		return err
	}
	p, here := s.cfg.Ports, loopbackLike(netip.IPv4Unspecified())
	for _, want := range []struct {
		piece   **bound
		flag    string
		address netip.Addr
		port    int
		service bool
	}{
		{&s.server, "server", room, ui, false},
		{&s.gateway, "gateway", room, p.Gateway, true},
		{&s.fetcher, "fetcher", here, p.Fetcher, true},
		{&s.writer, "writer", here, p.Writer, true},
		{&s.thirdParty, "third-party", here, p.ThirdParty, false},
		{&s.gatewayDebug, "gateway-debug", here, p.GatewayDebug, true},
		{&s.fetcherDebug, "fetcher-debug", here, p.FetcherDebug, true},
		{&s.writerDebug, "writer-debug", here, p.WriterDebug, true},
	} {
		b, err := bind(want.flag, want.address, want.port, want.service)
		if err != nil {
			s.release()
			return err
		}
		*want.piece = b
	}
	return nil
}

// release gives all ports back.
func (s *pieces) release() {
	for _, b := range []*bound{s.server, s.gateway, s.fetcher, s.writer, s.thirdParty, s.gatewayDebug, s.fetcherDebug, s.writerDebug} {
		if b != nil {
			b.release()
		}
	}
}

// embed starts what runs in this process.
func (s *pieces) embed(ctx context.Context, group *errgroup.Group) error {
	srv, err := server.New(server.Config{ZipkinURL: s.cfg.Zipkin, Store: s.store, Token: s.token, GatewayURL: cmp.Or(s.cfg.GatewayURL, s.gateway.localURL()), AllowHosts: s.cfg.AllowHosts})
	if err != nil {
		return err
	}
	s.redis = s.cfg.Redis
	if len(s.redis) == 0 {
		addr, err := embedRedis(ctx, group)
		if err != nil {
			return err
		}
		s.redis = []string{addr}
	}
	group.Go(func() error { return srv.Serve(ctx, s.server.ln, nil) })
	group.Go(func() error { return thirdparty.Serve(ctx, s.thirdParty.ln) })
	return nil
}

// children are the services, with all that they need to know of each other.
func (s *pieces) children() []*child {
	for _, b := range []*bound{s.gateway, s.fetcher, s.writer, s.gatewayDebug, s.fetcherDebug, s.writerDebug} {
		b.reserved.handOver()
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	zipkin, ui := s.server.url(), s.server.localURL()
	if s.cfg.Zipkin != "" {
		zipkin = s.cfg.Zipkin
	}
	make := func(name string, main, debug *bound, env map[string]string) *child {
		env["TRACELAB_ADDR"] = main.at.String()
		env["TRACELAB_ALLOW_HOSTS"] = s.cfg.AllowHosts.String()
		env["TRACELAB_DEBUG_ADDR"] = debug.addr()
		env["TRACELAB_ZIPKIN_URL"] = zipkin
		env["TRACELAB_SERVER_URL"] = s.server.url()
		env["TRACELAB_TOKEN"] = s.token
		env["TRACELAB_SAMPLER"] = s.cfg.Sampler
		env["TRACELAB_ALLOW_FAULTS"] = "true"
		env["TRACELAB_LOG_LEVEL"] = s.cfg.LogLevel
		env["TRACELAB_STOP_WITHIN"] = stopWithin.String()
		return &child{name: name, program: program, env: env, logf: s.cfg.Logf, log: &lastLine{to: cmp.Or[io.Writer](s.cfg.Log, os.Stderr)}, restart: usualRestarts}
	}
	allowed := "thirdparty=" + s.thirdParty.addr()
	return []*child{
		make("fetcher", s.fetcher, s.fetcherDebug, map[string]string{"TRACELAB_ALLOW_TARGETS": allowed}),
		make("writer", s.writer, s.writerDebug, map[string]string{
			"TRACELAB_REDIS":       strings.Join(s.redis, ","),
			"TRACELAB_FETCHER_URL": s.fetcher.url(),
		}),
		make("gateway", s.gateway, s.gatewayDebug, map[string]string{
			"TRACELAB_FETCHER_URL":     s.fetcher.url(),
			"TRACELAB_WRITER_URL":      s.writer.url(),
			"TRACELAB_THIRD_PARTY_URL": s.thirdParty.url() + "/get",
			"TRACELAB_ALLOW_TARGETS":   allowed,
			"TRACELAB_UI_URL":          cmp.Or(s.cfg.UIURL, ui),
		}),
	}
}

func (s *pieces) addresses(took time.Duration) Addresses {
	a := Addresses{
		Gateway: s.gateway.localURL(), UI: s.server.localURL(), ThirdParty: s.thirdParty.url(), Zipkin: s.cfg.Zipkin,
		Redis: s.redis, EmbeddedRedis: len(s.cfg.Redis) == 0, Took: took,
	}
	if s.cfg.GatewayURL+s.cfg.UIURL != "" {
		given := func(text string) string { return strings.TrimSuffix(display.URL(text), "/") }
		a.Shared = append(a.Shared, Entry{Gateway: cmp.Or(given(s.cfg.GatewayURL), a.Gateway), UI: cmp.Or(given(s.cfg.UIURL), a.UI)})
	}
	for _, host := range shared(s.server.at.Addr()) {
		a.Shared = append(a.Shared, Entry{Gateway: s.gateway.urlAt(host), UI: s.server.urlAt(host)})
	}
	if s.printToken {
		a.Token = s.token
	}
	return a
}
