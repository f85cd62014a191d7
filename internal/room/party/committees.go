package party

import (
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Seat is a post that a member holds in a committee.
type Seat struct {
	Member string        `json:"member"`
	Post   string        `json:"post"` // of Organisation.Posts
	From   calendar.Date `json:"from"`
	To     calendar.Date `json:"to"` // NoDate = still, or until the next congress
}

// Held reports whether the seat is held on a day.
func (s Seat) Held(on calendar.Date) bool {
	return s.From <= on && (s.To == calendar.NoDate || on < s.To)
}

// Committee (cấp ủy) is the committee of an organisation in one term.
type Committee struct {
	Unit     string        `json:"unit"`
	Term     string        `json:"term"`     // "2025–2030"
	From     calendar.Date `json:"from"`     // day of the congress
	Until    calendar.Date `json:"until"`    // the next congress is due
	Congress string        `json:"congress"` // round in which it was prepared; "" when entered afterwards
	Seats    []Seat        `json:"seats"`

	Version int64 `json:"-"`
}

// On lists the seats held on a day, each member's highest first.
func (c *Committee) On(day calendar.Date, o *Organisation) []Seat {
	var out []Seat
	for _, s := range c.Seats {
		if s.Held(day) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Seat) int {
		_, x := o.Post(a.Post)
		_, y := o.Post(b.Post)
		return x - y
	})
	return out
}

// Elected is the command that records what a congress elected. Errors: party.no_seats, party.in_future,
// party.order when a later congress is known, party.bad_post, party.post_taken, party.no_member.
func (r *Room) Elected(ctx context.Context, actor string, c Committee) (ledger.Command, error) {
	var none ledger.Command
	on, err := r.day(c.From)
	if err == nil {
		err = r.cell(ctx, c.Unit, on)
	}
	if err != nil {
		return none, err
	}
	rules, err := r.Rules()
	if err != nil {
		return none, err
	}
	known, err := r.Committees(ctx, c.Unit)
	if err != nil {
		return none, err
	}
	c.From = on
	switch {
	case len(c.Seats) == 0:
		return none, fault.New(fault.Invalid, "party.no_seats")
	case len(known) > 0 && known[0].From >= on:
		return none, fault.New(fault.Invalid, "party.before_last", "last", known[0].From)
	}
	if c.Until == calendar.NoDate || c.Until <= on {
		charter, months := rules.On(on), 0
		if months = charter.Congress.Base; r.isCell(ctx, rules.OrganisationOn(on), c.Unit, on) {
			months = charter.Congress.Cell
		}
		c.Until = on.AddMonths(months)
	}
	for i := range c.Seats {
		c.Seats[i].From, c.Seats[i].To = on, calendar.NoDate
		if err := r.seat(ctx, rules.OrganisationOn(on), c.Seats[:i], c.Seats[i]); err != nil {
			return none, err
		}
	}
	return committeeCommand(c, version(known), actor, "congress_held", on), nil
}

func version(known []*Committee) int64 {
	var v int64
	for _, c := range known {
		v = max(v, c.Version)
	}
	return v
}

// isCell reports whether members belong to the organisation itself.
func (r *Room) isCell(ctx context.Context, o *Organisation, unit string, on calendar.Date) bool {
	u, err := r.who.Unit(ctx, unit, on)
	return err == nil && o.Kind(u.Kind).Cell
}

// seat refuses a seat beside those that stand.
func (r *Room) seat(ctx context.Context, o *Organisation, beside []Seat, s Seat) error {
	post, rank := o.Post(s.Post)
	if rank == len(o.Posts) {
		return fault.New(fault.Invalid, "party.bad_post", "post", s.Post)
	}
	m, err := r.Member(ctx, s.Member)
	if err != nil {
		return err
	}
	if m.State != Official {
		return fault.New(fault.Conflict, "party.not_now", "id", m.ID)
	}
	for _, x := range beside {
		if x.Post == s.Post && x.Held(s.From) && (post.One || x.Member == s.Member) {
			return fault.New(fault.Conflict, "party.post_taken", "member", x.Member)
		}
	}
	return nil
}

