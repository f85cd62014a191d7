package people

import (
	"context"
	"database/sql"
	"errors"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Subject is a person at an identity provider, with the account that the provider's claims name.
type Subject struct{ Issuer, ID, Account string }

// LogInBySubject opens a session for who an identity provider vouches for. The first time the subject is bound to the
// account that the claims name; from then on the subject decides, so that a name given to somebody else at the
// provider does not bring them into the old account. Error: people.no_such_subject.
func (p *People) LogInBySubject(ctx context.Context, s Subject, from Visit) (session string, err error) {
	var account string
	err = p.db.QueryRow(ctx, selectSubject, s.Issuer, s.ID).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		account, err = s.Account, p.bind(ctx, s)
	}
	if err != nil {
		return "", err
	}
	if _, err := p.account(ctx, account); err != nil {
		return "", fault.New(fault.Forbidden, "people.no_such_subject")
	}
	return p.openSession(ctx, account, ByOIDC, from)
}

func (p *People) bind(ctx context.Context, s Subject) error {
	if _, err := p.account(ctx, s.Account); err != nil {
		return fault.New(fault.Forbidden, "people.no_such_subject")
	}
	return p.db.Update(ctx, func(tx store.Tx) error {
		var taken int
		if err := tx.QueryRow(ctx, accountSubject, s.Issuer, s.Account).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fault.New(fault.Forbidden, "people.no_such_subject")
		}
		_, err := tx.Exec(ctx, insertSubject, s.Issuer, s.ID, s.Account)
		return err
	})
}

// BeginSubject keeps a log-in at a provider under way for its browser, which gets the token; data comes back from
// TakeSubject, once. Error of TakeSubject: people.log_in_over.
func (p *People) BeginSubject(ctx context.Context, data string) (token string, err error) {
	return p.begin(ctx, pendingOIDC, "", data)
}

// TakeSubject ends what BeginSubject began.
func (p *People) TakeSubject(ctx context.Context, token string) (data string, err error) {
	_, data, err = p.take(ctx, pendingOIDC, token)
	return data, err
}
