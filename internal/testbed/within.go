package testbed

import "time"

// Within asks ok, every 10 ms, until it is satisfied or the time is up; it then
// returns what ok said last.
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
