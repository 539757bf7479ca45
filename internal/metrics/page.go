// Package metrics writes the metrics of a process in the text format of
// Prometheus, version 0.0.4. Every family has its HELP and its TYPE, and a name
// that Prometheus's own linter accepts.
package metrics

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ContentType is the media type of the format.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Page is the answer to one scrape. Its zero value is empty.
type Page struct{ bytes.Buffer }

// Handler answers each scrape with what write adds to an empty page.
func Handler(write func(*Page)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var p Page
		write(&p)
		w.Header().Set("Content-Type", ContentType)
		w.Header().Set("Content-Length", strconv.Itoa(p.Len()))
		w.Write(p.Bytes())
	}
}

// Counter adds a family with one value, which only rises. Its name ends in
// _total.
func (p *Page) Counter(name, help string, v float64) {
	p.Family(name, "counter", help)
	p.Sample(name, "", v)
}

// Gauge adds a family with one value, which rises and falls.
func (p *Page) Gauge(name, help string, v float64) {
	p.Family(name, "gauge", help)
	p.Sample(name, "", v)
}

// CounterBy adds a family of counters, one for each value of a label.
func (p *Page) CounterBy(name, help, label string, counts map[string]uint64) {
	p.Family(name, "counter", help)
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		p.Sample(name, Labels(label, value), float64(counts[value]))
	}
}

// Family begins a family: its samples come next. A page has each family once.
func (p *Page) Family(name, kind, help string) {
	p.Printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// Sample adds a value to the family begun last.
func (p *Page) Sample(name, labels string, v float64) {
	p.WriteString(name)
	if labels != "" {
		p.WriteByte('{')
		p.WriteString(labels)
		p.WriteByte('}')
	}
	p.WriteByte(' ')
	p.Write(appendNumber(p.AvailableBuffer(), v))
	p.WriteByte('\n')
}

// Printf adds text, for those who have a spelling of their own to keep to.
func (p *Page) Printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// appendNumber appends numbers without an exponent, as people read them.
func appendNumber(to []byte, v float64) []byte { return strconv.AppendFloat(to, v, 'f', -1, 64) }

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// Labels spells pairs of a name and a value. A label without a value is left
// out, which is the same to Prometheus.
func Labels(pairs ...string) string {
	var all []string
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			all = append(all, pair[0]+`="`+escape.Replace(pair[1])+`"`)
		}
	}
	return strings.Join(all, ",")
}
