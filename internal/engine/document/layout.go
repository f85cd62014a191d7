// Package document (văn bản) writes official documents: DOCX in the exact layout of the State (Nghị định
// 30/2020/NĐ-CP) and of the Party, with tables that break well and charts as pictures. Its
// sub-packages draw charts, write workbooks and read what others send.
//
// It owns how a document looks, from layouts that are dated data; it does not know what is said in it.
package document

import (
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Layout is one dated set of measures and words, read from definitions/layouts.
type Layout struct {
	ID        string
	Side      string // "state" or "party"
	Title     map[lang.Tag]string
	Effective struct{ From, To calendar.Date }
	Source    string
	Mark      string                                             // "seen" or "recalled"
	Page      struct{ Top, Bottom, Left, Right, Header float64 } // millimetres on A4
	Font      string
	// HeadingRight are the styles of the lines at the right of the head, in order.
	HeadingRight []string `yaml:"heading_right"`
	Words        struct {
		Nation, Motto, Number, Date, Addressed, Recipients, Unit, End string
		Letter                                                        string   // before the subject of a letter
		UnderIssuer                                                   string   `yaml:"under_issuer"`
		UnderSubject                                                  string   `yaml:"under_subject"`
		Basis                                                         string   // before each ground
		BasisEnd                                                      []string `yaml:"basis_end"`
	}
	Styles    map[string]Style
	Paragraph struct {
		Indent, After, Line, Exactly float64 // mm, points, lines, points; Exactly wins over Line
	}
	Numbering struct {
		Headings []string // by level, with {roman}, {arabic} or {letter}
		Letters  []string // the Vietnamese alphabet of points a), b), … đ)
	}
	RecipientsPrefix string `yaml:"recipients_prefix"`
	PadNumbersBelow  int    `yaml:"pad_numbers_below"` // numbers below it take a leading zero
}

// Style is how one component is set.
type Style struct {
	Size                          [2]float64 // points: preferred, smallest that the rules allow
	Bold, Italic, Underline, Caps bool
	Rule                          float64 // length of the rule under it, as a part of the text's length
}

// Layouts are all layouts by side and date.
type Layouts struct{ all []*Layout }

// LayoutAt finds the layout of a side's papers on a date, as Layouts.At does.
type LayoutAt func(side string, on calendar.Date) (*Layout, error)

// LoadLayouts reads definitions/layouts. A broken file is a fault.Invalid "document.bad_layout".
func LoadLayouts(files fs.FS) (*Layouts, error) {
	names, err := fs.Glob(files, "layouts/*.yaml")
	if err != nil {
		return nil, err
	}
	l := &Layouts{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		one := &Layout{}
		one.Effective.From, one.Effective.To = calendar.NoDate, calendar.NoDate
		if err := yaml.UnmarshalWithOptions(raw, one, yaml.Strict()); err != nil {
			return nil, fault.New(fault.Invalid, "document.bad_layout", "reason", yaml.FormatError(err, false, true)).At(fault.Place{File: path.Base(name)}).Because(err)
		}
		for _, need := range styleNames {
			if _, ok := one.Styles[need]; !ok && !(need == "motto" && one.Side == "party") {
				return nil, fault.New(fault.Invalid, "document.missing_style", "style", need).At(fault.Place{File: path.Base(name)})
			}
		}
		l.all = append(l.all, one)
	}
	sort.Slice(l.all, func(i, j int) bool { return l.all[i].Effective.From < l.all[j].Effective.From })
	return l, nil
}

var styleNames = strings.Fields("parent issuer nation motto number date type subject addressed basis body heading1 heading2 heading3 caption table note authority post name recipients_label recipients page_number letter urgency")

// At is the layout of a side in force on a date, or its earliest one for documents before it.
func (l *Layouts) At(side string, d calendar.Date) (*Layout, error) {
	var found *Layout
	for _, one := range l.all {
		if one.Side == side && (found == nil || one.Effective.From <= d) {
			found = one
		}
	}
	if found == nil {
		return nil, fault.New(fault.NotFound, "document.no_layout", "side", side)
	}
	return found, nil
}

// Unended is the layout without the mark that ends a text, for registers and slips that end in a table.
func (l *Layout) Unended() *Layout {
	plain := *l
	plain.Words.End = "."
	return &plain
}

// All lists the layouts by date.
func (l *Layouts) All() []*Layout { return l.all }

// date writes "Quảng Trị, ngày 05 tháng 6 năm 2021".
func (l *Layout) date(place string, d calendar.Date) string {
	return strings.NewReplacer("{place}", place, "{date}", d.Long(lang.VI)).Replace(l.Words.Date)
}

// Heading numbers the n-th heading (from 1) of a level (from 1): "II.", "3.", "đ)".
func (l *Layout) Heading(level, n int) string {
	if level < 1 || level > len(l.Numbering.Headings) || n < 1 {
		return ""
	}
	letter := l.Numbering.Letters[(n-1)%len(l.Numbering.Letters)]
	return strings.NewReplacer("{roman}", roman(n), "{arabic}", itoa(n), "{letter}", letter).Replace(l.Numbering.Headings[level-1])
}

func roman(n int) string {
	var b strings.Builder
	for _, r := range []struct {
		v int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.v; n -= r.v {
			b.WriteString(r.s)
		}
	}
	return b.String()
}

// padded writes "5/BC-SKHCN" as "05/BC-SKHCN" where the rules ask for it.
func (l *Layout) padded(number string) string {
	digits := number[:len(number)-len(strings.TrimLeft(number, "0123456789"))]
	if n, err := strconv.Atoi(digits); err == nil && len(digits) == 1 && n < l.PadNumbersBelow {
		return "0" + number
	}
	return number
}
