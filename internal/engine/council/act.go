package council

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Founding is a council about to be formed.
type Founding struct {
	Dossier   string // code; empty for a council that stands by itself
	Rule      string // id of the council in the dossier's definition, or among those that stand by themselves
	Variant   string // other weights by kind of mission; empty = the usual ones
	Title     string // of a council that stands by itself
	Unit      string // likewise; a dossier's council belongs to the dossier's unit
	Decision  string
	Secretary string
	Files     []File // empty = the dossier itself
	Actor     string
	Key       string // idempotency key
}

// Form records a new council with the rules of the law as they stand. Errors: dossier.not_found, council.unknown_rule,
// council.no_title, council.no_files, council.sits_already.
func (e *Engine) Form(ctx context.Context, n Founding) (*Council, error) {
	c, err := e.founded(ctx, n)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if c.ID, err = e.newID(ctx, e.Today()); err != nil {
			return nil, err
		}
		_, err = e.l.Append(ctx, c.command(n.Actor, 0, n.Key, e.Today(), kindFormed, &fact{Council: c, Dims: c.dims()}))
		if err == nil {
			return e.Get(ctx, c.ID)
		}
		if fault.Is(err, "ledger.key_reused") { // the form was sent again: the council that it made is the answer
			return e.Get(ctx, firstUse(err))
		}
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			return nil, err
		}
	}
}

// firstUse is the id of the council that a key was first used for.
func firstUse(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	at, _ := f.Args["stream"].(string)
	return strings.TrimPrefix(at, prefix)
}

func (e *Engine) founded(ctx context.Context, n Founding) (*Council, error) {
	c := &Council{Title: strings.TrimSpace(n.Title), Dossier: n.Dossier, Unit: n.Unit, Decision: strings.TrimSpace(n.Decision), Secretary: n.Secretary,
		Files: n.Files, Stage: Preparing, MeetsOn: calendar.NoDate, PapersOn: calendar.NoDate, EndedOn: calendar.NoDate}
	var d *dossier.Dossier
	if n.Dossier != "" {
		var err error
		if d, err = e.dossiers.Get(ctx, n.Dossier); err != nil {
			return nil, err
		}
		if err := e.alone(ctx, n.Dossier, n.Rule); err != nil {
			return nil, err
		}
		c.Unit = d.Unit
	}
	r, err := e.opts.Rules(ctx, d, n.Rule, n.Variant)
	if err != nil {
		return nil, err
	}
	c.Rules = *r
	if d != nil {
		c.Title, c.Against = r.Label.In(lang.VI)+": "+d.Title, against(r, d)
		if len(c.Files) == 0 {
			c.Files = []File{{ID: "1", Label: d.Title}}
		}
	}
	if c.Title == "" {
		return nil, fault.New(fault.Invalid, "council.no_title")
	}
	if err := e.reckon(ctx, c, c.Files); err != nil {
		return nil, err
	}
	if c.Secretary != "" {
		if _, err := e.opts.Known(ctx, c.Secretary); err != nil {
			return nil, err
		}
	}
	return c, checkFiles(c.Files)
}

// alone refuses a second council of the same kind while the first has not ended.
func (e *Engine) alone(ctx context.Context, code, rule string) error {
	others, err := e.OfDossier(ctx, code)
	for _, o := range others {
		if o.Rules.ID == rule && o.Stage != Cancelled && o.Stage != Concluded {
			return fault.New(fault.Conflict, "council.sits_already", "id", o.ID)
		}
	}
	return err
}

// against reads from the dossier whose staff the conflicts bar.
func against(r *Rules, d *dossier.Dossier) map[string][]string {
	out := map[string][]string{}
	for _, k := range r.Conflicts {
		for _, field := range k.Same {
			var name string
			if json.Unmarshal(d.Fields[field], &name) == nil && name != "" && !slices.Contains(out[k.ID], name) {
				out[k.ID] = append(out[k.ID], name)
			}
		}
	}
	return out
}

func checkFiles(files []File) error {
	if len(files) == 0 {
		return fault.New(fault.Invalid, "council.no_files")
	}
	seen := map[string]bool{}
	for _, f := range files {
		if f.ID == "" || strings.TrimSpace(f.Label) == "" || seen[f.ID] {
			return fault.New(fault.Invalid, "council.no_files")
		}
		seen[f.ID] = true
	}
	return nil
}

