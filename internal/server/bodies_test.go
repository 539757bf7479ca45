package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
)

// TestAWrongBody is answered by every endpoint that reads JSON with the member that
// is wrong, its value and what is wanted.
func TestAWrongBody(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	for _, test := range []struct{ path, body, field, detail string }{
		{labapi.FaultsPath, `{"faults":7}`, "faults", `the body: faults is the number 7: want a string`},
		{labapi.FaultsPath, `{"faults":"writer=slow-disk","until":"noon"}`, "until", `the body: until is the string "noon": want a time such as "2026-01-31T15:04:05Z"`},
		{labapi.FaultsPath, `{"seed":-1}`, "seed", `the body: seed is the number -1: want a whole number from 0 to 2^64-1`},
		{labapi.FaultsPath, `{"fault":"writer=slow-disk"}`, "fault", `"fault" is no parameter of /tracelab/v1/faults: did you mean faults? It takes attendee, faults, for, id, seed, until`},
		{labapi.MysteryPath, `{"level":0}`, "level", `level 0: want 1 to 3`},
		{labapi.MysteryPath, `{"level":"three"}`, "level", `the body: level is the string "three": want a whole number below 2^63`},
		{labapi.MysteryPath, `level=1`, "body", `the body: it is not JSON: byte 1: invalid character 'l' looking for beginning of value`},
		{labapi.MysteryPath, ``, "body", `the body: it is empty: want JSON`},
		{labapi.MysteryPath, `{"attendee":"` + strings.Repeat("x", 70_000) + `"}`, "body", `the body: it has more than 65536 bytes`},
		{labapi.MysteryAnswerPath, `{"ms":"100ms"}`, "ms", `the body: ms is the string "100ms": want a whole number below 2^63`},
		{labapi.MysteryAnswerPath, `{"ms":-5}`, "ms", `ms=-5: want the milliseconds that the fault adds, above zero, or leave it out`},
		{labapi.MysteryAnswerPath, `{"give_up":1}`, "give_up", `the body: give_up is the number 1: want true or false`},
		{labapi.MysteryHintPath, `["ann"]`, "body", `the body: it is an array: want an object`},
	} {
		status, answer := w.postJSON(test.path, "", test.body)
		var p httpapi.Problem
		err := json.Unmarshal([]byte(answer), &p)
		if err != nil || status != http.StatusBadRequest || p.Code != httpapi.Invalid || p.Field != test.field || p.Detail != test.detail {
			t.Errorf("%s of %.80s: %d %s; want %s: %s", test.path, test.body, status, answer, test.field, test.detail)
		}
	}
	const upload = `{"service":"writer","traces":[{"traceId":"0000000000000001","start_us":"now"}]}`
	if status, answer := w.postJSON(labapi.SnapshotsPath, upload, "x"); status != http.StatusBadRequest ||
		!strings.Contains(answer, `the header Tracelab-Flight: traces[0].start_us is the string \"now\": want a whole number below 2^63`) {
		t.Errorf("a snapshot: %d %s", status, answer)
	}
	if status, answer := w.postJSON(control.Path, "", `{"service":"writer","pid":"one"}`); status != http.StatusBadRequest ||
		answer != "the registration: pid is the string \"one\": want a whole number below 2^63\n" {
		t.Errorf("a registration: %d %s", status, answer)
	}
}

// postJSON sends a body as a process would, with an upload's header if there is one.
func (w *world) postJSON(path, header, body string) (status int, answer string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	if header != "" {
		req.Header.Set(labapi.UploadHeader, header)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestAWrongAddress of the API says that there is nothing, or which method is wanted.
func TestAWrongAddress(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	for request, want := range map[string]struct {
		status int
		detail string
	}{
		"GET /tracelab/v1/mystery/hint":   {405, "GET is not possible at /tracelab/v1/mystery/hint: use POST"},
		"PUT /tracelab/v1/mystery/answer": {405, "PUT is not possible at /tracelab/v1/mystery/answer: use POST"},
		"PATCH /tracelab/v1/mystery":      {405, "PATCH is not possible at /tracelab/v1/mystery: use GET or HEAD or POST"},
		"GET /tracelab/v1/why/":           {404, "there is nothing at /tracelab/v1/why/"},
		"GET /tracelab/v1/why/7/":         {404, "there is nothing at /tracelab/v1/why/7/"},
		"GET /tracelab/":                  {404, "there is nothing at /tracelab/"},
		"GET /tracelab/v1/why/%1b[31mred": {400, `the trace id "\x1b[31mred": want 16 or 32 hexadecimal digits in lower case, not all 0`},
	} {
		method, path, _ := strings.Cut(request, " ")
		req, err := http.NewRequest(method, w.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var p httpapi.Problem
		err = json.NewDecoder(resp.Body).Decode(&p)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want.status || p.Detail != want.detail {
			t.Errorf("%s: %d %+v, %v; want %d %s", request, resp.StatusCode, p, err, want.status, want.detail)
		}
	}
}
