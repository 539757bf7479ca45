package waterfall

import (
	"fmt"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/shell"
)

// onPath says in words what the critical path says of a row.
func (w *Waterfall) onPath(r *row, words shell.Words) []string {
	n := w.measured(r)
	switch {
	case r.lost:
		return []string{words.T("Whether the request waited for it is not known: its parent is missing.")}
	case n.Left != "":
		return []string{words.T("Not on the critical path: %s.", leftOut(words, n.Left))}
	case n.Total == 0:
		return []string{words.T("Not on the critical path: it could take %s longer, and the request would take no longer.", display.Micros(n.Slack))}
	}
	said := words.T("On the critical path: %s itself.", w.ofRequest(r, n.OnPath))
	if n.Total > n.OnPath {
		said = words.T("On the critical path: %s itself, %s with what it called.", w.ofRequest(r, n.OnPath), display.Micros(n.Total))
	}
	switch {
	case w.isRoot(r):
		return []string{said}
	case n.Drag == 0:
		return []string{said, words.T("Without it the request would be no shorter: others ran beside it for as long.")}
	case n.Drag < n.Total:
		return []string{said, words.T("Without it and what it called, the request would be only %s shorter: others ran beside it.", display.Micros(n.Drag))}
	}
	return []string{said, words.T("Without it and what it called, the request would be %s shorter.", display.Micros(n.Drag))}
}

// ofRequest is a time and its share of the request that the row is part of.
func (w *Waterfall) ofRequest(r *row, us int64) string {
	for _, p := range w.path.Paths {
		if whole := p.End - p.Start; whole > 0 && w.belowRoot(r, p.Root) {
			return fmt.Sprintf("%s (%.1f %%)", display.Micros(us), 100*float64(us)/float64(whole))
		}
	}
	return display.Micros(us)
}

// belowRoot reports whether a row is that of a node of the tree, or below it.
func (w *Waterfall) belowRoot(r *row, root int) bool {
	for i := r.node; i != none; i = int(w.tree.Nodes[i].Parent) {
		if i == root {
			return true
		}
	}
	return false
}

// isRoot reports whether a path begins at a row.
func (w *Waterfall) isRoot(r *row) bool {
	for _, p := range w.path.Paths {
		if p.Root == r.node {
			return true
		}
	}
	return false
}

func leftOut(words shell.Words, r critical.Reason) string {
	switch r {
	case critical.Message:
		return words.T("it took a message, for which nobody waits, or was called for one")
	case critical.Outside:
		return words.T("it ran before its parent began or after it had ended, or what called it did")
	case critical.NotAwaited:
		return words.T("its parent ended before it did, and so did not wait for it, or for what called it")
	}
	return words.T("its start or duration is not known, or that of what called it")
}