// SetFiles says what is voted on, before the vote. The records are asked anew, and members are looked for among the people of
// the files. A file that was there already is known by its id. Errors: council.no_files, council.own_reason.
func (e *Engine) SetFiles(ctx context.Context, id string, by By, files []File) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		if err := c.at(Preparing); err != nil {
			return "", nil, err
		}
		next := slices.Clone(files)
		for i := range next {
			was := slices.IndexFunc(c.Files, func(f File) bool { return f.ID == next[i].ID })
			var old *File
			if was >= 0 {
				old = &c.Files[was]
			}
			if err := e.sealPeople(ctx, c, &next[i], old); err != nil {
				return "", nil, err
			}
			next[i].ID = strconv.Itoa(i + 1)
		}
		if err := first(checkFiles(next), e.reckon(ctx, c, next)); err != nil {
			return "", nil, err
		}
		matches, err := e.compare(ctx, c, next, c.Members)
		return kindFiled, &fact{Files: next, Matches: matches}, err
	})
}

// Seating is somebody about to get a seat. Date of birth and identity number tell them from others of the same name.
type Seating struct {
	Account, Role, Organisation string
	Born                        calendar.Date // NoDate or zero = not known
	Number                      string
}

// Seat gives an account a seat, or another seat than it had. Errors: council.unknown_seat, council.seat_taken,
// council.bad_identity, those of Options.Known.
func (e *Engine) Seat(ctx context.Context, id string, by By, s Seating) (*Council, error) {
	known, err := e.opts.Known(ctx, s.Account)
	if err != nil {
		return nil, err
	}
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		m := Member{Account: s.Account, Role: s.Role, Organisation: strings.TrimSpace(s.Organisation), Units: known.Units}
		if was := c.Member(s.Account); was != nil { // what they said of themselves stays
			m.Declared, m.Conflicts, m.Cleared, m.Identity = was.Declared, was.Conflicts, was.Cleared, was.Identity
		}
		if err := first(c.at(Preparing), c.free(s.Role, s.Account), e.identify(ctx, c, &m, s)); err != nil {
			return "", nil, err
		}
		others := slices.DeleteFunc(slices.Clone(c.Members), func(o Member) bool { return o.Account == s.Account })
		matches, err := e.compare(ctx, c, c.Files, append(others, m))
		return kindSeated, &fact{Member: &m, Matches: matches}, err
	})
}

// free refuses a role that the council does not have, or that others fill.
func (c *Council) free(role, account string) error {
	seat := c.Rules.Seat(role)
	if seat == nil {
		return fault.New(fault.Invalid, "council.unknown_seat", "role", role)
	}
	others := 0
	for _, o := range c.Members {
		if o.Role == role && o.Account != account {
			others++
		}
	}
	if seat.Max > 0 && others >= seat.Max {
		return fault.New(fault.Invalid, "council.seat_taken", "role", seat.Label, "max", seat.Max)
	}
	return nil
}

// identify seals what tells a member from others of the same name; where nothing is said what was known stays.
func (e *Engine) identify(ctx context.Context, c *Council, m *Member, s Seating) error {
	p := Person{Born: s.Born, Number: strings.Join(strings.Fields(s.Number), "")}
	if p.Born == 0 {
		p.Born = calendar.NoDate
	}
	if p.Born == calendar.NoDate && p.Number == "" {
		return nil
	}
	if !ReadNumber(p.Number) {
		return fault.New(fault.Invalid, "council.bad_identity")
	}
	var err error
	m.Identity, err = e.sealed(ctx, c, p)
	return err
}

// Excuse takes a member out. Errors: council.no_member, council.need_reason.
func (e *Engine) Excuse(ctx context.Context, id string, by By, account, reason string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		if c.Member(account) == nil {
			return "", nil, fault.New(fault.NotFound, "council.no_member", "account", account)
		}
		return kindExcused, &fact{Account: account, Reason: reason}, first(c.at(Preparing), needs(reason))
	})
}

