package onestop

import (
	"context"
	"slices"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Agency is how the agency stands on its papers.
type Agency struct {
	Unit                        people.Unit // at the top of the state side
	Parent, Symbol, Place, Site string      // Site is the public address that papers lead to; may be empty
	Label                       string      // printed at the head of every page, such as the word that the data is a sample
}

// Options connect a Desk with what it does not own.
type Options struct {
	Clock   func() time.Time // time.Now when nil
	Book    func() (*Book, error)
	Layouts func() (*document.Layouts, error)
	Agency  func(on calendar.Date) Agency
}

// Desk makes and issues the papers of dossiers.
type Desk struct {
	l        *ledger.Ledger
	db       *store.DB
	dossiers *dossier.Engine
	books    *numbering.Books
	who      *people.People
	opts     Options
}

// New makes a desk. The ledger must have been opened with Fold among its folds.
func New(l *ledger.Ledger, db *store.DB, e *dossier.Engine, books *numbering.Books, who *people.People, o Options) *Desk {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Desk{l, db, e, books, who, o}
}

func (k *Desk) today() calendar.Date { return calendar.OfTime(k.opts.Clock()) }

// Paper is a paper that a dossier has.
type Paper struct {
	ID     string // form, or output of a result: part of its address
	Form   *Form
	Output string
	Title  procedure.Text
	Draft  bool             // nothing has issued it
	Given  *numbering.Given // nil before it has a number, and for forms that need none
	Verify bool             // the words of its form are not verified: shown as “cần xác minh”
}

// Numbered reports whether the paper takes a number of a book and has none.
func (p *Paper) Numbered() bool { return p.Form.Book != "" && p.Given == nil && !p.Draft }

// Papers are the papers that a dossier has as it stands: what its steps issued, the control slip from receipt on, and
// the letter of apology drafted when it is about to be late. An imported dossier has none.
func (k *Desk) Papers(ctx context.Context, d *dossier.Dossier) ([]Paper, error) {
	p, err := k.dossiers.Procedure(ctx, d)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	book, err := k.opts.Book()
	if err != nil {
		return nil, err
	}
	set := book.At(d.SubmittedOn)
	given, err := k.books.About(ctx, about(d.Code))
	if err != nil {
		return nil, err
	}
	var out []Paper
	seen := map[string]bool{}
	for _, id := range d.Track.Outputs {
		f := set.of(id)
		if seen[id] || f == nil || p.Output(id) == nil {
			continue
		}
		seen[id] = true
		out = append(out, paper(set, f, p.Output(id), given, d.Track.Issued, d.FinishedOn))
	}
	for i := range set.Forms {
		f := &set.Forms[i]
		if f.Draft == DraftReceived && d.ReceivedOn != calendar.NoDate || f.Draft == DraftLate && !seen[f.Output] && k.dossiers.Warned(d) {
			one := paper(set, f, nil, nil, nil, calendar.NoDate)
			one.Draft = f.Draft == DraftLate
			out = append(out, one)
		}
	}
	return out, nil
}

func paper(set *Forms, f *Form, o *procedure.Output, given []numbering.Given, issued []dossier.Issued, on calendar.Date) Paper {
	p := Paper{ID: f.ID, Form: f, Output: f.Output, Title: f.Title, Verify: set.Status == procedure.NeedsVerification}
	if o != nil {
		p.Output = o.ID
		if f.Result {
			p.ID, p.Title = o.ID, o.Label
		}
	}
	if f.Result && len(issued) > 0 { // a credential has its own book
		p.Given = &numbering.Given{Number: issued[len(issued)-1].Number, On: on}
		return p
	}
	if i := slices.IndexFunc(given, func(g numbering.Given) bool { return g.Form == p.ID }); i >= 0 {
		p.Given = &given[i]
	}
	return p
}

// Paper finds one of them. Error: fault.NotFound "onestop.no_paper" for one that the dossier does not have, or not
// yet.
func (k *Desk) Paper(ctx context.Context, d *dossier.Dossier, id string) (*Paper, error) {
	all, err := k.Papers(ctx, d)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "onestop.no_paper", "code", d.Code)
}

// about is the dossier in the books of numbers.
func about(code string) string { return "dossier/" + code }

// Issue is a wish to number and sign a paper.
type Issue struct {
	Paper   string
	Signer  string // account; empty for a paper that the desk signs by hand
	Mandate bool   // signs under a written mandate of the head
	On      calendar.Date
	Actor   string
}

