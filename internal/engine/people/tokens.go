package people

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
)

// Token is an API token as its account sees it; the token itself is not kept.
type Token struct {
	ID, Label string
	Scopes    []web.Permission // none = all of the account's rights
	Expires   time.Time
}

// NewToken makes an API token of an account, limited to scopes (none = all of the account's rights) and
// to a life. The token is shown once; id names it for RevokeToken.
func (p *People) NewToken(ctx context.Context, account, label string, scopes []web.Permission, life time.Duration) (id, token string, err error) {
	if _, err := p.account(ctx, account); err != nil {
		return "", "", err
	}
	words := make([]string, len(scopes))
	for i, s := range scopes {
		if !Known(s) {
			return "", "", fault.New(fault.Invalid, "people.unknown_scope", "scope", string(s))
		}
		words[i] = string(s)
	}
	token = "tc_" + newToken()
	id = hashToken(token)[:12]
	return id, token, p.run(ctx, insertToken, hashToken(token), id, account, label, strings.Join(words, " "), p.opts.Clock().Add(life).UnixMicro())
}

// Tokens lists an account's API tokens, ended ones included.
func (p *People) Tokens(ctx context.Context, account string) ([]Token, error) {
	return store.All(ctx, p.db, func(rows *sql.Rows) (Token, error) {
		var t Token
		var scopes string
		var expires int64
		err := rows.Scan(&t.ID, &t.Label, &scopes, &expires)
		for _, s := range strings.Fields(scopes) {
			t.Scopes = append(t.Scopes, web.Permission(s))
		}
		t.Expires = time.UnixMicro(expires)
		return t, err
	}, listTokens, account)
}

// RevokeToken ends an API token of an account.
func (p *People) RevokeToken(ctx context.Context, account, id string) error {
	p.seen.clear()
	return p.run(ctx, deleteToken, id, account)
}
