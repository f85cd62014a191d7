package cadre

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/party"
)

// maxText bounds a draft or a comment, in characters.
const maxText = 60_000

// maxReason bounds why somebody was taken off a list, in characters.
const maxReason = 2_000

// By says who takes a step, on which day (NoDate = today), and on which version of the round (0 = whatever it is).
type By struct {
	Actor  string
	On     calendar.Date
	Expect int64
}

// Get reads a round. Error: fault.NotFound "cadre.no_round".
func (r *Room) Get(ctx context.Context, id string) (*Round, error) {
	return party.One(ctx, r.db, scan, get, "cadre.no_round", id)
}

// Start opens a round: Kind, Unit, Term, Positions and, of a congress, the day On for which it is planned. Errors:
// cadre.no_term, cadre.no_day, cadre.no_positions, those of people.Unit, party.state_unit.
func (r *Room) Start(ctx context.Context, b By, round Round) (*Round, error) {
	on, err := r.party.Day(b.On)
	if err == nil {
		err = r.party.Body(ctx, round.Unit, on)
	}
	if err != nil {
		return nil, err
	}
	round.Term, round.Opened, round.Due, round.Stage = trimmed(round.Term), on, calendar.NoDate, Open
	if round.Kind != Planning {
		round.Kind = Congress
	} else {
		round.On = on
	}
	if err := r.checkOpening(&round, on); err != nil {
		return nil, err
	}
	mark := map[string]string{Congress: "DH-", Planning: "QH-"}[round.Kind]
	err = party.Numbered(ctx, r.db, round.ID, last, mark, func(id string) error {
		round.ID = id
		return r.record(ctx, &round, By{b.Actor, on, 0}, "round_opened", fact{Round: &round})
	})
	if err != nil {
		return nil, err
	}
	return r.Get(ctx, round.ID)
}

func (r *Room) checkOpening(round *Round, on calendar.Date) error {
	rules, err := r.party.Rules()
	if err != nil {
		return err
	}
	o := rules.OrganisationOn(on)
	for i := range round.Positions {
		p := &round.Positions[i]
		if p.Title = trimmed(p.Title); round.Kind == Planning {
			p.ID = strconv.Itoa(i + 1)
		}
		if _, rank := o.Post(p.ID); round.Kind == Congress && rank == len(o.Posts) {
			return fault.New(fault.Invalid, "party.bad_post", "post", p.ID)
		}
		if p.Seats < 1 || p.Seats > 200 || round.Kind == Planning && p.Title == "" {
			return fault.New(fault.Invalid, "cadre.no_positions")
		}
	}
	switch {
	case round.Term == "":
		return fault.New(fault.Invalid, "cadre.no_term")
	case round.On == calendar.NoDate:
		return fault.New(fault.Invalid, "cadre.no_day")
	case len(round.Positions) == 0:
		return fault.New(fault.Invalid, "cadre.no_positions")
	}
	return nil
}

// record appends one event of a round. Expect 0 with a new round means that there is none yet.
func (r *Room) record(ctx context.Context, round *Round, b By, verb string, f fact, more ...ledger.Command) error {
	version := round.Version
	if b.Expect != 0 {
		version = b.Expect
	}
	if f.Dims == nil {
		f.Dims = map[string]string{"kind": round.Kind}
	}
	cmd := ledger.Command{Stream: stream + round.ID, Expect: version, Actor: b.Actor, Unit: round.Unit, Events: []ledger.NewEvent{{Kind: "party." + verb, On: b.On, Data: f}}}
	_, err := r.append(ctx, append([]ledger.Command{cmd}, more...)...)
	return err
}

// step reads an open round, lets do say what happens, and records it.
func (r *Room) step(ctx context.Context, b By, id, verb string, do func(*Round, *fact) error) (*Round, error) {
	round, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if b.On, err = r.party.Day(b.On); err != nil {
		return nil, err
	}
	if round.Stage != Open {
		return nil, fault.New(fault.Conflict, "cadre.not_open", "id", id)
	}
	if b.On < round.Opened {
		return nil, fault.New(fault.Invalid, "party.before_last", "last", round.Opened)
	}
	var f fact
	if err := do(round, &f); err != nil {
		return nil, err
	}
	if err := r.record(ctx, round, b, verb, f); err != nil {
		return nil, err
	}
	return r.Get(ctx, id)
}

// Plan moves a congress to another day. Error: cadre.no_day.
func (r *Room) Plan(ctx context.Context, b By, id string, on calendar.Date) (*Round, error) {
	return r.step(ctx, b, id, "round_set", func(_ *Round, f *fact) error {
		if f.On = on; on == calendar.NoDate {
			return fault.New(fault.Invalid, "cadre.no_day")
		}
		return nil
	})
}

// Drop gives a round up.
func (r *Room) Drop(ctx context.Context, b By, id string) (*Round, error) {
	return r.step(ctx, b, id, "round_dropped", func(*Round, *fact) error { return nil })
}

