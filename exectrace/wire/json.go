package wire

import (
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"
)

// eventJSON has what is known of an event as it is written.
type eventJSON struct {
	Offset     int64             `json:"offset"`
	Size       int64             `json:"size"`
	Type       string            `json:"type"`
	Generation uint64            `json:"generation"`
	Thread     *int64            `json:"thread,omitempty"`
	Time       int64             `json:"time_ns"`
	Args       map[string]uint64 `json:"args,omitempty"`
	Strings    map[string]string `json:"strings,omitempty"` // what arguments are numbers of
	Stack      []frameJSON       `json:"stack,omitempty"`
	Data       string            `json:"data,omitempty"`
	Hex        string            `json:"data_hex,omitempty"` // of data that is no text
}

// MarshalJSON returns the event as an object: offset, size, type, generation, thread,
// time_ns, args, and the strings and the stack whose ids args are.
func (e *Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{
		Offset: e.Offset, Size: e.Size, Type: e.Type.String(), Generation: e.Generation,
		Time: e.Time, Args: map[string]uint64{},
	}
	if e.Thread >= 0 {
		j.Thread = &e.Thread
	}
	for i, name := range e.Type.Args() {
		j.Args[name] = e.Args[i]
		if s, ok := e.Text(name); ok {
			if j.Strings == nil {
				j.Strings = map[string]string{}
			}
			j.Strings[name] = s
		}
	}
	frames, _ := e.Stack("stack")
	if e.Type == stackType {
		frames, _ = e.reader.table().frames(e.Args[0])
	}
	for _, f := range frames {
		j.Stack = append(j.Stack, frameJSON(f))
	}
	if utf8.Valid(e.Data) {
		j.Data = string(e.Data)
	} else {
		j.Hex = hex.EncodeToString(e.Data)
	}
	return json.Marshal(j)
}

type frameJSON struct {
	PC   uint64 `json:"pc"`
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}
