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
const credentialsWhere = ` from dossier_credential where` + withinReach + ` and ($7 = '' or procedure = $7) and ($8 = '' or number like $8 or holder like $8)
	and ($4 = '' or $4 = 'valid' and ended_on is null and from_on <= $5 and coalesce(until_on, $5) >= $5
	or $4 = 'upcoming' and ended_on is null and from_on > $5
	or $4 = 'expiring' and ended_on is null and successor = '' and from_on <= $5 and until_on >= $5 and coalesce(renew_by, $5) >= $5 and (until_on <= $6 or renew_by <= $6)
	or $4 = 'late' and ended_on is null and successor = '' and from_on <= $5 and until_on >= $5 and renew_by < $5
	or $4 = 'expired' and ended_on is null and until_on < $5 or $4 = 'ended' and ended_on is not null)`

var (
	credentialRows = store.Statement(`select ` + credentialColumns + credentialsWhere +
		` order by coalesce(until_on, 2147483647), stream, seq limit $9 offset $10`)
	credentialsAfter = store.Statement(`select ` + credentialColumns + credentialsWhere +
		` and (procedure > $9 or procedure = $9 and number > $10) order by procedure, number limit $11`)
	countCredentials = store.Statement(`select count(*)` + credentialsWhere)
)

// CredentialFilter says which credentials a list shows.
type CredentialFilter struct {
	Reach
	View          string // "" = all
	Procedure     string
	Text          string // part of a number or of a holder's name
	Limit, Offset int
}

// Credentials gives one page of credentials, those that end first at the top, and how many there are.
func (e *Engine) Credentials(ctx context.Context, f CredentialFilter) ([]Credential, int, error) {
	args := e.credentialArgs(f)
	var n int
	if err := e.db.QueryRow(ctx, countCredentials, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	rows, err := store.All(ctx, e.db, scanCredential, credentialRows, append(args, int64(f.Limit), int64(f.Offset))...)
	return rows, n, err
}

// CredentialsAfter gives those behind one by its procedure and number, in that order, at most f.Limit, for whoever reads them
// all page by page.
func (e *Engine) CredentialsAfter(ctx context.Context, f CredentialFilter, procedure, number string) ([]Credential, error) {
	return store.All(ctx, e.db, scanCredential, credentialsAfter, append(e.credentialArgs(f), procedure, number, int64(f.Limit))...)
}

func (e *Engine) credentialArgs(f CredentialFilter) []any {
	text := ""
	if words := strings.Fields(f.Text); len(words) > 0 {
		text = "%" + strings.Join(words, "%") + "%"
	}
	today := e.today()
	return append(f.args(), f.View, int64(today), int64(today+ExpiringDays), f.Procedure, text)
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