// Tick says that a step of the calendar was done. Error: cadre.no_step.
func (r *Room) Tick(ctx context.Context, b By, id, step string) (*Round, error) {
	return r.step(ctx, b, id, "round_step_done", func(round *Round, f *fact) error {
		rules, err := r.On(round.On)
		if err != nil {
			return err
		}
		f.Step = step
		if !slices.ContainsFunc(rules.Steps, func(s Step) bool { return s.ID == step }) || round.Kind != Congress {
			return fault.New(fault.Invalid, "cadre.no_step", "step", step)
		}
		return nil
	})
}

// Propose puts a member on the list for a position. Errors: cadre.no_position, cadre.already_on, cadre.too_many, party.no_member.
func (r *Room) Propose(ctx context.Context, b By, id, member, position string) (*Round, error) {
	return r.step(ctx, b, id, "candidate_proposed", func(round *Round, f *fact) error {
		f.Member, f.Position = member, position
		if _, ok := round.position(position); !ok {
			return fault.New(fault.Invalid, "cadre.no_position", "position", position)
		}
		if m, err := r.party.Member(ctx, member); err != nil || m.State != party.Official {
			return fault.New(fault.Invalid, "cadre.not_official", "id", member)
		}
		rules, err := r.On(round.On)
		if err != nil {
			return err
		}
		most := rules.Of(round.Kind).Most
		same, own := 0, 0
		for _, c := range round.Standing() {
			if c.Member == member && c.Position == position {
				return fault.New(fault.Conflict, "cadre.already_on", "id", member)
			}
			if c.Position == position {
				same++
			}
			if c.Member == member {
				own++
			}
		}
		seats, _ := round.position(position)
		if most.Position > 0 && same >= most.Position*seats.Seats || most.Person > 0 && own >= most.Person {
			return fault.New(fault.Invalid, "cadre.too_many", "position", most.Position, "person", most.Person)
		}
		return nil
	})
}

// Withdraw takes a candidate off the list for a reason, which is sealed. Errors: cadre.no_candidate, cadre.no_reason.
func (r *Room) Withdraw(ctx context.Context, b By, id, key, reason string) (*Round, error) {
	return r.step(ctx, b, id, "candidate_withdrawn", func(round *Round, f *fact) error {
		c, err := round.candidate(key)
		if err != nil {
			return err
		}
		if reason = trimmed(reason); reason == "" || utf8.RuneCountInString(reason) > maxReason {
			return fault.New(fault.Invalid, "cadre.no_reason", "most", maxReason)
		}
		f.Member, f.Position = c.Member, c.Position
		f.Reason, err = r.party.Seal(ctx, c.Member, reason)
		return err
	})
}

// Vote records the votes of one step of the personnel procedure, by candidate. Errors: cadre.no_step, cadre.no_candidate,
// cadre.bad_votes.
func (r *Room) Vote(ctx context.Context, b By, id, step string, votes map[string]party.Votes) (*Round, error) {
	return r.step(ctx, b, id, "candidates_voted", func(round *Round, f *fact) error {
		rules, err := r.On(round.On)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(rules.Of(round.Kind).Votes, func(v Vote) bool { return v.ID == step }) {
			return fault.New(fault.Invalid, "cadre.no_step", "step", step)
		}
		f.Step, f.Votes = step, votes
		return round.counted(votes)
	})
}

func (r *Round) counted(votes map[string]party.Votes) error {
	if len(votes) == 0 {
		return fault.New(fault.Invalid, "cadre.bad_votes")
	}
	for key, v := range votes {
		if _, err := r.candidate(key); err != nil {
			return err
		}
		if v.Of < 1 || v.For < 0 || v.For > v.Of {
			return fault.New(fault.Invalid, "cadre.bad_votes")
		}
	}
	return nil
}

// Conclude records what a congress elected: the ballot of each candidate. Whoever has more than the share asked for is
// elected, the most votes first, as many as there are seats; equal votes for the last seat elect neither. The committee is
// recorded with it. Errors: cadre.bad_votes, cadre.nobody_elected, those of party.Elected.
func (r *Room) Conclude(ctx context.Context, b By, id string, delegates int, ballots map[string]party.Votes) (*Round, error) {
	round, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if b.On, err = r.party.Day(b.On); err != nil {
		return nil, err
	}
	if round.Stage != Open || round.Kind != Congress {
		return nil, fault.New(fault.Conflict, "cadre.not_open", "id", id)
	}
	if err := round.counted(ballots); err != nil {
		return nil, err
	}
	rules, err := r.On(b.On)
	if err != nil {
		return nil, err
	}
	elected := round.elect(ballots, rules.Congress.Ballot)
	if len(elected) == 0 {
		return nil, fault.New(fault.Invalid, "cadre.nobody_elected")
	}
	c := party.Committee{Unit: round.Unit, Term: round.Term, From: b.On, Until: calendar.NoDate, Congress: round.ID}
	f := fact{Votes: ballots, Delegates: delegates}
	for _, x := range elected {
		c.Seats = append(c.Seats, party.Seat{Member: x.Member, Post: x.Position})
		f.Elected = append(f.Elected, x.Key())
	}
	committee, err := r.party.Elected(ctx, b.Actor, c)
	if err != nil {
		return nil, err
	}
	if err := r.record(ctx, round, b, "congress_concluded", f, committee); err != nil {
		return nil, err
	}
	return r.Get(ctx, id)
}

