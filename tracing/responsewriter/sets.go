package responsewriter

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// The type for each set of optional interfaces: F is http.Flusher with
// FlushError, H http.Hijacker, C http.CloseNotifier, P http.Pusher, R io.ReaderFrom. Each type
// adds one method to another.
type (
	withF     struct{ *Writer }
	withH     struct{ *Writer }
	withFH    struct{ withF }
	withC     struct{ *Writer }
	withFC    struct{ withF }
	withHC    struct{ withH }
	withFHC   struct{ withFH }
	withP     struct{ *Writer }
	withFP    struct{ withF }
	withHP    struct{ withH }
	withFHP   struct{ withFH }
	withCP    struct{ withC }
	withFCP   struct{ withFC }
	withHCP   struct{ withHC }
	withFHCP  struct{ withFHC }
	withR     struct{ *Writer }
	withFR    struct{ withF }
	withHR    struct{ withH }
	withFHR   struct{ withFH }
	withCR    struct{ withC }
	withFCR   struct{ withFC }
	withHCR   struct{ withHC }
	withFHCR  struct{ withFHC }
	withPR    struct{ withP }
	withFPR   struct{ withFP }
	withHPR   struct{ withHP }
	withFHPR  struct{ withFHP }
	withCPR   struct{ withCP }
	withFCPR  struct{ withFCP }
	withHCPR  struct{ withHCP }
	withFHCPR struct{ withFHCP }
)

func (w withF) Flush()            { w.flush() }
func (w withF) FlushError() error { return w.flush() }

func (w withH) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.hijack() }
func (w withFH) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }

func (w withC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w withFC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w withHC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w withFHC) CloseNotify() <-chan bool { return w.closeNotify() }

func (w withP) Push(target string, o *http.PushOptions) error    { return w.push(target, o) }
func (w withFP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w withHP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w withFHP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w withCP) Push(target string, o *http.PushOptions) error   { return w.push(target, o) }
func (w withFCP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w withHCP) Push(target string, o *http.PushOptions) error  { return w.push(target, o) }
func (w withFHCP) Push(target string, o *http.PushOptions) error { return w.push(target, o) }

func (w withR) ReadFrom(src io.Reader) (int64, error)     { return w.readFrom(src) }
func (w withFR) ReadFrom(src io.Reader) (int64, error)    { return w.readFrom(src) }
func (w withHR) ReadFrom(src io.Reader) (int64, error)    { return w.readFrom(src) }
func (w withFHR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withCR) ReadFrom(src io.Reader) (int64, error)    { return w.readFrom(src) }
func (w withFCR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withHCR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withFHCR) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w withPR) ReadFrom(src io.Reader) (int64, error)    { return w.readFrom(src) }
func (w withFPR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withHPR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withFHPR) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w withCPR) ReadFrom(src io.Reader) (int64, error)   { return w.readFrom(src) }
func (w withFCPR) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w withHCPR) ReadFrom(src io.Reader) (int64, error)  { return w.readFrom(src) }
func (w withFHCPR) ReadFrom(src io.Reader) (int64, error) { return w.readFrom(src) }

var views = [...]func(*Writer) http.ResponseWriter{
	0:                                       func(w *Writer) http.ResponseWriter { return w },
	flush:                                   func(w *Writer) http.ResponseWriter { return withF{w} },
	hijack:                                  func(w *Writer) http.ResponseWriter { return withH{w} },
	flush | hijack:                          func(w *Writer) http.ResponseWriter { return withFH{withF{w}} },
	closeNotify:                             func(w *Writer) http.ResponseWriter { return withC{w} },
	flush | closeNotify:                     func(w *Writer) http.ResponseWriter { return withFC{withF{w}} },
	hijack | closeNotify:                    func(w *Writer) http.ResponseWriter { return withHC{withH{w}} },
	flush | hijack | closeNotify:            func(w *Writer) http.ResponseWriter { return withFHC{withFH{withF{w}}} },
	push:                                    func(w *Writer) http.ResponseWriter { return withP{w} },
	flush | push:                            func(w *Writer) http.ResponseWriter { return withFP{withF{w}} },
	hijack | push:                           func(w *Writer) http.ResponseWriter { return withHP{withH{w}} },
	flush | hijack | push:                   func(w *Writer) http.ResponseWriter { return withFHP{withFH{withF{w}}} },
	closeNotify | push:                      func(w *Writer) http.ResponseWriter { return withCP{withC{w}} },
	flush | closeNotify | push:              func(w *Writer) http.ResponseWriter { return withFCP{withFC{withF{w}}} },
	hijack | closeNotify | push:             func(w *Writer) http.ResponseWriter { return withHCP{withHC{withH{w}}} },
	flush | hijack | closeNotify | push:     func(w *Writer) http.ResponseWriter { return withFHCP{withFHC{withFH{withF{w}}}} },
	readFrom:                                func(w *Writer) http.ResponseWriter { return withR{w} },
	flush | readFrom:                        func(w *Writer) http.ResponseWriter { return withFR{withF{w}} },
	hijack | readFrom:                       func(w *Writer) http.ResponseWriter { return withHR{withH{w}} },
	flush | hijack | readFrom:               func(w *Writer) http.ResponseWriter { return withFHR{withFH{withF{w}}} },
	closeNotify | readFrom:                  func(w *Writer) http.ResponseWriter { return withCR{withC{w}} },
	flush | closeNotify | readFrom:          func(w *Writer) http.ResponseWriter { return withFCR{withFC{withF{w}}} },
	hijack | closeNotify | readFrom:         func(w *Writer) http.ResponseWriter { return withHCR{withHC{withH{w}}} },
	flush | hijack | closeNotify | readFrom: func(w *Writer) http.ResponseWriter { return withFHCR{withFHC{withFH{withF{w}}}} },
	push | readFrom:                         func(w *Writer) http.ResponseWriter { return withPR{withP{w}} },
	flush | push | readFrom:                 func(w *Writer) http.ResponseWriter { return withFPR{withFP{withF{w}}} },
	hijack | push | readFrom:                func(w *Writer) http.ResponseWriter { return withHPR{withHP{withH{w}}} },
	flush | hijack | push | readFrom:        func(w *Writer) http.ResponseWriter { return withFHPR{withFHP{withFH{withF{w}}}} },
	closeNotify | push | readFrom:           func(w *Writer) http.ResponseWriter { return withCPR{withCP{withC{w}}} },
	flush | closeNotify | push | readFrom:   func(w *Writer) http.ResponseWriter { return withFCPR{withFCP{withFC{withF{w}}}} },
	hijack | closeNotify | push | readFrom:  func(w *Writer) http.ResponseWriter { return withHCPR{withHCP{withHC{withH{w}}}} },
	flush | hijack | closeNotify | push | readFrom: func(w *Writer) http.ResponseWriter { return withFHCPR{withFHCP{withFHC{withFH{withF{w}}}}} },
}
