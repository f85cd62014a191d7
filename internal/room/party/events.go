package party

import (
	"context"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The streams of this room. Facts of the Party that others entered in bulk, under streams of their own, count in
// figures and are in no list.
const (
	memberStream = "party-member/"
	recordStream = "party-record/"
	bodyStream   = "party-body/"      // committees of an organisation
	fileStream   = "party-applicant/" // admission files
)

// note is what an event adds to the member.
type note struct {
	Cell      Votes     `json:"cell_votes,omitzero"`
	Committee Votes     `json:"committee_votes,omitzero"`
	Sponsors  []Sponsor `json:"sponsors,omitempty"`
	Grade     int       `json:"grade,omitempty"`
	To        string    `json:"to,omitempty"`
	Reason    string    `json:"reason,omitempty"` // sealed
}

// memberFact is the data of a member's event: the whole member after it, so that one event alone can be understood.
type memberFact struct {
	Member
	note
	Dims map[string]string `json:"dims"`
}

func memberCommand(m Member, expect int64, actor, verb string, on calendar.Date, n note) ledger.Command {
	dims := map[string]string{}
	if m.Sex != "" {
		dims["sex"] = m.Sex
	}
	if verb == "member_admitted" {
		dims["youth"] = map[bool]string{true: "yes", false: "no"}[m.Youth]
	}
	return ledger.Command{Stream: memberStream + m.ID, Expect: expect, Actor: actor, Unit: m.Unit,
		Events: []ledger.NewEvent{{Kind: "party." + verb, On: on, Data: memberFact{m, n, dims}}}}
}

// recordFact is the data of an entry's event; dims and amounts are for indicators.
type recordFact struct {
	Record
	Dims    map[string]string `json:"dims"`
	Amounts map[string]int    `json:"amounts,omitempty"`
}

func recordCommand(k Kind, rec Record, expect int64, actor string) ledger.Command {
	kind := map[Stage]string{Planned: "party.planned", Dropped: "party.dropped", Done: k.Done, Ended: "party." + k.Name + "_ended"}[rec.Stage]
	f := recordFact{Record: rec, Dims: map[string]string{"kind": k.Name}, Amounts: map[string]int{}}
	if rec.Object != "" {
		f.Dims["object"] = rec.Object
	}
	if rec.Form != "" {
		f.Dims["form"] = rec.Form
	}
	if rec.Stage == Done && k.Count && rec.Count > 0 {
		f.Amounts["count"] = rec.Count
	}
	if rec.Stage == Done && rec.Attended > 0 {
		f.Amounts["attendance"] = rec.Attended
	}
	return ledger.Command{Stream: recordStream + rec.ID, Expect: expect, Actor: actor, Unit: rec.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: rec.On, Data: f}}}
}

func givenOut(rec Record, actor string, on calendar.Date) ledger.Command {
	return ledger.Command{Stream: recordStream + rec.ID, Expect: rec.Version, Actor: actor, Unit: rec.Unit,
		Events: []ledger.NewEvent{{Kind: "party.tasks_given", On: on, Data: recordFact{Record: rec, Dims: map[string]string{}}}}}
}

// Fold keeps the tables party_member, party_stay, party_record, party_committee and party_applicant.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "party", Version: 2, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			var err error
			switch e := &batch[i]; {
			case strings.HasPrefix(e.Stream, memberStream):
				err = applyMember(ctx, tx, e)
			case strings.HasPrefix(e.Stream, recordStream):
				err = applyRecord(ctx, tx, e)
			case strings.HasPrefix(e.Stream, bodyStream):
				err = applyCommittee(ctx, tx, e)
			case strings.HasPrefix(e.Stream, fileStream):
				err = applyApplicant(ctx, tx, e)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func applyMember(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	m := Member{Official: calendar.NoDate}
	data, err := folded(e, &m)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, upsertMember, m.ID, m.Unit, string(m.State), int64(m.Decided), data, e.Version, e.Position); err != nil {
		return err
	}
	return applyStay(ctx, tx, &m, e)
}

func applyRecord(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	rec := Record{Until: calendar.NoDate}
	data, err := folded(e, &rec)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertRecord, rec.ID, rec.Kind, rec.Unit, string(rec.Stage), rec.Form, int64(rec.On), Until(rec.Until), rec.Number, data, e.Version, e.Position)
	return err
}
