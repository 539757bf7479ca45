package exec

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/httpserver"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/request"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/timeline"
)

// viewCommand shows an execution trace in pages.
type viewCommand struct {
	source `embed:""`
	Others []string `arg:"" optional:"" name:"others" help:"More traces, to be compared with the first."`
	period `embed:""`
	HTTP   string `name:"http" placeholder:"ADDR" default:"localhost:0" help:"Serve the pages at this address; port 0 is any that is free."`
}

// Help is shown by tracelab exec view --help.
func (c *viewCommand) Help() string {
	return `It prints a link, and serves until Ctrl-C. The pages have what the other verbs print, each figure a link to what it is made of: a timeline of processors, goroutines, threads or tasks, goroutines by function and one by one, tasks, regions, delays as flame graphs, the garbage collector. They can be opened at once, and wait while the trace is read. Its index takes about as much memory as it has bytes. Several can be given, and each compared with the others. The list of execution traces, at /exec, opens other files: drop one onto it.

Who reaches the address can read the trace: it is this machine only, unless --http names another.

` + aboutPeriods + `

Examples:
  tracelab exec view trace.out
  tracelab exec view trace.out --from 1s --to 1.5s
  tracelab exec view before.out after.out
  tracelab exec view 'http://localhost:6080/debug/pprof/trace?seconds=1'
  tracelab exec view trace.out --http localhost:7070`
}

// Run serves until ctx ends. A trace that cannot be read is cli.Usage, at the end: until then
// the pages say so.
func (c *viewCommand) Run(ctx context.Context, std cli.Streams) error {
	if err := c.check(); err != nil {
		return err
	}
	shown, err := c.openAll(ctx, std)
	if err != nil {
		return err
	}
	defer shown.close()
	listener, err := net.Listen("tcp", local(c.HTTP))
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--http %s: %w", c.HTTP, err)}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25) // as for the other verbs
	}
	bar := &indexing{Progress: term.StartProgress("reading "+shown.names(), term.Bytes, shown.toRead(c.period))}
	sources := shown.sources(c.period, bar)
	given := files.New(files.Bounds{File: maxDownload, Bytes: maxGiven, Files: maxGivenFiles})
	defer given.Close()
	library := executions.New(max(together(sources), maxOpen), func() []executions.Source { return slices.Concat(sources, given.Sources()) })
	fmt.Fprintf(term.Text(std.Out), "http://%s%s/%s\n", listener.Addr(), execution.Path, sources[0].ID)
	read := make(chan error, 1)
	go func() {
		defer bar.end()
		read <- shown.read(ctx, std, library, sources)
	}()
	// A graph of a large profile takes as long as it takes.
	err = httpserver.Serve(ctx, listener, c.pages(library, given), httpserver.Options{WriteTimeout: httpserver.Unlimited})
	return cmp.Or(err, <-read)
}

// Bounds of the other execution traces that are opened by the pages. What is open is in memory,
// which takes about as much as it has bytes; what is not is read again when it is asked for.
const (
	maxOpen       = 1 << 30
	maxGiven      = 2 * maxDownload
	maxGivenFiles = 16
)

// together is how many bytes sources have.
func together(sources []executions.Source) (n int64) {
	for _, s := range sources {
		n += max(s.Size, 0)
	}
	return n
}

// pages are those of a library, and of nothing else. Others can be given by who started them:
// nobody else fills this machine's disk and memory.
func (c *viewCommand) pages(library executions.Library, given executions.Keeper) http.Handler {
	home := shell.Link{Label: "Execution traces", Path: execution.Path}
	s := shell.New(shell.Config{Home: home})
	s.Navigate(home)
	mux := http.NewServeMux()
	s.Routes(mux)
	cfg := execution.Config{Library: library, Timeline: true, Spans: true, Sources: isLoopback(local(c.HTTP))}
	if cfg.Sources {
		cfg.Keeper = given
	}
	pages := execution.New(s, cfg)
	pages.Routes(mux)
	timeline.New(pages).Routes(mux)
	request.New(pages, request.Config{}).Routes(mux)
	s.Handle(mux, "GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, execution.Path, http.StatusFound) })
	return mux
}

// isLoopback reports whether an address can be reached from this machine only.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}
