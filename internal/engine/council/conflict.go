package council

import (
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// Match is a member who is one of the people of a file, or may be.
type Match struct {
	Account  string `json:"account"`
	Conflict string `json:"conflict"`
	File     string `json:"file"`
	How      string `json:"how"` // ByRecord, ByNumber, ByBirth, ByName
}

// Certain reports whether nothing is left to look into.
func (m *Match) Certain() bool { return m.How != ByName }

// Finding is a conflict of interest of a member.
type Finding struct {
	Account  string
	Conflict *Conflict
	Declared bool   // by the member; else seen by the program
	With     string // the organisation that was recognised
	How      string // by what the member was recognised as one of the people of a file
	File     string // label of that file
	Barred   bool   // from the role that the member sits in
}

// Certain reports whether the finding can no longer be cleared: the member's own word, or one and the same person.
func (f *Finding) Certain() bool { return f.Declared || f.How != "" && f.How != ByName }

// Findings lists the conflicts that the members declared, and those that the program sees in who they are and where they
// work. One that was looked into and cleared is left out; what is certain cannot be cleared.
func (c *Council) Findings() []Finding {
	var out []Finding
	for i := range c.Members {
		m := &c.Members[i]
		for j := range c.Rules.Conflicts {
			k := &c.Rules.Conflicts[j]
			f := Finding{Account: m.Account, Conflict: k, Barred: k.bars(m.Role), Declared: slices.Contains(m.Conflicts, k.ID)}
			if !f.Declared {
				f.With = c.worksFor(m, k)
				if match := c.match(m.Account, k.ID); match != nil {
					f.How, f.File = match.How, c.label(match.File)
				}
				if f.With == "" && f.How == "" || !f.Certain() && slices.Contains(m.Cleared, k.ID) {
					continue
				}
			}
			out = append(out, f)
		}
	}
	return out
}

// match is the surest match of a member, nil for none.
func (c *Council) match(account, conflict string) *Match {
	var best *Match
	for i := range c.Matches {
		m := &c.Matches[i]
		if m.Account == account && m.Conflict == conflict && (best == nil || !best.Certain() && m.Certain()) {
			best = m
		}
	}
	return best
}

func (c *Council) label(file string) string {
	for i := range c.Files {
		if c.Files[i].ID == file {
			return c.Files[i].Label
		}
	}
	return file
}

// worksFor is the organisation named in a conflict that a member works for, "" for none: of the dossier, and of every
// application and its partners.
func (c *Council) worksFor(m *Member, k *Conflict) string {
	barred := slices.Clone(c.Against[k.ID])
	if slices.Contains(k.Same, c.Rules.Winner) {
		for i := range c.Files {
			if c.Rules.several(c.Files) {
				barred = append(barred, c.Files[i].Label)
			}
			barred = append(barred, c.Files[i].Partners...)
		}
	}
	places := append([]string{m.Organisation}, m.Units...)
	for _, name := range barred {
		for _, place := range places {
			if place != "" && lang.Fold(place) == lang.Fold(name) {
				return name
			}
		}
	}
	return ""
}

// compare finds the members among the people of the files and of the dossier.
func (e *Engine) compare(ctx context.Context, c *Council, files []File, members []Member) ([]Match, error) {
	if !slices.ContainsFunc(c.Rules.Conflicts, func(k Conflict) bool { return len(k.Who) > 0 }) {
		return nil, nil
	}
	known := make([]Person, len(members))
	for i := range members {
		var err error
		if known[i], err = e.identity(ctx, &members[i]); err != nil {
			return nil, err
		}
	}
	var out []Match
	for i := range files {
		f := &files[i]
		who, err := e.who(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, k := range c.Rules.Conflicts {
			all, err := e.behind(ctx, c, &k, files, who)
			if err != nil {
				return nil, err
			}
			for j := range members {
				if how := surest(&known[j], all); how != "" {
					out = append(out, Match{Account: members[j].Account, Conflict: k.ID, File: f.ID, How: how})
				}
			}
		}
	}
	return out, nil
}

// behind are the people of a conflict: those of the file, and where it is the dossier itself those whom the dossier names.
func (e *Engine) behind(ctx context.Context, c *Council, k *Conflict, files []File, who []Person) ([]Person, error) {
	if len(k.Who) == 0 {
		return nil, nil
	}
	if c.Dossier == "" || c.Rules.several(files) {
		return who, nil
	}
	party, err := e.dossiers.Named(ctx, c.Dossier)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(who)
	for _, field := range k.Who {
		if name := party[field]; name != "" {
			all = append(all, Person{Name: name, Born: calendar.NoDate})
		}
	}
	return all, nil
}

// surest is by what somebody is one of others, "" for none of them.
func surest(p *Person, others []Person) string {
	best := ""
	for i := range others {
		if how := p.same(&others[i]); how != "" && (best == "" || best == ByName) {
			best = how
		}
	}
	return best
}

// identity is what is known of a member.
func (e *Engine) identity(ctx context.Context, m *Member) (Person, error) {
	p := Person{Born: calendar.NoDate}
	if err := e.opened(ctx, m.Identity, &p); err != nil {
		return p, err
	}
	if known, err := e.opts.Known(ctx, m.Account); err == nil { // an account that was closed since names nobody
		p.Name, p.Record = known.Name, known.Person
	}
	return p, nil
}
