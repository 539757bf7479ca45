package stack

import (
	"fmt"
	"net"
	"strconv"
)

// Ports of the pieces, all on loopback. Zero takes any free port.
type Ports struct {
	Server       *int `name:"server" help:"Port of the server, with the UI (default 9411; 9412 beside a Zipkin)." placeholder:"PORT"`
	Gateway      int  `name:"gateway" help:"Port of the gateway." default:"8080"`
	Fetcher      int  `name:"fetcher" help:"Port of the fetcher." default:"8081"`
	Writer       int  `name:"writer" help:"Port of the writer." default:"8082"`
	ThirdParty   int  `name:"third-party" help:"Port of the third-party API." default:"8083"`
	GatewayDebug int  `name:"gateway-debug" help:"Debug port of the gateway." default:"6080"`
	FetcherDebug int  `name:"fetcher-debug" help:"Debug port of the fetcher." default:"6081"`
	WriterDebug  int  `name:"writer-debug" help:"Debug port of the writer." default:"6082"`
}

// bound is a port that was checked, and is held until its owner takes it.
type bound struct {
	flag string
	ln   net.Listener
}

// bind takes a port, so that nothing starts when one is missing.
func bind(flag string, port int) (*bound, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("port %d is taken or not allowed (%w): choose another with --port-%s, or 0 for any", port, err, flag)
	}
	return &bound{flag, ln}, nil
}

func (b *bound) addr() string { return b.ln.Addr().String() }
func (b *bound) url() string  { return "http://" + b.addr() }

// localURL is the form that people type.
func (b *bound) localURL() string {
	_, port, _ := net.SplitHostPort(b.addr())
	return "http://localhost:" + port
}
