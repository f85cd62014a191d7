package council

import (
	"math/big"
	"slices"
	"strconv"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// Text is a text in both languages.
type Text map[lang.Tag]string

// In is the text in a language, the Vietnamese one where the other is missing.
func (t Text) In(tag lang.Tag) string {
	if s := t[tag]; s != "" {
		return s
	}
	return t[lang.VI]
}

// Share is an exact fraction.
type Share struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// reached reports whether part of whole is at least the share, or more than it where strict. A share of nothing is
// never reached.
func (s Share) reached(part, whole int, strict bool) bool {
	left, right := part*s.Den, s.Num*whole
	return whole > 0 && (left > right || left == right && !strict)
}

// String is "2/3".
func (s Share) String() string { return strconv.Itoa(s.Num) + "/" + strconv.Itoa(s.Den) }

// Rules are what the law asks of a council, as they stood when it was formed.
type Rules struct {
	ID        string            `json:"id"`
	Label     Text              `json:"label"`
	Basis     string            `json:"basis,omitempty"`  // legal text, as "20/2023/TT-BKHCN"
	Verify    bool              `json:"verify,omitempty"` // recalled, to be confirmed by the legal officer
	Min       int               `json:"min"`              // members
	Max       int               `json:"max"`
	Seats     []Seat            `json:"seats"`
	Quorum    Share             `json:"quorum"`
	Needs     []Need            `json:"needs,omitempty"`
	Conflicts []Conflict        `json:"conflicts,omitempty"`
	Lead      calendar.Duration `json:"lead,omitzero"` // papers reach the members this long before the meeting
	Tellers   int               `json:"tellers"`       // members of the tally team
	Ballot    Ballot            `json:"ballot"`
	Field     string            `json:"field,omitempty"`  // of the dossier that the result fills
	Of        string            `json:"of,omitempty"`     // what fills it: ResultMean, ResultShare or ResultLevel
	Winner    string            `json:"winner,omitempty"` // field that the winning one of several files names
	Leader    string            `json:"leader,omitempty"` // field that the first of its people names
}

// Seat is a role in the council; Max 0 = no limit.
type Seat struct {
	ID    string `json:"id"`
	Label Text   `json:"label"`
	Min   int    `json:"min,omitempty"`
	Max   int    `json:"max,omitempty"`
}

// Need is so many present of any of the roles.
type Need struct {
	Roles []string `json:"roles"`
	Count int      `json:"count"`
}

// Conflict is a reason that bars from the council, or from the roles named.
type Conflict struct {
	ID    string   `json:"id"`
	Label Text     `json:"label"`
	Roles []string `json:"roles,omitempty"`
	Same  []string `json:"same,omitempty"` // fields of the dossier that name organisations whose staff it bars
	Who   []string `json:"who,omitempty"`  // fields of the dossier that name people whom it bars
}

// bars reports whether the conflict keeps somebody out of a role.
func (c *Conflict) bars(role string) bool { return len(c.Roles) == 0 || slices.Contains(c.Roles, role) }

// Seat is the role with an id, nil when there is none.
func (r *Rules) Seat(id string) *Seat {
	for i := range r.Seats {
		if r.Seats[i].ID == id {
			return &r.Seats[i]
		}
	}
	return nil
}

// SeatFault is a seat that is filled too little or too much.
type SeatFault struct {
	Seat     *Seat // nil: the council as a whole
	Found    int
	Min, Max int // Max 0 = no limit
}

// SeatFaults says what is wrong with the number of members, in all and by role.
func (c *Council) SeatFaults() []SeatFault {
	count := map[string]int{}
	for _, m := range c.Members {
		count[m.Role]++
	}
	var out []SeatFault
	if n := len(c.Members); n < c.Rules.Min || n > c.Rules.Max {
		out = append(out, SeatFault{nil, n, c.Rules.Min, c.Rules.Max})
	}
	for i := range c.Rules.Seats {
		s := &c.Rules.Seats[i]
		if n := count[s.ID]; n < s.Min || s.Max > 0 && n > s.Max {
			out = append(out, SeatFault{s, n, s.Min, s.Max})
		}
	}
	return out
}

// Meter is how far the quorum is reached.
type Meter struct {
	Present, Members int
	Needed           int    // members that must be present
	Missing          []Need // roles of which too few are
	Met              bool
}

// Quorum measures the members present: a fraction of all, and the roles that must be there.
func (c *Council) Quorum() Meter {
	count := map[string]int{}
	for _, account := range c.Present {
		if m := c.Member(account); m != nil {
			count[m.Role]++
		}
	}
	q := c.Rules.Quorum
	m := Meter{Present: len(c.Present), Members: len(c.Members)}
	m.Needed = (q.Num*m.Members + q.Den - 1) / q.Den
	for _, need := range c.Rules.Needs {
		have := 0
		for _, role := range need.Roles {
			have += count[role]
		}
		if have < need.Count {
			m.Missing = append(m.Missing, need)
		}
	}
	m.Met = m.Members > 0 && m.Present >= m.Needed && len(m.Missing) == 0
	return m
}

// Latest is the last day on which the papers may reach the members for a meeting.
func (r *Rules) Latest(cal *calendar.Calendar, meeting calendar.Date) calendar.Date {
	switch r.Lead.Unit {
	case calendar.Month:
		return meeting.AddMonths(-r.Lead.N)
	case calendar.WorkingDay:
		day := meeting
		for n := 0; n < r.Lead.N; {
			if day--; cal.Working(day) {
				n++
			}
		}
		return day
	}
	return meeting - calendar.Date(r.Lead.N)
}

// hundredths rounds an exact number to two places, halves up.
func hundredths(x *big.Rat) int64 {
	n := new(big.Int).Mul(x.Num(), big.NewInt(200))
	n.Add(n, x.Denom())
	return n.Div(n, new(big.Int).Mul(x.Denom(), big.NewInt(2))).Int64()
}
