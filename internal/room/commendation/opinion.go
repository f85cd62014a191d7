package commendation

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/pace"
	"trucot/internal/kernel/store"
)

// Opinion is what somebody said about a nomination while the people were asked, or a petition, and what became of it. A clerk
// writes it down without a name; what the public sends itself is sealed under a key of its own.
type Opinion struct {
	Number int           `json:"number"` // of its event in the stream of the nomination's opinions
	Text   string        `json:"text,omitempty"`
	On     calendar.Date `json:"on"`
	Answer string        `json:"answer,omitempty"`

	Code   string `json:"code,omitempty"`   // of one that the public sent: its sender's receipt, and the name of its key
	Sealed string `json:"sealed,omitempty"` // what the public sent
	Erased bool   `json:"erased,omitempty"` // at the sender's wish: nobody can read it any more
}

// Voice is what a member of the public sends.
type Voice struct {
	Name  string `json:"name"`
	Reach string `json:"reach"` // telephone or e-mail
	Text  string `json:"text"`
}

// opinionPrefix begins the stream of a nomination's opinions: not that of its award and year, which the public must not hold up.
const opinionPrefix = "commendation_opinion/"

// The facts of an opinion.
const (
	kindHeard    = kindPrefix + "opinion_recorded"
	kindSent     = kindPrefix + "opinion_sent" // by the public
	kindAnswered = kindPrefix + "opinion_answered"
	kindErased   = kindPrefix + "opinion_erased"
)

// opinionFact is the data of each fact of an opinion.
type opinionFact struct {
	Nomination string            `json:"nomination"`
	Number     int               `json:"number,omitempty"` // of the opinion that is answered or erased
	Text       string            `json:"text,omitempty"`
	Answer     string            `json:"answer,omitempty"`
	Code       string            `json:"code,omitempty"`
	Sealed     string            `json:"sealed,omitempty"`
	Dims       map[string]string `json:"dims"`
}

func applyOpinion(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f opinionFact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	o := Opinion{Number: int(e.Version), Text: f.Text, On: e.EffectiveOn, Code: f.Code, Sealed: f.Sealed}
	if f.Number != 0 {
		found, err := store.All(ctx, tx, scanOpinion, getOpinion, f.Nomination, int64(f.Number))
		if err != nil || len(found) == 0 {
			return err
		}
		o = found[0]
	}
	switch e.Kind {
	case kindAnswered:
		o.Answer = f.Answer
	case kindErased:
		o.Sealed, o.Erased = "", true
	}
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	open := int64(0)
	if o.Answer == "" {
		open = 1
	}
	_, err = tx.Exec(ctx, upsertOpinion, f.Nomination, int64(o.Number), open, string(data))
	return err
}

// Opinions lists one page of what was said about a nomination, in the order in which it came, and how many there are in all and
// without an answer.
func (r *Room) Opinions(ctx context.Context, id string, limit, offset int) (list []Opinion, total, open int, err error) {
	if err := r.db.QueryRow(ctx, countOpinions, id).Scan(&total, &open); err != nil {
		return nil, 0, 0, store.Fault(err)
	}
	list, err = store.All(ctx, r.db, scanOpinion, listOpinions, id, int64(limit), int64(offset))
	return list, total, open, err
}

// Voice opens what the public sent. Error: fault.NotFound "vault.erased" once it was erased.
func (r *Room) Voice(ctx context.Context, o Opinion) (Voice, error) {
	var v Voice
	plain, err := r.opts.Open(ctx, o.Sealed)
	if err == nil {
		err = json.Unmarshal([]byte(plain), &v)
	}
	return v, err
}

// Hear records an opinion or a petition in the clerk's words. Errors: commendation.not_found, commendation.not_now after the
// decision, commendation.need_note.
func (r *Room) Hear(ctx context.Context, actor, id, text string) error {
	n, err := r.heard(ctx, id)
	if err != nil {
		return err
	}
	if text = tidy(text); text == "" {
		return fault.New(fault.Invalid, "commendation.need_note")
	}
	return r.opinion(ctx, actor, n, kindHeard, opinionFact{Text: text})
}

// AnswerOpinion says what became of an opinion. Errors: as Hear, commendation.no_opinion.
func (r *Room) AnswerOpinion(ctx context.Context, actor, id string, number int, text string) error {
	n, err := r.heard(ctx, id)
	if err != nil {
		return err
	}
	if _, err := r.oneOpinion(ctx, id, number); err != nil {
		return err
	}
	if text = tidy(text); text == "" {
		return fault.New(fault.Invalid, "commendation.need_note")
	}
	return r.opinion(ctx, actor, n, kindAnswered, opinionFact{Number: number, Answer: text})
}

// EraseOpinion makes what a member of the public sent unreadable for good, at their wish; the answer stays. Errors:
// commendation.not_found, commendation.no_opinion, commendation.not_sent of a clerk's words, commendation.answer_first.
func (r *Room) EraseOpinion(ctx context.Context, actor, id string, number int) error {
	n, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	o, err := r.oneOpinion(ctx, id, number)
	switch {
	case err != nil:
		return err
	case o.Code == "":
		return fault.New(fault.Conflict, "commendation.not_sent", "n", number)
	case o.Answer == "":
		return fault.New(fault.Conflict, "commendation.answer_first")
	}
	if err := r.opts.Erase(ctx, keyOf(o.Code)); err != nil { // first, so that nothing says it is gone while it is not
		return err
	}
	return r.opinion(ctx, actor, n, kindErased, opinionFact{Number: number})
}

