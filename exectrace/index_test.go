package exectrace

import (
	"fmt"
	"slices"
	"testing"
)

// TestGoroutinesWithOneNumber is what a program has whose C threads call Go.
func TestGoroutinesWithOneNumber(t *testing.T) {
	x := scripted(t, `
		0 0 sync
		1 17 unknown>running
		5 17 running>none
		10 17 none>syscall by=0
		11 17 syscall>running
		20 17 begin region=a
		30 17 running>none
		40 17 none>runnable by=17
		50 17 runnable>running
		60 17 end region=b
		70 1 unknown>running`)
	var lives []string
	for g := range x.Goroutines() {
		var states []string
		for iv := range x.Intervals(g) {
			states = append(states, fmt.Sprintf("%s %d-%d", iv.State, iv.Start, iv.End))
		}
		lives = append(lives, fmt.Sprint(g.ID, " ", g.Created, "-", g.Ended, states))
	}
	want := []string{"17 0-5 [running 0-5]", "17 10-30 [syscall 10-11 running 11-30]", "17 40-0 [runnable 40-50 running 50-70]", "1 0-0 [running 0-70]"}
	if !slices.Equal(lives, want) {
		t.Errorf("they are\n%q\nwant\n%q", lives, want)
	}
	last, ok := x.Goroutine(17)
	if !ok || last.Created != 40 {
		t.Errorf("the last is %+v", last)
	}
	for id, want := range map[GoID]string{17: "[0 10 40]", 1: "[0]", 5: "[]"} {
		created := []Time{}
		for _, g := range x.GoroutinesOf(id) {
			created = append(created, g.Created)
		}
		if got := fmt.Sprint(created); got != want {
			t.Errorf("those with the number %d began at %s, want %s", id, got, want)
		}
	}
	var numbers []string
	for g, until := range x.Numbers() {
		numbers = append(numbers, fmt.Sprint(g.ID, " ", g.Created, "-", until))
	}
	if want := []string{"17 0-70", "1 0-70"}; !slices.Equal(numbers, want) {
		t.Errorf("the numbers are %q, want %q", numbers, want)
	}
	var regions []string
	for r := range x.Regions() {
		regions = append(regions, fmt.Sprintf("%s %d-%d", r.Type, r.Start, r.End))
	}
	if want := []string{"b 40-60", "a 20-30"}; !slices.Equal(regions, want) {
		t.Errorf("their regions are %q, want %q", regions, want)
	}
}

// TestATaskEndedTwice keeps its name and the time of the first end.
func TestATaskEndedTwice(t *testing.T) {
	x := scripted(t, `
		0 0 sync
		1 1 unknown>running
		10 1 begin task=7 name=request
		20 1 end task=7 name=request
		30 1 end task=7
		40 1 end task=8 name=other
		50 1 end task=8`)
	for id, want := range map[TaskID]string{7: "request 20", 8: "other 40"} {
		if k, _ := x.Task(id); fmt.Sprint(k.Name, " ", int64(k.End)) != want {
			t.Errorf("task %d is %+v", id, k)
		}
	}
}
