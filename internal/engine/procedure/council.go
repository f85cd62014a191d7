package procedure

import (
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
)

// Council (hội đồng) is the law's rule for one council: who sits, when it may decide, how it votes.
type Council struct {
	At              fault.Place `def:"@"`
	ID              string      `def:"id,required"`
	Label           Text        `def:"label,required"`
	Size            Range       `def:"size,required"`
	Roles           []Role      `def:"roles,required"`
	Quorum          Quorum      `def:"quorum,required"`
	Conflicts       []Conflict  `def:"conflicts"`
	DocumentsBefore Duration    `def:"documents_before"` // papers reach the members this long before
	Tally           int         `def:"tally"`            // members of the vote-counting team
	Ballot          Ballot      `def:"ballot,required"`
	Result          *Result     `def:"result"` // what the dossier takes over from the count
	Optional        bool        `def:"optional"`
	Basis           string      `def:"basis,required"`
	Mark            string      `def:"mark"`
}

// What of a count a dossier may take over.
const (
	ResultMean  = "mean"  // mean score, out of 100, without the bonus
	ResultShare = "share" // percent of the votes in favour
	ResultLevel = "level" // id of the level, which is an option of the field
)

// Result is the fields of the dossier that a council's count fills.
type Result struct {
	At     fault.Place `def:"@"`
	Field  string      `def:"field,required"`
	Of     string      `def:"of,required"`
	Winner string      `def:"winner"` // organisation field that the first of several files names
	Lead   string      `def:"lead"`   // person field that the first of the people of that file names
}

// Range is a smallest and a largest number, both allowed.
type Range struct {
	Min int `def:"min,required"`
	Max int `def:"max,required"`
}

// Role is a seat in a council.
type Role struct {
	At    fault.Place `def:"@"`
	ID    string      `def:"id,required"`
	Label Text        `def:"label,required"`
	Min   int         `def:"min"`
	Max   int         `def:"max"` // 0 = no limit
}

// Quorum is the fraction of members and the roles that must be present. Each entry of Roles is one
// requirement; "chu_tich|pho_chu_tich" is met by either, "phan_bien*2" by two of them.
type Quorum struct {
	Fraction Fraction `def:"fraction,required"`
	Roles    []string `def:"roles"`
}

// Conflict is a reason why a person may not sit, or may not sit in the roles named.
type Conflict struct {
	At    fault.Place `def:"@"`
	ID    string      `def:"id,required"`
	Label Text        `def:"label,required"`
	Roles []string    `def:"roles"`         // barred only from these; empty = from the council
	Same  []string    `def:"organisations"` // fields that name the organisations whose staff it bars
	Who   []string    `def:"people"`        // person fields that name those whom it bars
}

// The kinds of ballot.
const (
	BallotScore    = "score"    // weighted marks, averaged
	BallotRating   = "rating"   // one of several levels
	BallotCriteria = "criteria" // pass or fail on each criterion; a ballot is for only if all pass
	BallotYesNo    = "yes_no"
)

// Ballot is how a council votes.
type Ballot struct {
	At        fault.Place `def:"@"`
	Kind      string      `def:"kind,required"`
	Secret    bool        `def:"secret"`
	Base      string      `def:"base,required"` // what fractions are of: "present" or "total" members
	Criteria  []Criterion `def:"criteria"`
	Variants  []Variant   `def:"variants"` // other weights by kind of mission, in the order of Criteria
	Threshold *Threshold  `def:"threshold"`
	PassScore float64     `def:"pass_score"` // of a score ballot, out of 100
	Outlier   float64     `def:"outlier_percent"`
	Bonus     *Bonus      `def:"bonus"`
	ZeroVeto  *Fraction   `def:"zero_veto"` // a criterion scored 0 by more than this share fails the file
	TieBreaks []TieBreak  `def:"tie_breaks"`
	Undecided *Undecided  `def:"undecided"` // who decides where the tie-breaks do not
	Levels    []Level     `def:"levels"`
	Forced    *Forced     `def:"forced"`
}

// Who decides a tie that the tie-breaks leave open.
const (
	TieChair = "chair" // of the council
	TieHead  = "head"  // of the agency, by a decision
)

// Undecided says who decides between files that no tie-break parts.
type Undecided struct {
	At    fault.Place `def:"@"`
	By    string      `def:"by,required"`
	Label Text        `def:"label,required"`
	Mark  string      `def:"mark"`
}

// Criterion is one line of a score sheet.
type Criterion struct {
	At     fault.Place `def:"@"`
	ID     string      `def:"id,required"`
	Label  Text        `def:"label,required"`
	Weight float64     `def:"weight"`
}

// Variant is another set of weights, or another sheet altogether.
type Variant struct {
	At       fault.Place `def:"@"`
	ID       string      `def:"id,required"`
	Label    Text        `def:"label,required"`
	Weights  []float64   `def:"weights"`
	Criteria []Criterion `def:"criteria"`
	Mark     string      `def:"mark"`
}

