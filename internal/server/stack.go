package server

import (
	"net/http"

	"example.com/tracelab/internal/doctor"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// stack says which processes there are, and where traces come from.
func (s *Server) stack(w http.ResponseWriter, r *http.Request) error {
	all := labapi.Stack{
		Server:    s.self,
		Source:    s.source(),
		ZipkinURL: s.zipkinURL(),
		Gateway:   hosts.Beside(s.cfg.GatewayURL, r),
		Processes: s.control.Processes(),
	}
	asked, err := isAsked(r, "status")
	if err != nil {
		return err
	}
	if asked {
		all.Processes, all.Status = s.status(r.Context())
	}
	httpapi.WriteJSON(w, all)
	return nil
}

// doctor makes a visit, which is why it is a POST.
func (s *Server) doctor(w http.ResponseWriter, r *http.Request) error {
	subject := doctor.Subject{Processes: s.control.Processes(), Source: s.source(), ZipkinURL: s.zipkinURL(), Reader: s.reader}
	if s.zipkin != nil {
		subject.Health = s.zipkin.Health
	}
	httpapi.WriteJSON(w, doctor.Examine(r.Context(), subject))
	return nil
}
