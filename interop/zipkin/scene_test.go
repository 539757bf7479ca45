package zipkin

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// family is a part of Zipkin's behaviour, in scenes.
type family struct {
	name   string
	scenes []scene
}

// scene is spans, and requests about them. Scenes share servers, not spans:
// each has trace ids, service names and a day of its own.
type scene struct {
	name   string
	given  []string // lists of spans, each stored before the next is sent
	checks []check
}

// check is one request to both servers, whose answers must be the same.
type check struct {
	name    string // default: what is asked
	send    request
	want    string                     // the body that both must answer, if it is written down
	status  int                        // with it; default 200
	headers []string                   // that both must have, each "Name: value", or none without a value
	keeps   string                     // the traces that a POST has stored, which are then read from both
	settles bool                       // the answer may take a moment to become right
	loose   func(names, string) string // what of a body counts, if not all
	where   bool                       // status and Location alone count
	differs *difference                // on purpose
}

// names are those of one scene. In all its texts
//
//	$t stands for the first 12 digits of a trace id
//	$n for the end of the name of a service
//	$ms, $ms+5 and $ms-5 for milliseconds around noon of its day
//	$us, $us+5 and $us-5 for microseconds around noon of its day
//	$day for the parameters of a window that is its day
type names struct{ number int }

var noon = time.Date(2010, 1, 1, 12, 0, 0, 0, time.UTC)

// day is noon of the scene's day. There is a day between those of two scenes,
// since Zipkin's windows include both ends.
func (n names) day() time.Time { return noon.AddDate(0, 0, 2*n.number) }

var moment = regexp.MustCompile(`\$(ms|us)([+-]\d+)?`)

func (n names) text(s string) string {
	if !strings.Contains(s, "$") {
		return s
	}
	s = strings.NewReplacer(
		"$day", "endTs=$ms+43200000&lookback=86400000",
		"$t", fmt.Sprintf("%012x", 0xf00000+n.number),
		"$n", fmt.Sprintf("-%d", n.number),
	).Replace(s)
	return moment.ReplaceAllStringFunc(s, func(m string) string {
		part := moment.FindStringSubmatch(m)
		at := n.day().UnixMilli()
		if part[1] == "us" {
			at = n.day().UnixMicro()
		}
		offset, _ := strconv.ParseInt(part[2], 10, 64)
		return strconv.FormatInt(at+offset, 10)
	})
}
