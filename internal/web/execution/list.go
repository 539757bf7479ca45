package execution

import (
	"net/http"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// listPage is /exec.
type listPage struct {
	shell.Page
	Entries []entry
}

// entry is an execution trace that can be opened.
type entry struct {
	executions.Entry
	Called, Link, Bytes, Failed string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	data := listPage{Page: p.Shell.Page(r, "", "")}
	data.Title, data.Styles = data.T("Execution traces"), styles()
	for _, e := range p.Library.List() {
		one := entry{Entry: e, Called: display.Text(e.Name, 100), Link: Path + "/" + e.ID}
		if e.Size >= 0 {
			one.Bytes = report.Sized(e.Size)
		}
		if e.Err != nil {
			one.Failed = display.Text(e.Err.Error(), longestText)
		}
		data.Entries = append(data.Entries, one)
	}
	p.Shell.Show(w, r, http.StatusOK, "exec_list", data)
}