// Issue gives a paper its number and its signature block. A paper that has a number keeps it. Errors: those of Paper
// and Sign; fault.Invalid "onestop.draft" for a paper whose step has not been taken, "onestop.no_number" for a form
// that takes none, "onestop.before_step" for a day before the step.
func (k *Desk) Issue(ctx context.Context, d *dossier.Dossier, q Issue) (*numbering.Given, error) {
	p, err := k.Paper(ctx, d, q.Paper)
	switch {
	case err != nil:
		return nil, err
	case p.Given != nil:
		return p.Given, nil
	case p.Draft:
		return nil, fault.New(fault.Invalid, "onestop.draft", "title", p.Title)
	case p.Form.Book == "":
		return nil, fault.New(fault.Invalid, "onestop.no_number", "title", p.Title)
	}
	letter, err := k.dossiers.Letter(ctx, d.Code, p.Output)
	if err != nil {
		return nil, err
	}
	if q.On == calendar.NoDate || q.On == 0 {
		q.On = k.today()
	}
	if q.On < letter.On {
		return nil, fault.New(fault.Invalid, "onestop.before_step", "date", q.On, "step", letter.On)
	}
	agency := k.opts.Agency(q.On)
	var block Signature
	if p.Form.Leader {
		if block, err = k.SignatureOf(ctx, q.Signer, q.Mandate, q.On); err != nil {
			return nil, err
		}
	}
	return k.books.Give(ctx, numbering.Request{Pattern: p.Form.Symbol, Symbol: agency.Symbol, Actor: q.Actor, Given: numbering.Given{
		Book: p.Form.Book, On: q.On, About: about(d.Code), Form: p.ID, Subject: p.Title.In("vi") + " – " + d.Code, Unit: d.Unit,
		Signer: q.Signer, Authority: block.Authority, Post: block.Post}})
}

// Signer is somebody who may sign for the agency.
type Signer struct {
	Account, Name string
	Signature
}

// Signers are those whose post lets them sign on a day, the head first.
func (k *Desk) Signers(ctx context.Context, on calendar.Date) ([]Signer, error) {
	accounts, err := k.who.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var out []Signer
	for _, a := range accounts {
		block, err := k.SignatureOf(ctx, a.ID, false, on)
		if err != nil || a.Closed {
			continue // this post signs nothing for the agency
		}
		out = append(out, Signer{a.ID, a.Name, block})
	}
	slices.SortStableFunc(out, func(a, b Signer) int { return len(a.Authority) - len(b.Authority) })
	return out, nil
}

// SignatureOf is an account's block on a day: by its own post, else by a delegation in force on that day of somebody whose
// own post signs. With mandate it is the written mandate (TUQ.), which must be in force. Who acts for somebody signs as
// delegated. Errors: fault.Forbidden "onestop.may_not_sign", "onestop.no_mandate".
func (k *Desk) SignatureOf(ctx context.Context, account string, mandate bool, on calendar.Date) (Signature, error) {
	who, giver := people.Acting(account)
	if !mandate && giver == "" {
		if block, err := k.ownSignature(ctx, who, on); err == nil || fault.KindOf(err) == fault.Internal {
			return block, err
		}
	}
	given, err := k.who.Delegations(ctx, who)
	if err != nil {
		return Signature{}, err
	}
	for _, d := range given {
		if d.Taker != who || !d.On(on) || mandate && d.Form != people.TUQ || giver != "" && d.Giver != giver {
			continue
		}
		if _, err := k.ownSignature(ctx, d.Giver, on); err == nil {
			return k.delegatedSignature(ctx, who, d.Form, on)
		}
	}
	if mandate {
		return Signature{}, fault.New(fault.Forbidden, "onestop.no_mandate", "who", who, "date", on)
	}
	return k.ownSignature(ctx, who, on) // and its refusal
}

// delegatedSignature is the block of a delegation with the delegate's own post.
func (k *Desk) delegatedSignature(ctx context.Context, account string, form people.Form, on calendar.Date) (Signature, error) {
	book, err := k.opts.Book()
	if err != nil {
		return Signature{}, err
	}
	posts, err := k.posts(ctx, account, on)
	if err != nil {
		return Signature{}, err
	}
	if len(posts) == 0 {
		return Signature{}, maySignNothing(account)
	}
	return book.SignUnder(form, k.opts.Agency(on).Unit, posts[0].TitleVI), nil
}

// ownSignature is the block of an account's post. Error: fault.Forbidden "onestop.may_not_sign".
func (k *Desk) ownSignature(ctx context.Context, account string, on calendar.Date) (Signature, error) {
	book, err := k.opts.Book()
	if err != nil {
		return Signature{}, err
	}
	posts, err := k.posts(ctx, account, on)
	if err != nil {
		return Signature{}, err
	}
	refusal := maySignNothing(account)
	for _, post := range posts {
		unit, err := k.who.Unit(ctx, post.Unit, on)
		if err != nil {
			return Signature{}, err
		}
		block, err := book.Sign(k.opts.Agency(on).Unit, unit, post.TitleVI)
		if err == nil {
			return block, nil
		}
		refusal = err
	}
	return Signature{}, refusal
}

func maySignNothing(account string) error {
	return fault.New(fault.Forbidden, "onestop.may_not_sign", "post", account)
}

// posts are those of an account on a day; an account that is gone has none.
func (k *Desk) posts(ctx context.Context, account string, on calendar.Date) ([]people.Post, error) {
	person, _ := k.who.PersonOf(ctx, account)
	if person == "" {
		return nil, nil
	}
	all, err := k.who.Posts(ctx, on)
	return slices.DeleteFunc(slices.Clone(all), func(p people.Post) bool { return p.Person != person }), err
}
