package council

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Casting is a ballot on its way into the urn.
type Casting struct {
	Council string
	Account string // whose ballot it is
	Actor   string // who puts it in: the member, or the secretary for one sent in writing
	Key     string // of the form it was filled in on; the same key is the same ballot
	Paper   Paper
}

// Vote puts a ballot into the urn and then records that its voter has voted. Broken off between the two, the ballot
// counts all the same: Close records the voter. It gives the commitment, by which the voter finds the ballot once the
// vote is closed. Errors: council.vote_closed, council.not_entitled, council.not_yours, council.voted_already, those of
// Ballot.Check.
func (e *Engine) Vote(ctx context.Context, v Casting) (commitment string, err error) {
	c, err := e.Get(ctx, v.Council)
	if err != nil {
		return "", err
	}
	written := slices.Contains(c.Written, v.Account)
	switch {
	case c.Stage != Voting:
		return "", fault.New(fault.Conflict, "council.vote_closed")
	case !c.entitled(v.Account):
		return "", fault.New(fault.Forbidden, "council.not_entitled")
	case v.Actor != v.Account && !(written && v.Actor == c.Secretary):
		return "", fault.New(fault.Forbidden, "council.not_yours")
	}
	if err := c.Rules.Ballot.Check(c.Files, v.Paper); err != nil {
		return "", err
	}
	b, err := sealedBallot(c.ID, v.Account+"|"+v.Key, v.Paper)
	if err != nil {
		return "", err
	}
	err = e.drop(ctx, c.ID, v.Account, b)
	if fault.Is(err, "council.voted_already") || err == nil {
		if _, recorded := e.l.Append(ctx, c.voted(v.Account, v.Actor)); recorded != nil {
			return "", recorded
		}
	}
	return b.Commitment, err
}

// voted records a voter, once.
func (c *Council) voted(account, actor string) ledger.Command {
	return c.command(actor, ledger.AnyVersion, prefix+c.ID+"/voted/"+account, c.MeetsOn, kindVoted, &fact{Account: account})
}

// CloseVote ends the vote: no ballot comes in any more, the ballots are published in the ledger without their voters,
// counted, and the urn is destroyed. Broken off anywhere, it can be done again with the same result. Error:
// council.no_ballots.
func (e *Engine) CloseVote(ctx context.Context, id string, by By) (*Council, error) {
	c, err := e.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.at(Voting, Counted); err != nil {
		return nil, err
	}
	if c.Stage == Voting {
		if err := e.publish(ctx, c, by.Actor); err != nil {
			return nil, err
		}
	}
	if err := e.destroy(ctx, id); err != nil {
		return nil, err
	}
	return e.Get(ctx, id)
}

func (e *Engine) publish(ctx context.Context, c *Council, actor string) error {
	if len(c.Voters) == 0 {
		return fault.New(fault.Conflict, "council.no_ballots")
	}
	u, err := e.shut(ctx, c.ID)
	if err != nil {
		return err
	}
	f := &fact{Ballots: u.Ballots, Base: c.base(), Dims: c.dims()}
	if f.Outcomes, err = count(c, f.Base, u.Ballots); err != nil {
		return err
	}
	var cmds []ledger.Command
	for _, account := range u.Voters {
		cmds = append(cmds, c.voted(account, actor))
	}
	cmds = append(cmds, c.command(actor, ledger.AnyVersion, prefix+c.ID+"/closed", e.Today(), kindClosed, f))
	_, err = e.l.Append(ctx, cmds...)
	return err
}

// base is the number of members that shares are of.
func (c *Council) base() int {
	if c.Rules.Ballot.Total {
		return len(c.Members)
	}
	return len(c.Present)
}

// count opens the published ballots and counts them.
func count(c *Council, base int, ballots []Sealed) ([]Outcome, error) {
	papers := make([]Paper, len(ballots))
	for i, b := range ballots {
		if err := json.Unmarshal(b.Paper, &papers[i]); err != nil {
			return nil, err
		}
	}
	return c.Rules.Ballot.Tally(c.Files, base, papers), nil
}

