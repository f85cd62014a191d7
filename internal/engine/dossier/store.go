package dossier

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// columns of the table dossier, in the order of scan and of args. Dates are days since 1970-01-01, null when
// absent; open is 1 while a result is owed; folded is what a search looks at.
var columns = []string{"code", "procedure", "version", "digest", "state", "status", "open", "unit", "assignee", "channel",
	"title", "applicant", "folded", "submitted_on", "received_on", "due_on", "finished_on", "returned_on", "last_on",
	"late", "supplements", "reappointed", "working_days", "fields", "track", "position", "stream"}

var tables = []ledger.Table{
	{Name: "dossier", DDL: []string{
		`create table dossier (
			code text primary key, procedure text not null, version text not null, digest text not null,
			state text not null, status bigint not null, open bigint not null, unit text not null, assignee text not null,
			channel text not null, title text not null, applicant text not null, folded text not null,
			submitted_on bigint not null, received_on bigint, due_on bigint, finished_on bigint, returned_on bigint,
			last_on bigint not null, late bigint not null, supplements bigint not null, reappointed bigint not null,
			working_days bigint not null, fields text not null, track text not null, position bigint not null, stream bigint not null
		) without rowid`,
		`create index dossier_due on dossier (open, due_on)`,
		`create index dossier_unit on dossier (unit, open, status)`,
		`create index dossier_assignee on dossier (assignee, open)`,
		`create index dossier_submitted on dossier (submitted_on)`,
	}},
	{Name: "dossier_credential", DDL: []string{
		`create table dossier_credential (
			stream text not null, seq bigint not null, number text not null, procedure text not null, dossier text not null,
			holder text not null, unit text not null, issued_on bigint not null, from_on bigint not null, until_on bigint,
			ended_on bigint, end_reason text not null, primary key (stream, seq)
		) without rowid`,
		`create index dossier_credential_number on dossier_credential (procedure, number)`,
		`create index dossier_credential_until on dossier_credential (until_on)`,
	}},
}

// chunk sizes of statements that take many rows: a batch is cut into the largest that fit.
var chunks = []int{32, 8, 1}

var (
	selectRows = map[int]store.SQL{}
	upsertRows = map[int]store.SQL{}
)

func init() {
	for _, n := range chunks {
		selectRows[n] = store.Statement("select " + strings.Join(columns, ", ") + " from dossier where code in (" + marks(1, n) + ")")
		rows := make([]string, n)
		for i := range rows {
			rows[i] = "(" + marks(1+i*len(columns), len(columns)) + ")"
		}
		sets := make([]string, 0, len(columns))
		for _, c := range columns[1:] {
			sets = append(sets, c+" = excluded."+c)
		}
		upsertRows[n] = store.Statement("insert into dossier (" + strings.Join(columns, ", ") + ") values " + strings.Join(rows, ", ") +
			" on conflict (code) do update set " + strings.Join(sets, ", "))
	}
}

// marks is "$from, $from+1, …", n of them.
func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// args appends the values of a row in the order of columns.
func (d *Dossier) args(to []any) ([]any, error) {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return nil, err
	}
	track, err := json.Marshal(&d.Track)
	if err != nil {
		return nil, err
	}
	return append(to, d.Code, d.Procedure, d.Version, d.Digest, d.State, int64(d.Status), flag(d.Open()), d.Unit, d.Assignee, d.Channel,
		d.Title, d.Applicant, lang.Fold(d.Code+" "+d.Title+" "+d.Applicant), int64(d.SubmittedOn), day(d.ReceivedOn), day(d.DueOn),
		day(d.FinishedOn), day(d.ReturnedOn), int64(d.LastOn), flag(d.Late), int64(d.Supplements), flag(d.Reappointed),
		int64(d.WorkingDays), string(fields), string(track), d.Position, d.Stream), nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// day is a date for the database; NoDate is null.
func day(d calendar.Date) any {
	if d == calendar.NoDate {
		return nil
	}
	return int64(d)
}

func scanDossier(rows *sql.Rows) (*Dossier, error) {
	var d Dossier
	var folded, fields, track string
	var submitted, last, open, late, reappointed int64
	var received, due, finished, returned sql.NullInt64
	err := rows.Scan(&d.Code, &d.Procedure, &d.Version, &d.Digest, &d.State, &d.Status, &open, &d.Unit, &d.Assignee, &d.Channel,
		&d.Title, &d.Applicant, &folded, &submitted, &received, &due, &finished, &returned, &last,
		&late, &d.Supplements, &reappointed, &d.WorkingDays, &fields, &track, &d.Position, &d.Stream)
	if err != nil {
		return nil, err
	}
	d.SubmittedOn, d.LastOn = calendar.Date(submitted), calendar.Date(last)
	d.ReceivedOn, d.DueOn, d.FinishedOn, d.ReturnedOn = date(received), date(due), date(finished), date(returned)
	d.Late, d.Reappointed = late == 1, reappointed == 1
	if err := json.Unmarshal([]byte(fields), &d.Fields); err != nil {
		return nil, err
	}
	return &d, json.Unmarshal([]byte(track), &d.Track)
}

func date(n sql.NullInt64) calendar.Date {
	if !n.Valid {
		return calendar.NoDate
	}
	return calendar.Date(n.Int64)
}
