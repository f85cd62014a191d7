package dossier

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

var heldCredential = store.Statement(`select ` + credentialColumns + ` from dossier_credential where procedure = $1 and holder = $2 and ended_on is null and (until_on is null or until_on >= $3)
	order by issued_on desc, seq desc limit 1`)

// Held is the latest credential of a procedure that is in force on a day and whose holder is named so: a result the
// agency has (kết quả đã có), which who files again need not bring. nil when there is none. Personal holders are never
// found: their names do not stand in the table.
func (e *Engine) Held(ctx context.Context, procedureID, holder string, on calendar.Date) (*Credential, error) {
	if holder == "" {
		return nil, nil
	}
	found, err := store.All(ctx, e.db, scanCredential, heldCredential, procedureID, holder, int64(on))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
