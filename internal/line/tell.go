package line

import (
	"encoding/json"
	"fmt"
)

// Tell sends body, as JSON, to the process of that instance alone.
func (h *Hub) Tell(instance, kind string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.lines {
		if p.Instance == instance {
			select {
			case p.told <- message{kind, text}:
				return nil
			default:
				return fmt.Errorf("%s %s takes nothing", p.Service, instance)
			}
		}
	}
	return fmt.Errorf("%s keeps no line", instance)
}
