package party

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Span is a time of force; To nil while in force.
type Span struct {
	From calendar.Date  `def:"from,required"`
	To   *calendar.Date `def:"to"`
}

// Charter is one version of the rules on carrying out the Party's Charter (quy định thi hành Điều lệ Đảng).
type Charter struct {
	Place      fault.Place         `def:"@"`
	ID         string              `def:"id,required"`
	Title      map[lang.Tag]string `def:"title,required"`
	Effective  Span                `def:"effective,required"`
	Source     string              `def:"source,required"`
	Unverified []string            `def:"unverified"` // keys below that the full text has not confirmed
	Levels     int                 `def:"levels,required"`
	Admission  struct {
		AgeMin    int               `def:"age_min,required"` // whole years
		AgeMax    int               `def:"age_max,required"`
		Cell      Share             `def:"cell_votes,required"` // of all official members of the cell
		Committee Share             `def:"committee_votes,required"`
		Ceremony  calendar.Duration `def:"ceremony,required"` // after the decision
		Decide    calendar.Duration `def:"decide,required"`   // the committee above, after the cell's resolution
		// A certificate of the course on the Party holds for so long, and so do the sponsors' letters and the check of the past.
		Certificate calendar.Duration `def:"certificate,required"`
		Papers      calendar.Duration `def:"papers,required"`
		Sponsors    int               `def:"sponsors,required"` // one of them may be the Youth Union or the trade union
		Together    calendar.Duration `def:"together,required"` // a sponsor has worked with the applicant
	} `def:"admission,required"`
	Probation calendar.Duration `def:"probation,required"` // from the ceremony
	Recognise calendar.Duration `def:"recognise,required"` // the cell decides within, after probation
	Transfer  calendar.Duration `def:"transfer,required"`  // handing in papers at the new place
	Badges    struct {
		Grades    []int      `def:"grades,required"` // years of Party age
		Occasions []Occasion `def:"occasions,required"`
		IllEarly  int        `def:"ill_early,required"` // months
		OldFrom   int        `def:"old_from,required"`  // months of Party age from which OldEarly holds
		OldEarly  int        `def:"old_early,required"` // months
	} `def:"badges,required"`
	Discipline struct {
		Expires calendar.Duration `def:"expires,required"`
	} `def:"discipline,required"`
	Congress struct {
		Cell  int `def:"cell,required"` // months from congress to congress
		Base  int `def:"base,required"`
		Slack int `def:"slack,required"` // months earlier or later
	} `def:"congress,required"`
	Rotation struct {
		From int `def:"from,required"` // months in a post
		To   int `def:"to,required"`
	} `def:"rotation,required"`
}

// Assessment is one version of the rules of yearly assessment (đánh giá, xếp loại).
type Assessment struct {
	Place      fault.Place         `def:"@"`
	ID         string              `def:"id,required"`
	Title      map[lang.Tag]string `def:"title,required"`
	Effective  Span                `def:"effective,required"`
	Source     string              `def:"source,required"`
	Unverified []string            `def:"unverified"`
	Points     []int               `def:"points"`    // least points of excellent, good, fair; empty = no scale
	OnTime     int                 `def:"on_time"`   // per cent of tasks in time that excellent asks for
	Exceeding  int                 `def:"exceeding"` // per cent of tasks beyond what was asked
	Cap        Cap                 `def:"cap,required"`
}

// Occasion is a day of the year, "02-03" for 3 February.
type Occasion struct{ Month, Day int }

// UnmarshalText reads "02-03".
func (o *Occasion) UnmarshalText(b []byte) error {
	d, err := calendar.Parse("2000-" + string(b))
	if err != nil {
		return err
	}
	_, m, day := d.YMD()
	*o = Occasion{int(m), day}
	return nil
}

// Share is a fraction of votes, "2/3".
type Share struct{ Num, Den int }

// UnmarshalText reads "2/3".
func (s *Share) UnmarshalText(b []byte) error {
	a, c, ok := strings.Cut(string(b), "/")
	n, err1 := strconv.Atoi(a)
	d, err2 := strconv.Atoi(c)
	if !ok || err1 != nil || err2 != nil || n < 0 || d <= 0 || n > d {
		return fault.New(fault.Invalid, "party.bad_share", "text", string(b))
	}
	*s = Share{n, d}
	return nil
}

// String is "2/3".
func (s Share) String() string { return strconv.Itoa(s.Num) + "/" + strconv.Itoa(s.Den) }

// Reached reports whether votes of all members reach the share.
func (s Share) Reached(votes, members int) bool { return members > 0 && votes*s.Den >= members*s.Num }

// Rules are all versions by date.
type Rules struct {
	Charters      []*Charter
	Assessments   []*Assessment
	Organisations []*Organisation
}

// LoadRules reads definitions/party.
func LoadRules(files fs.FS) (*Rules, error) {
	out := &Rules{}
	err := each(files, "party/rules", func(n *defs.Node) fault.List {
		c := &Charter{}
		out.Charters = append(out.Charters, c)
		return defs.Decode(n, c)
	})
	if err != nil {
		return nil, err
	}
	err = each(files, "party/assessment", func(n *defs.Node) fault.List {
		a := &Assessment{}
		out.Assessments = append(out.Assessments, a)
		return defs.Decode(n, a)
	})
	slices.SortFunc(out.Charters, func(a, b *Charter) int { return int(a.Effective.From - b.Effective.From) })
	slices.SortFunc(out.Assessments, func(a, b *Assessment) int { return int(a.Effective.From - b.Effective.From) })
	if err == nil {
		out.Organisations, err = loadOrganisations(files)
	}
	if err == nil && (len(out.Charters) == 0 || len(out.Assessments) == 0) {
		err = fault.New(fault.Invalid, "party.no_rules")
	}
	return out, err
}

func each(files fs.FS, folder string, read func(*defs.Node) fault.List) error {
	names, err := fs.Glob(files, folder+"/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		node, err := defs.Parse(name, raw)
		if err != nil {
			return err
		}
		if err := read(node).OrNil(); err != nil {
			return err
		}
	}
	return nil
}

// On is the version in force on a day, the earliest one for days before it: history is entered late.
func (r *Rules) On(d calendar.Date) *Charter {
	found := r.Charters[0]
	for _, c := range r.Charters {
		if c.Effective.From <= d {
			found = c
		}
	}
	return found
}

// AssessmentOn is the version of the assessment rules in force on a day.
func (r *Rules) AssessmentOn(d calendar.Date) *Assessment {
	found := r.Assessments[0]
	for _, a := range r.Assessments {
		if a.Effective.From <= d {
			found = a
		}
	}
	return found
}
