package term

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgress: a bar is there after a second, on a terminal, until its end.
func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		visible bool
		lasts   time.Duration
		shown   bool
	}{
		"a terminal":        {true, 2 * time.Second, true},
		"soon done":         {true, 900 * time.Millisecond, false},
		"no terminal":       {false, 2 * time.Second, false},
		"exactly in time":   {true, time.Second, true},
		"a long, dull wait": {true, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := start(&out, c.visible, "reading", Spans, 100)
				for range 10 {
					time.Sleep(c.lasts / 10)
					p.Add(5)
				}
				if got := out.String(); strings.Contains(got, "reading") != c.shown {
					t.Errorf("it shows %q", got)
				}
				p.End()
				p.End()
				last := out.String()[strings.LastIndex(strings.TrimRight(out.String(), "\r"), "\r")+1:]
				if strings.TrimSpace(last) != "" {
					t.Errorf("%q stays", last)
				}
			})
		})
	}
}

func TestProgressDescribes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := start(&out, true, "", Requests, 100)
		time.Sleep(appears)
		for range 3 { // not each is drawn
			p.Set(40, "3 under way")
			time.Sleep(interval)
		}
		if got := out.String(); !strings.Contains(got, "3 under way") || !strings.Contains(got, "40/100") {
			t.Errorf("it shows %q", got)
		}
		p.End()
	})
}

// TestProgressOfBytes: it is a writer that counts.
func TestProgressOfBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := start(&out, true, "friday.json", Bytes, 10_000)
		time.Sleep(appears)
		if n, err := p.Write(make([]byte, 5000)); n != 5000 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if got := out.String(); !strings.Contains(got, "50%") {
			t.Errorf("it shows %q", got)
		}
		p.End()
	})
}

// screen is drawn on by one goroutine and read by another.
type screen struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// TestWait: what takes longer than was said still shows.
func TestWait(t *testing.T) {
	for _, lasts := range []time.Duration{0, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			var out screen
			stop := wait(&out, true, "recording", lasts)
			time.Sleep(appears - interval)
			synctest.Wait()
			if early := out.String(); early != "" {
				t.Errorf("%v: too early it shows %q", lasts, early)
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			got := out.String()
			if at := strings.LastIndex(got, "recording"); at < 0 || strings.Contains(got[at:], "\r   ") {
				t.Errorf("%v: it shows %q", lasts, got)
			}
			stop()
		})
	}
}

func TestFinding(t *testing.T) {
	if got := Finding(true, "redis", "answers"); !strings.Contains(got, "ok") || !strings.HasSuffix(got, "redis    answers") {
		t.Errorf("%q", got)
	}
	if got := Finding(false, "redis", "does not answer"); !strings.Contains(got, "FAIL") {
		t.Errorf("%q", got)
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, map[string]string{"url": "http://h/?a=1&b=<c>"}); err != nil || out.String() != "{\n  \"url\": \"http://h/?a=1&b=<c>\"\n}\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := JSON(&out, func() {}); err == nil {
		t.Error("a function is no JSON")
	}
}
