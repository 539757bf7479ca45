package execution

import (
	"net/http"
	"slices"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/web/shell"
)

// profile leads to the flame graph, or answers with the file for pprof (?raw).
func (p *Pages) profile(v *visit) {
	kind := delay.Kind(v.r.PathValue("k"))
	if !v.r.URL.Query().Has("raw") && slices.Contains(delay.Kinds(), kind) {
		http.Redirect(v.w, v.r, v.To("/profile/"+string(kind)+"/flamegraph"), http.StatusFound)
		return
	}
	of := p.find(v, kind)
	if of == nil {
		return
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/vnd.google.protobuf+gzip")
	h.Set("Content-Disposition", `attachment; filename="`+string(kind)+`.pb.gz"`)
	of.Write(v.w)
}

// find answers itself where there is no such profile.
func (p *Pages) find(v *visit, kind delay.Kind) *pprof {
	words := p.Shell.Words(v.r)
	if !slices.Contains(delay.Kinds(), kind) {
		v.missing(words.T("There is no such profile"), words.T("There are net, sync, syscall and sched."))
		return nil
	}
	all, err := v.profiles()
	if err != nil {
		v.unknownProfiles(v.page(readAsked(v.r, "raw"), func(w shell.Words) string { return w.T("Profiles") }), err)
		return nil
	}
	return all[kind]
}

func (p *Pages) profilePage(v *visit) {
	path := v.r.PathValue("page")
	of := p.find(v, delay.Kind(v.r.PathValue("k")))
	if of == nil {
		return
	}
	if len(of.Sample) == 0 { // pprof has no pages of nothing
		words := p.Shell.Words(v.r)
		v.missing(words.T("There were no such delays"), words.T("None of this kind ended in the time of the trace."))
		return
	}
	page := of.pages["/"+path]
	if page == nil {
		words := p.Shell.Words(v.r)
		v.missing(words.T("pprof has no such page here"), words.T("There are the flame graph, top, peek and the graph."))
		return
	}
	page.ServeHTTP(v.w, v.r)
}
