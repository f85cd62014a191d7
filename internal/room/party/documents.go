package party

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Documents (thể loại văn bản của Đảng) is one version of which kinds of document the Party has.
type Documents struct {
	Place     fault.Place         `def:"@"`
	ID        string              `def:"id,required"`
	Title     map[lang.Tag]string `def:"title,required"`
	Effective Span                `def:"effective,required"`
	Source    string              `def:"source,required"`
	Status    string              `def:"status"` // "cần xác minh" while the full text has not confirmed it
	Kinds     []DocumentKind      `def:"kinds,required"`
}

// DocumentKind is a kind of document.
type DocumentKind struct {
	Place   fault.Place         `def:"@"`
	Code    string              `def:"code,required"`   // Record.Form
	Symbol  string              `def:"symbol,required"` // in numbers; kinds that share it are numbered together
	Layout  Setting             `def:"layout,required"`
	Central bool                `def:"central"` // only the Centre issues it
	NotBy   []string            `def:"not_by"`  // kinds of organisation that may not issue it
	Title   map[lang.Tag]string `def:"title,required"`
	Mark    string              `def:"mark,required"` // seen, recalled
}

// Setting is how the paper of a kind is set out.
type Setting string

// The settings.
const (
	Named   Setting = "named"   // the kind's name above the subject
	Letter  Setting = "letter"  // no name: the subject stands under the number
	Minutes Setting = "minutes" // signed by who wrote and who presided
)

// UnmarshalText reads a setting. Error: party.bad_setting.
func (s *Setting) UnmarshalText(b []byte) error {
	*s = Setting(b)
	if !slices.Contains([]Setting{Named, Letter, Minutes}, *s) {
		return fault.New(fault.Invalid, "party.bad_setting", "text", string(b))
	}
	return nil
}

// Since is the first day of force.
func (d *Documents) Since() calendar.Date { return d.Effective.From }

// Kind is a kind of document; one that the version does not know is named by its code.
func (d *Documents) Kind(code string) DocumentKind {
	if i := slices.IndexFunc(d.Kinds, func(k DocumentKind) bool { return k.Code == code }); i >= 0 {
		return d.Kinds[i]
	}
	return DocumentKind{Code: code, Symbol: code, Layout: Named, Title: map[lang.Tag]string{lang.VI: code, lang.EN: code}}
}

// open reports whether a kind of organisation here may issue the kind.
func (k DocumentKind) open(body string) bool { return !k.Central && !slices.Contains(k.NotBy, body) }

// series are the codes that are numbered together with one.
func (d *Documents) series(code string) []string {
	symbol, out := d.Kind(code).Symbol, []string{code}
	for _, k := range d.Kinds {
		if k.Symbol == symbol && k.Code != code {
			out = append(out, k.Code)
		}
	}
	return out
}

// Verify reports whether the kind's abbreviation waits for the legal officer.
func (k DocumentKind) Verify() bool { return k.Mark == "recalled" }

// heading is the kind's name as it stands on the paper, "" on a letter.
func (k DocumentKind) heading() string {
	if k.Layout == Letter {
		return ""
	}
	return strings.ToUpper(k.Title[lang.VI])
}

// Form is what an entry of a kind may be: a kind of document, of discipline, of mass organisation.
type Form struct {
	Code  string
	Title map[lang.Tag]string
}

// Forms lists what an entry of a unit may be on a day.
func (r *Room) Forms(ctx context.Context, k Kind, unit string, on calendar.Date) ([]Form, error) {
	var out []Form
	if !k.Numbered {
		for _, form := range forms[k.Name] {
			title := map[lang.Tag]string{}
			for _, tag := range []lang.Tag{lang.VI, lang.EN} {
				title[tag] = r.words.T(tag, "party.form_"+k.Name+"_"+form)
			}
			out = append(out, Form{form, title})
		}
		return out, nil
	}
	rules, err := r.Rules()
	if err != nil || unit == "" {
		return nil, err
	}
	body, err := r.who.Unit(ctx, unit, on)
	for _, kind := range rules.DocumentsOn(on).Kinds {
		if kind.open(body.Kind) {
			out = append(out, Form{kind.Code, kind.Title})
		}
	}
	return out, err
}

// issuable refuses a document of a kind that the rules of its day do not know or do not let its organisation issue. Errors:
// party.bad_form, party.not_issued_here.
func (r *Room) issuable(ctx context.Context, d *Documents, rec *Record) error {
	if !slices.ContainsFunc(d.Kinds, func(k DocumentKind) bool { return k.Code == rec.Form }) {
		return fault.New(fault.Invalid, "party.bad_form", "form", rec.Form)
	}
	body, err := r.who.Unit(ctx, rec.Unit, rec.On)
	if k := d.Kind(rec.Form); err == nil && !k.open(body.Kind) {
		err = fault.New(fault.Invalid, "party.not_issued_here", "form", k.Title[lang.VI], "unit", body.NameVI)
	}
	return err
}

// FormName is what an entry is called by its form, "" where it has none.
func (r *Room) FormName(rec *Record, tag lang.Tag) (string, error) {
	if rec.Form == "" {
		return "", nil
	}
	if _, fixed := forms[rec.Kind]; fixed {
		return r.words.T(tag, "party.form_"+rec.Kind+"_"+rec.Form), nil
	}
	rules, err := r.Rules()
	if err != nil {
		return "", err
	}
	return rules.DocumentsOn(rec.On).Kind(rec.Form).Title[tag], nil
}
