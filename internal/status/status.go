// Package status asks the processes of the workshop how they are: each by its /readyz
// and its /metrics, all at the same time, within a second.
package status

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
)

const (
	answerWithin = time.Second // for each process, with both of its answers
	askedAtOnce  = 16          // processes
	freshFor     = time.Second // what was asked so long ago is asked again
)

// Asker asks processes, and has what they said last. Many who look at once cost the
// processes what one does.
type Asker struct {
	processes func() []control.Process
	client    *http.Client

	mu   sync.Mutex
	at   time.Time
	said map[string]labapi.ProcessStatus // by instance
}

// New makes an Asker of the processes that are listed.
func New(processes func() []control.Process) *Asker {
	return &Asker{processes: processes, client: NewClient(answerWithin)}
}

// NewClient makes what Ask asks by. It follows no redirect: a process answers itself.
func NewClient(within time.Duration) *http.Client {
	return &http.Client{Timeout: within, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// All returns the processes, and what each says of itself in the same order. It is a
// second old at most.
func (a *Asker) All(ctx context.Context) ([]control.Process, []labapi.ProcessStatus) {
	a.mu.Lock()
	defer a.mu.Unlock()
	processes := a.processes()
	if time.Since(a.at) > freshFor || !a.knows(processes) {
		// Others may wait for it whose caller has not gone.
		a.said, a.at = a.ask(context.WithoutCancel(ctx), processes), time.Now()
	}
	said := make([]labapi.ProcessStatus, len(processes))
	for i, p := range processes {
		said[i] = a.said[p.Instance]
	}
	return processes, said
}

func (a *Asker) knows(processes []control.Process) bool {
	for _, p := range processes {
		if _, asked := a.said[p.Instance]; !asked {
			return false
		}
	}
	return true
}

func (a *Asker) ask(ctx context.Context, processes []control.Process) map[string]labapi.ProcessStatus {
	all := make([]labapi.ProcessStatus, len(processes))
	var group errgroup.Group
	group.SetLimit(askedAtOnce)
	for i, p := range processes {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, answerWithin)
			defer cancel()
			all[i], _ = Ask(ctx, a.client, p)
			return nil
		})
	}
	_ = group.Wait() // what went wrong is in what each has said
	said := map[string]labapi.ProcessStatus{}
	for _, s := range all {
		said[s.Instance] = s
	}
	return said
}
