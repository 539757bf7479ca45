package decode

import "testing"

// TestFits has events follow each other on a thread, and says how many of them can.
func TestFits(t *testing.T) {
	runs := alone{proc: yes, goroutine: yes, syscall: not, sweeps: not, assists: not}
	idle := alone{proc: not, goroutine: not, syscall: not, sweeps: not, assists: not}
	for name, test := range map[string]struct {
		from   alone
		events []Type
		want   int // enough: all
	}{
		"a goroutine runs, blocks, and another starts": {runs, []Type{GoBlock, GoStart, GoCreate, GoDestroy}, enough},
		"two start":                               {runs, []Type{GoBlock, GoStart, GoStart}, 2},
		"one blocks that does not run":            {idle, []Type{ProcStart, GoBlock}, 1},
		"one blocks of which nothing is known":    {alone{}, []Type{GoBlock, GoBlock}, 1},
		"a system call":                           {runs, []Type{GoSyscallBegin, GoSyscallEnd, GoSyscallBegin, GoSyscallEndBlocked, ProcStart, GoStart}, enough},
		"a system call ends that has not begun":   {runs, []Type{GoSyscallEnd}, 0},
		"one blocks in a system call":             {runs, []Type{GoSyscallBegin, GoBlock}, 1},
		"a processor is lost, and code goes on":   {runs, []Type{ProcStop, HeapAlloc}, 1},
		"sweeps":                                  {runs, []Type{GCSweepBegin, GCSweepEnd, GCSweepBegin, GCSweepBegin}, 3},
		"a sweep that goes on with nothing known": {alone{}, []Type{GCSweepEnd, GCSweepBegin, GCSweepEnd}, enough},
		"assists":          {runs, []Type{GCMarkAssistBegin, GCMarkAssistEnd, GCMarkAssistEnd}, 2},
		"a goroutine of C": {idle, []Type{GoCreateSyscall, ProcStart, GoSyscallEnd, UserLog, GoSyscallBegin, GoDestroySyscall, GoDestroySyscall}, 6},
		"what is no event": {runs, []Type{UserRegionBegin, stringType}, 1},
		"states are told, and then all is possible": {idle, []Type{GoStatus, GoBlock}, enough},
	} {
		var s segment
		at := uint32(0)
		for _, typ := range test.events {
			s[at] = byte(typ)
			n := shapes[typ].args
			if n == no {
				n = 0
			}
			at += 2 + uint32(n)
		}
		if got := test.from.fits(&s, 0, at); got != test.want {
			t.Errorf("%s: of %v fit %d, want %d", name, test.events, got, test.want)
		}
	}
}
