package council

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Person is somebody behind a file, or what is known of a member. It stands in the ledger sealed only.
type Person struct {
	Name   string        `json:"name"`
	Born   calendar.Date `json:"born"`             // NoDate = not known
	Number string        `json:"number,omitempty"` // personal identity number (số định danh cá nhân)
	Record string        `json:"record,omitempty"` // of the person in package people, "" = none
}

// How sure it is that two are one person.
const (
	ByRecord = "record" // one person of the agency's register
	ByNumber = "number" // one identity number
	ByBirth  = "birth"  // one name and one date of birth
	ByName   = "name"   // one name, and nothing that tells them apart
)

// same says by what two are one person, "" where they are not. What both have decides before what only reads alike.
func (p *Person) same(q *Person) string {
	name := p.Name != "" && lang.Fold(p.Name) == lang.Fold(q.Name)
	switch {
	case p.Record != "" && q.Record != "":
		if p.Record == q.Record {
			return ByRecord
		}
		return ""
	case p.Number != "" && q.Number != "":
		if p.Number == q.Number {
			return ByNumber
		}
		return ""
	case !name:
		return ""
	case p.Born != calendar.NoDate && q.Born != calendar.NoDate:
		if p.Born == q.Born {
			return ByBirth
		}
		return ""
	}
	return ByName
}

// mostPeople bounds the people of one file.
const mostPeople = 100

// ReadPeople reads one person a line: name; date of birth; identity number, the last two where they are known. Error:
// council.bad_person with the line.
func ReadPeople(text string) ([]Person, error) {
	out := []Person{}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, ";")
		p, ok := person(cells)
		if !ok || len(out) == mostPeople {
			return nil, fault.New(fault.Invalid, "council.bad_person", "line", i+1)
		}
		out = append(out, p)
	}
	return out, nil
}

// person reads the cells of one person.
func person(cells []string) (Person, bool) {
	p := Person{Name: strings.Join(strings.Fields(lang.NFC(cells[0])), " "), Born: calendar.NoDate}
	if p.Name == "" || len(p.Name) > 300 || len(cells) > 3 {
		return p, false
	}
	if len(cells) > 1 && strings.TrimSpace(cells[1]) != "" {
		var err error
		if p.Born, err = calendar.ParseWritten(cells[1]); err != nil {
			return p, false
		}
	}
	if len(cells) > 2 {
		p.Number = strings.Join(strings.Fields(cells[2]), "")
	}
	return p, ReadNumber(p.Number)
}

// ReadNumber reports whether a text may be an identity number: 9 or 12 digits, or none at all.
func ReadNumber(text string) bool {
	return text == "" || (len(text) == 9 || len(text) == 12) && !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsDigit(r) })
}

// Reckoned is what the records say of one file, by one rule of the law.
type Reckoned struct {
	ID       string   `json:"id"` // of the record, OwnBonus or OwnForced
	Label    Text     `json:"label"`
	Value    int64    `json:"value"` // how many dossiers, or 1 where the condition holds
	Bars     bool     `json:"bars,omitempty"`
	Verify   bool     `json:"verify,omitempty"` // the rule is recalled, to be confirmed by the legal officer
	Counts   string   `json:"counts,omitempty"` // tie-break that it is the number of
	Dossiers []string `json:"dossiers,omitempty"`
}

// What the secretary may decide otherwise than the records, in File.Own; beside these, the id of a tie-break.
const (
	OwnBonus  = "bonus"  // 1 = the condition of the bonus holds
	OwnForced = "forced" // 1 = one level only is left
	OwnBars   = "bars"   // 0 = taken although a record bars it
)

// Barred are the records for which a file may not be voted on, none where the secretary took it all the same.
func (f *File) Barred() []Reckoned {
	if _, taken := f.Own[OwnBars]; taken {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Reckoned), func(r Reckoned) bool { return !r.Bars || r.Value == 0 })
}

// several reports whether the files are applications that compete for the dossier; one alone is the dossier itself.
func (r *Rules) several(files []File) bool { return r.Winner != "" && len(files) > 1 }

// reckon lays over files what the records say, and keeps what the secretary decided otherwise. Error:
// council.own_reason where the reason is missing.
func (e *Engine) reckon(ctx context.Context, c *Council, files []File) error {
	if c.Dossier == "" {
		return nil
	}
	d, err := e.dossiers.Get(ctx, c.Dossier)
	if err != nil {
		return err
	}
	for i := range files {
		f := &files[i]
		var party dossier.Party
		if c.Rules.several(files) {
			if party, err = e.party(ctx, c, f); err != nil {
				return err
			}
		}
		found, err := e.dossiers.Reckon(ctx, d, c.Rules.ID, party)
		if err != nil {
			return err
		}
		if err := f.take(&c.Rules, found); err != nil {
			return err
		}
	}
	return nil
}