func (r *Room) oneOpinion(ctx context.Context, id string, number int) (Opinion, error) {
	found, err := store.All(ctx, r.db, scanOpinion, getOpinion, id, int64(number))
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "commendation.no_opinion", "n", number)
	}
	if err != nil {
		return Opinion{}, err
	}
	return found[0], nil
}

// heard is a nomination about which something may still be said: it is not decided yet.
func (r *Room) heard(ctx context.Context, id string) (*Nomination, error) {
	n, err := r.Get(ctx, id)
	if err == nil && !n.Open() {
		err = fault.New(fault.Conflict, "commendation.not_now", "id", id)
	}
	return n, err
}

func (r *Room) opinion(ctx context.Context, actor string, n *Nomination, kind string, f opinionFact) error {
	f.Nomination, f.Dims = n.ID, map[string]string{"unit": n.Unit, "award": n.Award}
	_, err := r.l.Append(ctx, ledger.Command{Stream: opinionPrefix + n.ID, Expect: ledger.AnyVersion, Actor: actor, Unit: n.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: r.Today(), Data: f}}})
	return err
}

// Open reports whether something may still be said about a nomination: it is not decided yet.
func (n *Nomination) Open() bool {
	return !slices.Contains([]Stage{Decided, Conferred, Refused, Revoked}, n.Stage)
}

// answered refuses a step while an opinion about one of the nominations has no answer. Error: commendation.opinion_open.
func (r *Room) answered(ctx context.Context, list []*Nomination) error {
	for _, n := range list {
		if _, _, open, err := r.Opinions(ctx, n.ID, 0, 0); err != nil {
			return err
		} else if open > 0 {
			return fault.New(fault.Conflict, "commendation.opinion_open", "id", n.ID, "n", open)
		}
	}
	return nil
}

// Consulted lists one page of the nominations about which the public is asked today, and how many there are in all.
func (r *Room) Consulted(ctx context.Context, limit, offset int) ([]*Nomination, int, error) {
	var total int
	if err := r.db.QueryRow(ctx, countConsulted, State, int64(r.Today())).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	list, err := store.All(ctx, r.db, scanNomination, listConsulted, State, int64(r.Today()), int64(limit), int64(offset))
	return list, total, err
}

// Asked is a nomination about which the public is asked today. Error: fault.NotFound "commendation.not_asked" of any other.
func (r *Room) Asked(ctx context.Context, id string) (*Nomination, error) {
	n, err := r.Get(ctx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && (n.Side != State || n.Stage != Consulted || r.Today() > n.ConsultTo) {
		return nil, fault.New(fault.NotFound, "commendation.not_asked")
	}
	return n, err
}

// What the public may send: so many from one address, and so many waiting about one nomination, so that one sender or machine
// can neither flood the office nor the ledger.
var sendRate = pace.Allowance{Burst: 3, Every: 10 * time.Minute}

const (
	mostWaiting = 200
	maxName     = 100  // characters, as of Reach
	maxVoice    = 2000 // characters
)

// Send takes what a member of the public says about a nomination, from the address, and gives the code of its receipt. Errors:
// commendation.not_asked, commendation.voice_name, commendation.voice_reach, commendation.voice_text, commendation.voice_long,
// commendation.too_many_voices, commendation.voices_full.
func (r *Room) Send(ctx context.Context, id, address string, v Voice) (string, error) {
	n, err := r.Asked(ctx, id)
	if err != nil {
		return "", err
	}
	if err := v.tidy(); err != nil {
		return "", err
	}
	if _, _, open, err := r.Opinions(ctx, id, 0, 0); err != nil {
		return "", err
	} else if open >= mostWaiting {
		return "", fault.New(fault.TooMany, "commendation.voices_full")
	}
	if !r.limits.Allow(address, sendRate, r.opts.Clock()) {
		return "", fault.New(fault.TooMany, "commendation.too_many_voices")
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	code := "YK-" + rand.Text()[:8]
	sealed, err := r.opts.Seal(ctx, keyOf(code), string(plain))
	if err != nil {
		return "", err
	}
	return code, r.opinion(ctx, "", n, kindSent, opinionFact{Code: code, Sealed: sealed})
}

// keyOf names the key of what was sent under a code.
func keyOf(code string) string { return "commendation-opinion/" + code }

// tidy puts in order what was typed and refuses what is missing or too long, all faults at once.
func (v *Voice) tidy() error {
	v.Name, v.Reach, v.Text = lang.NFC(tidy(v.Name)), lang.NFC(tidy(v.Reach)), lang.NFC(strings.TrimSpace(v.Text))
	var faults fault.List
	for _, f := range []struct {
		text, empty string
		most        int
	}{{v.Name, "commendation.voice_name", maxName}, {v.Reach, "commendation.voice_reach", maxName}, {v.Text, "commendation.voice_text", maxVoice}} {
		if f.text == "" || f.empty == "commendation.voice_reach" && !reachable(f.text) {
			faults = append(faults, fault.New(fault.Invalid, f.empty))
		} else if n := utf8.RuneCountInString(f.text); n > f.most {
			faults = append(faults, fault.New(fault.Invalid, "commendation.voice_long", "field", f.empty, "most", f.most, "n", n))
		}
	}
	return faults.OrNil()
}

// reachable reports whether a text may be a telephone number or an e-mail address: nine digits, or an @ inside.
func reachable(s string) bool {
	digits := 0
	for _, c := range s {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	at := strings.Index(s, "@")
	return digits >= 9 || at > 0 && strings.Contains(s[at+1:], ".")
}
