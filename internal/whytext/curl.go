package whytext

import (
	"strconv"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// Curl is the command that has a server, whose URL is as curl takes it, explain a trace:
// its longest request or, where span is not empty, that one, and where start is not
// empty, the one that began then.
func Curl(server, traceID, span, start string) string {
	address := display.ShellWord(server + labapi.WhyPath + "/" + traceID)
	if span == "" {
		return "curl " + address
	}
	command := "curl -G " + address + " -d span=" + span
	if start != "" {
		command += " -d start_us=" + start
	}
	return command
}

// StartOf is when a request began, if that is needed beside the id of its span.
func StartOf(r *labapi.Request) string {
	if !r.SharesID {
		return ""
	}
	return strconv.FormatInt(r.StartUS, 10)
}
