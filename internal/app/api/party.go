package api

import (
	"net/http"
	"slices"

	pages "trucot/internal/app/page/party"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/party"
)

func (s *service) partyOps() []operation {
	return []operation{
		op("party-members", http.MethodGet, "/dang/dang-vien", people.ReadParty, s.listPartyMembers),
		op("party-member", http.MethodGet, "/dang/dang-vien/{id}", people.ReadParty, s.getPartyMember),
		op("party-records", http.MethodGet, "/dang/so/{loai}", people.ReadParty, s.listPartyRecords),
		op("party-record", http.MethodGet, "/dang/so/{loai}/{id}", people.ReadParty, s.getPartyRecord),
	}
}

// PartyMember is a Party member without a name and without what is sealed: those are read on the page, by a person.
type PartyMember struct {
	ID       string        `json:"id"`
	Unit     string        `json:"unit"`
	State    party.State   `json:"state"`
	Decided  calendar.Date `json:"decided"`
	Official calendar.Date `json:"official"`
	Badge    int           `json:"badge,omitempty"` // years of the last badge
	Version  int64         `json:"version"`

	Failed   []party.FailedVote `json:"failed,omitempty"`   // votes on recognition that fell short
	Referred *party.Referral    `json:"referred,omitempty"` // the committee above decides on it
}

func partyMember(m *party.Member) PartyMember {
	return PartyMember{m.ID, m.Unit, m.State, m.Decided, m.Official, m.Badge, m.Version, m.Failed, m.Referred}
}

type partyMemberFilter struct {
	Paging
	State string `query:"state" enum:"active,probation,official,all" default:"active"`
}

func (s *service) listPartyMembers(r *web.Request, in *partyMemberFilter) (*reply[list[PartyMember]], error) {
	f := party.MemberFilter{State: party.State(in.State)}
	if in.State == "all" {
		f.State = ""
	}
	_, f.Units = people.Sides(r.Reader, people.ReadParty)
	return listed(r, in.Paging, func(after string, n int) ([]*party.Member, error) {
		f.Limit = n
		return s.Party.MembersAfter(r.Context(), f, after)
	}, plain(partyMember), func(m PartyMember) string { return m.ID })
}

type onePartyMember struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getPartyMember(r *web.Request, in *onePartyMember) (*reply[PartyMember], error) {
	m, err := pages.Member(r, s.Party, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(m.Version), partyMember(m))
}

// PartyRecord is an entry of a register of Party work. What is said of one member is left out, and why something was taken back: it
// is sealed.
type PartyRecord struct {
	party.Record
	Version int64 `json:"version"`
}

func partyRecord(rec *party.Record) PartyRecord {
	out := PartyRecord{*rec, rec.Version}
	if out.Subject != "" && out.Subject != out.Unit {
		out.Text = ""
	}
	out.Revoked = slices.Clone(out.Revoked)
	for i := range out.Revoked {
		out.Revoked[i].Reason = ""
	}
	return out
}

type partyRecordFilter struct {
	Paging
	Kind  string `path:"loai" maxLength:"100" example:"sinh-hoat"`
	State string `query:"state" enum:"planned,done,dropped,revoked"`
}

func (s *service) listPartyRecords(r *web.Request, in *partyRecordFilter) (*reply[list[PartyRecord]], error) {
	k, err := party.MustKind(in.Kind)
	if err != nil {
		return nil, err
	}
	f := party.RecordFilter{Kind: k.Name, Stage: party.Stage(in.State), From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate}
	_, f.Units = people.Sides(r.Reader, people.ReadParty)
	return listed(r, in.Paging, func(after string, n int) ([]*party.Record, error) {
		f.Limit = n
		return s.Party.RecordsAfter(r.Context(), f, after)
	}, plain(partyRecord), func(rec PartyRecord) string { return rec.ID })
}

type onePartyRecord struct {
	Kind string `path:"loai" maxLength:"100" example:"sinh-hoat"`
	ID   string `path:"id" maxLength:"100"`
}

func (s *service) getPartyRecord(r *web.Request, in *onePartyRecord) (*reply[PartyRecord], error) {
	rec, err := pages.Record(r, s.Party, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(rec.Version), partyRecord(rec))
}
