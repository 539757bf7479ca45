package workshop

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
)

// reasons are counts with their reasons, as "5 (3 queue_full, 2 invalid)".
func reasons(counts map[string]uint64) string {
	all, parts := uint64(0), []string{}
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		if counts[reason] > 0 {
			all += counts[reason]
			parts = append(parts, fmt.Sprint(counts[reason], " ", display.Cut(reason, 40)))
		}
	}
	if all == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", all, strings.Join(parts, ", "))
}

// memory writes an amount of memory.
func memory(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', 1, 64) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
