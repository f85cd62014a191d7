package dossier

import (
	"context"
	"database/sql"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

var (
	askFee = store.Statement(`insert into dossier_fee (dossier, fee, procedure, version, unit, title, amount, requested_on, paid_on, receipt, online)
		values ($1,$2,$3,$4,$5,$6,$7,$8,null,'',0) on conflict (dossier, fee) do update set amount = excluded.amount, requested_on = excluded.requested_on`)
	payFee = store.Statement(`insert into dossier_fee (dossier, fee, procedure, version, unit, title, amount, requested_on, paid_on, receipt, online)
		values ($1,$2,$3,$4,$5,$6,$7,null,$8,$9,$10) on conflict (dossier, fee) do update set amount = excluded.amount, paid_on = excluded.paid_on,
		receipt = excluded.receipt, online = excluded.online`)
	takeFee = store.Statement(`update dossier_fee set unit = $1 where dossier = $2 and paid_on is null`)

	feeSpan    = ` from dossier_fee where` + withinReach + ` and coalesce(paid_on, requested_on) >= $4 and coalesce(paid_on, requested_on) <= $5`
	feeColumns = `select dossier, fee, procedure, version, unit, title, amount, requested_on, paid_on, receipt, online`
	feeRows    = store.Statement(feeColumns + feeSpan + ` order by coalesce(paid_on, requested_on) desc, dossier limit $6 offset $7`)
	feesAfter  = store.Statement(feeColumns + feeSpan + ` and (dossier > $6 or dossier = $6 and fee > $7) order by dossier, fee limit $8`)
	feesOf     = store.Statement(feeColumns + ` from dossier_fee where dossier = $1 order by fee`)
	feeSums    = store.Statement(`select count(*), coalesce(sum(case when paid_on is null then 0 else amount end), 0), coalesce(sum(case when paid_on is null then amount else 0 end), 0),
		coalesce(sum(case when paid_on is null or receipt <> '' then 0 else 1 end), 0)` + feeSpan)
)

// orNone turns an absent date of an event into NoDate.
func orNone(d calendar.Date) calendar.Date {
	if d == 0 {
		return calendar.NoDate
	}
	return d
}

// foldFees keeps what was asked for and paid.
func foldFees(ctx context.Context, tx store.Tx, d *Dossier, x *Data) error {
	for _, f := range x.FeesDue {
		if _, err := tx.Exec(ctx, askFee, d.Code, f.ID, d.Procedure, d.Version, d.Unit, d.Title, f.Amount, int64(f.On)); err != nil {
			return err
		}
	}
	if f := x.Fee; f != nil {
		_, err := tx.Exec(ctx, payFee, d.Code, f.ID, d.Procedure, d.Version, d.Unit, d.Title, f.Amount, int64(f.On), f.Receipt, flag(f.Online))
		return err
	}
	return nil
}

// takeFees hands what is owed to the unit that a dossier came to, which collects it; what was paid stays in the book of the unit that
// took it.
func takeFees(ctx context.Context, tx store.Tx, d *Dossier) error {
	_, err := tx.Exec(ctx, takeFee, d.Unit, d.Code)
	return err
}

// Fee is a fee of a dossier as it stands.
type Fee struct {
	Dossier, ID, Procedure, Version, Unit, Title string
	Amount                                       int64         // đồng
	RequestedOn, PaidOn                          calendar.Date // NoDate = not asked for beforehand; not paid yet
	Receipt                                      string
	Online                                       bool
}

// FeeSums are the totals of a list of fees.
type FeeSums struct {
	Count     int   `json:"count"`
	Paid      int64 `json:"paid"`       // đồng
	Owed      int64 `json:"owed"`       // đồng
	NoReceipt int   `json:"no_receipt"` // paid ones without the number of a receipt
}

// Fees gives one page of what was paid from one day to another, both included, and of what was asked for then and is owed, the
// latest first.
func (e *Engine) Fees(ctx context.Context, r Reach, from, to calendar.Date, limit, offset int) ([]Fee, error) {
	return store.All(ctx, e.db, scanFee, feeRows, append(r.args(), int64(from), int64(to), int64(limit), int64(offset))...)
}

// FeesAfter gives the same by dossier and fee, those behind one of a dossier ("" = from the first).
func (e *Engine) FeesAfter(ctx context.Context, r Reach, from, to calendar.Date, dossier, fee string, limit int) ([]Fee, error) {
	return store.All(ctx, e.db, scanFee, feesAfter, append(r.args(), int64(from), int64(to), dossier, fee, int64(limit))...)
}

// FeesOf gives the fees of one dossier.
func (e *Engine) FeesOf(ctx context.Context, code string) ([]Fee, error) {
	return store.All(ctx, e.db, scanFee, feesOf, code)
}

// SumFees adds up what Fees lists.
func (e *Engine) SumFees(ctx context.Context, r Reach, from, to calendar.Date) (FeeSums, error) {
	var sums FeeSums
	err := e.db.QueryRow(ctx, feeSums, append(r.args(), int64(from), int64(to))...).Scan(&sums.Count, &sums.Paid, &sums.Owed, &sums.NoReceipt)
	return sums, store.Fault(err)
}

func scanFee(rows *sql.Rows) (Fee, error) {
	var f Fee
	var requested, paid sql.NullInt64
	var online int64
	err := rows.Scan(&f.Dossier, &f.ID, &f.Procedure, &f.Version, &f.Unit, &f.Title, &f.Amount, &requested, &paid, &f.Receipt, &online)
	f.RequestedOn, f.PaidOn, f.Online = date(requested), date(paid), online == 1
	return f, err
}
