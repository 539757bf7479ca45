package labapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/redact"
)

// Snapshots lists the snapshots for a trace; with the zero id, all.
func (c *Client) Snapshots(ctx context.Context, trace zipkin.TraceID) (all []Snapshot, err error) {
	path := SnapshotsPath
	if trace != (zipkin.TraceID{}) {
		path += "?trace=" + trace.String()
	}
	return all, c.do(ctx, http.MethodGet, path, nil, &all)
}

// DownloadSnapshot writes the execution trace of a snapshot to w: with the zero
// trace all that is stored, else what of it covers that trace.
func (c *Client) DownloadSnapshot(ctx context.Context, id string, trace zipkin.TraceID, w io.Writer) error {
	path := SnapshotsPath + "/" + url.PathEscape(id)
	if trace != (zipkin.TraceID{}) {
		path += "?trace=" + trace.String()
	}
	resp, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(w, io.LimitReader(resp.Body, MaxSnapshot+1))
	if err == nil && n > MaxSnapshot {
		err = errors.New("more bytes come than a snapshot has")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", redact.Text(c.url+path), err)
	}
	return nil
}
