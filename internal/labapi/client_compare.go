package labapi

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"example.com/tracelab/redact"
)

// ComparisonQuery is what is to be compared: the parameters of GET ComparePath. Sets of
// traces are the parameters of Zipkin's search, as serviceName=gateway&lookback=900000.
type ComparisonQuery struct {
	A, B string // two sets, or the ids of two traces
	Slow string // a quantile: what of the set Q is slower, against the rest
	By   string // a tag, or * for all: which of its values go with slowness in the set Q
	Q    string // empty: the traces of the last quarter of an hour
	// Strata are tags of the request's span: what differs in them is not compared.
	Strata []string
	// Quantile is that of durations which is described too, such as p95.
	Quantile string
}

// ComparisonParameters are the names of the parameters.
func ComparisonParameters() []string {
	return []string{"a", "b", "slow", "by", "q", "strata", "quantile"}
}

// ReadComparisonQuery is the inverse of Values.
func ReadComparisonQuery(v url.Values) ComparisonQuery {
	q := ComparisonQuery{A: v.Get("a"), B: v.Get("b"), Slow: v.Get("slow"), By: v.Get("by"), Q: v.Get("q"), Quantile: v.Get("quantile")}
	if strata := v.Get("strata"); strata != "" {
		q.Strata = strings.Split(strata, ",")
	}
	return q
}

// Values are the parameters of a URL.
func (q ComparisonQuery) Values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"a": q.A, "b": q.B, "slow": q.Slow, "by": q.By, "q": q.Q, "strata": strings.Join(q.Strata, ","), "quantile": q.Quantile} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return v
}

// Compare has the server compare.
func (c *Client) Compare(ctx context.Context, q ComparisonQuery) (*Comparison, error) {
	resp, err := c.get(ctx, ComparePath+"?"+q.Values().Encode())
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer Comparison
	if err := c.decode(ComparePath, resp.Body, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// maxProfile bounds a profile, in bytes.
const maxProfile = 64 << 20

// Pprof writes the profile of a set of traces to w.
func (c *Client) Pprof(ctx context.Context, set string, w io.Writer) error {
	resp, err := c.get(ctx, PprofPath+"?"+url.Values{"q": {set}}.Encode())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(w, io.LimitReader(resp.Body, maxProfile+1))
	if err == nil && n > maxProfile {
		err = fmt.Errorf("more than %d bytes come, which no profile has", maxProfile)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", redact.Text(c.url+PprofPath), err)
	}
	return nil
}
