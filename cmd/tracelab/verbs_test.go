package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// run runs the program and returns what it printed, what it said was wrong, and
// its exit status.
func run(args ...string) (out, wrong string, status int) {
	testbed.OneLine()
	var stdout, stderr bytes.Buffer
	status = cli.Run("tracelab", &grammar{}, args, &stdout, &stderr, options()...)
	return stdout.String(), stderr.String(), status
}

// commands are all commands, with the words that call them.
func commands(t *testing.T) (all [][]string) {
	t.Helper()
	parser, err := kong.New(&grammar{}, options()...)
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *kong.Node, words []string)
	walk = func(n *kong.Node, words []string) {
		for _, child := range n.Children {
			if child.Type == kong.CommandNode {
				path := append(words[:len(words):len(words)], child.Name)
				all = append(all, path)
				walk(child, path)
			}
		}
	}
	walk(parser.Model.Node, nil)
	if len(all) < 25 {
		t.Fatalf("only %d commands", len(all))
	}
	return all
}

// TestEveryHelpHasExamples, which call the command.
func TestEveryHelpHasExamples(t *testing.T) {
	for _, words := range append(commands(t), nil) {
		call := strings.Join(append([]string{"tracelab"}, words...), " ")
		out, wrong, status := run(append(words, "--help")...)
		_, examples, found := strings.Cut(out, "Examples:\n")
		if status != cli.OK || wrong != "" || !found || !strings.Contains(examples, call) {
			t.Errorf("%s --help: exit status %d, %s, without an example in\n%s", call, status, wrong, out)
		}
	}
}

// TestAnUnknownFlagIsWrongUse of every command, and the hint is for that one.
func TestAnUnknownFlagIsWrongUse(t *testing.T) {
	for _, words := range append(commands(t), nil) {
		call := strings.Join(append([]string{"tracelab"}, words...), " ")
		out, wrong, status := run(append(words, "--nope")...)
		if status != cli.Usage || out != "" || !strings.HasSuffix(wrong, "\nTry: "+call+" --help\n") {
			t.Errorf("%s --nope: exit status %d, %s%s", call, status, out, wrong)
		}
	}
}

