package server

import "net/http"

// Handler is what the main listener serves.
func (s *Server) Handler() http.Handler { return s.routes() }
