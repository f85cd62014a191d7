package dossier

import (
	"context"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// The views of a list of credentials.
const (
	Valid       = "valid"    // stands today
	Upcoming    = "upcoming" // its first day lies ahead
	Expiring    = "expiring" // stands without a successor, and ends or must be renewed within ExpiringDays
	RenewalLate = "late"     // stands without a successor, but the last day to file a renewal has passed
	Expired     = "expired"  // came to its end
	Ended       = "ended"    // ended before its time
)

// ExpiringDays is how many calendar days ahead a list warns of an end or of the last day to renew.
const ExpiringDays = 90

// $4 view, $5 today, $6 last day of the warning, $7 procedure or "", $8 words or ""
const credentialsWhere = ` where` + withinReach + ` and ($7 = '' or procedure = $7) and ($8 = '' or number like $8 or holder like $8)
	and ($4 = '' or $4 = 'valid' and ended_on is null and from_on <= $5 and coalesce(until_on, $5) >= $5
	or $4 = 'upcoming' and ended_on is null and from_on > $5
	or $4 = 'expiring' and ended_on is null and successor = '' and from_on <= $5 and until_on >= $5 and coalesce(renew_by, $5) >= $5 and (until_on <= $6 or renew_by <= $6)
	or $4 = 'late' and ended_on is null and successor = '' and from_on <= $5 and until_on >= $5 and renew_by < $5
	or $4 = 'expired' and ended_on is null and until_on < $5 or $4 = 'ended' and ended_on is not null)`

// credentialsNow are the credentials as they stand.
const credentialsNow = ` from dossier_credential`

// credentialsThen are those that had been issued by the end of a day ($5), without what ended or replaced one later: an end bears the day
// of its event, a replacement came with its successor.
const credentialsThen = ` from (select c.stream, c.seq, c.number, c.procedure, c.dossier, c.holder, c.unit, c.issued_on, c.from_on, c.until_on, c.title, c.renew_by, c.replaces,
	case when n.issued_on > $5 or c.successor = '' and c.ended_on > $5 then null else c.ended_on end as ended_on,
	case when n.issued_on > $5 or c.successor = '' and c.ended_on > $5 then '' else c.end_reason end as end_reason,
	case when n.issued_on > $5 then '' else c.successor end as successor
	from dossier_credential c left join dossier_credential n on n.procedure = c.procedure and n.number = c.successor and c.successor <> ''
	where c.issued_on <= $5) then_`

// credentialStatements are the lists of credentials of now and of a day.
type credentialStatements struct{ rows, after, count store.SQL }

func credentialsFrom(from string) credentialStatements {
	return credentialStatements{
		rows: store.Statement(`select ` + credentialColumns + from + credentialsWhere + ` order by coalesce(until_on, 2147483647), stream, seq limit $9 offset $10`),
		after: store.Statement(`select ` + credentialColumns + from + credentialsWhere +
			` and (procedure > $9 or procedure = $9 and number > $10) order by procedure, number limit $11`),
		count: store.Statement(`select count(*)` + from + credentialsWhere),
	}
}

var (
	nowCredentials  = credentialsFrom(credentialsNow)
	thenCredentials = credentialsFrom(credentialsThen)
	credentialThen  = store.Statement(`select ` + credentialColumns + strings.ReplaceAll(credentialsThen, "$5", "$3") + ` where procedure = $1 and number = $2`)
)

// CredentialFilter says which credentials a list shows.
type CredentialFilter struct {
	Reach
	View          string // "" = all
	Procedure     string
	Text          string        // part of a number or of a holder's name
	Day           calendar.Date // as of its end; 0 = as they stand
	Limit, Offset int
}

// Credentials gives one page of credentials, those that end first at the top, and how many there are.
func (e *Engine) Credentials(ctx context.Context, f CredentialFilter) ([]Credential, int, error) {
	args, of := e.credentialArgs(f)
	var n int
	if err := e.db.QueryRow(ctx, of.count, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	rows, err := store.All(ctx, e.db, scanCredential, of.rows, append(args, int64(f.Limit), int64(f.Offset))...)
	return rows, n, err
}

// CredentialsAfter gives those behind one by its procedure and number, in that order, at most f.Limit, for whoever reads them
// all page by page.
func (e *Engine) CredentialsAfter(ctx context.Context, f CredentialFilter, procedure, number string) ([]Credential, error) {
	args, of := e.credentialArgs(f)
	return store.All(ctx, e.db, scanCredential, of.after, append(args, procedure, number, int64(f.Limit))...)
}

// CredentialAsOf is Credential as of the end of a day. Error: fault.NotFound where it had not been issued by then.
func (e *Engine) CredentialAsOf(ctx context.Context, procedureID, number string, day calendar.Date) (*Credential, error) {
	return oneCredential(number)(store.All(ctx, e.db, scanCredential, credentialThen, procedureID, number, int64(day)))
}

func (e *Engine) credentialArgs(f CredentialFilter) ([]any, credentialStatements) {
	text := ""
	if words := strings.Fields(f.Text); len(words) > 0 {
		text = "%" + strings.Join(words, "%") + "%"
	}
	today, of := e.today(), nowCredentials
	if f.Day != 0 {
		today, of = f.Day, thenCredentials
	}
	return append(f.args(), f.View, int64(today), int64(today+ExpiringDays), f.Procedure, text), of
}

// View is the narrowest view that a credential stands in on a day.
func (c *Credential) View(today calendar.Date) string {
	switch {
	case c.EndedOn != calendar.NoDate:
		return Ended
	case c.From > today:
		return Upcoming
	case c.Until == calendar.NoDate:
		return Valid
	case c.Until < today:
		return Expired
	case c.Successor != "":
		return Valid
	case c.RenewBy != calendar.NoDate && c.RenewBy < today:
		return RenewalLate
	case c.Until <= today+ExpiringDays || c.RenewBy != calendar.NoDate && c.RenewBy <= today+ExpiringDays:
		return Expiring
	}
	return Valid
}
