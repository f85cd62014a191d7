package councils

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// newKey is the idempotency key of a form, 128 random bits.
func newKey() string { return rand.Text() }

// seatLine is a member as the page shows them.
type seatLine struct {
	council.Member
	Name, Seat                 string
	Present, Written, HasVoted bool
	Teller                     bool
}

// finding is a conflict of interest in words.
type finding struct {
	council.Finding
	Name, Text string
}

type onePage struct {
	*web.View
	C         *council.Council
	UnitName  string
	Secretary string
	Runs      bool // the reader does the secretary's work
	Me        *council.Member
	Votes     bool // the reader's ballot is awaited
	Confirms  bool // the reader's word on the count is awaited
	Seats     []seatLine
	Quorum    council.Meter
	Findings  []finding
	Obstacles []string
	Latest    calendar.Date // last day for the papers; NoDate without a meeting
	Awaited   []seatLine    // absent members whose written ballot is to be put in
	Published []council.Sealed
	History   []historyLine
	Accounts  []people.Account
	DossierOK bool            // the reader may open the dossier
	Opens     map[string]bool // dossiers of the records that the reader may open
	Trouble   string
	Open      string // the step whose form is open
	Typed     url.Values
}

type historyLine struct {
	council.Entry
	Who, Whom string
}

func (s *pages) one(r *web.Request) error {
	c, err := s.get(r)
	if err != nil {
		return err
	}
	return s.show(r, c, nil, nil)
}

// show is the council's page; after a refused step it carries what was typed and what is wrong.
func (s *pages) show(r *web.Request, c *council.Council, typed url.Values, trouble error) error {
	p := &onePage{View: r.View(c.Title, web.Crumb{Title: r.T("councils.title"), Path: "/hoi-dong"}), C: c, Typed: typed, Latest: calendar.NoDate}
	p.Path = Path(c.ID)
	p.Runs, p.Me, p.Votes = runs(r, c), c.Member(r.Actor()), c.MayVote(r.Actor())
	p.Confirms = c.Stage == council.Counted && slices.Contains(c.Confirms(), r.Actor()) && !slices.Contains(c.Agreed, r.Actor())
	p.UnitName, p.Secretary = s.People.UnitName(r.Context(), c.Unit, r.Lang), s.People.AccountName(r.Context(), c.Secretary)
	p.Quorum = c.Quorum()
	if c.MeetsOn != calendar.NoDate && c.Rules.Lead.N > 0 {
		p.Latest = c.Rules.Latest(s.Calendar, c.MeetsOn)
	}
	p.Opens = s.mayOpen(r, recorded(c))
	s.seats(r, p)
	if c.Stage == council.Preparing && p.Runs {
		for _, o := range s.Councils.Obstacles(c) {
			p.Obstacles = append(p.Obstacles, s.named(r, o))
		}
	}
	if err := s.complete(r, p); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status, p.Open = r.ErrorText(trouble), web.Status(fault.KindOf(trouble)), r.PathValue("step")
	}
	return r.Render(status, one(p))
}

// named is a fault's text with the member's name in place of the account.
func (s *pages) named(r *web.Request, e *fault.Error) string {
	if account, ok := e.Args["account"].(string); ok {
		e = fault.New(e.Kind, e.Key, "account", s.People.AccountName(r.Context(), account), "conflict", e.Args["conflict"])
	}
	return r.ErrorText(e)
}

func (s *pages) seats(r *web.Request, p *onePage) {
	c := p.C
	for _, m := range c.Members {
		line := seatLine{Member: m, Name: s.People.AccountName(r.Context(), m.Account), Present: slices.Contains(c.Present, m.Account), Written: slices.Contains(c.Written, m.Account),
			HasVoted: slices.Contains(c.Voters, m.Account), Teller: slices.Contains(c.Tellers, m.Account)}
		if seat := c.Rules.Seat(m.Role); seat != nil {
			line.Seat = seat.Label.In(r.Lang)
		}
		p.Seats = append(p.Seats, line)
		if line.Written && !line.HasVoted && c.Stage == council.Voting && p.Runs {
			p.Awaited = append(p.Awaited, line)
		}
	}
	if !p.Runs {
		return // what members said of themselves is for the secretary
	}
	for _, f := range c.Findings() {
		line := finding{f, s.People.AccountName(r.Context(), f.Account), f.Conflict.Label.In(r.Lang)}
		p.Findings = append(p.Findings, line)
	}
}

// complete reads what the council itself does not hold.
func (s *pages) complete(r *web.Request, p *onePage) error {
	c := p.C
	history, err := s.Councils.History(r.Context(), c.ID)
	if err != nil {
		return err
	}
	for i := len(history) - 1; i >= 0; i-- {
		e := history[i]
		if (e.Kind == "declared" || e.Kind == "conflict_cleared") && !p.Runs {
			continue
		}
		line := historyLine{Entry: e, Who: s.People.AccountName(r.Context(), e.Actor)}
		if e.Account != "" && e.Account != e.Actor {
			line.Whom = s.People.AccountName(r.Context(), e.Account)
		}
		p.History = append(p.History, line)
	}
	if c.Cast > 0 {
		if p.Published, err = s.Councils.Published(r.Context(), c.ID); err != nil {
			return err
		}
	}
	if c.Dossier != "" {
		d, err := s.Dossiers.Get(r.Context(), c.Dossier)
		p.DossierOK = err == nil && people.Holds(r.Reader, people.ReadDossiers, d.Unit)
	}
	if p.Runs && c.Stage == council.Preparing {
		p.Accounts, err = s.accounts(r)
	}
	return err
}

// typed is what stood in a field of a refused form of a step, otherwise what stands there to begin with.
func (p *onePage) typed(step, name, otherwise string) string {
	if p.Open == step && p.Typed != nil {
		return p.Typed.Get(name)
	}
	return otherwise
}

// filesOf reads files from lines: "name; bonus; forced; tie-break numbers" with only the name needed.
func filesOf(text string) []council.File {
	var out []council.File
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, council.File{ID: strconv.Itoa(len(out) + 1), Label: line})
		}
	}
	return out
}

// lines are the lines of a text that are not blank.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
