package api

import (
	"net/http"
	"slices"

	"trucot/internal/app/page/councils"
	"trucot/internal/engine/council"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

func (s *service) councilOps() []operation {
	return []operation{
		op("council-list", http.MethodGet, "/hoi-dong", people.SitInCouncils, s.listCouncils),
		op("council-get", http.MethodGet, "/hoi-dong/{id}", people.SitInCouncils, s.getCouncil),
	}
}

// CouncilHead is a council in a list.
type CouncilHead struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Dossier   string        `json:"dossier,omitempty"`
	Unit      string        `json:"unit"`
	Decision  string        `json:"decision,omitempty"`
	Secretary string        `json:"secretary"`
	Stage     council.Stage `json:"stage"`
	MeetsOn   calendar.Date `json:"meets_on"`
	Place     string        `json:"place,omitempty"`
	Version   int64         `json:"version"`
}

// Council is a council as whoever may see it sees it. It says neither who has voted nor what a member declared.
type Council struct {
	CouncilHead
	Rule       string             `json:"rule"`
	Members    []CouncilMember    `json:"members"`
	Quorum     CouncilQuorum      `json:"quorum"`
	Files      []council.File     `json:"files"`
	Papers     []string           `json:"papers"`
	PapersOn   calendar.Date      `json:"papers_on"`
	Questions  []council.Question `json:"questions"`
	Tellers    []string           `json:"tellers"`
	Base       int                `json:"base"` // members that shares are of, once the vote is closed
	Cast       int                `json:"cast"` // ballots, once the vote is closed
	Outcomes   []council.Outcome  `json:"outcomes"`
	Settled    *council.Settled   `json:"settled,omitempty"` // who wins of equal first files
	Conclusion string             `json:"conclusion,omitempty"`
	EndedOn    calendar.Date      `json:"ended_on"`
}

// CouncilMember is who sits in a council.
type CouncilMember struct {
	Account      string `json:"account"`
	Role         string `json:"role"`
	Organisation string `json:"organisation,omitempty"`
	Present      bool   `json:"present"`
	Written      bool   `json:"written"` // absent, votes in writing
}

// CouncilQuorum is how many members must be present, and are.
type CouncilQuorum struct {
	Members int  `json:"members"`
	Present int  `json:"present"`
	Needed  int  `json:"needed"`
	Met     bool `json:"met"`
}

type councilFilter struct {
	Paging
	View string `query:"view" enum:"mine,open,voting,concluded,all" default:"all"`
	Text string `query:"q" maxLength:"200"`
}

func (s *service) listCouncils(r *web.Request, in *councilFilter) (*reply[list[CouncilHead]], error) {
	f := council.Filter{Account: r.Actor(), Mine: in.View == "mine", Text: in.Text}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadCouncils)
	if in.View != "mine" && in.View != "all" {
		f.Stage = council.Stage(in.View)
	}
	return listed(r, in.Paging, func(after string, n int) ([]*council.Council, error) {
		f.Limit = n
		return s.Councils.After(r.Context(), f, after)
	}, plain(councilHead), func(c CouncilHead) string { return c.ID })
}

func councilHead(c *council.Council) CouncilHead {
	return CouncilHead{c.ID, c.Title, c.Dossier, c.Unit, c.Decision, c.Secretary, c.Stage, c.MeetsOn, c.Place, c.Version}
}

// OneCouncil names a council.
type OneCouncil struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getCouncil(r *web.Request, in *OneCouncil) (*reply[Council], error) {
	c, err := councils.Get(r, s.Councils, in.ID)
	if err != nil {
		return nil, err
	}
	q := c.Quorum()
	out := Council{CouncilHead: councilHead(c), Rule: c.Rules.ID, Members: []CouncilMember{}, Quorum: CouncilQuorum{q.Members, q.Present, q.Needed, q.Met},
		Files: shown(c.Files), Settled: c.Settled, Papers: some(c.Papers), PapersOn: c.PapersOn, Questions: some(c.Questions), Tellers: some(c.Tellers), Base: c.Base, Cast: c.Cast,
		Outcomes: some(c.Outcomes), Conclusion: c.Text, EndedOn: c.EndedOn}
	for _, m := range c.Members {
		out.Members = append(out.Members, CouncilMember{m.Account, m.Role, m.Organisation, slices.Contains(c.Present, m.Account), slices.Contains(c.Written, m.Account)})
	}
	return tagged(r, quoted(c.Version), out)
}

// shown are the files without their sealed people.
func shown(files []council.File) []council.File {
	out := slices.Clone(files)
	for i := range out {
		out[i].People = ""
	}
	return some(out)
}
