package notify

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Matter is what a letter is about.
type Matter string

// The matters; their words are "notify.letter_<matter>" in the catalogue.
const (
	DraftKept        Matter = "draft" // how to take up a draft again
	CitizenReceived  Matter = "received"
	CitizenAsked     Matter = "supplement"
	CitizenCompleted Matter = "finished"
)

// Letter is one e-mail to somebody outside the agency who gave an address. It names a code and nobody.
type Letter struct {
	ID     string `json:"-"`  // the same letter is sent once
	To     string `json:"to"` // sealed, as it stands in the vault's tokens
	Matter Matter `json:"matter"`
	Code   string `json:"code"`             // of the dossier or draft
	Secret string `json:"secret,omitempty"` // sealed; of a draft
}

// freshFor is how old an event may be that somebody outside is still told of: a mail server that is set up late sends no
// letters about last year.
const freshFor = 48 * time.Hour

// letters adds what an event tells somebody outside.
func (e *Engine) letters(ctx context.Context, to []Letter, ev ledger.Event) ([]Letter, error) {
	if e.out.Mail == nil || e.opts.Letter == nil || ev.RecordedAt.Before(e.now().Add(-freshFor)) {
		return to, nil
	}
	l, err := e.opts.Letter(ctx, ev)
	if l != nil {
		to = append(to, *l)
	}
	return to, err
}

// Write has a letter sent. Without a mail server there are no letters.
func (e *Engine) Write(ctx context.Context, l Letter) error {
	if e.out.Mail == nil {
		return nil
	}
	err := e.db.Update(ctx, func(tx store.Tx) error { return e.queue(ctx, tx, l) })
	select {
	case e.wake <- struct{}{}:
	default: // it is awake already
	}
	return err
}

func (e *Engine) queue(ctx context.Context, tx store.Tx, l Letter) error {
	body, err := json.Marshal(l)
	if err == nil {
		_, err = tx.Exec(ctx, addJob, "letter/"+l.ID, kindLetter, kindLetter, string(body), e.now().UnixMicro())
	}
	return err
}

// sendLetter sends a letter. Whose key was erased meanwhile is told nothing.
func (e *Engine) sendLetter(ctx context.Context, j Job) *trouble {
	var l Letter
	if err := json.Unmarshal([]byte(j.body), &l); err != nil {
		return &trouble{"damaged", true}
	}
	open := func(token string) (text string, gone bool, t *trouble) {
		if token == "" {
			return "", false, nil
		}
		text, err := e.opts.Open(ctx, token)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return "", true, nil
		case err != nil:
			return "", false, &trouble{"address", false}
		}
		return text, false, nil
	}
	to, gone, t := open(l.To)
	secret, secretGone, t2 := open(l.Secret)
	switch {
	case t != nil:
		return t
	case t2 != nil:
		return t2
	case gone || secretGone || to == "" || e.out.Mail == nil:
		return nil
	}
	subject, text := e.letterText(l, secret)
	return e.mail(ctx, j, to, subject, text)
}

// letterText is a letter in Vietnamese and, below, in English.
func (e *Engine) letterText(l Letter, secret string) (subject, text string) {
	key := "notify.letter_" + string(l.Matter)
	page := "/tra-cuu"
	if l.Matter == DraftKept {
		page = "/nop-ho-so"
	}
	var subjects, both []string
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		subjects = append(subjects, e.opts.Text(tag, key+"_subject", "code", l.Code))
		both = append(both, e.opts.Text(tag, key, "code", l.Code, "secret", secret, "link", e.out.Base+page)+"\n\n"+e.opts.Text(tag, "notify.letter_foot"))
	}
	return strings.Join(subjects, " / "), strings.Join(both, "\n\n--\n\n") + "\n"
}
