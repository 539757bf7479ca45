package shell

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// compress sends answers from 2 kB on in gzip to who accepts it. The reader is near:
// the fastest level costs a third of the usual one, and sends a tenth more.
func compress(next http.Handler) http.Handler { return wrapCompressor(next) }

var wrapCompressor = newCompressor()

func newCompressor() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(2048), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false), gzhttp.SuffixETag("-gzip"))
	if err != nil {
		panic(fmt.Sprintf("shell: compression: %v", err)) // the options are constants
	}
	return wrap
}