// Elect records what a congress elected that was not prepared here.
func (r *Room) Elect(ctx context.Context, actor string, c Committee) error {
	cmd, err := r.Elected(ctx, actor, c)
	if err == nil {
		_, err = r.opts.Append(ctx, cmd)
	}
	return err
}

// GivePost adds a seat to the committee of today, as when somebody is chosen between congresses. Errors: party.no_committee,
// those of Elected.
func (r *Room) GivePost(ctx context.Context, actor, unit string, s Seat) error {
	return r.changeSeats(ctx, actor, unit, "post_given", &s.From, func(o *Organisation, c *Committee) error {
		s.To = calendar.NoDate
		if s.From < c.From {
			return fault.New(fault.Invalid, "party.before_last", "last", c.From)
		}
		c.Seats = append(c.Seats, s)
		return r.seat(ctx, o, c.Seats[:len(c.Seats)-1], s)
	})
}

// EndPost ends a seat of the committee of today. Error: party.not_now when it is not held.
func (r *Room) EndPost(ctx context.Context, actor, unit string, s Seat) error {
	return r.changeSeats(ctx, actor, unit, "post_ended", &s.To, func(_ *Organisation, c *Committee) error {
		for i, x := range c.Seats {
			if x.Member == s.Member && x.Post == s.Post && x.Held(s.To) {
				c.Seats[i].To = s.To
				return nil
			}
		}
		return fault.New(fault.Conflict, "party.not_now", "id", s.Member)
	})
}

func (r *Room) changeSeats(ctx context.Context, actor, unit, verb string, on *calendar.Date, change func(*Organisation, *Committee) error) error {
	var err error
	if *on, err = r.day(*on); err != nil {
		return err
	}
	known, err := r.Committees(ctx, unit)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return fault.New(fault.Conflict, "party.no_committee")
	}
	rules, err := r.Rules()
	if err != nil {
		return err
	}
	c := known[0]
	if err := change(rules.OrganisationOn(*on), c); err != nil {
		return err
	}
	_, err = r.opts.Append(ctx, committeeCommand(*c, version(known), actor, verb, *on))
	return err
}

// committeeFact is the data of an event of a committee: the whole committee after it.
type committeeFact struct {
	Committee
	Dims map[string]string `json:"dims"`
}

func committeeCommand(c Committee, expect int64, actor, verb string, on calendar.Date) ledger.Command {
	return ledger.Command{Stream: bodyStream + c.Unit, Expect: expect, Actor: actor, Unit: c.Unit,
		Events: []ledger.NewEvent{{Kind: "party." + verb, On: on, Data: committeeFact{c, map[string]string{}}}}}
}

var (
	upsertCommittee = store.Statement(`insert into party_committee (unit, from_day, until_day, data, version, position) values ($1,$2,$3,$4,$5,$6)
		on conflict (unit, from_day) do update set until_day = excluded.until_day, data = excluded.data, version = excluded.version, position = excluded.position`)
	ofUnit = store.Statement(`select data, version from party_committee where unit = $1 order by from_day desc`)
	ending = store.Statement(`select c.data, c.version from party_committee c where replace($1, '<' || c.unit || '>', '') <> $1 and c.until_day <= $2
		and not exists (select 1 from party_committee n where n.unit = c.unit and n.from_day > c.from_day) order by c.until_day, c.unit`)
)

func applyCommittee(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var c Committee
	data, err := folded(e, &c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertCommittee, c.Unit, int64(c.From), int64(c.Until), data, e.Version, e.Position)
	return err
}

var scanCommittee = Kept(func(c *Committee) *int64 { return &c.Version })

// Committees are an organisation's committees, the latest first.
func (r *Room) Committees(ctx context.Context, unit string) ([]*Committee, error) {
	return store.All(ctx, r.db, scanCommittee, ofUnit, unit)
}

// Ending are the committees whose term ends by a day, with nobody elected after them.
func (r *Room) Ending(ctx context.Context, units []string, by calendar.Date) ([]*Committee, error) {
	return store.All(ctx, r.db, scanCommittee, ending, store.Set(units), int64(by))
}
