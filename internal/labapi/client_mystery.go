package labapi

import (
	"context"
	"net/http"
	"net/url"
)

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
func (c *Client) HintMystery(ctx context.Context, ask MysteryAsk) (*MysteryHint, error) {
	var h MysteryHint
	return &h, c.do(ctx, http.MethodPost, MysteryHintPath, ask, &h)
}

// StartRoom has a fault switched on for each attendee, and returns all mysteries.
func (c *Client) StartRoom(ctx context.Context, ask RoomStart) (*Room, error) {
	var room Room
	return &room, c.do(ctx, http.MethodPost, RoomPath, ask, &room)
}

// Room returns all mysteries.
func (c *Client) Room(ctx context.Context) (*Room, error) {
	var room Room
	return &room, c.do(ctx, http.MethodGet, RoomPath, nil, &room)
}

// ResetRoom ends all mysteries and switches all faults off, or those of one attendee.
func (c *Client) ResetRoom(ctx context.Context, reset RoomReset) (*RoomCleared, error) {
	var cleared RoomCleared
	query := url.Values{}
	if reset.Attendee != "" {
		query.Set("attendee", reset.Attendee)
	}
	return &cleared, c.do(ctx, http.MethodDelete, RoomPath+"?"+query.Encode(), nil, &cleared)
}