// Declare records which conflicts of interest a member says they have; none is an answer too. Only the member may, or
// the secretary for a declaration on paper. Errors: council.no_member, council.not_yours, council.unknown_conflict.
func (e *Engine) Declare(ctx context.Context, id string, by By, account string, conflicts []string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		if c.Member(account) == nil {
			return "", nil, fault.New(fault.NotFound, "council.no_member", "account", account)
		}
		for _, k := range conflicts {
			if !slices.ContainsFunc(c.Rules.Conflicts, func(x Conflict) bool { return x.ID == k }) {
				return "", nil, fault.New(fault.Invalid, "council.unknown_conflict", "conflict", k)
			}
		}
		return kindDeclared, &fact{Account: account, Conflicts: conflicts}, c.at(Preparing)
	})
}

// Clear records that a conflict which the program sees does not hold, and why. What is certain is not cleared. Errors:
// council.no_finding, council.need_reason.
func (e *Engine) Clear(ctx context.Context, id string, by By, account, conflict, reason string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		seen := func(f Finding) bool { return f.Account == account && f.Conflict.ID == conflict && !f.Certain() }
		if !slices.ContainsFunc(c.Findings(), seen) {
			return "", nil, fault.New(fault.Invalid, "council.no_finding")
		}
		return kindCleared, &fact{Account: account, Conflict: conflict, Reason: reason}, first(c.at(Preparing), needs(reason))
	})
}

// Call sets day and place of the meeting.
func (e *Engine) Call(ctx context.Context, id string, by By, on calendar.Date, place string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		if on < e.Today() && on != c.MeetsOn {
			return "", nil, fault.New(fault.Invalid, "council.meets_in_past", "on", on)
		}
		return kindCalled, &fact{MeetsOn: on, Place: strings.TrimSpace(place)}, c.at(Preparing)
	})
}

// SendPapers records that the papers went to the members today. Error: council.no_papers.
func (e *Engine) SendPapers(ctx context.Context, id string, by By, papers []string) (*Council, error) {
	if len(papers) == 0 {
		return nil, fault.New(fault.Invalid, "council.no_papers")
	}
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		return kindPapers, &fact{Papers: papers}, c.at(Preparing)
	})
}

// Ask records a member's question to the applicant. Errors: council.not_yours, council.need_reason.
func (e *Engine) Ask(ctx context.Context, id string, by By, text string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		var err error
		if c.Member(by.Actor) == nil && c.Secretary != by.Actor {
			err = fault.New(fault.Forbidden, "council.not_yours")
		}
		return kindAsked, &fact{Number: len(c.Questions) + 1, Text: strings.TrimSpace(text)}, first(c.at(Preparing), err, needs(text))
	})
}

// Answer records the applicant's answer to a question. Errors: council.no_question, council.need_reason.
func (e *Engine) Answer(ctx context.Context, id string, by By, number int, text string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		var err error
		if number < 1 || number > len(c.Questions) {
			err = fault.New(fault.NotFound, "council.no_question", "number", number)
		}
		return kindAnswered, &fact{Number: number, Text: strings.TrimSpace(text)}, first(c.at(Preparing), err, needs(text))
	})
}

// Attendance is who is at the meeting, who votes in writing, and who counts.
type Attendance struct{ Present, Written, Tellers []string }

// Attend records the attendance. Errors: council.no_member, council.no_written where the ballot counts those present
// only, council.both_ways, council.tellers.
func (e *Engine) Attend(ctx context.Context, id string, by By, a Attendance) (*Council, error) {
	for _, list := range []*[]string{&a.Present, &a.Written, &a.Tellers} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		f := &fact{Present: a.Present, Written: a.Written, Tellers: a.Tellers}
		for _, account := range slices.Concat(a.Present, a.Written, a.Tellers) {
			if c.Member(account) == nil {
				return "", nil, fault.New(fault.NotFound, "council.no_member", "account", account)
			}
		}
		switch {
		case len(a.Written) > 0 && !c.Rules.Ballot.Total:
			return "", nil, fault.New(fault.Invalid, "council.no_written")
		case slices.ContainsFunc(a.Written, func(w string) bool { return slices.Contains(a.Present, w) }):
			return "", nil, fault.New(fault.Invalid, "council.both_ways")
		case len(a.Tellers) > 0 && len(a.Tellers) != c.Rules.Tellers:
			return "", nil, fault.New(fault.Invalid, "council.tellers", "n", c.Rules.Tellers)
		}
		return kindAttended, f, c.at(Preparing)
	})
}

