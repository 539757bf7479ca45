package snapshots

import "example.com/tracelab/internal/labapi"

// Status returns how many snapshots there are and were.
func (c *Collector) Status() labapi.SnapshotsStatus {
	n, bytes := c.store.size()
	return labapi.SnapshotsStatus{Stored: n, Bytes: bytes, Received: c.store.received.Load(), Evicted: c.store.evicted.Load(), Rejected: c.rejected.Load()}
}

// Bounds returns how many snapshots, and how many bytes of them, are stored at most.
func Bounds() (snapshots int, bytes int64) { return maxStored, maxStoredBytes }

// Last returns the newest execution trace of a process; nil: there is none.
func (c *Collector) Last(instance string) *Snapshot {
	var last *Snapshot
	for _, s := range c.store.list() {
		if s.Instance == instance && s.Recorded() && (last == nil || s.TakenAt.After(last.TakenAt)) {
			last = s
		}
	}
	return last
}
