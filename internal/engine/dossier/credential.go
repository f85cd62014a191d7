package dossier

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	fastjson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// kindIssued is the event of a credential (giấy phép, giấy chứng nhận). Its stream holds the credentials of one
// procedure and year, so that its versions are their numbers: no number is given twice or left out.
const kindIssued = "credential.issued"

// IssuedData is what the event of a credential says.
type IssuedData struct {
	Number    string            `json:"number"`
	Procedure string            `json:"procedure"`
	Version   string            `json:"version"`
	Dossier   string            `json:"dossier"`
	Holder    string            `json:"holder"`
	Title     string            `json:"title"`
	From      calendar.Date     `json:"from"`
	Until     calendar.Date     `json:"until"`             // empty = without end
	RenewBy   calendar.Date     `json:"renew_by,omitzero"` // last day on which a renewal may be filed; absent = the law names none
	Scope     map[string]any    `json:"scope,omitempty"`
	Dims      map[string]string `json:"dims,omitempty"`
	Replaces  string            `json:"replaces,omitempty"` // number of the one whose place it takes
}

var lastCredential = store.Statement(`select coalesce(max(seq), 0) from dossier_credential where stream = $1`)

// numbers remembers the last number of each stream of credentials. Like a dossier code it is only a proposal: the
// stream must still have that version.
type numbers struct {
	mu sync.Mutex
	of map[string]int64
}

func (n *numbers) last(stream string) (int64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last, known := n.of[stream]
	return last, known
}

// note takes the outcome of an attempt to issue: after a failure the table is asked again.
func (n *numbers) note(issued []ledger.Command, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[string]int64{}
	}
	for _, c := range issued {
		if c.Events[0].Kind != kindIssued {
			continue
		}
		if delete(n.of, c.Stream); ok {
			n.of[c.Stream] = c.Expect + 1
		}
	}
}

// issue adds the credential that the step issues, if it does, as a second command of the same write.
func (e *Engine) issue(ctx context.Context, s *step, cmds *[]ledger.Command) error {
	c := s.p.Credential
	if c == nil || !slices.Contains(c.IssuedBy, s.t.ID) {
		return nil
	}
	if ok, err := c.When.Holds(s.env); err != nil || !ok {
		return err
	}
	year, month, _ := s.act.On.YMD()
	stream := fmt.Sprintf("credential/%s/%d", s.p.ID, year)
	last, known := e.issued.last(stream)
	if !known {
		if err := e.db.QueryRow(ctx, lastCredential, stream).Scan(&last); err != nil {
			return err
		}
	}
	old, err := e.predecessor(ctx, s)
	if err != nil {
		return err
	}
	from, until, err := e.validity(s, c, old)
	if err != nil {
		return err
	}
	number := credentialNumber(c.Number, last+1, year, int(month), e.opts.AgencyCode)
	s.data.Issued = &Issued{Number: number, From: from, Until: until}
	renewBy, err := e.renewBy(s, c, until)
	if err != nil {
		return err
	}
	scope := map[string]any{}
	for _, id := range c.Scope {
		if v := s.values[id]; v != nil && !s.p.Field(id).Personal {
			scope[id] = v
		}
	}
	replaces := ""
	if old != nil {
		replaces = old.number
	}
	*cmds = append(*cmds, ledger.Command{Stream: stream, Expect: last, Actor: s.act.Actor, Unit: (*cmds)[0].Unit,
		Events: []ledger.NewEvent{{Kind: kindIssued, On: s.act.On, Data: IssuedData{Number: number, Procedure: s.p.ID, Version: s.p.Version,
			Dossier: s.old.Code, Holder: s.data.Applicant, Title: s.data.Title, From: from, Until: until, RenewBy: renewBy, Scope: scope, Dims: s.data.Dims, Replaces: replaces}}}})
	if cmd, ok := old.command(s, number, from); ok {
		*cmds = append(*cmds, cmd)
	}
	return nil
}

// validity is the first and the last day of the credential: those of a term of its own, or as the one it replaces says.
func (e *Engine) validity(s *step, c *procedure.Credential, old *replacing) (from, until calendar.Date, err error) {
	from, until = s.act.On, calendar.NoDate
	if day, ok := s.values[c.From].(calendar.Date); ok {
		from = day
	} else if old != nil && old.until != calendar.NoDate && !old.rule.Keeps {
		renewal, err := s.renewal(c)
		if err != nil {
			return from, until, err
		}
		if renewal != nil && renewal.Continues {
			from = old.until + 1
		}
	}
	if old != nil && old.rule.Keeps {
		return from, old.until, nil
	}
	length, set := c.Validity, false
	for i := range c.Cases {
		if set, err = c.Cases[i].When.Holds(s.env); err != nil {
			return from, until, err
		}
		if set {
			length = c.Cases[i].Duration
			break
		}
	}
	if day, ok := s.values[c.Until].(calendar.Date); ok && !set {
		return from, day, nil
	}
	switch {
	case length.Zero():
	case length.Unit == calendar.Month:
		until = from.AddMonths(length.N) - 1
	case length.Unit == calendar.CalendarDay:
		until = from + calendar.Date(length.N) - 1
	default:
		until, err = e.cal.Due(calendar.Count{From: from, Ahead: true, Duration: length.Duration})
	}
	return from, until, err
}

// renewBy is the last day on which a renewal may be filed, zero where the law names none.
func (e *Engine) renewBy(s *step, c *procedure.Credential, until calendar.Date) (calendar.Date, error) {
	if until == calendar.NoDate {
		return 0, nil
	}
	renewal, err := s.renewal(c)
	if renewal == nil || err != nil {
		return 0, err
	}
	return before(e.cal, until, renewal.FileBefore.Duration), nil
}

