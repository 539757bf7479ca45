package userlog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace/userlog"
)

func TestSpan(t *testing.T) {
	trace, id, parent := [16]byte{1, 15: 2}, [8]byte{3, 7: 4}, [8]byte{5, 7: 6}
	for _, c := range []struct {
		span userlog.Span
		size int
	}{
		{userlog.Span{TraceID: trace, ID: id}, 24},
		{userlog.Span{TraceID: trace, ID: id, Parent: parent}, 32},
		{userlog.Span{}, 24},
	} {
		message := string(c.span.Append(nil))
		if got, ok := userlog.ParseSpan(message); !ok || got != c.span || len(message) != c.size {
			t.Errorf("%v is written in %d bytes, %x, and read as %v, %t", c.span, len(message), message, got, ok)
		}
	}
	for _, size := range []int{0, 23, 25, 31, 33} {
		if s, ok := userlog.ParseSpan(strings.Repeat("x", size)); ok {
			t.Errorf("%d bytes are read as %v", size, s)
		}
	}
}

func TestThreads(t *testing.T) {
	want := []userlog.Thread{{ID: 7, Ran: time.Second, Waited: time.Millisecond}, {}, {ID: 1 << 22, Ran: 1<<63 - 1, Waited: 1}}
	var message []byte
	for _, thread := range want {
		before := len(message)
		if message = thread.Append(message); len(message)-before > userlog.MaxThread {
			t.Errorf("%v has %d bytes, and %d are said to be the most", thread, len(message)-before, userlog.MaxThread)
		}
	}
	for _, rest := range []string{"", "\x01", "\x01\x02", "\x01\x02\xff", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x03"} {
		if got := slices.Collect(userlog.Threads(string(message) + rest)); !slices.Equal(got, want) {
			t.Errorf("with %q behind: %v, want %v", rest, got, want)
		}
	}
	for thread := range userlog.Threads(string(message)) {
		if thread != want[0] {
			t.Errorf("the first is %v", thread)
		}
		break
	}
}
