package labapi

import (
	"context"
	"net/http"
	"net/url"
)

// Faults returns the catalogue, and what is switched on.
func (c *Client) Faults(ctx context.Context) (*Faults, error) {
	var f Faults
	return &f, c.do(ctx, http.MethodGet, FaultsPath, nil, &f)
}

// SwitchOn has faults happen until they are switched off, and returns what is
// on then.
func (c *Client) SwitchOn(ctx context.Context, ask SwitchOn) (*Faults, error) {
	var f Faults
	return &f, c.do(ctx, http.MethodPost, FaultsPath, ask, &f)
}

// SwitchOff ends the fault of that name, or all with an empty name, of one attendee or,
// with an empty one, of all people, and returns how many switches that were.
func (c *Client) SwitchOff(ctx context.Context, off SwitchOff) (int, error) {
	var answer SwitchedOff
	query := url.Values{}
	if off.Fault != "" {
		query.Set("fault", off.Fault)
	}
	if off.Attendee != "" {
		query.Set("attendee", off.Attendee)
	}
	err := c.do(ctx, http.MethodDelete, FaultsPath+"?"+query.Encode(), nil, &answer)
	return answer.Off, err
}