// Obstacles are what the law still asks before the vote may open, each as the message that the reader gets.
func (e *Engine) Obstacles(c *Council) fault.List {
	var out fault.List
	add := func(key string, args ...any) { out = append(out, fault.New(fault.Invalid, key, args...)) }
	for _, f := range c.SeatFaults() {
		label := any(c.Rules.Label)
		if f.Seat != nil {
			label = f.Seat.Label
		}
		if f.Found < f.Min {
			add("council.seats_few", "role", label, "found", f.Found, "min", f.Min)
		} else {
			add("council.seats_many", "role", label, "found", f.Found, "max", f.Max)
		}
	}
	silent := 0
	for _, m := range c.Members {
		if !m.Declared {
			silent++
		}
	}
	if silent > 0 && len(c.Rules.Conflicts) > 0 {
		add("council.undeclared", "n", silent)
	}
	for _, f := range c.Findings() {
		if f.Barred {
			add("council.barred", "account", f.Account, "conflict", f.Conflict.Label)
		}
	}
	for i := range c.Files {
		for _, r := range c.Files[i].Barred() {
			add("council.bid_barred", "file", c.Files[i].Label, "label", r.Label, "dossiers", strings.Join(r.Dossiers, ", "))
		}
	}
	e.meetingObstacles(c, add)
	return out
}

// meetingObstacles are those of the day: papers in time, the meeting itself, quorum and tellers.
func (e *Engine) meetingObstacles(c *Council, add func(key string, args ...any)) {
	switch {
	case c.MeetsOn == calendar.NoDate:
		add("council.not_called")
	case c.MeetsOn > e.Today():
		add("council.not_yet", "on", c.MeetsOn)
	}
	if c.Rules.Lead.N > 0 && c.MeetsOn != calendar.NoDate {
		latest := c.Rules.Latest(e.cal, c.MeetsOn)
		if c.PapersOn == calendar.NoDate {
			add("council.papers_missing", "latest", latest)
		} else if c.PapersOn > latest {
			add("council.papers_late", "sent", c.PapersOn, "latest", latest, "lead", c.Rules.Lead)
		}
	}
	q := c.Quorum()
	if q.Present < q.Needed || q.Members == 0 {
		add("council.quorum_few", "present", q.Present, "needed", q.Needed, "members", q.Members)
	}
	for _, need := range q.Missing {
		add("council.quorum_role", "role", c.Rules.names(need.Roles), "n", need.Count)
	}
	if c.Rules.Tellers > 0 && len(c.Tellers) == 0 {
		add("council.tellers", "n", c.Rules.Tellers)
	}
}

// names are the labels of roles, any of which will do.
func (r *Rules) names(roles []string) Text {
	out := Text{}
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		var words []string
		for _, id := range roles {
			if s := r.Seat(id); s != nil {
				words = append(words, s.Label.In(tag))
			}
		}
		out[tag] = strings.Join(words, " / ")
	}
	return out
}

// OpenVote opens the vote once nothing stands against it. Its error lists all that does.
func (e *Engine) OpenVote(ctx context.Context, id string, by By) (*Council, error) {
	c, err := e.Get(ctx, id)
	if err == nil {
		if err = first(c.at(Preparing), e.Obstacles(c).OrNil()); err == nil {
			err = e.putUrn(ctx, id)
		}
	}
	if err != nil {
		return nil, err
	}
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		return kindOpened, &fact{Present: c.Present, Written: c.Written}, first(c.at(Preparing), e.Obstacles(c).OrNil())
	})
}

// Cancel ends a council that will not decide; ballots that are in are destroyed uncounted. Error: council.need_reason.
func (e *Engine) Cancel(ctx context.Context, id string, by By, reason string) (*Council, error) {
	c, err := e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		return kindCancelled, &fact{Reason: strings.TrimSpace(reason), Dims: c.dims()}, first(c.at(Preparing, Voting), needs(reason))
	})
	if err != nil {
		return nil, err
	}
	return c, e.destroy(ctx, id)
}

func needs(text string) error {
	if strings.TrimSpace(text) == "" {
		return fault.New(fault.Invalid, "council.need_reason")
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// nextID follows the last number of a day.
func nextID(day, last string) string {
	n, _ := strconv.Atoi(strings.TrimPrefix(last, day)) // nothing yet = 0
	return fmt.Sprintf("%s%03d", day, n+1)
}
