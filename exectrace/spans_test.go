package exectrace

import (
	"slices"
	"testing"
)

func TestSpans(t *testing.T) {
	const a, b = "000102030405060708090a0b0c0d0e0f", "f00102030405060708090a0b0c0d0e0f"
	x := scripted(t, `
		1 1 log=span task=7 text=`+a+`1000000000000001
		2 1 log=span task=8 text=`+b+`1000000000000002
		3 1 log=span task=9 text=`+a+`1000000000000003`+`2000000000000001
		4 1 log=span task=9 text=`+b+`1000000000000004
		5 1 log=span task=10 text=00
		6 1 log=span task=11 text=`+a+`10000000000000
		7 1 log=other task=12 text=`+a+`1000000000000005
		8 1 log=span task=0 text=`+a+`1000000000000006`)
	id := func(first, last byte) [8]byte { return [8]byte{first, 7: last} }
	ofA := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	ofB := ofA
	ofB[0] = 0xf0
	want := []Span{
		{TraceID: ofA, ID: id(0x10, 1), Task: 7},
		{TraceID: ofB, ID: id(0x10, 2), Task: 8},
		{TraceID: ofA, ID: id(0x10, 3), Parent: id(0x20, 1), Task: 9},
	}
	if got := slices.Collect(x.Spans()); !slices.Equal(got, want) {
		t.Errorf("they are %v, want %v", got, want)
	}
	if got := x.SpansOf(ofA); !slices.Equal(got, []Span{want[0], want[2]}) {
		t.Errorf("of the first trace they are %v", got)
	}
	for _, s := range want {
		if got, ok := x.SpanOf(s.Task); !ok || got != s {
			t.Errorf("task %d is %v, %t", s.Task, got, ok)
		}
	}
	for task := TaskID(10); task < 14; task++ {
		if s, ok := x.SpanOf(task); ok {
			t.Errorf("task %d is %v", task, s)
		}
	}
}
