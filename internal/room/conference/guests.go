package conference

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
)

// Role is why somebody is invited.
type Role string

// The roles, in the order of lists.
const (
	Chair     Role = "chair"     // chủ trì
	Secretary Role = "secretary" // thư ký
	Honoured  Role = "guest"     // khách mời
	Delegate  Role = "delegate"  // đại biểu
)

// Roles lists them in order.
func Roles() []Role { return []Role{Chair, Secretary, Honoured, Delegate} }

// Reply is what a guest answered.
type Reply string

// The replies; empty is none yet.
const (
	Attends    Reply = "attend"
	Absent     Reply = "absent"
	Substitute Reply = "substitute"
)

// How somebody was checked in.
const (
	ByCode = "code" // the invitation was opened at the desk
	ByList = "list"
)

// Guest is one place on the guest list. One of the agency's own is known by Person; one from outside by Post and Body.
type Guest struct {
	N        int               `json:"n"`
	Person   string            `json:"person,omitempty"`
	Unit     string            `json:"unit,omitempty"`
	Post     string            `json:"post"`
	Body     string            `json:"body,omitempty"` // organisation
	Role     Role              `json:"role"`
	Personal map[string]string `json:"personal,omitempty"` // sealed: name, substitute, why
	Reply    Reply             `json:"reply,omitempty"`
	Instead  string            `json:"instead,omitempty"` // post of the substitute
	Present  bool              `json:"present,omitempty"` // at the first session
	At       string            `json:"at,omitempty"`      // clock of the check-in
	Late     bool              `json:"late,omitempty"`
	How      string            `json:"how,omitempty"`
	Later    map[int]Visit     `json:"later,omitempty"` // of the sessions after the first, which stands above
	Removed  bool              `json:"removed,omitempty"`
}

// owner is under whose key a guest's personal data is sealed.
func (g *Guest) owner(conference string) string { return "khach-" + conference + "-" + itoa(g.N) }

// Counts of a guest list.
type Counts struct {
	Invited, Attend, Absent, Substitutes, Silent int
	Present, Late                                int
}

// Count counts a guest list with who came, and came late, to any session; a removed guest counts in nothing.
func Count(guests []*Guest) Counts {
	var c Counts
	for _, g := range guests {
		if g.Removed {
			continue
		}
		c.Invited++
		switch g.Reply {
		case Attends:
			c.Attend++
		case Absent:
			c.Absent++
		case Substitute:
			c.Substitutes++
		default:
			c.Silent++
		}
		if g.Came() {
			c.Present++
		}
		if g.cameLate() {
			c.Late++
		}
	}
	return c
}

// Invitee is somebody about to be put on the list.
type Invitee struct {
	Person, Unit, Post, Body, Name string
	Role                           Role
}

// AddGuests puts people on the list; who stands there already is left as they are, and one that was taken off comes
// back. It returns how many are new. Errors: conference.not_now, conference.no_guest, conference.bad_guest.
func (r *Room) AddGuests(ctx context.Context, actor, id string, list []Invitee) (added int, err error) {
	err = r.change(ctx, actor, id, inviting, func(c *Conference, ch *change) error {
		known, err := r.guests(ctx, id)
		if err != nil {
			return err
		}
		added = 0
		for _, in := range list {
			in.Post, in.Body, in.Name = tidy(in.Post), tidy(in.Body), tidy(in.Name)
			if !slices.Contains(Roles(), in.Role) || in.Post == "" || in.Person == "" && in.Body == "" {
				return fault.New(fault.Invalid, "conference.bad_guest")
			}
			g, isNew, err := r.place(ctx, c, known, in)
			if err != nil {
				return err
			}
			if !isNew {
				continue
			}
			known, ch.Guests, added = append(known, g), append(ch.Guests, *g), added+1
		}
		if len(list) == 0 {
			return fault.New(fault.Invalid, "conference.no_guest")
		}
		if added == 0 {
			return errNothing
		}
		ch.kind = "guests_added"
		return nil
	})
	return added, err
}

// place is the guest for an invitee: a new one, or one that was taken off the list.
func (r *Room) place(ctx context.Context, c *Conference, known []*Guest, in Invitee) (*Guest, bool, error) {
	if in.Person != "" {
		for _, g := range known {
			if g.Person != in.Person {
				continue
			}
			if !g.Removed {
				return g, false, nil
			}
			back := *g
			back.Removed, back.Role = false, in.Role
			return &back, true, nil
		}
	}
	g := &Guest{N: len(known) + 1, Person: in.Person, Unit: in.Unit, Post: in.Post, Body: in.Body, Role: in.Role}
	for _, other := range known {
		g.N = max(g.N, other.N+1)
	}
	if in.Person == "" && in.Name != "" {
		sealed, err := r.opts.Seal(ctx, g.owner(c.ID), in.Name)
		if err != nil {
			return nil, false, err
		}
		g.Personal = map[string]string{"name": sealed}
	}
	return g, true, nil
}

// RemoveGuest takes a guest off the list; their link stops working. Errors: conference.not_now, conference.no_such_guest,
// conference.came of one who was there.
func (r *Room) RemoveGuest(ctx context.Context, actor, id string, n int) error {
	return r.changeGuest(ctx, actor, id, n, inviting, "guest_removed", func(_ *Conference, g *Guest) error {
		if g.Came() {
			return fault.New(fault.Conflict, "conference.came")
		}
		g.Removed = true
		return nil
	})
}