// TestExitStatus is what a script sees of each verb.
func TestExitStatus(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	const nowhere = "http://127.0.0.1:1"
	up := strings.Join(append([]string{"up"}, stacktest.FreePorts()...), " ") // beside a stack that runs on this machine
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("no trace, and no spans"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]struct {
		status int
		wrong  string
	}{
		// Wrong use: what cannot be meant.
		"up --sampler seldom":                        {cli.Usage, "seldom"},
		"up --log-level loud":                        {cli.Usage, "loud"},
		"up --port-gateway x":                        {cli.Usage, "--port-gateway"},
		"up now":                                     {cli.Usage, "now"},
		"up --ui-url demo.example.com":               {cli.Usage, "--ui-url"},
		"up --keep-every=-1s":                        {cli.Usage, "--keep-every"},
		"up --bind laptop":                           {cli.Usage, "such as 0.0.0.0"},
		up + " --bind 192.0.2.1":                     {cli.Usage, "no address of this machine"},
		"up --allow-hosts https://x.example":         {cli.Usage, "without scheme"},
		"up --allow-hosts x.example,.com":            {cli.Usage, "two labels"},
		"web --allow-hosts *":                        {cli.Usage, "all names below"},
		"up --token aé":                              {cli.Usage, "--token"},
		"store --max-spans 0":                        {cli.Usage, "--max-spans 0"},
		"store --addr nowhere":                       {cli.Usage, "--addr nowhere"},
		"store --query-lookback soon":                {cli.Usage, "soon"},
		"web --addr 127.0.0.1:99999":                 {cli.Usage, "99999"},
		"web --addr 127.0.0.1:0 --line-addr x":       {cli.Usage, "--line-addr x"},
		"web --addr 127.0.0.1:0 --zipkin-url zipkin": {cli.Usage, "zipkin"},
		"save":                                 {cli.Usage, "<file>"},
		"save " + dir + "/none/x.json":         {cli.Usage, "none"},
		"save x.json --server ftp://h":         {cli.Usage, "ftp"},
		"restore":                              {cli.Usage, "<file>"},
		"load --rate fast":                     {cli.Usage, "fast"},
		"fault on":                             {cli.Usage, "<fault>"},
		"fault on nonsense":                    {cli.Usage, "nonsense"},
		"fault on writer=slow-disk --for=-1s":  {cli.Usage, "--for"},
		"mystery start --level 9":              {cli.Usage, "--level 9"},
		"mystery answer":                       {cli.Usage, "is no cause"},
		"why":                                  {cli.Usage, "want TRACE"},
		"why --from " + dir + "/none":          {cli.Usage, "--from"},
		"why --from " + dir:                    {cli.Usage, "spans.json"},
		up + " --keep " + dir + "/none/x.json": {cli.Usage, "--keep"},
		up + " --keep " + text:                 {cli.Usage, "text"},
		"compare":                              {cli.Usage, "want two queries"},
		"compare limit=1 limit=none":           {cli.Usage, "limit=none"},
		"compare " + text:                      {cli.Usage, "text"},
		"pprof":                                {cli.Usage, "--output"},
		"exec":                                 {cli.Usage, "summary"},
		"exec summary":                         {cli.Usage, "<trace>"},
		"exec summary " + text:                 {cli.Usage, "text"},
		"exec summary " + dir + "/none":        {cli.Usage, "none"},
		"exec task " + text + " x":             {cli.Usage, "<id>"},
		"doctor all":                           {cli.Usage, "all"},
		"service gateway --slow often":         {cli.Usage, "often"},
		"service gateway --addr 127.0.0.1:0 --debug-addr= --ui-url x":                  {cli.Usage, "--ui-url"},
		"up --zipkin 127.0.0.1:9411":                                                   {cli.Usage, "want http://HOST:PORT"},
		"service gateway --addr 127.0.0.1:0 --debug-addr= --zipkin-url 127.0.0.1:9411": {cli.Usage, "want one like http://"},
		"service gateway --addr 127.0.0.1:0 --server-url localhost":                    {cli.Usage, "--server-url: "},
		"doctor --server localhost":                                                    {cli.Usage, "--server: "},
		"why --slowest --server ftp://h":                                               {cli.Usage, "want HOST:PORT"},
		"fault show --server http//h:1":                                                {cli.Usage, "want HOST:PORT"},
		"load --server http://":                                                        {cli.Usage, "want HOST:PORT"},
		"mystery hint --server localhost":                                              {cli.Usage, "want HOST:PORT"},
		"service writer --addr x":                                                      {cli.Usage, "--addr x"},

		// The work failed.
		"store --addr " + taken.Addr().String():           {cli.Negative, "in use"},
		"web --addr " + taken.Addr().String():             {cli.Negative, "in use"},
		"service fetcher --addr " + taken.Addr().String(): {cli.Negative, "in use"},

		// Nobody answers.
		"store --healthcheck --addr 127.0.0.1:1":                                {cli.Unreachable, "/readyz"},
		"service writer --healthcheck --addr 127.0.0.1:1":                       {cli.Unreachable, "/readyz"},
		"save x.json --server " + nowhere:                                       {cli.Unreachable, "127.0.0.1:1"},
		"restore " + text + " --server " + nowhere:                              {cli.Unreachable, "127.0.0.1:1"},
		"load --server " + nowhere:                                              {cli.Unreachable, "127.0.0.1:1"},
		"load " + nowhere:                                                       {cli.Unreachable, "127.0.0.1:1"},
		"fault on writer=slow-disk --server " + nowhere:                         {cli.Unreachable, "127.0.0.1:1"},
		"fault off --server " + nowhere:                                         {cli.Unreachable, "127.0.0.1:1"},
		"fault show --server " + nowhere:                                        {cli.Unreachable, "127.0.0.1:1"},
		"mystery start --server " + nowhere:                                     {cli.Unreachable, "127.0.0.1:1"},
		"mystery hint --server " + nowhere:                                      {cli.Unreachable, "127.0.0.1:1"},
		"mystery answer --give-up --server " + nowhere:                          {cli.Unreachable, "127.0.0.1:1"},
		"mystery answer --service writer --cause slow-disk --server " + nowhere: {cli.Unreachable, "127.0.0.1:1"},
		"why --slowest --server " + nowhere:                                     {cli.Unreachable, "127.0.0.1:1"},
		"compare --slow p95 --server " + nowhere:                                {cli.Unreachable, "127.0.0.1:1"},
		"pprof -o - --zipkin-url " + nowhere:                                    {cli.Unreachable, "127.0.0.1:1"},
		"exec summary " + nowhere + "/debug/pprof/trace":                        {cli.Unreachable, "127.0.0.1:1"},
		"doctor --server 127.0.0.1:1":                                           {cli.Unreachable, "tracelab up"},
		"save x.json --server 127.0.0.1:1":                                      {cli.Unreachable, "tracelab up"},
		"doctor --server " + nowhere:                                            {cli.Unreachable, "127.0.0.1:1"},
	} {
		t.Run(args, func(t *testing.T) {
			out, wrong, status := run(strings.Fields(args)...)
			if status != want.status || !strings.Contains(wrong, want.wrong) || status == cli.Usage && out != "" {
				t.Errorf("exit status %d, %s%s: want %d and %q", status, out, wrong, want.status, want.wrong)
			}
			if hint := strings.Contains(wrong, "\nTry: tracelab "); hint != (status == cli.Usage) {
				t.Errorf("exit status %d: %s", status, wrong)
			}
		})
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("there are %v", left)
	}
}
