//go:build !race

package testbed

// Race reports whether the tests, and what they build, have the race detector.
const Race = false
