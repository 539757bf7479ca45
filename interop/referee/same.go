package referee

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
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
	if !reflect.DeepEqual(canonical(zipkin), canonical(ours)) {
		return fmt.Errorf("Zipkin answers\n%s\nwe\n%s", zipkin, ours)
	}
	return nil
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
func canonical(body string) any {
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
