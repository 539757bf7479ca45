package faultctl

import "example.com/tracelab/internal/labapi"

// Limits are the bounds of what can be on, and of who takes part.
func (h *Handlers) Limits() []labapi.Limit {
	on := 0
	for _, sw := range h.switches.list() {
		if sw.Mystery == "" {
			on++
		}
	}
	h.mysteries.mu.Lock()
	defer h.mysteries.mu.Unlock()
	return []labapi.Limit{
		{Name: "faults switched on", Used: int64(on), Most: maxSwitches},
		{Name: "attendees with a mystery", Used: int64(len(h.mysteries.all)), Most: labapi.MaxAttendees},
	}
}