// renewal is how the credential is renewed, nil where it is not.
func (s *step) renewal(c *procedure.Credential) (*procedure.Renewal, error) {
	for i := range c.Renewal {
		if ok, err := c.Renewal[i].When.Holds(s.env); err != nil || ok {
			return &c.Renewal[i], err
		}
	}
	return nil, nil
}

var numberPart = regexp.MustCompile(`\{(seq|year|month|agency)(?::(\d))?\}`)

func credentialNumber(pattern string, seq int64, year, month int, agency string) string {
	return numberPart.ReplaceAllStringFunc(pattern, func(part string) string {
		m := numberPart.FindStringSubmatch(part)
		width, _ := strconv.Atoi(m[2])
		switch m[1] {
		case "seq":
			return fmt.Sprintf("%0*d", width, seq)
		case "year":
			return strconv.Itoa(year)
		case "month":
			return fmt.Sprintf("%02d", month)
		}
		return agency
	})
}

// Credential is one credential as it stands.
type Credential struct {
	Number    string
	Procedure string
	Dossier   string
	Holder    string
	Unit      string
	IssuedOn  calendar.Date
	From      calendar.Date
	Until     calendar.Date // NoDate = without end
	EndedOn   calendar.Date // NoDate while it stands
	EndReason string        // id of ends_on, or EndReplaced
	Title     string
	RenewBy   calendar.Date // last day to file a renewal; NoDate = the law names none
	Replaces  string        // number of the one whose place it took, "" for none
	Successor string        // number of the one that took its place, "" for none
}

// kindEnded is the event that ends a credential early.
const kindEnded = "credential.ended"

// EndedData is what that event says.
type EndedData struct {
	Procedure string `json:"procedure"`
	Number    string `json:"number"`
	Reason    string `json:"reason"` // id in the definition's ends_on
	Note      string `json:"note,omitempty"`
}

// credentialColumns are what scanCredential reads.
const credentialColumns = `number, procedure, dossier, holder, unit, issued_on, from_on, until_on, ended_on, end_reason, title, renew_by, replaces, successor`

var credentialByNumber = store.Statement(`select ` + credentialColumns + ` from dossier_credential where procedure = $1 and number = $2`)

// Credential finds a credential by procedure and number. Error: fault.NotFound.
func (e *Engine) Credential(ctx context.Context, procedureID, number string) (*Credential, error) {
	return oneCredential(number)(store.All(ctx, e.db, scanCredential, credentialByNumber, procedureID, number))
}

func oneCredential(number string) func([]Credential, error) (*Credential, error) {
	return func(found []Credential, err error) (*Credential, error) {
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fault.New(fault.NotFound, "dossier.no_credential", "number", number)
		}
		return &found[0], nil
	}
}

func scanCredential(rows *sql.Rows) (Credential, error) {
	var c Credential
	var issued, from int64
	var until, ended, renew sql.NullInt64
	err := rows.Scan(&c.Number, &c.Procedure, &c.Dossier, &c.Holder, &c.Unit, &issued, &from, &until, &ended, &c.EndReason, &c.Title, &renew, &c.Replaces, &c.Successor)
	c.IssuedOn, c.From, c.Until, c.EndedOn = calendar.Date(issued), calendar.Date(from), date(until), date(ended)
	c.RenewBy = date(renew)
	return c, err
}

// IssuedIn is the credential that an event issued, as it stood then; nil where it issued none.
func IssuedIn(e ledger.Event) (*Credential, error) {
	if e.Kind != kindIssued {
		return nil, nil
	}
	var d IssuedData
	if err := fastjson.Unmarshal(e.Data, &d); err != nil {
		return nil, err
	}
	return &Credential{Number: d.Number, Procedure: d.Procedure, Dossier: d.Dossier, Holder: d.Holder, Unit: e.Unit, IssuedOn: e.EffectiveOn,
		From: d.From, Until: d.Until, EndedOn: calendar.NoDate, Title: d.Title, RenewBy: d.RenewBy, Replaces: d.Replaces}, nil
}

// EndCredential ends a credential before its time, for one of the reasons its definition names. Errors:
// fault.NotFound; fault.Invalid when it has ended already or the reason is not one of them; fault.Conflict when it was
// replaced: its successor is the one to end.
func (e *Engine) EndCredential(ctx context.Context, procedureID, number, reason string, on calendar.Date, actor, note string) error {
	on, err := e.day(on)
	if err != nil {
		return err
	}
	c, err := e.Credential(ctx, procedureID, number)
	if err != nil {
		return err
	}
	d, err := e.Get(ctx, c.Dossier)
	if err != nil {
		return err
	}
	p, err := e.definition(ctx, d.Procedure, d.Version, d.Digest)
	if err != nil {
		return err
	}
	if p.Credential == nil || !slices.ContainsFunc(p.Credential.EndsOn, func(n procedure.Named) bool { return n.ID == reason }) {
		return fault.New(fault.Invalid, "dossier.bad_end_reason", "reason", reason)
	}
	if err := c.stands(); err != nil {
		return err
	}
	_, err = e.opts.Append(ctx, ledger.Command{Stream: endStream(procedureID, number), Expect: 0, Actor: actor, Unit: c.Unit,
		Events: []ledger.NewEvent{{Kind: kindEnded, On: on, Data: EndedData{procedureID, number, reason, note}}}})
	return err
}

// decode reads what was recorded. It takes what encoding/json takes, in less than half the time: folding is mostly
// this.
func decode(raw []byte, into any) error {
	return fastjson.Unmarshal(raw, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), fastjson.MatchCaseInsensitiveNames(true))
}

// CodeOf is the code of the dossier whose stream it is.
func CodeOf(stream string) string { return strings.TrimPrefix(stream, streamPrefix) }
