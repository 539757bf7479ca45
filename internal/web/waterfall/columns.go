package waterfall

import (
	"net/http"
	"strconv"
	"sync"

	"example.com/tracelab/internal/zipkin/codec"
)

// buffers are for answers, which are megabytes.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKept is the largest buffer that is kept.
const maxKept = 16 << 20

// answerJSON answers with what appended appends to a buffer.
func answerJSON(w http.ResponseWriter, appended func(b []byte) []byte) {
	buffer := buffers.Get().(*[]byte)
	*buffer = appended((*buffer)[:0])
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(*buffer) // the client is gone, or has it
	if cap(*buffer) <= maxKept {
		buffers.Put(buffer)
	}
}

// columns writes rows as JSON, an array for each property: a row of its own object
// would be several times as long. Nothing is reflected on, since there may be 50,000.
type columns struct {
	*Waterfall
	b        []byte
	names    map[string]int
	listed   []string // of names
	services map[string]int
}

func (c *columns) name(key string) {
	c.b = append(c.b, ',', '"')
	c.b = append(c.b, key...)
	c.b = append(c.b, '"', ':')
}

func (c *columns) number(key string, n int64) {
	c.name(key)
	c.b = strconv.AppendInt(c.b, n, 10)
}

func (c *columns) text(key, value string) {
	c.name(key)
	c.string(value)
}

func (c *columns) string(value string) { c.b = codec.AppendString(c.b, value) }

// each appends an array of a number for each row.
func (c *columns) each(key string, of func(r *row) int64) {
	c.name(key)
	c.b = append(c.b, '[')
	for i := range c.Rows {
		c.b = append(strconv.AppendInt(c.b, of(&c.Rows[i]), 10), ',')
	}
	c.end('[', ']')
}

// end closes an array or an object, of which each member has a comma behind it.
func (c *columns) end(open, close byte) {
	if last := len(c.b) - 1; c.b[last] != open {
		c.b = c.b[:last]
	}
	c.b = append(c.b, close)
}

// key begins a member of an object that has some of the rows.
func (c *columns) key(row int) {
	c.b = append(strconv.AppendInt(append(c.b, '"'), int64(row), 10), '"', ':')
}
