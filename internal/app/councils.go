package app

import (
	"context"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/app/page/councils"
	"trucot/internal/engine/council"
	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/filing"
)

// openCouncils opens the engine of councils and tells it what the law asks of each.
func (a *App) openCouncils(ctx context.Context, data string) error {
	a.StandingCouncils = sync.OnceValues(func() ([]*procedure.Standing, error) {
		files, err := fs.Sub(Definitions(data), "councils")
		if err != nil {
			return nil, err
		}
		return procedure.LoadStanding(files)
	})
	var err error
	a.Councils, err = council.New(ctx, a.Ledger, a.DB, a.Calendar, a.Dossiers, council.Options{
		Clock: a.clock, Rules: a.councilRules, Known: a.councilMember, Seal: a.Vault.Seal, Open: a.Vault.Open, Forget: a.Vault.Erase,
	})
	return err
}

// councilPages are what the pages of councils stand on.
func (a *App) councilPages() councils.Parts {
	return councils.Parts{Councils: a.Councils, Dossiers: a.Dossiers, People: a.People, Calendar: a.Calendar, Words: a.Catalog, Standing: a.StandingCouncils, Head: a.paperHead}
}

// paperHead is the official heading of a paper that a unit issues on a day.
func (a *App) paperHead(ctx context.Context, unit string, on calendar.Date) (*document.Document, error) {
	layout, err := a.layout(string(people.State), on)
	if err != nil {
		return nil, err
	}
	h := a.reportingAgency(unit, string(people.State), on)
	d := &document.Document{Layout: layout, Parent: h.Parent, Issuer: h.Name, Place: h.Place, Date: on, Label: h.Label}
	if d.Place == "" {
		d.Place = "……"
	}
	return d, nil
}

// concluded is what a council gives a dossier's step.
func (a *App) concluded(ctx context.Context, code, id string) (*dossier.Concluded, error) {
	return a.Councils.Conclusion(ctx, code, id)
}

// councilMember is what is known of somebody who is to sit in a council.
func (a *App) councilMember(ctx context.Context, account string) (council.Known, error) {
	all, err := a.People.Accounts(ctx)
	if err != nil {
		return council.Known{}, err
	}
	person := ""
	for _, one := range all {
		if one.ID == account && !one.Closed {
			person = one.Person
		}
	}
	if person == "" {
		return council.Known{}, fault.New(fault.NotFound, "people.unknown_account", "account", account)
	}
	posts, err := a.People.Posts(ctx, calendar.OfTime(a.clock()))
	k := council.Known{Person: person, Name: a.People.AccountName(ctx, account)}
	for _, p := range posts {
		if p.Person == person {
			k.Units = append(k.Units, a.People.UnitName(ctx, p.Unit, lang.VI))
		}
	}
	return k, err
}

// councilRules are the rules of a council of the dossier's definition, or, without a dossier, of one that stands by
// itself, "<group>.<id>".
func (a *App) councilRules(ctx context.Context, d *dossier.Dossier, id, variant string) (*council.Rules, error) {
	var legal []procedure.Basis
	var all []procedure.Council
	name := id
	if d != nil {
		p, err := a.Dossiers.Procedure(ctx, d)
		if err != nil {
			return nil, err
		}
		legal, all = p.Legal, p.Councils
	} else {
		group, rest, _ := strings.Cut(id, ".")
		standing, err := a.StandingCouncils()
		if err != nil {
			return nil, err
		}
		for _, s := range standing {
			if s.ID == group {
				legal, all, name = s.Legal, s.Councils, rest
			}
		}
	}
	for i := range all {
		if all[i].ID == name {
			r, err := rulesOf(&all[i], legal, variant)
			if err == nil {
				r.ID = id
			}
			return r, err
		}
	}
	return nil, fault.New(fault.NotFound, "council.unknown_rule", "rule", id)
}

// rulesOf turns what a definition says of a council into the form that is executed and recorded.
func rulesOf(c *procedure.Council, legal []procedure.Basis, variant string) (*council.Rules, error) {
	r := &council.Rules{Label: council.Text(c.Label), Verify: c.Mark == procedure.Recalled, Min: c.Size.Min, Max: c.Size.Max, Quorum: council.Share(c.Quorum.Fraction),
		Lead: calendar.Duration(c.DocumentsBefore.Duration), Tellers: c.Tally}
	for _, b := range legal {
		if b.ID == c.Basis {
			r.Basis, r.Verify = b.Symbol, r.Verify || b.Mark == procedure.Recalled
		}
	}
	for _, s := range c.Roles {
		r.Seats = append(r.Seats, council.Seat{ID: s.ID, Label: council.Text(s.Label), Min: s.Min, Max: s.Max})
	}
	for _, need := range c.Quorum.Roles {
		r.Needs = append(r.Needs, needOf(need))
	}
	for _, k := range c.Conflicts {
		r.Conflicts = append(r.Conflicts, council.Conflict{ID: k.ID, Label: council.Text(k.Label), Roles: k.Roles, Same: k.Same, Who: k.Who})
	}
	if c.Result != nil {
		r.Field, r.Of, r.Winner, r.Leader = c.Result.Field, c.Result.Of, c.Result.Winner, c.Result.Lead
	}
	criteria, recalled, err := scoreSheet(&c.Ballot, variant)
	r.Ballot, r.Verify = ballotOf(&c.Ballot, criteria), r.Verify || recalled
	return r, err
}

