package api

import (
	"net/url"
	"strconv"
)

// The bodies of the operations on organisations, members, applicants, congresses and planning of the Party. They only take what the
// pages' forms take, from who keeps the Party's registers; nothing of the Party is read here.

type partyBody struct {
	Code   string `json:"code" form:"ma" minLength:"1" maxLength:"60" example:"cb7"`
	Name   string `json:"name" form:"ten" minLength:"1" maxLength:"300"`
	NameEN string `json:"name_en,omitempty" form:"ten-en" maxLength:"300"`
	Kind   string `json:"kind" form:"loai" example:"chi_bo"`
	Above  string `json:"above" form:"cap-tren" example:"du"`
	On     string `json:"on,omitempty" form:"ngay" format:"date"`
	Basis  string `json:"basis,omitempty" form:"can-cu" maxLength:"200"`
}

// partyBodyStep is what any change of an organisation or its committee says.
type partyBodyStep struct {
	Name   string          `json:"name,omitempty" form:"ten" maxLength:"300"`
	NameEN string          `json:"name_en,omitempty" form:"ten-en" maxLength:"300"`
	Kind   string          `json:"kind,omitempty" form:"loai"`
	Above  string          `json:"above,omitempty" form:"cap-tren"`
	Into   string          `json:"into,omitempty" form:"vao"`
	Parts  []partyBodyPart `json:"parts,omitempty" maxItems:"2"`
	Move   []string        `json:"move,omitempty" maxItems:"1000"` // members who go to the second part
	Term   string          `json:"term,omitempty" form:"nhiem-ky" maxLength:"40"`
	Seats  []partySeat     `json:"seats,omitempty" maxItems:"200"`
	On     string          `json:"on,omitempty" form:"ngay" format:"date"`
	Basis  string          `json:"basis,omitempty" form:"can-cu" maxLength:"200"`
}

type partyBodyPart struct {
	Code string `json:"code" minLength:"1" maxLength:"60"`
	Name string `json:"name" minLength:"1" maxLength:"300"`
}

type partySeat struct {
	Member string `json:"member" example:"DV-00001"`
	Post   string `json:"post" example:"secretary"`
}

func (b partyBodyStep) fill(in url.Values) {
	for name, text := range map[string]string{"ten": b.Name, "ten-en": b.NameEN, "loai": b.Kind, "cap-tren": b.Above, "vao": b.Into, "nhiem-ky": b.Term, "ngay": b.On, "can-cu": b.Basis} {
		in.Set(name, text)
	}
	for i, part := range b.Parts {
		prefix := [...]string{"a-", "b-"}[i]
		in.Set(prefix+"ma", part.Code)
		in.Set(prefix+"ten", part.Name)
	}
	in["dang-vien"] = b.Move
	for _, s := range b.Seats {
		in.Add("dang-vien", s.Member)
		in.Add("chuc-vu", s.Post)
	}
}

type partyApplicant struct {
	Name  string `json:"name" form:"ten" minLength:"1" maxLength:"200"`
	Unit  string `json:"unit" form:"don-vi" example:"cb1"`
	Sex   string `json:"sex,omitempty" form:"gioi" enum:"male,female"`
	Born  string `json:"born,omitempty" form:"sinh" format:"date"`
	Home  string `json:"home,omitempty" form:"que" maxLength:"300"`
	Youth bool   `json:"youth,omitempty" form:"doan"`
	On    string `json:"on,omitempty" form:"ngay" format:"date"`
}

// partyApplicantStep is what any step of an applicant's file says.
type partyApplicantStep struct {
	On       string             `json:"on,omitempty" format:"date"`
	Papers   string             `json:"papers,omitempty" format:"date"`
	Sponsors []applicantSponsor `json:"sponsors,omitempty" maxItems:"5"`
	For      int                `json:"for,omitempty" minimum:"0"`
	Of       int                `json:"of,omitempty" minimum:"0"`
	Reason   string             `json:"reason,omitempty" maxLength:"2000"` // why somebody is taken off the list
}

type applicantSponsor struct {
	Who   string `json:"who" example:"DV-00001"` // a member, or "youth", "union"
	Since string `json:"since,omitempty" format:"date"`
}

func (b partyApplicantStep) fill(in url.Values) {
	in.Set("ngay", b.On)
	in.Set("giay-to", b.Papers)
	in.Set("ly-do", b.Reason)
	in.Set("cb-phieu", strconv.Itoa(b.For))
	in.Set("cb-tong", strconv.Itoa(b.Of))
	for _, s := range b.Sponsors {
		in.Add("gioi-thieu", s.Who)
		in.Add("cung-tu", s.Since)
	}
}

