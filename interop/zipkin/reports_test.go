package zipkin

import (
	"context"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"time"
)

// report is a call of Zipkin's SpanService with this message.
func report(message string) request {
	return grpcCall("/zipkin.proto3.SpanService/Report", frame(0, message))
}

func grpcCall(method, body string) request {
	r := request{method: "POST", target: method, body: body, proto: "HTTP/2.0"}
	return r.with("Content-Type: application/grpc").with("Te: trailers")
}

// frame is a message with the length before it.
func frame(compressed byte, message string) string {
	return string(binary.BigEndian.AppendUint32([]byte{compressed}, uint32(len(message)))) + message
}

// sendHTTP2 makes the request by HTTP/2 without TLS. What comes after the body
// counts with the headers.
func (r request) sendHTTP2(addr string) (reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, "http://"+addr+r.target, strings.NewReader(r.body))
	if err != nil {
		return reply{}, err
	}
	for _, line := range r.header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols, DisableCompression: true}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	h := judged(resp)
	h.Del("Content-Length") // the frames say it
	for name, values := range resp.Trailer {
		h[name] = append(h[name], values...)
	}
	return reply{resp.StatusCode, h, string(answer)}, nil
}

// grpc is the collector of gRPC, and HTTP/2 without TLS that it needs.
var reports = family{"reports", each(
	check{name: "a span", send: report(protobufSpan(0x6f01, bytesField(5, "a"))), keeps: "b000000000006f01"},
	check{name: "two spans", send: report(protobufSpan(0x6f02) + protobufSpan(0x6f02, bytesField(5, "b"))), keeps: "b000000000006f02"},
	check{name: "nothing", send: report("")},
	check{name: "as application/grpc+proto", send: report(protobufSpan(0x6f03)).with("Content-Type: application/grpc+proto"), keeps: "b000000000006f03"},
	check{name: "a bad span", send: report(bytesField(1, bytesField(5, "a")))},
	check{name: "garbage", send: report("hello")},
	check{name: "packed", send: report("").packed(func(string) string { return frame(1, packed(protobufSpan(0x6f04))) }).with("Grpc-Encoding: gzip"), differs: grpcDiffers.as(report(""))},
	check{name: "cut short", send: report("").packed(func(string) string { return frame(0, protobufSpan(0x6f05))[:12] }), differs: grpcDiffers.failing("13", "Frame of 7 bytes: its header says 22")},
	check{name: "two messages", send: report("").packed(func(string) string { return frame(0, protobufSpan(0x6f06)) + frame(0, protobufSpan(0x6f06)) }), differs: grpcDiffers.failing("13", "Frame of 49 bytes: its header says 22")},
	check{name: "too large", send: report("").packed(func(string) string {
		return frame(0, protobufSpan(0x6f07, bytesField(15, strings.Repeat("x", 11<<20))))
	}), differs: grpcDiffers.failing("8", "413 Request Entity Too Large")},
	check{name: "for browsers", send: report("").with("Content-Type: application/grpc-web"), differs: grpcDiffers.plain(http.StatusUnsupportedMediaType, "Missing or invalid Content-Type header.")},
	check{name: "another method", send: grpcCall("/zipkin.proto3.SpanService/Nosuch", frame(0, ""))},
	check{name: "another service", send: grpcCall("/zipkin.proto3.Nosuch/Report", frame(0, ""))},
	check{name: "HTTP/2: names", send: http2(get("/api/v2/autocompleteKeys"))},
	check{name: "HTTP/2: a path that is none", send: http2(get("/nosuch"))},
	check{name: "HTTP/2: spans", send: http2(post("[" + good + "]")), keeps: "$t0001"},
	check{name: "HTTP/2: bad spans", send: http2(post("{}"))},
)}

func http2(r request) request {
	r.proto = "HTTP/2.0"
	return r
}

// as is the difference that ours answers as Zipkin does to another request.
func (d difference) as(other request) *difference {
	d.ours = func(e exchange) reply { return e.ask(other) }
	return &d
}

// failing is the difference that ours says what is wrong.
func (d difference) failing(code, text string) *difference {
	d.ours = func(e exchange) reply {
		return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/grpc+proto"}, "Grpc-Status": {code}, "Grpc-Message": {text}}}
	}
	return &d
}

// plain is the difference that ours refuses the request itself.
func (d difference) plain(status int, text string) *difference {
	d.ours = func(e exchange) reply {
		return reply{status: status, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: text}
	}
	return &d
}
