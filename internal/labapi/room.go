package labapi

// RoomStart asks for a mystery for each of many attendees.
type RoomStart struct {
	Attendees []string `json:"attendees"`
	Level     int      `json:"level,omitempty"` // not given: 1
	Seed      uint64   `json:"seed,omitempty"`  // the same mystery for all; zero: any for each
}

// Room is all mysteries since the last reset, with the truth of each, by attendee.
type Room struct {
	Mysteries []RoomMystery `json:"mysteries"`
}

// RoomMystery is a mystery as the instructor sees it.
type RoomMystery struct {
	Mystery
	Asked string `json:"asked"` // the fault with its arguments
	// Taken says that somebody has asked for it under the attendee's name.
	Taken bool `json:"taken"`
}

// RoomReset ends all mysteries and switches all faults off, or those of one attendee.
type RoomReset struct {
	Attendee string `json:"attendee,omitempty"`
}

// RoomCleared is how much a RoomReset ended.
type RoomCleared struct {
	Mysteries int `json:"mysteries"` // forgotten, those that were over included
	Switches  int `json:"switches"`
}
