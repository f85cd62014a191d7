// Package conference (hội nghị) is the agency's conferences from the first programme to what came of them: who is
// invited and came, who speaks, what was asked and answered, what was concluded and how much of it is done, the papers
// around it, and the draft of the news.
//
// It owns the life of a conference, its dated facts and the tables behind its lists. It does not own assigned work
// (package task), directives, reports and awards (their rooms: package app hands in what a conference takes from them),
// nor names: those of staff stand in package people, those of guests from outside are sealed in the vault.
package conference

import (
	"fmt"
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Status is how far a conference has come.
type Status string

// The statuses in their order; a conference that is called off stays on record.
const (
	Preparing Status = "preparing" // chuẩn bị
	Invited   Status = "invited"   // đã mời
	Running   Status = "running"   // diễn ra
	Closed    Status = "closed"    // bế mạc
	Published Status = "published" // công bố
	Cancelled Status = "cancelled" // hoãn, không tổ chức
)

// Statuses lists them in order.
func Statuses() []Status { return []Status{Preparing, Invited, Running, Closed, Published, Cancelled} }

// Verb moves a conference from one status to another; the event's kind is "conference." and the verb.
type Verb string

// The verbs.
const (
	Invite  Verb = "invited"
	Begin   Verb = "began"
	Close   Verb = "closed"
	Publish Verb = "published"
	Cancel  Verb = "cancelled"
)

// Step is one line of the table of statuses.
type Step struct {
	Verb Verb
	From []Status
	To   Status
	Note bool // needs a reason
}

var steps = []Step{
	{Verb: Invite, From: []Status{Preparing}, To: Invited},
	{Verb: Begin, From: []Status{Invited}, To: Running},
	{Verb: Close, From: []Status{Running}, To: Closed},
	{Verb: Publish, From: []Status{Closed}, To: Published},
	{Verb: Cancel, From: []Status{Preparing, Invited}, To: Cancelled, Note: true},
}

// doing is something that may be done in some statuses only.
type doing string

const (
	editing    doing = "edit"     // name, time, place
	planning   doing = "plan"     // programme
	inviting   doing = "guests"   // the guest list
	replying   doing = "reply"    // by the guest
	receiving  doing = "check_in" // at the door
	talking    doing = "talk"     // register to speak, ask
	running    doing = "run"      // call a speaker, begin an item
	answering  doing = "answer"
	concluding doing = "conclude"
	issuing    doing = "issue" // conclusions become a notice and tasks
	recording  doing = "record"
)

// allowed says in which statuses each may be done. A question may be answered as long as anybody reads it.
var allowed = map[doing][]Status{
	editing:    {Preparing, Invited},
	planning:   {Preparing, Invited, Running},
	inviting:   {Preparing, Invited, Running},
	replying:   {Invited},
	receiving:  {Invited, Running},
	talking:    {Invited, Running},
	running:    {Running},
	answering:  {Invited, Running, Closed, Published},
	concluding: {Preparing, Invited, Running, Closed},
	issuing:    {Running, Closed},
	recording:  {Preparing, Invited, Running, Closed, Published},
}

// Conference is one conference as it stands after its last event. Guests and what they said stand in tables of their own.
type Conference struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Occasion string        `json:"occasion"` // of definitions/conference
	Unit     string        `json:"unit"`     // holds it
	Side     people.Side   `json:"side"`
	Day      calendar.Date `json:"day"`
	Start    string        `json:"start"` // "08:00", local
	Place    string        `json:"place"`
	Period   string        `json:"period"` // that it reviews: its reports and figures
	Status   Status        `json:"status"`
	Begun    string        `json:"begun,omitempty"` // clock at which it really began
	Ended    string        `json:"ended,omitempty"`
	Item     int           `json:"item,omitempty"` // of the programme, from 1; what goes on now

	Sessions    []Session    `json:"sessions,omitempty"`  // after the first, in their order
	Programme   []Item       `json:"programme,omitempty"` // in the order of sessions
	Pack        []string     `json:"pack,omitempty"`      // keys of the parts taken into the pack
	Conclusions []Conclusion `json:"conclusions,omitempty"`
	Notice      *Notice      `json:"notice,omitempty"`
	Thanks      []Thanks     `json:"thanks,omitempty"`
	Photos      []Photo      `json:"photos,omitempty"`
	News        string       `json:"news,omitempty"` // id of the draft that the newsroom took

	Version  int64 `json:"-"` // of its stream
	Position int64 `json:"-"`
}

