package server

import (
	"context"
	"fmt"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/snapshots"
)

// maxOpen bounds the execution traces that are kept open for people, in bytes of them: in
// memory they take two to three times as much.
const maxOpen = 32 << 20

// executions has the execution traces that processes have handed in, the newest first.
func (s *Server) executions() executions.Library {
	return executions.New(maxOpen, func() (list []executions.Source) {
		all := s.snapshots.All()
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Recorded() {
				list = append(list, source(all[i]))
			}
		}
		return list
	})
}

func source(s *snapshots.Snapshot) executions.Source {
	return executions.Source{
		ID: s.ID, Name: fmt.Sprintf("%s, %s, %s", s.Service, s.TakenAt.Local().Format("15:04:05"), s.Reason), Size: s.Bytes,
		Open: func(context.Context) (executions.Part, error) {
			f, err := s.File()
			return executions.Part{Whole: f}, err
		},
	}
}