// party is who applies with a file.
func (e *Engine) party(ctx context.Context, c *Council, f *File) (dossier.Party, error) {
	out := dossier.Party{c.Rules.Winner: f.Label}
	who, err := e.who(ctx, f)
	if err == nil && c.Rules.Leader != "" && len(who) > 0 {
		out[c.Rules.Leader] = who[0].Name
	}
	return out, err
}

// take sets what a file carries into the count: as reckoned, or as the secretary decided.
func (f *File) take(r *Rules, found *dossier.Reckoning) error {
	f.Reckoned = nil
	own := map[string]int64{}
	settle := func(key string, value int64) int64 {
		if mine, ok := f.Own[key]; ok && mine != value {
			own[key] = mine
			return mine
		}
		return value
	}
	condition := func(key string, label Text, holds *bool, typed bool) bool {
		if holds == nil {
			return typed
		}
		value := int64(0)
		if *holds {
			value = 1
		}
		f.Reckoned = append(f.Reckoned, Reckoned{ID: key, Label: label, Value: value})
		return settle(key, value) == 1
	}
	f.Bonus = condition(OwnBonus, r.Ballot.BonusWhen, found.Bonus, f.Bonus)
	f.Forced = condition(OwnForced, r.Ballot.ForcedIf, found.Forced, f.Forced)
	barred := false
	for _, x := range found.Found {
		n := int64(len(x.Dossiers))
		if r.Winner == "" || x.Counts != "" && !r.Ballot.breaks(x.Counts) {
			continue // it is about who may apply, and about whom to prefer
		}
		f.Reckoned = append(f.Reckoned, Reckoned{ID: x.ID, Label: Text(x.Label), Value: n, Bars: x.Bars, Verify: x.Verify, Counts: x.Counts, Dossiers: x.Dossiers})
		barred = barred || x.Bars && n > 0
		if x.Counts != "" {
			if f.Facts == nil {
				f.Facts = map[string]int64{}
			}
			f.Facts[x.Counts] = settle(x.Counts, n)
		}
	}
	if _, taken := f.Own[OwnBars]; taken && barred {
		own[OwnBars] = 0
	}
	f.Own = own
	if f.Reason = strings.TrimSpace(f.Reason); len(own) == 0 {
		f.Own, f.Reason = nil, ""
	} else if f.Reason == "" {
		return fault.New(fault.Invalid, "council.own_reason", "file", f.Label)
	}
	return nil
}

// breaks reports whether a ballot has a tie-break.
func (b *Ballot) breaks(id string) bool {
	return slices.ContainsFunc(b.TieBreaks, func(t TieBreak) bool { return t.ID == id })
}

// sealPeople seals the people that came with a file; of one whose people did not come, those of before stay.
func (e *Engine) sealPeople(ctx context.Context, c *Council, f *File, was *File) error {
	if f.Who == nil {
		if was != nil {
			f.People, f.Persons = was.People, was.Persons
		}
		return nil
	}
	f.People, f.Persons = "", len(f.Who)
	if len(f.Who) == 0 {
		return nil
	}
	for i := range f.Who {
		e.recognise(ctx, &f.Who[i])
	}
	var err error
	f.People, err = e.sealed(ctx, c, f.Who)
	return err
}

// recognise finds somebody who was named by an account in the agency's register.
func (e *Engine) recognise(ctx context.Context, p *Person) {
	if known, err := e.opts.Known(ctx, p.Name); err == nil { // no such account: a name
		p.Name, p.Record = cmp.Or(known.Name, p.Name), known.Person
	}
}

func (e *Engine) sealed(ctx context.Context, c *Council, value any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	return e.opts.Seal(ctx, cmp.Or(c.Dossier, prefix+c.ID), string(text))
}

// opened reads what was sealed; what was erased leaves into as it is.
func (e *Engine) opened(ctx context.Context, token string, into any) error {
	if token == "" {
		return nil
	}
	text, err := e.opts.Open(ctx, token)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// who are the people of a file, none once they were erased.
func (e *Engine) who(ctx context.Context, f *File) (out []Person, err error) {
	return out, e.opened(ctx, f.People, &out)
}
