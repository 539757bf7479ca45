package exectrace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// The types of what a CPU profile has in a trace.
const samplesType, sampleType = 6, 7

// profiled is a trace with samples of a CPU profile, of goroutine 9 with stack 1, and how
// many of them there are.
func profiled(samples, stacks int) []byte {
	var h hostile
	table := []byte{stringsType, stringType, 1, 4}
	table = append(table, "main"...)
	h.batch(math.MaxUint64, uint64(len(table)), table)
	table = []byte{stacksType}
	for id := range stacks {
		table = append(table, stackType, byte(id+1), 1, 100, 1, 1, 10)
	}
	h.batch(math.MaxUint64, uint64(len(table)), table)
	table = []byte{samplesType}
	for i := range samples {
		table = binary.AppendUvarint(append(table, sampleType), uint64(1000+i))
		table = append(table, 1, 0, 9, 1)
	}
	h.batch(math.MaxUint64, uint64(len(table)), table)
	return h.trace()
}

// TestDamagedSamples are read but for those that are damaged. What is lost is counted, also
// where it is the stack of a sample.
func TestDamagedSamples(t *testing.T) {
	const samples = 100
	whole := profiled(samples, 1)
	first := bytes.Index(whole, []byte{samplesType, sampleType})
	const size = 7 // of a sample
	for name, test := range map[string]struct {
		trace      []byte
		at         int // of a byte, and
		with       []byte
		read, lost int
		says       string // an error
	}{
		"none":                     {whole, 0, nil, samples, 0, ""},
		"a bit of the first":       {whole, first + 1, []byte{sampleType ^ 8}, samples, 0, "a sample of the CPU profile is damaged"},
		"a bit of one":             {whole, first + 1 + 50*size, []byte{sampleType ^ 1}, samples, 0, "a sample of the CPU profile is damaged"},
		"a bit that makes it long": {whole, first + size + 50*size, []byte{1 | 0x80}, samples, 0, "a sample of the CPU profile is damaged"},
		"several bytes":            {whole, first + 1 + 50*size, []byte{99, 99, 99}, samples - 1, 1, "a sample of the CPU profile is damaged"},
		"several bytes of the end": {whole, first + 1 + 99*size, []byte{99, 99, 99}, samples - 1, 1, "a sample of the CPU profile is damaged"},
		"what begins the table":    {whole, first, []byte{samplesType ^ 16}, samples, 0, "what begins a table is damaged"},
		"the table of stacks":      {profiled(samples, 0), 0, nil, 0, samples, "lacks a stack with the number 1, which a sample of the CPU profile names"},
	} {
		t.Run(name, func(t *testing.T) {
			b := bytes.Clone(test.trace)
			copy(b[test.at:], test.with)
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			read, lost, says := 0, 0, ""
			for ev, err := range f.Events() {
				var l Loss
				switch {
				case errors.As(err, &l):
					lost += l.Events
					says += fmt.Sprintln(l.Err)
				case err == nil && ev.Kind() == "StackSample":
					read++
					if ev.Goroutine() != 9 || len(ev.Stack()) != 1 {
						t.Errorf("a sample is %s", ev)
					}
				}
			}
			if read != test.read || lost != test.lost || !strings.Contains(says, test.says) || (says == "") != (test.says == "") {
				t.Errorf("%d samples are read and %d lost, %q; want %d and %d, %q", read, lost, says, test.read, test.lost, test.says)
			}
		})
	}
}
