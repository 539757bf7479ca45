package serve

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/logging"
	"example.com/tracelab/internal/stack"
)

// Up starts the whole stack: the server, Redis and the third party in this
// process, each service in a process of its own.
type Up struct {
	stack.Config `embed:""`
}

// Help is shown by tracelab up --help.
func (c *Up) Help() string {
	return `Examples:
  tracelab up                                 # everything embedded, on loopback
  tracelab up --sampler 0.1                   # record one trace in ten
  tracelab up --keep friday.json.gz           # go on with these, and keep them
  tracelab up --redis 127.0.0.1:6379          # a real Redis
  tracelab up --zipkin http://127.0.0.1:9411  # a real Zipkin
  tracelab up --port-gateway 18080            # where 8080 is taken
  tracelab up --bind 0.0.0.0                  # for a room: on all addresses
  tracelab up --allow-hosts .ngrok-free.app   # behind ports that are forwarded`
}

// Run starts the pieces, prints where they are once all are ready, and stops them
// when ctx ends: nothing is left behind.
func (c *Up) Run(ctx context.Context, streams cli.Streams, patience cli.Patience) error {
	if err := setLogger(streams.Err, logging.Config{Level: c.Level, LogFormat: "text"}); err != nil {
		return err
	}
	c.Log = streams.Err
	c.Logf = func(format string, args ...any) {
		fmt.Fprintln(term.Text(streams.Err), term.Dim.Render(time.Now().Format("15:04:05 "))+fmt.Sprintf(format, args...))
	}
	if c.Keep != "" {
		c.Hurry = patience()
	}
	err := stack.Run(ctx, c.Config, func(a stack.Addresses) { fmt.Fprintln(term.Text(streams.Out), banner(a)) })
	if err == nil {
		fmt.Fprintln(streams.Out, "stopped")
	}
	return err
}

// banner says what to curl and where to look.
func banner(a stack.Addresses) string {
	var b rows
	fmt.Fprintf(&b, "%s %s\n\n", term.Bold.Render("tracelab is up"), term.Dim.Render("in "+display.Duration(a.Took)))
	b.row("start", term.Link, a.UI+"/start", "buttons that make the first traces")
	b.row("visit", term.Bold, "curl -s '"+a.Gateway+"/visit'", "the offline third party, "+a.ThirdParty)
	b.row("", term.Bold, "curl -s -G "+a.Gateway+"/visit -d url="+a.ThirdParty+"/delay/1 -d url="+a.ThirdParty+"/status/404", "two URLs side by side")
	b.row("queue", term.Bold, "curl -s -X POST '"+a.Gateway+"/visits'", "through the writer's queue")
	b.row("look", term.Link, a.UI+"/", "the traces")
	for _, room := range a.Shared {
		b.row("room", term.Bold, "curl -s '"+room.Gateway+"/visit'", "on other machines")
		b.row("", term.Link, room.UI+"/", "")
	}
	if a.Token != "" {
		b.row("token", term.Bold, "TRACELAB_TOKEN="+a.Token, "for those who inject faults from other machines")
	}
	if a.Zipkin != "" {
		b.row("zipkin", term.Link, display.URL(a.Zipkin), "a real one, as you asked")
	}
	b.row("redis", term.Bold, redisCLI(a.Redis[0])+" GET '"+a.ThirdParty+"/get'", redisRemark(a))
	b.row("stop", term.Bold, "Ctrl-C", "nothing is left behind")
	return strings.TrimRight(b.String(), "\n")
}

// rows are lines of what there is.
type rows struct{ strings.Builder }

// row adds a value, which may be a command of several lines, and a remark on the same
// line where it fits.
func (b *rows) row(label string, style lipgloss.Style, value, remark string) {
	const indent = 13
	lines := strings.Split(display.ShellLines(value, indent, strings.Repeat(" ", indent+2)), "\n")
	fits := indent+lipgloss.Width(lines[0])+len("  # ")+lipgloss.Width(remark) <= display.Columns
	for i, line := range lines {
		lines[i] = style.Render(line) // one by one: together they would all be as long as the longest
	}
	comment := term.Dim.Render("# " + remark)
	switch {
	case remark == "":
	case fits && len(lines) == 1:
		lines[0] += "  " + comment
	default:
		lines = append(lines, strings.Repeat(" ", indent)+comment)
	}
	fmt.Fprintf(b, "  %-10s %s\n", label, strings.Join(lines, "\n"))
}

func redisCLI(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "redis-cli"
	}
	if host == "127.0.0.1" || host == "localhost" {
		return "redis-cli -p " + port
	}
	return "redis-cli -h " + host + " -p " + port
}

func redisRemark(a stack.Addresses) string {
	if a.EmbeddedRedis {
		return "embedded"
	}
	return "a real one, as you asked"
}
