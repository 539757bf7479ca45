package execution

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/profilepages"
	"example.com/tracelab/internal/web/shell"
)

// profilesPage is /exec/{id}/profile: where goroutines were delayed, as pprof profiles.
type profilesPage struct {
	page
	Rows []profileRow
}

// profileRow is a profile.
type profileRow struct {
	Kind                delay.Kind
	Says                string
	Count               int64
	Delay               took
	Unfinished, Dropped int
	Links               []profileLink
}

// profileLink is a page of pprof's, or the file.
type profileLink struct{ Label, Path string }

// profiles are computed once, all in one pass.
func (v *visit) profiles() (map[delay.Kind]*pprof, error) {
	return executions.Keep(v.Execution, "profiles", func() (map[delay.Kind]*pprof, error) {
		list, _, err := delay.Profiles(v.Part.Whole, delay.Options{From: v.Part.From, To: v.Part.To})
		all := map[delay.Kind]*pprof{}
		for _, p := range list {
			pages, err := profilepages.New(p.Profile, profilepages.Options{Title: string(p.Kind) + " of " + v.Called(), Sources: v.pages.Sources, Stderr: logged{}})
			if err != nil {
				return nil, err
			}
			all[p.Kind] = &pprof{p, pages}
		}
		return all, err
	})
}

// pprof is a profile with pprof's pages of it.
type pprof struct {
	delay.Profile
	pages map[string]http.Handler
}

// logged is where pprof complains to.
type logged struct{}

func (logged) Write(b []byte) (int, error) {
	slog.Debug("pprof: " + strings.TrimSpace(string(b)))
	return len(b), nil
}

func (p *Pages) profiles(v *visit) {
	a := readAsked(v.r)
	data := profilesPage{page: v.page(a, func(w shell.Words) string { return w.T("Profiles") })}
	all, err := v.profiles()
	if err != nil {
		v.unknownProfiles(data.page, err)
		return
	}
	says := map[delay.Kind]string{delay.Net: data.T("waiting for the network"), delay.Sync: data.T("waiting for channels, mutexes and their like"),
		delay.Syscall: data.T("in system calls"), delay.Sched: data.T("ready, until running")}
	for _, kind := range delay.Kinds() {
		data.Rows = append(data.Rows, p.row(v, all[kind], says[kind]))
	}
	v.show("exec_profiles", a, data)
}

func (v *visit) unknownProfiles(data page, err error) {
	v.pages.Shell.Problem(v.w, v.r, http.StatusUnprocessableEntity, shell.Problem{
		Heading: data.T("The profiles are not known"), Text: data.T("The execution trace lacks what they are computed of."), Error: display.Text(err.Error(), longestText)})
}

func (p *Pages) row(v *visit, of *pprof, says string) profileRow {
	row := profileRow{Kind: of.Kind, Says: says, Unfinished: of.Unfinished, Dropped: of.Dropped}
	var sum time.Duration
	for _, s := range of.Sample {
		row.Count += s.Value[0]
		sum += time.Duration(s.Value[1])
	}
	row.Delay = newTook(sum)
	if row.Count == 0 {
		return row
	}
	root := "/profile/" + string(of.Kind)
	row.Links = []profileLink{{Label: "flame graph", Path: v.To(root + "/flamegraph")}, {Label: "top", Path: v.To(root + "/top")}, {Label: "peek", Path: v.To(root+"/peek", "f", ".")}}
	if p.Sources {
		row.Links = append(row.Links, profileLink{Label: "source", Path: v.To(root+"/source", "f", ".")})
	}
	row.Links = append(row.Links, profileLink{Label: "file for pprof", Path: v.To(root, "raw", "1")})
	return row
}
