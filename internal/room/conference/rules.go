package conference

import (
	"io/fs"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// RulesFile is where the agency's habits stand in the definitions.
const RulesFile = "conference/conference.yaml"

// Text is a text in both languages.
type Text map[lang.Tag]string

// In is the text in a language, the Vietnamese one where the other is missing.
func (t Text) In(tag lang.Tag) string {
	if s := t[tag]; s != "" {
		return s
	}
	return t[lang.VI]
}

// Rules are the agency's habits: the occasions with their usual programmes, and the figures that a hall is shown.
type Rules struct {
	Source    string     `def:"source,required"`
	Occasions []Occasion `def:"occasions,required"`
	Figures   struct {
		State []string `def:"state,required"`
		Party []string `def:"party,required"`
	} `def:"figures,required"`
}

// Occasion is a kind of conference.
type Occasion struct {
	ID        string `def:"id,required"`
	Label     Text   `def:"label,required"`
	Joint     bool   `def:"joint"` // held by the Party, it reviews the State's work as well
	Programme []struct {
		Minutes int    `def:"minutes,required"`
		What    string `def:"what,required"`
		Who     string `def:"who"`
	} `def:"programme,required"`
}

func (o *Occasion) items() []Item {
	var out []Item
	for _, p := range o.Programme {
		out = append(out, Item{What: p.What, Who: p.Who, Minutes: p.Minutes})
	}
	return out
}

// Load reads the rules. Faults: those of package defs, conference.bad_rule.
func Load(files fs.FS) (*Rules, error) {
	raw, err := fs.ReadFile(files, RulesFile)
	if err != nil {
		return nil, fault.New(fault.NotFound, "conference.no_rules").Because(err)
	}
	node, err := defs.Parse(RulesFile, raw)
	if err != nil {
		return nil, err
	}
	r := &Rules{}
	faults := defs.Decode(node, r)
	seen := map[string]bool{}
	for _, o := range r.Occasions {
		if seen[o.ID] || o.ID == "" {
			faults = append(faults, fault.New(fault.Invalid, "conference.bad_rule", "id", o.ID).At(fault.Place{File: RulesFile}))
		}
		seen[o.ID] = true
	}
	return r, faults.OrNil()
}

// Occasion is one by its id, nil for none.
func (r *Rules) Occasion(id string) *Occasion {
	for i := range r.Occasions {
		if r.Occasions[i].ID == id {
			return &r.Occasions[i]
		}
	}
	return nil
}
