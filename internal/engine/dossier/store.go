package dossier

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// columns of the table dossier, in the order of scan and of args. Dates are days since 1970-01-01, null when
// absent; open is 1 while a result is owed; labels stand in one text; num counts the dossiers in the order of
// their first events and is what the lists' index in memory calls a row.
var columns = []string{"num", "code", "procedure", "version", "state", "status", "open", "unit", "assignee", "channel",
	"title", "applicant", "priority", "labels", "submitted_on", "received_on", "due_on", "finished_on", "returned_on", "late", "position",
	"stream", "detail"}

// constant columns never change after the first event: an update leaves them and their indexes alone.
var constant = []string{"num", "code", "procedure", "channel", "submitted_on"}

var tables = []ledger.Table{
	{Name: "dossier", DDL: []string{
		`create table dossier (
			num bigint not null, code text primary key, procedure text not null, version text not null, state text not null, status bigint not null, open bigint not null, unit text not null, assignee text not null,
			channel text not null, title text not null, applicant text not null, priority bigint not null, labels text not null,
			submitted_on bigint not null, received_on bigint, due_on bigint, finished_on bigint, returned_on bigint,
			late bigint not null, position bigint not null, stream bigint not null, detail text not null
		)`,
		`create unique index dossier_num on dossier (num)`, // lists are filtered and sorted in memory
		`create index dossier_due on dossier (open, due_on)`,
		`create index dossier_submitted on dossier (submitted_on)`,
	}},
	{Name: "dossier_fee", DDL: []string{
		`create table dossier_fee (
			dossier text not null, fee text not null, procedure text not null, version text not null, unit text not null, title text not null,
			amount bigint not null, requested_on bigint, paid_on bigint, receipt text not null, online bigint not null, primary key (dossier, fee)
		) without rowid`,
		`create index dossier_fee_paid on dossier_fee (paid_on)`,
		`create index dossier_fee_requested on dossier_fee (requested_on)`,
	}},
	{Name: "dossier_credential", DDL: []string{
		`create table dossier_credential (
			stream text not null, seq bigint not null, number text not null, procedure text not null, dossier text not null,
			holder text not null, unit text not null, issued_on bigint not null, from_on bigint not null, until_on bigint,
			ended_on bigint, end_reason text not null, title text not null, renew_by bigint,
			replaces text not null, successor text not null, primary key (stream, seq)
		) without rowid`,
		`create index dossier_credential_number on dossier_credential (procedure, number)`,
		`create index dossier_credential_holder on dossier_credential (procedure, holder)`,
		`create index dossier_credential_until on dossier_credential (until_on)`,
	}},
	viewTable,
}

// chunks are the sizes of statements that take many rows: a batch is cut into the largest that fit.
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
		for _, c := range columns {
			if !slices.Contains(constant, c) {
				sets = append(sets, c+" = excluded."+c)
			}
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
	rest, err := detailOf(d)
	if err != nil {
		return nil, err
	}
	return append(to, d.num, d.Code, d.Procedure, d.Version, d.State, int64(d.Status), flag(d.Open()), d.Unit, d.Assignee, d.Channel,
		d.Title, d.Applicant, int64(d.Priority), strings.Join(d.Labels, labelSign), int64(d.SubmittedOn), day(d.ReceivedOn), day(d.DueOn),
		day(d.FinishedOn), day(d.ReturnedOn), flag(d.Late), d.Position, d.Stream, string(rest)), nil
}

// labelSign divides the labels of a row.
const labelSign = ","

// labelList is the labels of a row.
func labelList(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, labelSign)
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
	var rest []byte
	var labels string
	var submitted, open, late int64
	var received, due, finished, returned sql.NullInt64
	err := rows.Scan(&d.num, &d.Code, &d.Procedure, &d.Version, &d.State, &d.Status, &open, &d.Unit, &d.Assignee, &d.Channel,
		&d.Title, &d.Applicant, &d.Priority, &labels, &submitted, &received, &due, &finished, &returned, &late, &d.Position, &d.Stream, &rest)
	if err != nil {
		return nil, err
	}
	d.SubmittedOn, d.Late = calendar.Date(submitted), late == 1
	d.ReceivedOn, d.DueOn, d.FinishedOn, d.ReturnedOn = date(received), date(due), date(finished), date(returned)
	var x detail
	if err := decode(rest, &x); err != nil {
		return nil, err
	}
	d.Digest, d.LastOn, d.Supplements, d.Reappointed, d.WorkingDays = x.Digest, x.LastOn, x.Supplements, x.Reappointed, x.WorkingDays
	d.Fields, d.Track, d.Labels = x.Fields, x.Track, labelList(labels)
	return &d, nil
}

func date(n sql.NullInt64) calendar.Date {
	if !n.Valid {
		return calendar.NoDate
	}
	return calendar.Date(n.Int64)
}
