package dossier

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// fill writes what the event says.
func (e *Engine) fill(ctx context.Context, s *step) error {
	to := s.target()
	verb := s.p.Verb(s.t, s.old.State)
	x := &s.data
	x.Procedure, x.Version = s.p.ID, s.p.Version
	if s.old.Stream == 0 || s.p.Digest != s.old.Digest {
		x.Digest = s.p.Digest
	}
	x.Action, x.From, x.To, x.Status, x.PrevStatus = s.t.ID, s.old.State, to.ID, to.Status, s.old.Status
	x.Note, x.Role, x.Assignee, x.Clock, x.Once = s.act.Note, s.act.Role, s.act.Assignee, s.t.Clock, s.t.Once
	x.After, x.Documents, x.PaperDates, x.Outputs = s.after, s.act.Documents, s.act.Dates, s.t.Output
	if s.old.Stream == 0 {
		x.Channel = s.old.Channel
	}
	x.Late = s.late(verb)
	if verb == "finished" {
		x.WorkingDays = e.workingDays(s.old, s.next.Track.Pauses, s.act.On)
	}
	if r := s.next.main(); r != nil && r.Due != calendar.NoDate && (r.Met == calendar.NoDate || !open(to.Status)) {
		x.Due = r.Due
	}
	if verb == "received" {
		x.Received = s.act.On
	} else {
		x.Received = absent(s.old.ReceivedOn)
	}
	x.Title = shown(s.values[s.p.NameField])
	if err := s.fee(); err != nil {
		return err
	}
	if err := e.seal(ctx, s); err != nil {
		return err
	}
	x.Applicant = s.applicant()
	x.Dims = s.dims()
	return nil
}

// late: the work ended after the due date, or a further supplement was asked for than the one that index 766
// leaves out of account.
func (s *step) late(verb string) bool {
	switch verb {
	case "finished", "refused", "withdrawn", "stopped":
		return s.old.DueOn != calendar.NoDate && s.act.On > s.old.DueOn
	case "supplement_requested":
		return s.old.Supplements > 0
	}
	return false
}

// fee computes the fee that the act pays, and those that it asks for.
func (s *step) fee() error {
	if s.t.Fee != "" {
		paid, err := s.amount(s.p.Fee(s.t.Fee))
		if err != nil {
			return err
		}
		paid.Receipt, paid.Online = strings.TrimSpace(s.act.Receipt), s.act.Online
		if len(paid.Receipt) > maxReceipt {
			return fault.New(fault.TooLarge, "dossier.receipt_long", "limit", maxReceipt)
		}
		s.data.Fee = &paid
	}
	if s.target().Status != AwaitFee || s.old.Status == AwaitFee {
		return nil
	}
	for i := range s.p.Fees {
		due, err := s.amount(&s.p.Fees[i])
		if err != nil {
			return err
		}
		s.data.FeesDue = append(s.data.FeesDue, due)
	}
	return nil
}

// maxReceipt bounds the number of a receipt, in bytes.
const maxReceipt = 60

// amount computes a fee from the form.
func (s *step) amount(f *procedure.Fee) (FeePaid, error) {
	amount, err := f.Amount.Number(s.env)
	if err != nil {
		return FeePaid{}, err
	}
	if amount < 0 {
		return FeePaid{}, fault.New(fault.Invalid, "dossier.negative_fee", "label", f.Label)
	}
	return FeePaid{ID: f.ID, Amount: int64(amount + 0.5), On: s.act.On}, nil
}

// seal lays the fields of the act, personal ones sealed, and the measures into the event.
func (e *Engine) seal(ctx context.Context, s *step) error {
	out := make(map[string]any, len(s.given)+len(s.p.Measures))
	for id, v := range s.given {
		f := s.p.Field(id)
		if !f.Personal || v == nil {
			out[id] = v
			continue
		}
		sealed, err := e.sealed(ctx, s.old.Code, f, v)
		if err != nil {
			return err
		}
		out[id] = sealed
	}
	for _, id := range s.p.Measures {
		if v := s.values[id]; v != nil {
			out[id] = v
		}
	}
	if len(out) > 0 {
		s.data.Fields = out
	}
	return nil
}

func (e *Engine) sealed(ctx context.Context, code string, f *procedure.Field, v any) (any, error) {
	if e.opts.Seal == nil {
		return nil, fault.New(fault.Unavailable, "dossier.no_seal", "label", f.Label)
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	text, err := e.opts.Seal(ctx, code, string(plain))
	if err != nil {
		return nil, err
	}
	return map[string]string{"sealed": text}, nil
}

// applicant is who filed, as lists show it. A personal applicant shows nothing: the page opens the field
// for those who may see it.
func (s *step) applicant() string {
	f := s.p.Field(s.p.Applicant)
	if f == nil || f.Personal {
		return ""
	}
	return shown(s.values[f.ID])
}

// dims are the current values of the procedure's dimensions.
func (s *step) dims() map[string]string {
	dims := make(map[string]string, len(s.p.Dimensions))
	for _, id := range s.p.Dimensions {
		if id == "channel" {
			dims[id] = s.old.Channel
		} else if v := shown(s.values[id]); v != "" {
			dims[id] = v
		}
	}
	if len(dims) == 0 {
		return nil
	}
	return dims
}

// shown writes a checked value as text.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case calendar.Date:
		return v.String()
	}
	return ""
}
