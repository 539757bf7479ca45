//go:build race

package testbed

// Race tells that the tests, and what they build, have the race detector.
const Race = true
