package people

import (
	"context"
	"regexp"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
)

var accountName = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)

// SetPerson stores or corrects a person's name, beside the ledger.
func (p *People) SetPerson(ctx context.Context, who Person) error {
	if who.ID == "" || who.Name == "" {
		return fault.New(fault.Invalid, "people.bad_person", "person", who.ID)
	}
	err := p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, upsertPerson, who.ID, who.Name)
		return err
	})
	p.version.Add(1)
	return err
}

// OpenAccount records a new account of a person. Errors: people.bad_account for a name outside
// a–z 0–9 . _ -, people.account_exists. A closed account is opened again for the same person only, with its roles.
func (p *People) OpenAccount(ctx context.Context, by By, id, person string) error {
	if !accountName.MatchString(id) {
		return fault.New(fault.Invalid, "people.bad_account", "account", id)
	}
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if a := d.account[id]; a != nil && (!a.closed || a.person != person) {
		return fault.New(fault.Conflict, "people.account_exists", "account", id)
	}
	return p.record(ctx, by, "account/"+id, "", kindAccountOpened, map[string]string{"account": id, "person": person})
}

// CloseAccount records that an account is not used any more and ends its sessions.
func (p *People) CloseAccount(ctx context.Context, by By, id string) error {
	a, err := p.account(ctx, id)
	if err != nil {
		return err
	}
	err = p.record(ctx, by, "account/"+id, "", kindAccountClosed, map[string]string{"account": id, "person": a.person})
	if err != nil {
		return err
	}
	p.seen.clear()
	return p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, endVisits, id)
		return err
	})
}

// Accounts lists every account, by the person's given name, family name and middle names.
func (p *People) Accounts(ctx context.Context) ([]Account, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(d.accounts()), nil
}

// PersonName is a person's name, the id where the name was erased.
func (p *People) PersonName(ctx context.Context, id string) string {
	d, err := p.directory(ctx)
	if err != nil {
		return id
	}
	return d.name(id)
}

// AccountName is the name to show for an actor: the person's, else the account itself; "A → B" where A acted for B.
func (p *People) AccountName(ctx context.Context, id string) string {
	d, err := p.directory(ctx)
	if err != nil {
		return id
	}
	who, forWhom := Acting(id)
	if forWhom != "" {
		return d.accountName(who) + " → " + d.accountName(forWhom)
	}
	return d.accountName(who)
}

func (d *directory) accountName(id string) string {
	if a := d.account[id]; a != nil {
		return d.name(a.person)
	}
	return id
}

// PersonOf is the person of an account, a closed one too. Error: people.unknown_account.
func (p *People) PersonOf(ctx context.Context, id string) (string, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return "", err
	}
	if a := d.account[id]; a != nil {
		return a.person, nil
	}
	return "", missing("people.unknown_account", "account", id)
}

// GivePost records that a person holds a post from by.On.
func (p *People) GivePost(ctx context.Context, by By, post Post) error {
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if err := d.still(post.Unit, p.dated(by).On, true); err != nil {
		return err
	}
	return p.record(ctx, by, "person/"+post.Person, post.Unit, kindPostGiven, post)
}

// EndPost records that a person's post in a unit ended on by.On. Error: people.unknown_post.
func (p *People) EndPost(ctx context.Context, by By, person, unit string) error {
	by = p.dated(by)
	posts, err := p.Posts(ctx, by.On)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(posts, func(post Post) bool { return post.Person == person && post.Unit == unit }) {
		return fault.New(fault.NotFound, "people.unknown_post", "person", person, "unit", unit)
	}
	return p.record(ctx, by, "person/"+person, unit, kindPostEnded, map[string]string{"person": person, "unit": unit})
}

// Posts lists the posts held on a date.
func (p *People) Posts(ctx context.Context, on calendar.Date) ([]Post, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Post
	for _, post := range d.posts {
		if post.From <= on && (post.To == calendar.NoDate || on < post.To) {
			out = append(out, post)
		}
	}
	return out, nil
}

func (p *People) account(ctx context.Context, id string) (*account, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	a := d.account[id]
	if a == nil || a.closed {
		return nil, missing("people.unknown_account", "account", id)
	}
	return a, nil
}

// Reader is an account with its rights of today, for work done in its name when it is not there; nil when it is closed or
// unknown.
func (p *People) Reader(ctx context.Context, id string) (web.Identity, error) {
	i, err := p.identify(ctx, id, "")
	if err != nil || i == nil {
		return nil, err // a plain nil: an interface holding a nil pointer would look like a reader
	}
	return i, nil
}

// identify makes the identity of an account with its rights of today, or with those of a delegation that it acts
// under; nil when it is closed or unknown. A delegation that is over leaves the account its own rights.
func (p *People) identify(ctx context.Context, id, acting string) (*identity, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	a := d.account[id]
	if a == nil || a.closed {
		return nil, nil
	}
	on := p.today()
	i := &identity{account: id, name: d.name(a.person), dir: d, on: on}
	if g := d.delegated(id, acting, on); acting != "" && g != nil {
		i.account, i.name, i.grants = id+actingMark+g.Giver, i.name+" → "+d.accountName(g.Giver), d.passed(g, on)
		return i, nil
	}
	for _, g := range a.grants {
		if g.from <= on && on < g.to {
			i.grants = append(i.grants, g.Grant)
		}
	}
	return i, nil
}
