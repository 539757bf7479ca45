// Package visits makes requests to the gateway for somebody at a page, and waits for
// their traces.
package visits

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkinapi"
)

// Bounds of what is made for all who ask.
const (
	atOnce     = 4                // requests of people that are under way
	within     = 20 * time.Second // for all visits of one request
	arriveFor  = 3 * time.Second  // that their spans are waited for
	maxAnswer  = 1 << 20
	retryAfter = 2 // seconds
)

// Request is the visits to make. The URL is the server's own to choose: a page never
// says it.
type Request struct {
	Method, URL string
	Header      http.Header
	Times       int
}

// Maker makes visits. Its methods may be called at the same time.
type Maker struct {
	reader zipkinapi.Reader
	client *http.Client
	slots  chan struct{}
}

// New makes a Maker whose traces come to reader.
func New(reader zipkinapi.Reader) *Maker {
	return &Maker{reader: reader, slots: make(chan struct{}, atOnce), client: &http.Client{
		Timeout: within, Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Make makes the visits one after the other, and returns them once their traces have
// come, or have not within some seconds. Where so many do so already it is an error at
// once.
func (m *Maker) Make(ctx context.Context, ask Request) ([]labapi.Visit, error) {
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	default:
		return nil, &httpapi.Error{Code: httpapi.Busy,
			Detail: fmt.Sprintf("the visits of %d people are under way, and no more are at a time: ask again in %d s, or make yours by curl", atOnce, retryAfter)}
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var made []labapi.Visit
	for range ask.Times {
		v, err := m.one(ctx, ask)
		if err != nil {
			return made, err
		}
		made = append(made, v)
	}
	m.await(ctx, made)
	return made, nil
}

// answer is what is read of the gateway's, good or bad.
type answer struct {
	TraceID  string `json:"traceId"`
	TraceURL string `json:"traceUrl"` // only where there is a trace
	Detail   string `json:"detail"`
}

func (m *Maker) one(ctx context.Context, ask Request) (labapi.Visit, error) {
	req, err := http.NewRequestWithContext(ctx, ask.Method, ask.URL, nil)
	if err != nil {
		return labapi.Visit{}, err
	}
	req.Header = ask.Header.Clone()
	req.Header.Set("Accept", "application/json")
	resp, err := m.client.Do(req)
	if err != nil {
		return labapi.Visit{}, httpapi.Failed("gateway", httpapi.Unreachable, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return labapi.Visit{}, httpapi.Failed("gateway", httpapi.Unreachable, err)
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return labapi.Visit{}, noVisit(resp.StatusCode)
	}
	id, err := labapi.ParseTraceID(a.TraceID)
	if err != nil {
		return labapi.Visit{}, noVisit(resp.StatusCode)
	}
	return labapi.Visit{TraceID: id.String(), Status: resp.StatusCode, Detail: a.Detail, Sampled: a.TraceURL != ""}, nil
}

func noVisit(status int) error {
	return &httpapi.Error{Code: httpapi.Unreachable, Service: "gateway",
		Detail: fmt.Sprintf("the gateway answered %d with something else than a visit: is another program on its port? 'tracelab doctor' tells more", status)}
}
