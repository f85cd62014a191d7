package people

import (
	"context"

	"trucot/internal/kernel/web"
)

// Reader is what an account may do today, to ask it of somebody who is not the reader; nil for an unknown or
// closed account.
func (p *People) Reader(ctx context.Context, account string) (web.Identity, error) {
	i, err := p.identify(ctx, account)
	if err != nil || i == nil {
		return nil, err
	}
	return i, nil
}