// elect gives who is elected, position by position.
func (r *Round) elect(ballots map[string]party.Votes, share *party.Share) []Candidate {
	var out []Candidate
	for _, p := range r.Positions {
		var in []Candidate
		for _, c := range r.Standing() {
			if c.Position == p.ID && (share == nil || More(*share, ballots[c.Key()])) {
				c.Ballot = ballots[c.Key()]
				in = append(in, c)
			}
		}
		slices.SortStableFunc(in, func(a, b Candidate) int { return b.Ballot.For - a.Ballot.For })
		n := min(p.Seats, len(in))
		for n > 0 && n < len(in) && in[n].Ballot.For == in[n-1].Ballot.For {
			n--
		}
		out = append(out, in[:n]...)
	}
	return out
}

// Approve closes a round of planning, or a review of it: the list holds from then on. Errors: cadre.not_open, cadre.empty_list,
// cadre.not_voted when a candidate lacks the share of a step.
func (r *Room) Approve(ctx context.Context, b By, id, number, text string) (*Round, error) {
	return r.step(ctx, b, id, "cadre_planned", func(round *Round, f *fact) error {
		rules, err := r.On(round.On)
		if err != nil {
			return err
		}
		if round.Kind != Planning || len(round.Standing()) == 0 {
			return fault.New(fault.Invalid, "cadre.empty_list")
		}
		for _, c := range round.Standing() {
			for _, v := range rules.Planning.Votes {
				if !More(v.Share, c.Votes[v.ID]) {
					return fault.New(fault.Invalid, "cadre.not_voted", "id", c.Member, "share", v.Share.String())
				}
			}
		}
		on, err := r.party.Day(b.On)
		f.Number, f.Text, f.Due = trimmed(number), trimmed(text), on.AddMonths(rules.Planning.Review)
		return err
	})
}

// Review opens an approved list again, to add to it and to take off. Error: cadre.not_open when it is not an approved plan.
func (r *Room) Review(ctx context.Context, b By, id string) (*Round, error) {
	round, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if round.Kind != Planning || round.Stage != Closed {
		return nil, fault.New(fault.Conflict, "cadre.not_open", "id", id)
	}
	if b.On, err = r.party.Day(b.On); err != nil {
		return nil, err
	}
	if err := r.record(ctx, round, b, "plan_reviewed", fact{}); err != nil {
		return nil, err
	}
	return r.Get(ctx, id)
}

// Write adds a paper to a congress, or another draft of one. Errors: cadre.no_text, cadre.no_paper.
func (r *Room) Write(ctx context.Context, b By, id, paper, kind, title, text string) (*Round, error) {
	return r.step(ctx, b, id, "paper_drafted", func(round *Round, f *fact) error {
		f.Paper, f.Text = paper, trimmed(text)
		if paper == "" {
			f.Paper, f.PaperKind, f.Title = strconv.Itoa(len(round.Papers)+1), kind, trimmed(title)
		} else if _, err := round.paper(paper); err != nil {
			return err
		}
		if f.Text == "" || utf8.RuneCountInString(f.Text) > maxText || paper == "" && f.Title == "" {
			return fault.New(fault.Invalid, "cadre.no_text", "most", maxText)
		}
		return nil
	})
}

// Comment records what an organisation says about the latest draft. Errors: cadre.no_text, cadre.no_paper.
func (r *Room) Comment(ctx context.Context, b By, id, paper, from, text string) (*Round, error) {
	return r.step(ctx, b, id, "paper_commented", func(round *Round, f *fact) error {
		f.Paper, f.From, f.Text = paper, from, trimmed(text)
		if f.Text == "" || utf8.RuneCountInString(f.Text) > maxText {
			return fault.New(fault.Invalid, "cadre.no_text", "most", maxText)
		}
		_, err := round.paper(paper)
		return err
	})
}

// Answer records what was made of a comment, n from 1. Errors: cadre.no_text, cadre.no_paper.
func (r *Room) Answer(ctx context.Context, b By, id, paper string, n int, text string) (*Round, error) {
	return r.step(ctx, b, id, "comment_answered", func(round *Round, f *fact) error {
		f.Paper, f.Comment, f.Text = paper, n, trimmed(text)
		p, err := round.paper(paper)
		if err == nil && (f.Text == "" || n < 1 || n > len(p.Comments)) {
			err = fault.New(fault.Invalid, "cadre.no_text", "most", maxText)
		}
		return err
	})
}

// Adopt says that a paper is final as it stands. Error: cadre.open_comments while a comment has no answer.
func (r *Room) Adopt(ctx context.Context, b By, id, paper string) (*Round, error) {
	return r.step(ctx, b, id, "paper_adopted", func(round *Round, f *fact) error {
		f.Paper = paper
		p, err := round.paper(paper)
		if err == nil && slices.ContainsFunc(p.Comments, func(c Comment) bool { return c.Answer == "" }) {
			err = fault.New(fault.Conflict, "cadre.open_comments")
		}
		return err
	})
}
