package commendation

import (
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Streams: one a subject, one a movement, and one a year's award with all its nominations, so that two decisions that
// together exceed a cap cannot both be recorded.
const (
	subjectPrefix  = "commendation_subject/"
	movementPrefix = "commendation_movement/"
	roundPrefix    = "commendation/"
)

// The facts of a subject and of a movement.
const (
	kindPrefix     = "commendation."
	kindAssessed   = kindPrefix + "assessed"
	kindHeld       = kindPrefix + "award_entered" // of before the system, or by another body
	kindRevoked    = kindPrefix + "award_revoked" // of those
	kindMerit      = kindPrefix + "merit_recorded"
	kindCaseOpened = kindPrefix + "case_opened"
	kindCaseClosed = kindPrefix + "case_closed"
	kindMovement   = kindPrefix + "movement_opened"
	kindRegistered = kindPrefix + "registered"
)

// subjectFact is the data of a fact about a subject.
type subjectFact struct {
	Subject  string        `json:"subject"`
	Year     int           `json:"year,omitempty"`
	Class    Class         `json:"class,omitempty"`
	Held     *Held         `json:"held,omitempty"`
	Merit    *Merit        `json:"merit,omitempty"`
	Case     *Case         `json:"case,omitempty"`
	Register *Registration `json:"registration,omitempty"`

	Dims map[string]string `json:"dims,omitempty"`
}

// nominationFact is the data of each step of a nomination: the whole of it afterwards, which a reader of the ledger
// understands without the steps before.
type nominationFact struct {
	Nomination Nomination        `json:"nomination"`
	Note       string            `json:"note,omitempty"`
	Dims       map[string]string `json:"dims"`
}

// Fold keeps the tables of the room.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "commendation", Version: 3, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			e := &batch[i]
			var err error
			switch {
			case strings.HasPrefix(e.Stream, subjectPrefix):
				err = applySubject(ctx, tx, e)
			case strings.HasPrefix(e.Stream, movementPrefix):
				err = applyMovement(ctx, tx, e)
			case strings.HasPrefix(e.Stream, roundPrefix):
				err = applyNomination(ctx, tx, e)
			case strings.HasPrefix(e.Stream, opinionPrefix):
				err = applyOpinion(ctx, tx, e)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func applySubject(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f subjectFact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	return change(ctx, tx, f.Subject, func(r *Record) {
		r.Version = e.Version
		switch e.Kind {
		case kindAssessed:
			r.Classes[f.Year] = f.Class
		case kindHeld:
			r.Held = append(r.Held, *f.Held)
		case kindRevoked:
			r.revoked(*f.Held.Revoked, func(h *Held) bool { return h.Nomination == "" && h.same(f.Held) })
		case kindMerit:
			r.Merits = append(r.Merits, *f.Merit)
		case kindCaseOpened:
			r.Cases = append(r.Cases, *f.Case)
		case kindCaseClosed:
			for i := range r.Cases {
				if k := &r.Cases[i]; k.Kind == f.Case.Kind && k.From == f.Case.From {
					k.To = f.Case.To
				}
			}
		case kindRegistered:
			r.Registered = append(r.Registered, *f.Register)
		}
	})
}

func applyMovement(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var m Movement
	if err := json.Unmarshal(e.Data, &m); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, insertMovement, m.ID, m.Side, int64(m.Year), string(e.Data))
	return err
}

// applyNomination keeps the nomination, and what a decision or its revocation means for the subject's record.
func applyNomination(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f nominationFact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	n := &f.Nomination
	if err := saveNomination(ctx, tx, n, e); err != nil {
		return err
	}
	switch e.Kind {
	case kindPrefix + string(Decide):
		return change(ctx, tx, n.Subject, func(r *Record) {
			r.Held = append(r.Held, Held{Award: n.Award, Year: n.Year, Occasion: n.Occasion, Decision: n.Decision, On: n.DecidedOn, Nomination: n.ID})
		})
	case kindPrefix + string(Revoke):
		by := Revocation{Decision: n.Decision, On: n.LastOn, Reason: n.Reason}
		if n.Revoked != nil {
			by = *n.Revoked
		}
		return change(ctx, tx, n.Subject, func(r *Record) {
			r.revoked(by, func(h *Held) bool { return h.Nomination == n.ID })
		})
	}
	return nil
}

// on is the day of a fact: the given one, today where none was given.
func on(given, today calendar.Date) calendar.Date {
	if given == 0 || given == calendar.NoDate {
		return today
	}
	return given
}
