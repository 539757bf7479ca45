package referee

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// Same asks both servers a question, a path with its query, and says how the
// answers differ. The order of a trace's spans is that of their arrival, which
// the real server decides on many threads: it is no part of the answer.
func (p *Pair) Same(question string) error {
	status, zipkin, err := ask(p.Zipkin + question)
	if err != nil {
		return err
	}
	ourStatus, ours, err := ask(p.Ours + question)
	switch {
	case err != nil:
		return err
	case status != ourStatus:
		return fmt.Errorf("Zipkin answers %d, we %d: %s", status, ourStatus, ours)
	case status != http.StatusOK && zipkin != ours:
		return fmt.Errorf("Zipkin says %q, we %q", zipkin, ours)
	case status != http.StatusOK:
		return nil
	}
	return differ(canonical(zipkin), canonical(ours))
}

// differ shows where two texts part.
func differ(zipkin, ours string) error {
	if zipkin == ours {
		return nil
	}
	at := 0
	for at < min(len(zipkin), len(ours)) && zipkin[at] == ours[at] {
		at++
	}
	around := func(s string) string { return s[max(0, at-200):min(len(s), at+200)] }
	return fmt.Errorf("Zipkin answers %d bytes, we %d; from byte %d they differ\nZipkin …%s\nours   …%s", len(zipkin), len(ours), at, around(zipkin), around(ours))
}

func ask(u string) (int, string, error) {
	resp, err := http.Get(u)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// canonical is an answer with the spans of each trace in the order of their text.
func canonical(body string) string {
	var traces [][]json.RawMessage
	if json.Unmarshal([]byte(body), &traces) == nil {
		for _, t := range traces {
			sortRaw(t)
		}
		return fmt.Sprintf("%s", traces)
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(body), &list) == nil {
		sortRaw(list)
		return fmt.Sprintf("%s", list)
	}
	return body
}

func sortRaw(list []json.RawMessage) {
	slices.SortFunc(list, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
}
