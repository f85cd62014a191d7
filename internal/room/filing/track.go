package filing

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/vault"
)

// Track (tra cứu) is what the public page says of a dossier to who has proved to know it: no name, no field, no
// officer, no note.
type Track struct {
	Code        string
	Procedure   procedure.Text
	Verified    bool // the definition is settled law
	Status      int  // national
	State       procedure.Text
	SubmittedOn calendar.Date
	ReceivedOn  calendar.Date
	DueOn       calendar.Date // NoDate while none runs
	FinishedOn  calendar.Date
	Late        bool
	Reason      string               // what the agency gave as its reason for asking, refusing or stopping; meant for who filed
	Credential  string               // number of the result
	Papers      []procedure.Document // that a supplement may bring
	History     []Turn
	Steps       []Turning
}

// Turn is one step of the past.
type Turn struct {
	On    calendar.Date
	Label procedure.Text
	State procedure.Text
}

// Turning is a step that who filed may take now.
type Turning struct {
	Action    string
	Label     procedure.Text
	Withdraws bool
	Fields    []*procedure.Field
	Papers    []*procedure.Document
}

// passPerson is the key under which passes are sealed: any node can read them, nobody can make one.
const passPerson = "filing-pass"

// Prove checks a code and a second fact — the last four figures of the telephone or identity number, or the applicant's
// whole name — and returns a pass for the dossier. from is the reader's address. Errors: fault.NotFound
// "filing.no_track", the same for an unknown code and a wrong fact; fault.Unavailable after too many tries.
func (r *Room) Prove(ctx context.Context, code, fact, from string) (pass string, err error) {
	code, now := strings.ToUpper(strings.TrimSpace(code)), r.opts.Clock()
	if !r.limits.Allow("track "+from, guessRate, now) || !r.limits.Allow("code "+code, codeRate, now) {
		return "", fault.New(fault.Unavailable, "filing.too_many_tries")
	}
	rules, err := r.opts.Rules()
	if err != nil {
		return "", err
	}
	facts, err := r.facts(ctx, code)
	if err != nil {
		return "", err
	}
	given := []string{lastFour(digits(fact)), folded(fact)}
	known := 0
	for _, f := range facts {
		for _, g := range given {
			a, b := sha256.Sum256([]byte(f)), sha256.Sum256([]byte(g))
			known |= subtle.ConstantTimeCompare(a[:], b[:]) & min(len(f), 1)
		}
	}
	if known == 0 {
		return "", fault.New(fault.NotFound, "filing.no_track")
	}
	until := now.Add(time.Duration(rules.PassMinutes) * time.Minute).Unix()
	return r.opts.Seal(ctx, passPerson, strconv.FormatInt(until, 10)+" "+code)
}

