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
	// So many votes on recognition may fall short; then the committee above decides. Between two votes the cell waits.
	RecogniseVotes int               `def:"recognise_votes,required"`
	RecogniseAgain calendar.Duration `def:"recognise_again,required"` // 0d = at once
	Transfer       calendar.Duration `def:"transfer,required"`        // handing in papers at the new place
	Badges         struct {
		Grades    []int      `def:"grades,required"` // years of Party age
		Occasions []Occasion `def:"occasions,required"`
		IllEarly  int        `def:"ill_early,required"` // months
		OldFrom   int        `def:"old_from,required"`  // months of Party age from which OldEarly holds
		OldEarly  int        `def:"old_early,required"` // months
	} `def:"badges,required"`
	BadgeMoney []BadgeMoney `def:"badge_money"`
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

// BadgeMoney is what is given with a badge, in tenths of the base salary.
type BadgeMoney struct {
	Grade  int   `def:"grade,required"` // years
	Tenths int64 `def:"tenths,required"`
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
	Revoke     Revocable           `def:"revoke,required"`
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
	Honours       []*Honours
	Documents     []*Documents
}

// LoadRules reads definitions/party.
func LoadRules(files fs.FS) (*Rules, error) {
	out := &Rules{}
	var err error
	if out.Charters, err = Versions[Charter](files, "party/rules"); err != nil {
		return nil, err
	}
	if out.Assessments, err = Versions[Assessment](files, "party/assessment"); err != nil {
		return nil, err
	}
	if out.Organisations, err = Versions[Organisation](files, "party/organisation"); err != nil {
		return nil, err
	}
	if out.Honours, err = Versions[Honours](files, "party/awards"); err != nil {
		return nil, err
	}
	out.Documents, err = Versions[Documents](files, "party/documents")
	return out, err
}

// Dated is a version of rules that holds from a day on.
type Dated[T any] interface {
	*T
	Since() calendar.Date
}

// Versions reads each file of a folder of definitions as one version, the earliest first. Error: party.no_rules where there
// are none.
func Versions[T any, P Dated[T]](files fs.FS, folder string) ([]P, error) {
	names, err := fs.Glob(files, folder+"/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []P
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		node, err := defs.Parse(name, raw)
		if err != nil {
			return nil, err
		}
		v := P(new(T))
		if err := defs.Decode(node, v).OrNil(); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "party.no_rules", "folder", folder)
	}
	slices.SortFunc(out, func(a, b P) int { return int(a.Since() - b.Since()) })
	return out, nil
}

// InForce is the version in force on a day, the earliest one for days before it: history is entered late.
func InForce[T any, P Dated[T]](versions []P, on calendar.Date) P {
	found := versions[0]
	for _, v := range versions {
		if v.Since() <= on {
			found = v
		}
	}
	return found
}

// Since is the first day of force.
func (c *Charter) Since() calendar.Date { return c.Effective.From }

// Since is the first day of force.
func (a *Assessment) Since() calendar.Date { return a.Effective.From }

// Since is the first day of force.
func (o *Organisation) Since() calendar.Date { return o.Effective.From }

// On is the version of the rules on the Charter in force on a day.
func (r *Rules) On(d calendar.Date) *Charter { return InForce(r.Charters, d) }

// AssessmentOn is the version of the assessment rules in force on a day.
func (r *Rules) AssessmentOn(d calendar.Date) *Assessment { return InForce(r.Assessments, d) }

// DocumentsOn is the version of the kinds of document in force on a day.
func (r *Rules) DocumentsOn(d calendar.Date) *Documents { return InForce(r.Documents, d) }

// OrganisationOn is the version of the organisation in force on a day.
func (r *Rules) OrganisationOn(d calendar.Date) *Organisation { return InForce(r.Organisations, d) }
