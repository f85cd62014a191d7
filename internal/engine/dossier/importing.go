package dossier

import (
	"time"

	"trucot/internal/kernel/calendar"
)

// A dossier of a foreign log (nhật ký ngoài) follows no definition: its history is what the log says. Package app writes
// its events; these are what they carry beyond those of our own.

// Span is what an imported dossier says of itself as a whole.
type Span struct {
	ReceivedOn calendar.Date `json:"received_on"`
	DueOn      calendar.Date `json:"due_on"`
	FinishedOn calendar.Date `json:"finished_on"`
	Name       string        `json:"name"`
	Events     int           `json:"events"`
}

// importedPrefix begins the procedure of an imported dossier.
const importedPrefix = "imported/"

// absent is a date for Data, where zero means none.
func absent(d calendar.Date) calendar.Date {
	if d == calendar.NoDate {
		return 0
	}
	return d
}

// Line is one line of a foreign log as it stood there, so that it can be exported again unchanged.
type Line struct {
	At         time.Time         `json:"at"`
	Actor      string            `json:"actor,omitempty"`
	Unit       string            `json:"unit,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}
