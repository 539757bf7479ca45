package tracing

import "io"

// What the body of an answer may have besides the methods of io.ReadCloser. That of
// an upgraded connection can write, and close what is written.
const (
	bodyWritesTo = 1 << iota
	bodyWrites
	bodyClosesWriting
	bodyReadsFrom
)

// writeCloser closes one direction of a connection.
type writeCloser interface{ CloseWrite() error }

// view returns a body with what the inner one has. It allocates nothing.
func (b *body) view() io.ReadCloser {
	has := 0
	if _, ok := b.ReadCloser.(io.WriterTo); ok {
		has |= bodyWritesTo
	}
	if _, ok := b.ReadCloser.(io.Writer); ok {
		has |= bodyWrites
	}
	if _, ok := b.ReadCloser.(writeCloser); ok {
		has |= bodyClosesWriting
	}
	if _, ok := b.ReadCloser.(io.ReaderFrom); ok {
		has |= bodyReadsFrom
	}
	return bodies[has](b)
}

func (b *body) writeTo(to io.Writer) (int64, error) {
	n, err := b.ReadCloser.(io.WriterTo).WriteTo(to)
	if err == nil {
		b.end(nil)
	}
	return n, err
}

// The type for each set of methods: T is WriteTo, W Write, C CloseWrite, R ReadFrom.
// Each type adds one method to another.
type (
	bodyT    struct{ *body }
	bodyW    struct{ *body }
	bodyTW   struct{ bodyT }
	bodyC    struct{ *body }
	bodyTC   struct{ bodyT }
	bodyWC   struct{ bodyW }
	bodyTWC  struct{ bodyTW }
	bodyR    struct{ *body }
	bodyTR   struct{ bodyT }
	bodyWR   struct{ bodyW }
	bodyTWR  struct{ bodyTW }
	bodyCR   struct{ bodyC }
	bodyTCR  struct{ bodyTC }
	bodyWCR  struct{ bodyWC }
	bodyTWCR struct{ bodyTWC }
)

func (b bodyT) WriteTo(to io.Writer) (int64, error) { return b.writeTo(to) }

func (b bodyW) Write(p []byte) (int, error)  { return b.ReadCloser.(io.Writer).Write(p) }
func (b bodyTW) Write(p []byte) (int, error) { return b.ReadCloser.(io.Writer).Write(p) }

func (b bodyC) CloseWrite() error   { return b.ReadCloser.(writeCloser).CloseWrite() }
func (b bodyTC) CloseWrite() error  { return b.ReadCloser.(writeCloser).CloseWrite() }
func (b bodyWC) CloseWrite() error  { return b.ReadCloser.(writeCloser).CloseWrite() }
func (b bodyTWC) CloseWrite() error { return b.ReadCloser.(writeCloser).CloseWrite() }

func (b bodyR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyTR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyWR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyTWR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyCR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyTCR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyWCR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}
func (b bodyTWCR) ReadFrom(src io.Reader) (int64, error) {
	return b.ReadCloser.(io.ReaderFrom).ReadFrom(src)
}

var bodies = [...]func(*body) io.ReadCloser{
	0:                                func(b *body) io.ReadCloser { return b },
	bodyWritesTo:                     func(b *body) io.ReadCloser { return bodyT{b} },
	bodyWrites:                       func(b *body) io.ReadCloser { return bodyW{b} },
	bodyWritesTo | bodyWrites:        func(b *body) io.ReadCloser { return bodyTW{bodyT{b}} },
	bodyClosesWriting:                func(b *body) io.ReadCloser { return bodyC{b} },
	bodyWritesTo | bodyClosesWriting: func(b *body) io.ReadCloser { return bodyTC{bodyT{b}} },
	bodyWrites | bodyClosesWriting:   func(b *body) io.ReadCloser { return bodyWC{bodyW{b}} },
	bodyWritesTo | bodyWrites | bodyClosesWriting: func(b *body) io.ReadCloser { return bodyTWC{bodyTW{bodyT{b}}} },
	bodyReadsFrom:                                                 func(b *body) io.ReadCloser { return bodyR{b} },
	bodyWritesTo | bodyReadsFrom:                                  func(b *body) io.ReadCloser { return bodyTR{bodyT{b}} },
	bodyWrites | bodyReadsFrom:                                    func(b *body) io.ReadCloser { return bodyWR{bodyW{b}} },
	bodyWritesTo | bodyWrites | bodyReadsFrom:                     func(b *body) io.ReadCloser { return bodyTWR{bodyTW{bodyT{b}}} },
	bodyClosesWriting | bodyReadsFrom:                             func(b *body) io.ReadCloser { return bodyCR{bodyC{b}} },
	bodyWritesTo | bodyClosesWriting | bodyReadsFrom:              func(b *body) io.ReadCloser { return bodyTCR{bodyTC{bodyT{b}}} },
	bodyWrites | bodyClosesWriting | bodyReadsFrom:                func(b *body) io.ReadCloser { return bodyWCR{bodyWC{bodyW{b}}} },
	bodyWritesTo | bodyWrites | bodyClosesWriting | bodyReadsFrom: func(b *body) io.ReadCloser { return bodyTWCR{bodyTWC{bodyTW{bodyT{b}}}} },
}
