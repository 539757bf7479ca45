package conformance

import (
	"fmt"
	"strings"
)

// Three services that take part in v1 spans.
const (
	front  = `{"serviceName":"front","ipv4":"1.2.3.4"}`
	back   = `{"serviceName":"back","port":80}`
	front2 = `{"serviceName":"front","port":9}` // the first one, elsewhere
)

// v1 is a list of one v1 span with these fields besides its ids.
func v1(fields ...string) string {
	ids := `"traceId":"` + TraceIDHex + `","id":"2"`
	return "[{" + strings.Join(append([]string{ids}, fields...), ",") + "}]"
}

func annotations(list ...string) string {
	return `"annotations":[` + strings.Join(list, ",") + "]"
}

func binaryAnnotations(list ...string) string {
	return `"binaryAnnotations":[` + strings.Join(list, ",") + "]"
}

// at is an annotation, of a service or of none.
func at(timestamp int64, value string, service ...string) string {
	return fmt.Sprintf(`{"timestamp":%d,"value":"%s"%s}`, timestamp, value, endpoint(service))
}

// tag is a binary annotation, of a service or of none. The value is JSON.
func tag(key, value string, service ...string) string {
	return fmt.Sprintf(`{"key":"%s","value":%s%s}`, key, value, endpoint(service))
}

func endpoint(service []string) string {
	if len(service) == 0 {
		return ""
	}
	return `,"endpoint":` + service[0]
}