// SetRole changes why a guest is invited. Errors: conference.not_now, conference.no_such_guest, conference.bad_guest.
func (r *Room) SetRole(ctx context.Context, actor, id string, n int, role Role) error {
	return r.changeGuest(ctx, actor, id, n, inviting, "guest_changed", func(_ *Conference, g *Guest) error {
		if !slices.Contains(Roles(), role) {
			return fault.New(fault.Invalid, "conference.bad_guest")
		}
		g.Role = role
		return nil
	})
}

// Answer is what a guest replies.
type Answer struct {
	Reply      Reply
	Why        string // of an absence
	Name, Post string // of a substitute
}

// ReplyTo records a guest's reply, which may be changed until the conference begins. Errors: conference.not_now,
// conference.no_such_guest, conference.bad_reply, conference.who_substitutes.
func (r *Room) ReplyTo(ctx context.Context, actor, id string, n int, a Answer) error {
	a.Why, a.Name, a.Post = short(a.Why), short(a.Name), short(a.Post)
	return r.changeGuest(ctx, actor, id, n, replying, "guest_replied", func(c *Conference, g *Guest) error {
		if !slices.Contains([]Reply{Attends, Absent, Substitute}, a.Reply) {
			return fault.New(fault.Invalid, "conference.bad_reply")
		}
		if a.Reply == Substitute && (a.Name == "" || a.Post == "") {
			return fault.New(fault.Invalid, "conference.who_substitutes")
		}
		personal := map[string]string{}
		if name := g.Personal["name"]; name != "" {
			personal["name"] = name
		}
		put := func(field, text string) error {
			sealed, err := r.opts.Seal(ctx, g.owner(c.ID), text)
			personal[field] = sealed
			return err
		}
		g.Reply, g.Instead = a.Reply, ""
		switch a.Reply {
		case Substitute:
			g.Instead = a.Post
			if err := put("substitute", a.Name); err != nil {
				return err
			}
		case Absent:
			if a.Why != "" { // may be an illness
				if err := put("why", a.Why); err != nil {
					return err
				}
			}
		}
		if g.Personal = personal; len(personal) == 0 {
			g.Personal = nil
		}
		return nil
	})
}

// CheckIn records that a guest is there, at the session whose guests are received now. Checking in twice is no error and
// changes nothing. Errors: conference.not_now, conference.not_today, conference.no_such_guest.
func (r *Room) CheckIn(ctx context.Context, actor, id string, n int, how string) error {
	return r.changeGuest(ctx, actor, id, n, receiving, "guest_came", func(c *Conference, g *Guest) error {
		session := r.Receiving(c)
		if session < 0 {
			return fault.New(fault.Conflict, "conference.not_today", "day", c.Day)
		}
		if g.Visit(session) != nil {
			return errNothing
		}
		start := c.Sittings()[session].Start
		if session == 0 {
			start = cmp.Or(c.Begun, start)
		}
		at := r.clock()
		g.setVisit(session, &Visit{At: at, Late: minutes(at) > minutes(start), How: how})
		return nil
	})
}

// Receiving is the session whose guests are received now, -1 for none today.
func (r *Room) Receiving(c *Conference) int { return c.SittingAt(r.Today(), r.clock()) }

// UndoCheckIn takes a check-in to a session back that was a slip. Errors: conference.not_now, conference.no_such_guest.
func (r *Room) UndoCheckIn(ctx context.Context, actor, id string, n, session int) error {
	return r.changeGuest(ctx, actor, id, n, receiving, "guest_not_there", func(_ *Conference, g *Guest) error {
		if g.Visit(session) == nil {
			return errNothing
		}
		g.setVisit(session, nil)
		return nil
	})
}

// changeGuest changes one guest who is on the list.
func (r *Room) changeGuest(ctx context.Context, actor, id string, n int, d doing, kind string, do func(*Conference, *Guest) error) error {
	return r.change(ctx, actor, id, d, func(c *Conference, ch *change) error {
		g, err := r.Guest(ctx, id, n)
		if err != nil {
			return err
		}
		if err := do(c, g); err != nil {
			return err
		}
		ch.kind, ch.Guests = kind, []Guest{*g}
		return nil
	})
}

// Personal is a guest's sealed field ("name", "substitute", "why") in clear, "" where there is none or it was erased.
func (r *Room) Personal(ctx context.Context, g *Guest, field string) (string, error) {
	sealed := g.Personal[field]
	if sealed == "" {
		return "", nil
	}
	text, err := r.opts.Open(ctx, sealed)
	if fault.Is(err, "vault.erased") {
		return "", nil
	}
	return text, err
}

// Name is what a guest is called on papers and inside: the person's name, else what was typed in.
func (r *Room) Name(ctx context.Context, g *Guest) (string, error) {
	if g.Person != "" {
		return r.who.PersonName(ctx, g.Person), nil
	}
	return r.Personal(ctx, g, "name")
}

// Title is a guest without a name: post and unit or organisation, which may be shown to everybody.
func (r *Room) Title(ctx context.Context, g *Guest) string {
	where := g.Body
	if g.Unit != "" {
		where = r.unitName(ctx, g.Unit)
	}
	switch {
	case where == "" || strings.Contains(g.Post, where):
		return g.Post
	case g.Unit != "" && strings.HasSuffix(g.Post, "Sở"): // "Giám đốc Sở" of the agency itself
		return g.Post
	}
	return g.Post + ", " + where
}