// facts are what proves that one knows the dossier; none for a code that is not there.
func (r *Room) facts(ctx context.Context, code string) ([]string, error) {
	d, err := r.dossiers.Get(ctx, code)
	if fault.KindOf(err) == fault.NotFound {
		d, err = &dossier.Dossier{}, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := readParty(ctx, r.db, code)
	if p == nil || err != nil {
		p = &party{}
	}
	if err != nil {
		return nil, err
	}
	phone, err := r.open(ctx, p.Phone)
	if err != nil {
		return nil, err
	}
	identity, err := r.open(ctx, p.Identity)
	return []string{lastFour(phone), lastFour(identity), lastFour(p.TaxCode), folded(d.Applicant)}, err
}

// lastFour are the last four figures, "" of fewer.
func lastFour(digits string) string {
	if len(digits) < 4 {
		return ""
	}
	return digits[len(digits)-4:]
}

// folded is a whole name as it is compared; a short one proves nothing.
func folded(name string) string {
	s := strings.Join(strings.Fields(lang.Fold(lang.NFC(name))), " ")
	if len(s) < 6 {
		return ""
	}
	return s
}

// Passed is the code of the dossier that a pass opens. Error: fault.NotFound "filing.pass_over".
func (r *Room) Passed(ctx context.Context, pass string) (string, error) {
	over := fault.New(fault.NotFound, "filing.pass_over")
	if !vault.SealedFor(passPerson, pass) {
		return "", over
	}
	text, err := r.opts.Open(ctx, pass)
	if k := fault.KindOf(err); err != nil && (k == fault.NotFound || k == fault.Invalid) {
		return "", over
	}
	if err != nil {
		return "", err
	}
	until, code, _ := strings.Cut(text, " ")
	if end, err := strconv.ParseInt(until, 10, 64); err != nil || end <= r.opts.Clock().Unix() {
		return "", over
	}
	return code, nil
}

// Track is the dossier as who filed may see it.
func (r *Room) Track(ctx context.Context, code string) (*Track, error) {
	d, err := r.dossiers.Get(ctx, code)
	if err != nil {
		return nil, err
	}
	history, err := r.dossiers.History(ctx, code)
	if err != nil {
		return nil, err
	}
	t := &Track{Code: d.Code, Status: d.Status, SubmittedOn: d.SubmittedOn, ReceivedOn: d.ReceivedOn, DueOn: d.DueOn, FinishedOn: d.FinishedOn,
		Late: d.Overdue(r.today()), Verified: true}
	for _, e := range history {
		turn := Turn{On: e.On, Label: e.Label}
		if e.To.In(lang.VI) != e.From.In(lang.VI) {
			turn.State = e.To
		}
		t.History = append(t.History, turn)
	}
	slices.Reverse(t.History)
	for _, c := range d.Track.Issued {
		t.Credential = c.Number
	}
	p, err := r.dossiers.Procedure(ctx, d)
	if fault.KindOf(err) == fault.NotFound {
		return t, nil // an imported dossier, or one whose definition is gone: what it says of itself is all there is
	}
	if err != nil {
		return nil, err
	}
	t.Procedure, t.Verified, t.Papers = p.Title, p.Verified(), p.Documents
	if s := p.State(d.State); s != nil {
		t.State = s.Label
	}
	t.Reason = reason(p, d, history)
	actions, err := r.dossiers.Actions(ctx, d)
	for _, a := range actions {
		if p.FilerOf(a) != "" {
			t.Steps = append(t.Steps, turning(p, d, a))
		}
	}
	return t, err
}

// reason is the text that the agency's last step had to give (ly_do and the like), while that step still holds.
func reason(p *procedure.Procedure, d *dossier.Dossier, history []dossier.Entry) string {
	switch d.Status {
	case dossier.AwaitSupplement, dossier.Refused, dossier.Stopped:
	default:
		return ""
	}
	last := p.Transition(history[len(history)-1].Action)
	if last == nil {
		return ""
	}
	for _, id := range last.Asks {
		var text string
		if f := p.Field(id); f != nil && f.Type == procedure.TypeText && !f.Personal && json.Unmarshal(d.Fields[id], &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

func turning(p *procedure.Procedure, d *dossier.Dossier, a *procedure.Transition) Turning {
	out := Turning{Action: a.ID, Label: a.Label}
	if to := p.State(a.To); to != nil {
		out.Withdraws = to.Status == dossier.Withdrawn
	}
	for _, id := range append(slices.Clone(a.Asks), a.Requires.Fields...) {
		if f := p.Field(id); f != nil && f.Type != procedure.TypeList && (slices.Contains(a.Asks, id) || d.Fields[id] == nil) {
			out.Fields = append(out.Fields, f)
		}
	}
	for i := range p.Documents {
		doc := &p.Documents[i]
		if slices.Contains(a.Requires.Documents, doc.ID) && !slices.Contains(d.Track.Documents, doc.ID) {
			out.Papers = append(out.Papers, doc)
		}
	}
	return out
}

// Reply is what who filed says with a step.
type Reply struct {
	Action string
	Fields map[string]any
	Papers []string // those that are handed in with it
	Text   string
	Key    string // idempotency key
}

// maxText bounds an answer, in bytes.
const maxText = 4000

// Reply takes a step of who filed: the one supplement, the withdrawal. Its text is sealed: who writes tells of
// themself. Errors: fault.Forbidden for a step that is not theirs; what the definition refuses.
func (r *Room) Reply(ctx context.Context, code string, in Reply) error {
	d, err := r.dossiers.Get(ctx, code)
	if err != nil {
		return err
	}
	p, err := r.dossiers.Procedure(ctx, d)
	if err != nil {
		return err
	}
	a := p.Transition(in.Action)
	if a == nil || p.FilerOf(a) == "" {
		return fault.New(fault.Forbidden, "filing.not_yours")
	}
	if len(in.Text) > maxText {
		return fault.New(fault.TooLarge, "filing.text_long", "limit", maxText)
	}
	text, err := r.seal(ctx, d.Code, lang.NFC(strings.TrimSpace(in.Text)))
	if err != nil {
		return err
	}
	files, err := r.opts.Files.List(ctx, "dossier/"+d.Code)
	if err != nil {
		return err
	}
	for _, f := range files { // what came as a file is handed in with it
		if !f.Withdrawn && p.Document(f.Slot) != nil && !slices.Contains(in.Papers, f.Slot) && !slices.Contains(d.Track.Documents, f.Slot) {
			in.Papers = append(in.Papers, f.Slot)
		}
	}
	moved, err := r.dossiers.Act(ctx, dossier.Act{Code: d.Code, Action: a.ID, On: calendar.NoDate, At: r.opts.Clock(), Role: p.FilerOf(a), Fields: in.Fields,
		Documents: in.Papers, Key: "reply:" + in.Key})
	if err != nil || text == "" {
		return err
	}
	_, err = r.ledger.Append(ctx, ledger.Command{Stream: streamPrefix + d.Code, Expect: ledger.AnyVersion, Unit: moved.Unit, Key: "answered:" + in.Key,
		Events: []ledger.NewEvent{{Kind: kindAnswered, On: moved.LastOn, Data: Answered{Dossier: d.Code, Action: a.ID, Text: text}}}})
	return err
}

// Party is who filed, opened for officers who may see the dossier.
type Party struct {
	Lodged
	Answers []Answer
}

// Answer is what who filed wrote with a step.
type Answer struct{ Action, Text string }

// Party opens what is known of who filed a dossier; nil when nothing is. Telephone and identity number are cut to
// their last four figures, enough to tell two callers apart.
func (r *Room) Party(ctx context.Context, code string) (*Party, error) {
	p, err := readParty(ctx, r.db, code)
	if p == nil || err != nil {
		return nil, err
	}
	out := &Party{Lodged: p.Lodged}
	for _, token := range []*string{&out.Phone, &out.Identity} {
		text, err := r.open(ctx, *token)
		if err != nil {
			return nil, err
		}
		*token = lastFour(text)
	}
	if out.Email, err = r.open(ctx, out.Email); err != nil {
		return nil, err
	}
	if name, host, ok := strings.Cut(out.Email, "@"); ok {
		out.Email = name[:min(1, len(name))] + "…@" + host
	}
	for _, a := range p.answers {
		text, err := r.open(ctx, a.Text)
		if err != nil {
			return nil, err
		}
		out.Answers = append(out.Answers, Answer{a.Action, text})
	}
	return out, nil
}
