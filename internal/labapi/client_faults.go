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
func (c *Client) SwitchOn(ctx context.Context, sw Switch) (*Faults, error) {
	var f Faults
	return &f, c.do(ctx, http.MethodPost, FaultsPath, sw, &f)
}

// SwitchOff ends the fault of that name, or all with an empty name, and returns
// how many switches that were.
func (c *Client) SwitchOff(ctx context.Context, name string) (int, error) {
	var answer SwitchedOff
	err := c.do(ctx, http.MethodDelete, FaultsPath+"?fault="+url.QueryEscape(name), nil, &answer)
	return answer.Off, err
}

// StartMystery has a fault switched on that is not named.
func (c *Client) StartMystery(ctx context.Context, ask MysteryStart) (*Mystery, error) {
	var m Mystery
	return &m, c.do(ctx, http.MethodPost, MysteryPath, ask, &m)
}

// AnswerMystery has a diagnosis graded.
func (c *Client) AnswerMystery(ctx context.Context, a MysteryAnswer) (*MysteryVerdict, error) {
	var v MysteryVerdict
	return &v, c.do(ctx, http.MethodPost, MysteryAnswerPath, a, &v)
}

// HintMystery returns the next hint.
func (c *Client) HintMystery(ctx context.Context, attendee string) (*MysteryHint, error) {
	var h MysteryHint
	return &h, c.do(ctx, http.MethodPost, MysteryHintPath, MysteryAnswer{Attendee: attendee}, &h)
}