// Item is one line of the programme. Who is a post or a unit, never a name.
type Item struct {
	What    string `json:"what"`
	Who     string `json:"who,omitempty"`
	Minutes int    `json:"minutes"`
	Session int    `json:"session,omitempty"` // from 0, the first
}

// Conclusion is one thing concluded; with a unit it becomes a task.
type Conclusion struct {
	Text    string `json:"text"`
	Unit    string `json:"unit,omitempty"`
	Owner   string `json:"owner,omitempty"`   // account
	Due     string `json:"due,omitempty"`     // ISO date or a duration from the day of the notice
	Product string `json:"product,omitempty"` // what is to be handed in
	Task    string `json:"task,omitempty"`    // once given out
}

// Notice is the notice of conclusions (thông báo kết luận) as it was issued.
type Notice struct {
	Number    string        `json:"number"`
	On        calendar.Date `json:"on"`
	Directive string        `json:"directive"` // its id in the register
}

// Thanks is one line of the thank-you list. Who is a unit, an organisation or a post.
type Thanks struct {
	Who    string `json:"who"`
	Reason string `json:"reason"`
}

// Photo is a picture of the conference. The caption is all that the public sees; tags of people stay inside.
type Photo struct {
	File    string   `json:"file"` // of package attachment
	Caption string   `json:"caption"`
	People  []string `json:"people,omitempty"` // ids in package people
	Records []string `json:"records,omitempty"`
}

// allows is nil where something may be done now. Error: fault.Conflict "conference.not_now".
func (c *Conference) allows(d doing) error {
	if slices.Contains(allowed[d], c.Status) {
		return nil
	}
	return fault.New(fault.Conflict, "conference.not_now", "name", c.Name)
}

// May reports what a page may offer: one of edit, plan, guests, check_in, talk, run, answer, conclude, issue, record.
func (c *Conference) May(what string) bool { return c.allows(doing(what)) == nil }

// Next lists the steps that may follow.
func (c *Conference) Next() []Step {
	var out []Step
	for _, s := range steps {
		if slices.Contains(s.From, c.Status) {
			out = append(out, s)
		}
	}
	return out
}

// step is the step of a verb from the status. Errors: conference.unknown_step, conference.not_now.
func (c *Conference) step(v Verb) (Step, error) {
	for _, s := range steps {
		if s.Verb != v {
			continue
		}
		if slices.Contains(s.From, c.Status) {
			return s, nil
		}
		return s, fault.New(fault.Conflict, "conference.not_now", "name", c.Name)
	}
	return Step{}, fault.New(fault.NotFound, "conference.unknown_step", "step", string(v))
}

// Slot is an item of the programme with the clock at which it is planned to begin.
type Slot struct {
	Item
	N  int // from 1
	At string
}

// Timetable gives each item its hour, from the start of its session on.
func (c *Conference) Timetable() []Slot {
	var out []Slot
	for _, s := range c.Sittings() {
		out = append(out, s.Slots...)
	}
	return out
}

// End is the clock at which the programme of the last session ends.
func (c *Conference) End() string {
	all := c.Sittings()
	return all[len(all)-1].End()
}

// Now is the item that goes on, nil where none does.
func (c *Conference) Now() *Slot {
	if c.Status != Running || c.Item < 1 || c.Item > len(c.Programme) {
		return nil
	}
	return &c.Timetable()[c.Item-1]
}

// minutes of a clock "08:05" since midnight; 0 for an unreadable one, which check refuses.
func minutes(text string) int {
	var h, m int
	if _, err := fmt.Sscanf(text, "%d:%d", &h, &m); err != nil {
		return 0
	}
	return h*60 + m
}

func clock(at int) string { return fmt.Sprintf("%02d:%02d", at/60%24, at%60) }

// readClock takes "8:00", "08h00" and "8h" as people type them. Error: conference.bad_time.
func readClock(text string) (string, error) {
	var h, m int
	typed := strings.NewReplacer("h", ":", "H", ":", "g", ":").Replace(strings.TrimSpace(text))
	if strings.HasSuffix(typed, ":") {
		typed += "00"
	}
	n, err := fmt.Sscanf(typed, "%d:%d", &h, &m)
	if err != nil || n != 2 || h < 0 || h > 23 || m < 0 || m > 59 {
		return "", fault.New(fault.Invalid, "conference.bad_time", "text", text)
	}
	return clock(h*60 + m), nil
}
