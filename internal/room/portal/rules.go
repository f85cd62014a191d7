package portal

import (
	"context"
	"database/sql"
	"io/fs"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Rules are the portal's data: its sections, what the law wants it to hold, and which programs are not readers.
type Rules struct {
	Sections []Section
	Duties   []Duty
	Law      Law
	robots   []string
}

// Section (chuyên mục) is where an article stands.
type Section struct {
	At    fault.Place    `def:"@"`
	ID    string         `def:"id,required"` // also its address
	Title procedure.Text `def:"title,required"`
	Front bool           `def:"front"` // has a place of its own on the front page
}

// Law is the text that the duties come from.
type Law struct {
	Title     procedure.Text      `def:"title,required"`
	Effective procedure.Effective `def:"effective,required"`
	Source    string              `def:"source,required"`
	Status    string              `def:"status,required"`
}

// Verified reports whether the law was read and not only recalled.
func (l Law) Verified() bool { return l.Status == procedure.Published }

// Duty is one thing that the portal must hold: articles of a section, or a page that the program makes by itself.
type Duty struct {
	At      fault.Place    `def:"@"`
	ID      string         `def:"id,required"`
	Title   procedure.Text `def:"title,required"`
	Source  string         `def:"source,required"` // article of the law
	Mark    string         `def:"mark"`            // "recalled" where it was not seen
	Section string         `def:"section"`
	Page    string         `def:"page"`
	Months  int            `def:"months"` // after so many without anything new it is stale; 0 = never
}

// The files of the rules.
const (
	sectionsFile = "portal/sections.yaml"
	dutiesFile   = "portal/nd-42-2022.yaml"
	robotsFile   = "portal/robots.yaml"
)

// LoadRules reads definitions/portal. Faults: those of package defs, portal.bad_duty.
func LoadRules(fsys fs.FS) (*Rules, error) {
	var r Rules
	var sections struct {
		Sections []Section `def:"sections,required"`
	}
	var duties struct {
		Law    Law    `def:"law,required"`
		Duties []Duty `def:"duties,required"`
	}
	var robots struct {
		Source string   `def:"source,required"`
		Words  []string `def:"words,required"`
	}
	for name, out := range map[string]any{sectionsFile: &sections, dutiesFile: &duties, robotsFile: &robots} {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		node, err := defs.Parse(name, raw)
		if err != nil {
			return nil, err
		}
		if err := defs.Decode(node, out).OrNil(); err != nil {
			return nil, err
		}
	}
	r.Sections, r.Duties, r.Law = sections.Sections, duties.Duties, duties.Law
	for _, w := range robots.Words {
		r.robots = append(r.robots, strings.ToLower(w))
	}
	for _, d := range r.Duties {
		if (d.Page == "") == (d.Section == "") || d.Section != "" && r.Section(d.Section) == nil {
			return nil, fault.List{fault.New(fault.Invalid, "portal.bad_duty", "id", d.ID).At(d.At)}
		}
	}
	return &r, nil
}

// Section is a section by its id, nil for none.
func (r *Rules) Section(id string) *Section {
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Sections[i]
}

// Robot reports whether a browser's name is that of a program that reads for no person. Who gives no name is one too.
func (r *Rules) Robot(agent string) bool {
	agent = strings.ToLower(agent)
	return agent == "" || slices.ContainsFunc(r.robots, func(w string) bool { return strings.Contains(agent, w) })
}

// Check is how a duty is met.
type Check struct {
	Duty
	Count  int           // of public articles
	Newest calendar.Date // NoDate without articles
	Found  bool          // there is a page, or an article at all
	Stale  bool          // nothing new for longer than Months
}

// Check looks at every duty.
func (e *Engine) Check(ctx context.Context) ([]Check, error) {
	rules, err := e.Rules()
	if err != nil {
		return nil, err
	}
	type stock struct {
		newest calendar.Date
		n      int
	}
	now := e.now()
	have := map[string]stock{}
	_, err = store.All(ctx, e.db, func(rows *sql.Rows) (bool, error) {
		var section string
		var at int64
		var n int
		err := rows.Scan(&section, &at, &n)
		have[section] = stock{calendar.OfTime(time.UnixMicro(at)), n}
		return true, err
	}, newestOf, now.UnixMicro())
	if err != nil {
		return nil, err
	}
	var out []Check
	for _, d := range rules.Duties {
		c := Check{Duty: d, Newest: calendar.NoDate, Found: d.Page != ""}
		if s, ok := have[d.Section]; ok && d.Section != "" {
			c.Count, c.Newest, c.Found = s.n, s.newest, true
			c.Stale = d.Months > 0 && s.newest < calendar.OfTime(now.AddDate(0, -d.Months, 0))
		}
		out = append(out, c)
	}
	return out, nil
}
