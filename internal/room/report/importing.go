package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Source is one file to import.
type Source struct {
	Name string // file name, kept with every cell; the folder is left out
	Data []byte
}

// ImportOptions say what the file itself may not.
type ImportOptions struct {
	Unit   string // unit code; empty = the reporting unit named in the file
	Period string // "2017" or "2017-S"; empty = the year in the file's heading
	Form   string // form code such as "04CS", where the file does not say
	Actor  string
}

// Imported says what became of one form of a file.
type Imported struct {
	Form          *Form
	Table         *Table
	Unit          string
	UnitName      string // as written in the file; empty when given by option
	Period        string
	PeriodGuessed string // the list of years the period was taken from, when the heading names no year
	Numbers       lang.NumberDecision
	File          string
	SHA256        string
	Recorded      int // cells recorded now: new, corrected or cleared
	Unchanged     int // cells that the ledger already held
	Blank         bool
	Notes         fault.List    // what could not be placed or read; the rest was imported
	Discrepancies []Discrepancy // sums that do not hold
}

// Import reads one file, recognises its forms, records every cell as an event "figure.recorded" in one
// command a form, and checks the sums. Recording the same file again writes nothing; a changed cell is
// recorded as a correction. Errors: fault.Invalid for a file without a form, an unknown unit or period, a
// period that has not ended.
func (r *Room) Import(ctx context.Context, src Source, o ImportOptions) ([]Imported, error) {
	name := filepath.Base(src.Name)
	b, err := readBook(ctx, name, src.Data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(src.Data)
	readings, err := r.read(b, name, o)
	if err != nil {
		return nil, err
	}
	out, err := r.identify(readings, o)
	if err != nil {
		return nil, err
	}
	r.fillAll(readings, out)
	for i := range out {
		out[i].SHA256 = hex.EncodeToString(sum[:])
		if out[i].Blank {
			continue
		}
		out[i].Discrepancies = CrossFoot(out[i].Table)
		if err := r.record(ctx, &out[i], o.Actor); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// read recognises every form of the file.
func (r *Room) read(b *book, name string, o ImportOptions) ([]*reading, error) {
	var out []*reading
	for _, s := range segments(b) {
		if s.codeRow < 0 && !s.marked() {
			continue // a sheet of something else; a file of nothing else is refused below
		}
		form, err := r.formOf(s, name, o)
		if err != nil {
			return nil, err
		}
		if s.codeRow < 0 && !form.Inline {
			return nil, fault.New(fault.Invalid, "report.no_code_row", "file", name, "form", form.Number)
		}
		out = append(out, &reading{form: form, seg: s, file: name, warnings: b.notes})
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "report.form_not_recognised", "file", name)
	}
	return out, nil
}

func (r *Room) formOf(s *segment, name string, o ImportOptions) (*Form, error) {
	if o.Form == "" {
		return r.Forms.recognise(s, name)
	}
	for _, f := range r.Forms.list {
		if strings.EqualFold(f.Code, o.Form) || strings.EqualFold(f.ID, o.Form) {
			return f, nil
		}
	}
	return nil, fault.New(fault.Invalid, "report.form_unknown", "file", name, "code", o.Form)
}

// identify settles unit and period of every form that has a value. A blank form needs neither.
func (r *Room) identify(readings []*reading, o ImportOptions) ([]Imported, error) {
	var out []Imported
	for _, rd := range readings {
		im := Imported{Form: rd.form, File: rd.file, Unit: o.Unit}
		if im.Unit == "" {
			im.UnitName = rd.seg.reporter()
			im.Unit = r.unitCode(im.UnitName)
		}
		year, guessed := rd.seg.year()
		im.PeriodGuessed = guessed
		im.Period = o.Period
		if im.Period == "" && year > 0 {
			im.Period = fmt.Sprintf("%04d-%s", year, rd.form.Period)
		} else {
			im.PeriodGuessed = ""
		}
		if len(im.Period) == 4 {
			im.Period += "-" + rd.form.Period
		}
		im.Blank = len(rd.rawCells()) == 0
		rd.notes = nil
		if im.Blank {
			out = append(out, im)
			continue
		}
		place := fault.Place{File: rd.file}
		if im.Unit == "" {
			return nil, fault.New(fault.Invalid, "report.unit_missing", "form", rd.form.Number).At(place)
		}
		if im.Period == "" {
			return nil, fault.New(fault.Invalid, "report.period_missing", "form", rd.form.Number).At(place)
		}
		end, err := r.periodEnd(im.Period)
		if err != nil {
			return nil, err
		}
		if today := calendar.OfTime(r.now()); end > today {
			return nil, fault.New(fault.Invalid, "report.period_open", "form", rd.form.Number, "period", im.Period, "end", end.String()).At(place)
		}
		out = append(out, im)
	}
	return out, nil
}

// fillAll decides the number style of the file as a whole and fills the tables. Where no number settles
// the style, the reading with fewer discrepancies holds, the Vietnamese one on a tie.
func (r *Room) fillAll(readings []*reading, out []Imported) {
	cells := make([][]rawCell, len(readings))
	var samples []string
	for i, rd := range readings {
		cells[i] = rd.rawCells()
		for _, c := range cells[i] {
			if !c.number {
				samples = append(samples, c.text)
			}
		}
	}
	decision := lang.DecideNumberStyle(samples)
	tables, notes, wrong := fillStyle(readings, cells, decision.Style)
	if decision.Key == "lang.numbers_guessed" {
		if t, n, w := fillStyle(readings, cells, lang.NumberEN); w < wrong {
			tables, notes = t, n
			decision.Style, decision.Key = lang.NumberEN, "report.numbers_by_sums"
		}
	}
	for i := range out {
		out[i].Numbers = decision
		out[i].Table = tables[i]
		out[i].Table.Unit, out[i].Table.Period = out[i].Unit, out[i].Period
		out[i].Notes = slices.Concat(readings[i].warnings, readings[i].notes, notes[i])
	}
}

func fillStyle(readings []*reading, cells [][]rawCell, style lang.NumberStyle) (tables []*Table, notes []fault.List, wrong int) {
	for i, rd := range readings {
		t, n := rd.fill(cells[i], style)
		tables, notes = append(tables, t), append(notes, n)
		wrong += len(CrossFoot(t)) + len(n)
		t.each(func(_ cellAt, e Entry) {
			if e.Value%indicator.One != 0 {
				wrong++ // 2,500 instruments are more likely than two and a half
			}
		})
	}
	return tables, notes, wrong
}

// unitCode is the code under which a unit named in a file is kept: the known unit of that name, else the
// name's letters joined by hyphens.
func (r *Room) unitCode(name string) string {
	if name == "" {
		return ""
	}
	if r.opts.UnitByName != nil {
		if code, ok := r.opts.UnitByName(name); ok {
			return code
		}
	}
	words := strings.FieldsFunc(lang.Fold(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	return strings.Join(words, "-")
}

// Head is the last ledger position that a report may be asked for.
func (r *Room) Head() int64 { return r.ledger.Head() }

func (r *Room) now() time.Time { return r.opts.Clock() }
