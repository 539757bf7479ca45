package faultctl

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// showRoom answers with all mysteries, and their truth: for the trusted.
func (h *Handlers) showRoom(w http.ResponseWriter, r *http.Request) error {
	if err := needsToken(h.cfg.Trusted(r), "to see all mysteries"); err != nil {
		return err
	}
	room := h.room(r)
	httpapi.Answer(w, r, room, roomText(room))
	return nil
}

func (h *Handlers) room(r *http.Request) labapi.Room {
	h.mysteries.mu.Lock()
	var all []mystery
	for _, m := range h.mysteries.all {
		all = append(all, *m)
	}
	h.mysteries.mu.Unlock()
	slices.SortFunc(all, func(a, b mystery) int { return strings.Compare(a.Attendee, b.Attendee) })
	room := labapi.Room{Mysteries: []labapi.RoomMystery{}}
	for _, m := range all {
		room.Mysteries = append(room.Mysteries, labapi.RoomMystery{Mystery: h.known(r, &m), Asked: m.truth.String(), Taken: m.taken})
	}
	return room
}

// startRoom takes a labapi.RoomStart, and switches on a fault for each attendee: for
// the trusted.
func (h *Handlers) startRoom(w http.ResponseWriter, r *http.Request) error {
	if err := needsToken(h.cfg.Trusted(r), "to start mysteries for others"); err != nil {
		return err
	}
	ask, err := readRoom(w, r)
	if err != nil {
		return err
	}
	if err := labapi.CheckAttendees(ask.Attendees); err != nil {
		return httpapi.InvalidField("attendees", "%v", err)
	}
	each, err := deal(ask)
	if err != nil {
		return err
	}
	if err := h.awaitServices(r.Context(), labapi.Services()...); err != nil {
		return err
	}
	if err := h.mysteries.startRoom(&h.switches, each); err != nil {
		return err
	}
	room := h.room(r)
	httpapi.Answer(w, r, room, roomText(room))
	return nil
}

// deal chooses a mystery for each attendee: unless a seed says that all have the same,
// each fault of the level comes once before one comes again, so that neighbours differ.
func deal(ask labapi.RoomStart) (each []*mystery, err error) {
	const tries = 100 // by which all have come, but for bad luck
	dealt := map[string]bool{}
	for _, name := range ask.Attendees {
		var m *mystery
		for n := 0; n == 0 || dealt[m.truth.Name] && n < tries && ask.Seed == 0; n++ {
			if m, err = newMystery(labapi.MysteryStart{Seed: ask.Seed, Level: ask.Level, Attendee: name}); err != nil {
				return nil, err
			}
		}
		if dealt[m.truth.Name] {
			clear(dealt)
		}
		dealt[m.truth.Name], m.taken = true, false
		each = append(each, m)
	}
	return each, nil
}

// readRoom reads JSON or, as text/plain, one name a line, with the rest in the query.
func readRoom(w http.ResponseWriter, r *http.Request) (ask labapi.RoomStart, err error) {
	ask.Level = 1
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
		return ask, httpapi.ReadParams(w, r, &ask)
	}
	const most = (labapi.MaxName + 2) * labapi.MaxAttendees * 2 // with comments
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return ask, httpapi.InvalidField("body", "the body: it has more than %d bytes: want one name a line, at most %d", most, labapi.MaxAttendees)
	}
	r.Body = http.NoBody
	if r.URL.RawQuery != "" {
		if err := httpapi.ReadParams(w, r, &ask); err != nil {
			return ask, err
		}
	}
	if ask.Attendees, err = labapi.ParseAttendees(string(text)); err != nil {
		err = httpapi.InvalidField("attendees", "%v", err)
	}
	return ask, err
}

// resetRoom takes a labapi.RoomReset: for the trusted.
func (h *Handlers) resetRoom(w http.ResponseWriter, r *http.Request) error {
	if err := needsToken(h.cfg.Trusted(r), "to end the mysteries of others"); err != nil {
		return err
	}
	var ask labapi.RoomReset
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	mine := func(attendee string) bool { return ask.Attendee == "" || attendee == ask.Attendee }
	ended, err := h.mysteries.forget(&h.switches, mine)
	if err != nil {
		return err
	}
	off, err := h.switches.remove(func(sw faults.Switch) bool { return mine(sw.Attendee) })
	if err != nil {
		return err
	}
	cleared := labapi.RoomCleared{Mysteries: ended, Switches: off}
	httpapi.Answer(w, r, cleared, clearedText(cleared))
	return nil
}

// forget ends the mysteries of the attendees that it is about.
func (all *mysteries) forget(board *switchboard, of func(attendee string) bool) (int, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	var ids, names []string
	for name, m := range all.all {
		if of(name) {
			ids, names = append(ids, m.ID), append(names, name)
		}
	}
	if err := board.swapMysteries(ids); err != nil {
		return 0, err
	}
	for _, name := range names {
		delete(all.all, name)
	}
	return len(names), nil
}
