package testbed

import "time"

// Eventually calls ok, every 10 ms, until it returns nil; after a minute, which is
// enough for a machine however busy, it returns the last error. It is for what
// has to come about and is not promised by a time.
func Eventually(ok func() error) error { return Within(time.Minute, ok) }

// Within calls ok, every 10 ms, until it returns nil or the time is up; it then
// returns the last error.
func Within(limit time.Duration, ok func() error) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ok()
		if err == nil {
			return nil
		}
		select {
		case <-deadline.C:
			return err
		case <-tick.C:
		}
	}
}
