package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// sampleForm is one filled-in form in the program's own compact layout.
type sampleForm struct {
	Place    fault.Place       `def:"@"`
	Form     string            `def:"form,required"`
	Unit     string            `def:"unit,required"`
	UnitName string            `def:"unit_name,required"`
	Period   string            `def:"period,required"`
	Source   string            `def:"source,required"`
	Cells    map[string]string `def:"cells,required"` // row → values of its columns; "." blank, "X" crossed out
}

// ImportSample imports the filled-in forms of a folder below fsys, such as samples/quang-tri-2017, as if
// they had been read from files. Importing again writes nothing.
func (r *Room) ImportSample(ctx context.Context, fsys fs.FS, folder, actor string) ([]Imported, error) {
	names, err := fs.Glob(fsys, folder+"/*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fault.New(fault.NotFound, "report.no_sample", "folder", folder)
	}
	var out []Imported
	for _, name := range names {
		im, err := r.sample(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := r.record(ctx, im, actor); err != nil {
			return nil, err
		}
		im.Discrepancies = CrossFoot(im.Table)
		out = append(out, *im)
	}
	return out, nil
}

func (r *Room) sample(fsys fs.FS, name string) (*Imported, error) {
	var s sampleForm
	if err := decodeFile(fsys, name, &s); err != nil {
		return nil, err
	}
	form, ok := r.Forms.Get(s.Form)
	if !ok {
		return nil, fault.New(fault.Invalid, "report.form_unknown", "file", name, "code", s.Form).At(s.Place)
	}
	if _, err := calendar.ParsePeriod(s.Period); err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	im := &Imported{Form: form, Unit: s.Unit, UnitName: s.UnitName, Period: s.Period, File: path.Base(name), SHA256: hex.EncodeToString(sum[:]),
		Numbers: lang.NumberDecision{Style: lang.NumberEN, Key: "lang.numbers_plain"}, Table: NewTable(form, s.Unit, s.Period)}
	im.Table.File = im.File
	for row, values := range s.Cells {
		words := strings.Fields(values)
		if _, known := form.Row(row); !known || len(words) > len(form.leaves) {
			return nil, fault.New(fault.Invalid, "report.sample_row", "row", row).At(s.Place)
		}
		for i, word := range words {
			if word == "." || word == "X" {
				continue
			}
			v, err := indicator.ParseValue(word)
			if err != nil {
				return nil, fault.New(fault.Invalid, "report.sample_row", "row", row).At(s.Place).Because(err)
			}
			column := form.leaves[i].Code
			im.Table.Set(row, column, Entry{Value: v, Source: im.File + " " + row + "." + column})
		}
	}
	return im, nil
}
