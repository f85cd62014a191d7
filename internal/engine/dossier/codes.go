package dossier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// lastCode finds the highest code of an agency and day; longer sequences come after shorter ones.
var lastCode = store.Statement(`select code from dossier where code >= $1 and code < $2 order by length(code) desc, code desc limit 1`)

// codes hands out dossier codes, <agency>-<YYMMDD>-<sequence of the day>. The sequence is only a proposal: the
// stream of the code must be new, so two nodes that propose the same number find out and one tries again.
type codes struct {
	mu   sync.Mutex
	last map[calendar.Date]int
}

// maxDays bounds the days remembered.
const maxDays = 400

func (c *codes) next(ctx context.Context, e *Engine, on calendar.Date) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	prefix := codePrefix(e.opts.AgencyCode, on)
	n, known := c.last[on]
	if !known {
		if c.last == nil || len(c.last) > maxDays {
			c.last = map[calendar.Date]int{}
		}
		var code string
		err := e.db.QueryRow(ctx, lastCode, prefix, prefix+":").Scan(&code)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", err
		}
		n, _ = strconv.Atoi(strings.TrimPrefix(code, prefix))
	}
	c.last[on] = n + 1
	return fmt.Sprintf("%s%04d", prefix, n+1), nil
}

// forget reads the day's last code again at the next filing.
func (c *codes) forget(on calendar.Date) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.last, on)
}

func codePrefix(agency string, on calendar.Date) string {
	return agency + "-" + on.Time().Format("060102") + "-"
}
