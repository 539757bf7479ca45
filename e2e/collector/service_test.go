package collector

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// collectorVariable makes the test's program a traced service, and names its
// collector.
const collectorVariable = "TRACED_SERVICE_COLLECTOR"

const spansPerRequest = 3

// state is what the service reports of itself.
type state struct {
	tracing.Stats
	Peak int // of its resident memory, in bytes; zero where it is not known
}

// ending is the answer to the request to end tracing.
type ending struct {
	state
	Took  time.Duration
	Error string
}

// serve is the service. It ends with its standard input, which is its parent's.
func serve(collector string) int {
	tr, err := tracing.Start(tracing.Config{Service: "shop", ZipkinURL: collector, Sampler: "always"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(ln.Addr())
	go http.Serve(ln, routes(tr))
	io.Copy(io.Discard, os.Stdin)
	return 0
}

func routes(tr *tracing.Provider) http.Handler {
	work := http.NewServeMux()
	work.HandleFunc("GET /work", handleWork)
	mux := http.NewServeMux()
	mux.Handle("/work", tracing.Handler(work))
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(state{tr.Stats(), peak()})
	})
	mux.HandleFunc("POST /end", func(w http.ResponseWriter, r *http.Request) {
		within, err := time.ParseDuration(r.FormValue("within"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		var e ending
		began := time.Now()
		if err := tr.Shutdown(ctx); err != nil {
			e.Error = err.Error()
		}
		e.Took, e.state = time.Since(began), state{tr.Stats(), peak()}
		json.NewEncoder(w).Encode(e)
	})
	return mux
}

// handleWork makes two spans below the server's, as a small request would.
func handleWork(w http.ResponseWriter, r *http.Request) {
	ctx, price := trace.StartSpan(r.Context(), "price")
	defer price.End()
	_, stock := trace.StartSpan(ctx, "GET /stock", trace.WithSpanKind(trace.SpanKindClient))
	stock.AddAttributes(tracing.Peer("stock"), trace.StringAttribute("http.method", "GET"), trace.Int64Attribute("http.status_code", 200))
	if r.FormValue("poison") != "" {
		stock.AddAttributes(trace.StringAttribute(poison, "yes"))
	}
	stock.End()
	price.Annotate(nil, "priced")
	io.WriteString(w, "7 apples")
}

// peak reads Linux's high-water mark of the process.
func peak() (bytes int) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	const key = "\nVmHWM:"
	for i := range len(status) - len(key) {
		if string(status[i:i+len(key)]) == key {
			fmt.Sscanf(string(status[i+len(key):]), "%d", &bytes)
			return bytes << 10
		}
	}
	return 0
}
