package people

import (
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The facts of this package. A unit's facts carry its whole shape, so that one alone can be understood.
const (
	kindUnitOpened    = "people.unit_opened"
	kindUnitChanged   = "people.unit_changed"
	kindUnitClosed    = "people.unit_closed"
	kindPostGiven     = "people.post_given"
	kindPostEnded     = "people.post_ended"
	kindAccountOpened = "people.account_opened"
	kindAccountClosed = "people.account_closed"
	kindRoleGranted   = "people.role_granted"
	kindRoleRevoked   = "people.role_revoked"

	kindAccountReset     = "people.account_reset"
	kindTOTPDropped      = "people.totp_dropped"
	kindDelegated        = "people.delegated"
	kindDelegationEnded  = "people.delegation_ended"
	kindRecoveryAsked    = "people.recovery_asked"
	kindRecoveryApproved = "people.recovery_approved"
	kindRecoveryRefused  = "people.recovery_refused"
	kindRecoveryUsed     = "people.recovery_used"
)

func isOurs(kind string) bool { return strings.HasPrefix(kind, "people.") }

// fact is the union of the events' data.
type fact struct {
	Unit
	Person  string `json:"person"`
	UnitRef string `json:"unit"`
	TitleVI string `json:"title_vi"`
	TitleEN string `json:"title_en"`
	Account string `json:"account"`
	Role    Role   `json:"role"`

	ID     string        `json:"id"`
	Reason string        `json:"reason"`
	Giver  string        `json:"giver"`
	Taker  string        `json:"taker"`
	Form   Form          `json:"form"`
	Basis  string        `json:"basis"`
	Until  calendar.Date `json:"until"`
}

// forever ends what has no end yet; it sorts behind every date.
const forever = calendar.Date(1<<31 - 1)

// Fold keeps the tables people_unit, people_post, people_account, people_grant, people_delegation and people_recovery.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "people", Version: 3, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for _, e := range batch {
			if !isOurs(e.Kind) {
				continue
			}
			var f fact
			if err := json.Unmarshal(e.Data, &f); err != nil {
				return err
			}
			if err := apply(ctx, tx, e, f); err != nil {
				return err
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e ledger.Event, f fact) error {
	on := int64(e.EffectiveOn)
	var err error
	switch e.Kind {
	case kindUnitOpened, kindUnitChanged, kindUnitClosed:
		closed := 0
		if e.Kind == kindUnitClosed {
			closed = 1
		}
		_, err = tx.Exec(ctx, upsertUnit, f.Code, on, f.NameVI, f.NameEN, f.Parent, string(f.Side), f.Kind, closed, f.MergedInto, f.Basis)
	case kindPostGiven:
		_, err = tx.Exec(ctx, upsertPost, f.Person, f.UnitRef, on, int64(forever), f.TitleVI, f.TitleEN)
	case kindPostEnded:
		_, err = tx.Exec(ctx, endPost, on, f.Person, f.UnitRef, int64(forever))
	case kindAccountOpened:
		_, err = tx.Exec(ctx, upsertAccount, f.Account, f.Person, 0)
	case kindAccountClosed:
		_, err = tx.Exec(ctx, upsertAccount, f.Account, f.Person, 1)
	case kindRoleGranted:
		_, err = tx.Exec(ctx, upsertGrant, f.Account, string(f.Role), f.UnitRef, on, int64(forever))
	case kindRoleRevoked:
		_, err = tx.Exec(ctx, endGrant, on, f.Account, string(f.Role), f.UnitRef, int64(forever))
	case kindDelegated:
		_, err = tx.Exec(ctx, upsertDelegation, f.ID, f.Giver, f.Taker, string(f.Form), f.UnitRef, f.Basis, on, int64(f.Until))
	case kindDelegationEnded:
		_, err = tx.Exec(ctx, endDelegation, on-1, f.ID)
	case kindRecoveryAsked:
		_, err = tx.Exec(ctx, upsertRecovery, f.ID, f.Account, f.Reason, string(RecoveryAsked), e.Actor, e.RecordedAt.UnixMicro())
	case kindRecoveryApproved:
		_, err = tx.Exec(ctx, decideRecovery, string(RecoveryApproved), e.Actor, f.ID)
	case kindRecoveryRefused:
		_, err = tx.Exec(ctx, decideRecovery, string(RecoveryRefused), e.Actor, f.ID)
	case kindRecoveryUsed:
		_, err = tx.Exec(ctx, useUpRecovery, string(RecoveryUsed), f.ID)
	}
	return err
}
