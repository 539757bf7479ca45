package server

import (
	"context"
	"fmt"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/snapshots"
)

// maxOpen bounds the execution traces that are kept open for people, in bytes of them: in
// memory they take two to three times as much.
const maxOpen = 32 << 20

// Bounds of the execution traces that people give: one is read whole, which takes two to three
// times its bytes. Where memory is bounded, one takes no more than half of it.
const (
	maxFile     = 256_000_000
	maxFiles    = 16
	ofMemory    = 6
	leastBounds = maxOpen // of one, however little memory there is
)

// givenBounds are those where memory is bounded to so many bytes, as GOMEMLIMIT says.
func givenBounds(memory int64) files.Bounds {
	one := max(min(maxFile, memory/ofMemory), leastBounds)
	return files.Bounds{File: one, Bytes: 2 * one, Files: maxFiles}
}

// executions has the execution traces that people gave, and those that processes have handed
// in, each the newest first.
func (s *Server) executions() executions.Library {
	return executions.New(maxOpen, func() []executions.Source {
		list := s.given.Sources()
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
