package indicator

import (
	"encoding/json"

	"trucot/internal/kernel/ledger"
)

// payload is the part of an event's data that indicators read. Fields an event does not have stay empty.
type payload struct {
	Procedure   string             `json:"procedure"`
	Action      string             `json:"action"`
	From        string             `json:"from"`
	To          string             `json:"to"`
	Status      int                `json:"status"`
	PrevStatus  int                `json:"prev_status"`
	Due         string             `json:"due"`
	Late        bool               `json:"late"`
	WorkingDays int                `json:"working_days"`
	Dims        map[string]string  `json:"dims"`
	Amounts     map[string]float64 `json:"amounts"`
}

// fields are read only for rules that ask for Amounts: numbers among an event's changed fields.
type fields struct {
	Fields map[string]any `json:"fields"`
}

// factOf reads an event. Amounts are the event's own "amounts" and the numbers among its "fields"; the
// latter are parsed only when asked for, since they are most of an event's bytes.
func factOf(e *ledger.Event, withFields bool) (Fact, error) {
	var p payload
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return Fact{}, err
	}
	f := Fact{
		Kind: e.Kind, Stream: e.Stream, Unit: e.Unit, Procedure: p.Procedure, Action: p.Action, From: p.From, To: p.To,
		Status: p.Status, PrevStatus: p.PrevStatus, Due: p.Due, Late: p.Late, WorkingDays: p.WorkingDays, Dims: p.Dims, Amounts: p.Amounts,
	}
	if !withFields {
		return f, nil
	}
	var more fields
	if err := json.Unmarshal(e.Data, &more); err != nil {
		return Fact{}, err
	}
	for name, v := range more.Fields {
		if n, ok := v.(float64); ok {
			if f.Amounts == nil {
				f.Amounts = map[string]float64{}
			}
			f.Amounts[name] = n
		}
	}
	return f, nil
}