// partyMemberStep is what any step of a member says: recognition with its votes, a vote that fell short, the case handed up,
// a move, a badge, leaving.
type partyMemberStep struct {
	On           string `json:"on,omitempty" form:"ngay" format:"date"`
	CellFor      int    `json:"cell_for,omitempty" form:"cb-phieu" minimum:"0"`
	CellOf       int    `json:"cell_of,omitempty" form:"cb-tong" minimum:"0"`
	CommitteeFor int    `json:"committee_for,omitempty" form:"cu-phieu" minimum:"0"`
	CommitteeOf  int    `json:"committee_of,omitempty" form:"cu-tong" minimum:"0"`
	Unit         string `json:"unit,omitempty" form:"don-vi" example:"cb1"`
	Grade        int    `json:"grade,omitempty" form:"bac" minimum:"0"`
	Number       string `json:"number,omitempty" form:"so" maxLength:"100"`
	Reason       string `json:"reason,omitempty" form:"ly-do" maxLength:"2000"`
}

// partyRound opens a congress, whose positions are posts, or a round of planning, whose positions have titles.
type partyRound struct {
	Unit      string          `json:"unit" example:"cb1"`
	Term      string          `json:"term" minLength:"1" maxLength:"40" example:"2025–2030"`
	On        string          `json:"on,omitempty" format:"date"`
	Positions []partyPosition `json:"positions" minItems:"1" maxItems:"100"`
}

type partyPosition struct {
	Post  string `json:"post,omitempty" example:"secretary"`
	Title string `json:"title,omitempty" maxLength:"300"`
	Seats int    `json:"seats" minimum:"1" maximum:"200"`
}

func (b partyRound) fill(in url.Values) {
	in.Set("don-vi", b.Unit)
	in.Set("nhiem-ky", b.Term)
	in.Set("ngay", b.On)
	for _, p := range b.Positions {
		n := strconv.Itoa(p.Seats)
		in.Set("so-"+p.Post, n)
		in.Add("chuc-danh", p.Title)
		in.Add("so-luong", n)
	}
}

// partyRoundStep is what any step of a congress or of planning says.
type partyRoundStep struct {
	On        string         `json:"on,omitempty" format:"date"`
	Step      string         `json:"step,omitempty"`
	Member    string         `json:"member,omitempty"`
	Position  string         `json:"position,omitempty"`
	Candidate string         `json:"candidate,omitempty" example:"DV-00001/secretary"`
	Reason    string         `json:"reason,omitempty" maxLength:"2000"` // why a candidate is taken off
	Votes     map[string]int `json:"votes,omitempty"`                   // in favour, by candidate
	Of        int            `json:"of,omitempty" minimum:"0"`
	Number    string         `json:"number,omitempty" maxLength:"100"`
	Note      string         `json:"note,omitempty" maxLength:"2000"`
	Paper     string         `json:"paper,omitempty"`
	Kind      string         `json:"kind,omitempty"`
	Title     string         `json:"title,omitempty" maxLength:"300"`
	From      string         `json:"from,omitempty"`
	Comment   int            `json:"comment,omitempty" minimum:"0"`
	Text      string         `json:"text,omitempty" maxLength:"60000"`
}

func (b partyRoundStep) fill(in url.Values) {
	for name, text := range map[string]string{"ngay": b.On, "buoc": b.Step, "dang-vien": b.Member, "chuc-danh": b.Position, "nhan-su": b.Candidate, "ly-do": b.Reason, "so": b.Number, "ghi-chu": b.Note,
		"van-kien": b.Paper, "loai": b.Kind, "ten": b.Title, "tu": b.From, "noi-dung": b.Text, "tong": strconv.Itoa(b.Of), "y-kien": strconv.Itoa(b.Comment)} {
		in.Set(name, text)
	}
	for candidate, n := range b.Votes {
		in.Set("phieu-"+candidate, strconv.Itoa(n))
	}
}

// partyForms are the operations of the Party's pages.
func (s *service) partyForms() []operation {
	return []operation{
		makes[partyBody](s, "party-body-establish", "/dang/to-chuc"),
		makes[partyBodyStep](s, "party-body-change", "/dang/to-chuc/{ma}/{viec}"),
		makes[partyApplicant](s, "party-applicant-watch", "/dang/ket-nap"),
		alters[partyApplicantStep](s, "party-applicant-act", "/dang/ket-nap/{id}/{viec}"),
		alters[partyMemberStep](s, "party-member-act", "/dang/dang-vien/{id}/{viec}"),
		makes[partyRound](s, "party-congress-open", "/dang/dai-hoi"),
		alters[partyRoundStep](s, "party-congress-act", "/dang/dai-hoi/{id}/{viec}"),
		makes[partyRound](s, "party-planning-open", "/dang/quy-hoach"),
		alters[partyRoundStep](s, "party-planning-act", "/dang/quy-hoach/{id}/{viec}"),
	}
}