// TieBreak orders files of equal score, in the order of the list: by the mean of the criterion of the same id, or by a
// number of each file that records count or the secretary enters.
type TieBreak struct {
	At    fault.Place `def:"@"`
	ID    string      `def:"id,required"`
	Label Text        `def:"label,required"`
	Lower bool        `def:"lower"` // the lower number wins
}

// Forced is a condition, told in words, that leaves the members one level only. Where the rule is given the dossier tells
// whether it holds.
type Forced struct {
	At    fault.Place `def:"@"`
	Level string      `def:"level,required"`
	When  Text        `def:"when,required"`
	Rule  Rule        `def:"rule"`
}

// Threshold is the share of votes needed: at least it, or more than it.
type Threshold struct {
	Fraction Fraction `def:"fraction,required"`
	Strict   bool     `def:"strict"` // more than, not at least
}

// Bonus adds a share of the own average under a condition told in words. Where Same is given the bonus is due to the file
// whose organisation that field of the dossier names.
type Bonus struct {
	Percent  float64 `def:"percent,required"`
	MinScore float64 `def:"min_score"`
	When     Text    `def:"when,required"`
	Same     string  `def:"same"`
}

// Level is one outcome of a rating ballot; the first whose shares hold is the result.
type Level struct {
	At      fault.Place `def:"@"`
	ID      string      `def:"id,required"`
	Label   Text        `def:"label,required"`
	AtLeast *Fraction   `def:"at_least"`  // share of votes for this level
	More    *Fraction   `def:"more_than"` // or: more than this share
	NoneOf  []string    `def:"none_of"`   // and no vote for these
	Default bool        `def:"default"`   // when no other level holds
}

// Fraction is an exact share such as 2/3.
type Fraction struct{ Num, Den int }

// UnmarshalText reads "2/3" or "80%".
func (f *Fraction) UnmarshalText(b []byte) error {
	s := string(b)
	num, den, slash := strings.Cut(s, "/")
	if pct, ok := strings.CutSuffix(s, "%"); ok && !slash {
		num, den = pct, "100"
	}
	n, err1 := strconv.Atoi(strings.TrimSpace(num))
	d, err2 := strconv.Atoi(strings.TrimSpace(den))
	if err1 != nil || err2 != nil || d <= 0 || n < 0 || n > d {
		return fault.New(fault.Invalid, "procedure.bad_fraction", "text", s)
	}
	f.Num, f.Den = n, d
	return nil
}

// String is "2/3".
func (f Fraction) String() string { return strconv.Itoa(f.Num) + "/" + strconv.Itoa(f.Den) }

// Credential (giấy phép, giấy chứng nhận) is the right that a dossier ends in: how it is numbered, what it
// covers, how long it lasts and what ends it.
type Credential struct {
	At       fault.Place `def:"@"`
	Label    Text        `def:"label,required"`
	IssuedBy []string    `def:"issued_by,required"` // actions that issue it
	When     Rule        `def:"when"`               // only when this holds, e.g. the result is a consent
	Number   string      `def:"number,required"`    // "{seq:4}/{year}/GP-SKHCN"
	Scope    []string    `def:"scope"`              // fields whose rows are its scope lines
	Validity Duration    `def:"validity"`           // empty = without end
	Cases    []Case      `def:"cases"`
	From     string      `def:"from"`     // date field where validity begins; empty = date of issue
	Until    string      `def:"until"`    // date field with the last day, where no case holds and it is filled
	Replaces []Replaces  `def:"replaces"` // the first whose condition holds
	Renewal  []Renewal   `def:"renewal"`  // the first whose condition holds
	EndsOn   []Named     `def:"ends_on"`  // events that end it early
	Basis    string      `def:"basis,required"`
	Mark     string      `def:"mark"`
}

// Replaces says which credential in hand a new one takes the place of, or stands beside.
type Replaces struct {
	At    fault.Place `def:"@"`
	When  Rule        `def:"when"`
	Field string      `def:"field,required"` // text field with the number of the one in hand
	End   string      `def:"end"`            // date field with its last day, which counts where the register does not have it
	Keeps bool        `def:"keeps"`          // the new one ends when that one would have
	Adds  bool        `def:"adds"`           // both stand: the new one has a number and a term of its own
	Mark  string      `def:"mark"`
}

// Renewal is when a renewal must be filed, and what a late one becomes.
type Renewal struct {
	At         fault.Place `def:"@"`
	When       Rule        `def:"when"`
	FileBefore Duration    `def:"file_before,required"`
	Continues  bool        `def:"continues"` // the new term begins at the old expiry
	Late       Text        `def:"late"`      // what happens to a late one
}