// needOf reads one requirement of a quorum: "chu_tich|pho_chu_tich", "phan_bien*2".
func needOf(text string) council.Need {
	n := council.Need{Count: 1}
	for _, role := range strings.Split(text, "|") {
		name, times, counted := strings.Cut(role, "*")
		if counted {
			n.Count, _ = strconv.Atoi(times) // linted
		}
		n.Roles = append(n.Roles, name)
	}
	return n
}

// scoreSheet is the list of criteria with the weights of the variant; recalled tells that the variant is so marked. Error:
// council.unknown_rule.
func scoreSheet(b *procedure.Ballot, variant string) (list []procedure.Criterion, recalled bool, err error) {
	if variant == "" {
		return b.Criteria, false, nil
	}
	for _, v := range b.Variants {
		switch {
		case v.ID != variant:
			continue
		case len(v.Criteria) > 0:
			return v.Criteria, v.Mark == procedure.Recalled, nil
		}
		list = append(list, b.Criteria...)
		for i := range list {
			list[i].Weight = v.Weights[i]
		}
		return list, v.Mark == procedure.Recalled, nil
	}
	return nil, false, fault.New(fault.NotFound, "council.unknown_rule", "rule", variant)
}

func ballotOf(b *procedure.Ballot, criteria []procedure.Criterion) council.Ballot {
	out := council.Ballot{Kind: b.Kind, Total: b.Base == "total", Pass: hundredths(b.PassScore), Outlier: int64(b.Outlier)}
	for _, c := range criteria {
		out.Criteria = append(out.Criteria, council.Criterion{ID: c.ID, Label: council.Text(c.Label), Max: hundredths(c.Weight)})
	}
	if t := b.Threshold; t != nil {
		out.Share, out.Strict = council.Share(t.Fraction), t.Strict
	}
	if n := b.Bonus; n != nil {
		out.Bonus, out.BonusFrom, out.BonusWhen = int64(n.Percent), hundredths(n.MinScore), council.Text(n.When)
	}
	out.ZeroVeto = share(b.ZeroVeto)
	for _, t := range b.TieBreaks {
		out.TieBreaks = append(out.TieBreaks, council.TieBreak{ID: t.ID, Label: council.Text(t.Label), Lower: t.Lower})
	}
	if u := b.Undecided; u != nil {
		out.Undecided = &council.Undecided{By: u.By, Label: council.Text(u.Label), Verify: u.Mark == procedure.Recalled}
	}
	for _, l := range b.Levels {
		out.Levels = append(out.Levels, council.Level{ID: l.ID, Label: council.Text(l.Label), AtLeast: share(l.AtLeast), More: share(l.More), NoneOf: l.NoneOf, Default: l.Default})
	}
	if b.Forced != nil {
		out.Forced, out.ForcedIf = b.Forced.Level, council.Text(b.Forced.When)
	}
	return out
}

func share(f *procedure.Fraction) *council.Share {
	if f == nil {
		return nil
	}
	s := council.Share(*f)
	return &s
}

// hundredths is a number of points as councils count them.
func hundredths(x float64) int64 { return int64(math.Round(x * 100)) }

// askedByCouncils are the questions of a dossier's councils to who filed it.
func (a *App) askedByCouncils(ctx context.Context, code string) ([]filing.Asked, error) {
	all, err := a.Councils.OfDossier(ctx, code)
	var out []filing.Asked
	for _, c := range all {
		for _, q := range c.Questions {
			out = append(out, filing.Asked{Council: c.ID, Title: c.Rules.Label.In(lang.VI), Number: q.Number, On: q.On, Text: q.Text, Answer: q.Answer, Answered: q.Answered, Open: c.Stage == council.Preparing})
		}
	}
	return out, err
}

// answerCouncil records an answer of who filed the dossier: no account stands behind it.
func (a *App) answerCouncil(ctx context.Context, n filing.CouncilAnswer) error {
	_, err := a.Councils.Answer(ctx, n.Council, council.By{}, n.Number, n.Text)
	return err
}