// Confirm records that a teller, or the chair where there are none, agrees with the count. Errors: council.not_yours,
// council.agreed_already.
func (e *Engine) Confirm(ctx context.Context, id string, by By) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		var err error
		switch {
		case !slices.Contains(c.Confirms(), by.Actor):
			err = fault.New(fault.Forbidden, "council.not_yours")
		case slices.Contains(c.Agreed, by.Actor):
			err = fault.New(fault.Conflict, "council.agreed_already")
		}
		return kindConfirmed, &fact{Account: by.Actor}, first(c.at(Counted), err)
	})
}

// Conclude records the council's conclusion in words; the result in numbers is the count's. Error: council.need_reason.
func (e *Engine) Conclude(ctx context.Context, id string, by By, text string) (*Council, error) {
	return e.step(ctx, id, by, func(c *Council) (string, *fact, error) {
		f := &fact{Text: strings.TrimSpace(text), Dims: c.dims()}
		if v, ok := c.Result(); ok {
			f.Field, f.Value = c.Rules.Field, v
		}
		return kindConcluded, f, first(c.at(Confirmed), needs(text))
	})
}

// concluded is what the dossier's step records. Files that the tie-breaks leave equal name no winner until somebody decides.
func (c *Council) concluded() *dossier.Concluded {
	found := &dossier.Concluded{Fields: map[string]any{}}
	o := c.Winner()
	if o == nil {
		return found
	}
	found.Passed = o.Passed
	if v, ok := c.Result(); ok {
		found.Fields[c.Rules.Field] = v
	}
	if c.Rules.Winner != "" && len(c.Files) > 1 && o.Rank == 1 && !c.TieOpen() {
		i := slices.IndexFunc(c.Files, func(f File) bool { return f.ID == o.File })
		found.Fields[c.Rules.Winner] = c.Files[i].Label
	}
	return found
}

// withLead is concluded with the person who leads the winning application, where the people of it are on record.
func (e *Engine) withLead(ctx context.Context, c *Council) (*dossier.Concluded, error) {
	found := c.concluded()
	if c.Rules.Leader == "" || found.Fields[c.Rules.Winner] == nil {
		return found, nil
	}
	i := slices.IndexFunc(c.Files, func(f File) bool { return f.ID == c.Winner().File })
	who, err := e.who(ctx, &c.Files[i])
	if len(who) > 0 {
		found.Fields[c.Rules.Leader] = who[0].Name
	}
	return found, err
}

// Winner is the outcome that the dossier goes on with: the first in rank, of equal ones the one decided on, else the first
// file's. Nil before the count.
func (c *Council) Winner() *Outcome {
	for i := range c.Outcomes {
		if c.Outcomes[i].Rank == 1 && (c.Settled == nil || c.Settled.File == c.Outcomes[i].File) {
			return &c.Outcomes[i]
		}
	}
	if len(c.Outcomes) > 0 {
		return &c.Outcomes[0]
	}
	return nil
}

// Result is what the definition says the count gives the dossier: a number with two decimals, or the id of a level.
func (c *Council) Result() (any, bool) {
	o := c.Winner()
	if o == nil || c.Rules.Field == "" {
		return nil, false
	}
	switch c.Rules.Of {
	case ResultMean:
		return float64(o.Mean) / 100, true
	case ResultShare:
		return float64(percent(o.For, c.Base)) / 100, true
	case ResultLevel:
		return o.Level, true
	}
	return nil, false
}

// percent is part of whole in hundredths of a percent, rounded down: a share just short of a threshold must not be
// rounded onto it.
func percent(part, whole int) int64 {
	if whole == 0 {
		return 0
	}
	return int64(part) * 10000 / int64(whole)
}

// Conclusion is what the council of a dossier's step found: nil where none sat, fault.Conflict "council.not_concluded"
// while one still sits, "council.tie_open" while nobody has decided between equal files.
func (e *Engine) Conclusion(ctx context.Context, code, rule string) (*dossier.Concluded, error) {
	all, err := e.OfDossier(ctx, code)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Rules.ID != rule || c.Stage == Cancelled {
			continue
		}
		if c.Stage != Concluded {
			return nil, fault.New(fault.Conflict, "council.not_concluded", "id", c.ID)
		}
		if c.TieOpen() {
			return nil, fault.New(fault.Conflict, "council.tie_open", "id", c.ID)
		}
		return e.withLead(ctx, c)
	}
	return nil, nil
}
