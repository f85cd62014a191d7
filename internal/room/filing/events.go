package filing

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The kinds of events; their stream is "filing/" and the dossier's code.
const (
	streamPrefix = "filing/"
	kindLodged   = "filing.lodged"   // somebody filed: who they are and how to reach them
	kindAnswered = "filing.answered" // they answered what the agency asked for
)

// Lodged is what the first event says. Sealed texts are under the dossier's key and open in the vault.
type Lodged struct {
	Dossier  string   `json:"dossier"`
	Channel  string   `json:"channel"`
	TaxCode  string   `json:"tax_code,omitempty"` // of an organisation: no secret
	Identity string   `json:"identity,omitempty"` // sealed; of a person
	Phone    string   `json:"phone,omitempty"`    // sealed
	Email    string   `json:"email,omitempty"`    // sealed
	Held     []InHand `json:"held,omitempty"`     // papers that a result of the agency stands for
	Later    []string `json:"later,omitempty"`    // papers that will be brought or posted
}

// InHand is a paper for which the agency has its own result.
type InHand struct {
	Document  string        `json:"document"`
	Procedure string        `json:"procedure"`
	Number    string        `json:"number"`
	On        calendar.Date `json:"on"`
}

// Answered is what the second event says.
type Answered struct {
	Dossier string   `json:"dossier"`
	Action  string   `json:"action"`
	Text    string   `json:"text,omitempty"` // sealed
	Later   []string `json:"later,omitempty"`
}

var tables = []ledger.Table{{Name: "filing_party", DDL: []string{
	`create table filing_party (dossier text primary key, tax_code text not null, data text not null, answers text not null, position bigint not null) without rowid`,
	`create index filing_party_tax on filing_party (tax_code)`,
}}}

var (
	insertParty = store.Statement(`insert into filing_party (dossier, tax_code, data, answers, position) values ($1, $2, $3, '[]', $4)
		on conflict (dossier) do update set tax_code = excluded.tax_code, data = excluded.data, position = excluded.position`)
	setAnswers   = store.Statement(`update filing_party set answers = $1, position = $2 where dossier = $3`)
	selectParty  = store.Statement(`select data, answers from filing_party where dossier = $1`)
	selectByCode = store.Statement(`select dossier from filing_party where tax_code = $1 order by position desc limit 1`)
)

// Fold keeps the table filing_party.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "filing", Version: 1, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if err := apply(ctx, tx, &batch[i]); err != nil {
				return err
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	code := strings.TrimPrefix(e.Stream, streamPrefix)
	switch e.Kind {
	case kindLodged:
		var x Lodged
		if err := json.Unmarshal(e.Data, &x); err != nil {
			return err
		}
		data, err := json.Marshal(x)
		if err == nil {
			_, err = tx.Exec(ctx, insertParty, code, x.TaxCode, string(data), e.Position)
		}
		return err
	case kindAnswered:
		var x Answered
		if err := json.Unmarshal(e.Data, &x); err != nil {
			return err
		}
		p, err := readParty(ctx, tx, code)
		if err != nil || p == nil {
			return err
		}
		answers, err := json.Marshal(append(p.answers, x))
		if err == nil {
			_, err = tx.Exec(ctx, setAnswers, string(answers), e.Position, code)
		}
		return err
	}
	return nil
}

// lastOf is the last dossier that an organisation filed, nil when there is none.
func (r *Room) lastOf(ctx context.Context, taxCode string) (*dossier.Dossier, error) {
	var code string
	err := r.db.QueryRow(ctx, selectByCode, taxCode).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.dossiers.Get(ctx, code)
}

// party is who filed a dossier, as the table holds it: still sealed.
type party struct {
	Lodged
	answers []Answered
}

// readParty is nil for a dossier of which nothing is known.
func readParty(ctx context.Context, from store.Reader, code string) (*party, error) {
	var data, answers string
	p := &party{}
	err := from.QueryRow(ctx, selectParty, code).Scan(&data, &answers)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p, errors.Join(json.Unmarshal([]byte(data), &p.Lodged), json.Unmarshal([]byte(answers), &p.answers))
}
