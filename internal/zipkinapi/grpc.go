package zipkinapi

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/tracelab/internal/zipkin/codec"
)

// grpcReport is the path of the one method that Zipkin's gRPC service has. The
// HTTP server around must speak HTTP/2 without TLS for a gRPC client to get
// this far.
const grpcReport = "/zipkin.proto3.SpanService/Report"

// The codes of gRPC that are answered, which Zipkin answers too.
const (
	grpcOK                = 0
	grpcResourceExhausted = 8
	grpcInternal          = 13
)

// report is the unary method Report: a ListOfSpans in, an empty message out. An
// error is in the headers of the answer, whose HTTP status is 200 all the same.
func (in *ingest) report(w http.ResponseWriter, r *http.Request) error {
	if !isGRPC(r.Header.Get("Content-Type")) {
		return &answerError{http.StatusUnsupportedMediaType, "Missing or invalid Content-Type header.", plainText}
	}
	in.grpc.messages.Add(1)
	b := bodies.Get().(*body)
	defer b.release()
	list, no := b.readMessage(w, r)
	if no == nil {
		in.grpc.received(list)
		no = in.take(codec.Proto3, list, &in.grpc) // nothing is a list of no spans
	}
	h := w.Header()
	h.Set("Content-Type", "application/grpc+proto")
	if no != nil {
		in.reject(no, &in.grpc)
		h.Set("Grpc-Status", strconv.Itoa(no.grpcCode()))
		h.Set("Grpc-Message", no.text) // all of them are ASCII without a percent sign
		h.Set("Content-Length", "0")
		return nil
	}
	h.Set("Grpc-Encoding", "identity")
	w.Write(make([]byte, frameHeader)) // an empty message
	h.Set(http.TrailerPrefix+"Grpc-Status", strconv.Itoa(grpcOK))
	return nil
}

// isGRPC accepts application/grpc and, say, application/grpc+proto, but not
// application/grpc-web, whose trailers differ.
func isGRPC(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media, _, _ = strings.Cut(media, "+")
	return strings.EqualFold(strings.TrimSpace(media), "application/grpc")
}

// frameHeader is how many bytes are before a message: a flag that says whether
// it is compressed, and its length.
const frameHeader = 5

// readMessage reads the one message of a request. No message is an empty one,
// as in Zipkin; one that breaks off, or is not the only one, is refused.
func (b *body) readMessage(w http.ResponseWriter, r *http.Request) (string, *rejection) {
	frame, no := b.readWire(w, r, frameHeader+maxBody)
	switch {
	case no != nil || frame == "":
		return "", no
	case len(frame) < frameHeader:
		return "", bad(fmt.Sprintf("Frame of %d bytes: its header has %d", len(frame), frameHeader))
	}
	compressed, message := frame[0], frame[frameHeader:]
	if n := binary.BigEndian.Uint32([]byte(frame[1:])); uint64(n) != uint64(len(message)) {
		return "", bad(fmt.Sprintf("Frame of %d bytes: its header says %d", len(message), n))
	}
	switch {
	case compressed == 0:
		return message, nil
	case compressed != 1:
		return "", bad("Frame header malformed: reserved bits not zero")
	case r.Header.Get("Grpc-Encoding") != "gzip":
		return "", bad("Cannot read a compressed message: grpc-encoding is not gzip")
	}
	return b.gunzip(message, codec.Proto3)
}

// grpcCode is the code that stands for the status of HTTP.
func (no *rejection) grpcCode() int {
	if no.status == http.StatusRequestEntityTooLarge {
		return grpcResourceExhausted
	}
	return grpcInternal
}
