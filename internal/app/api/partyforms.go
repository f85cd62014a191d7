package api

import (
	"net/url"
	"strconv"
)

// The bodies of the operations on organisations, members, registers, applicants, congresses and planning of the Party. They only take what the
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
	Seats  []seatHeld      `json:"seats,omitempty" maxItems:"200"`
	On     string          `json:"on,omitempty" form:"ngay" format:"date"`
	Basis  string          `json:"basis,omitempty" form:"can-cu" maxLength:"200"`
}

type partyBodyPart struct {
	Code string `json:"code" minLength:"1" maxLength:"60"`
	Name string `json:"name" minLength:"1" maxLength:"300"`
}

type seatHeld struct {
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

// partyMemberIn takes in a member: one who is admitted here, with sponsors and votes, or one who arrives from elsewhere.
type partyMemberIn struct {
	Name      string             `json:"name" minLength:"1" maxLength:"200"`
	Unit      string             `json:"unit" example:"cb1"`
	Arrived   bool               `json:"arrived,omitempty"` // from elsewhere
	Sex       string             `json:"sex,omitempty" enum:"male,female"`
	Born      string             `json:"born,omitempty" format:"date"`
	Home      string             `json:"home,omitempty" maxLength:"300"`
	Youth     bool               `json:"youth,omitempty"`
	Decided   string             `json:"decided,omitempty" format:"date"`
	Admitted  string             `json:"admitted,omitempty" format:"date"`
	Official  string             `json:"official,omitempty" format:"date"`
	Badge     int                `json:"badge,omitempty" minimum:"0"` // years of the last one
	Sponsors  []applicantSponsor `json:"sponsors,omitempty" maxItems:"5"`
	Cell      entryVotes         `json:"cell,omitempty"`
	Committee entryVotes         `json:"committee,omitempty"`
	On        string             `json:"on,omitempty" format:"date"`
}

type entryVotes struct {
	For int `json:"for" minimum:"0"`
	Of  int `json:"of" minimum:"0"`
}

func (v entryVotes) fill(in url.Values, name string) {
	in.Set(name+"-phieu", strconv.Itoa(v.For))
	in.Set(name+"-tong", strconv.Itoa(v.Of))
}

func (b partyMemberIn) fill(in url.Values) {
	for name, text := range map[string]string{"ten": b.Name, "don-vi": b.Unit, "gioi": b.Sex, "que": b.Home, "sinh": b.Born, "quyet-dinh": b.Decided, "le": b.Admitted,
		"chinh-thuc": b.Official, "huy-hieu": strconv.Itoa(b.Badge), "ngay": b.On} {
		in.Set(name, text)
	}
	if b.Arrived {
		in.Set("cach", "tiep-nhan")
	}
	if b.Youth {
		in.Set("doan", "1")
	}
	b.Cell.fill(in, "cb")
	b.Committee.fill(in, "cu")
	for _, s := range b.Sponsors {
		in.Add("gioi-thieu", s.Who)
		in.Add("cung-tu", s.Since)
	}
}

// partyMemberStep is what any step of a member says: chinh-thuc and khong-dat have votes, bao-cao the number of the paper,
// chuyen the receiving cell, huy-hieu the years, roi the reason.
type partyMemberStep struct {
	Unit      string     `json:"unit,omitempty"`
	Reason    string     `json:"reason,omitempty" maxLength:"1000"`
	Years     int        `json:"years,omitempty" minimum:"0"`
	Number    string     `json:"number,omitempty" maxLength:"100"`
	Cell      entryVotes `json:"cell,omitempty"`
	Committee entryVotes `json:"committee,omitempty"`
	On        string     `json:"on,omitempty" format:"date"`
}

func (b partyMemberStep) fill(in url.Values) {
	for name, text := range map[string]string{"don-vi": b.Unit, "ly-do": b.Reason, "bac": strconv.Itoa(b.Years), "so": b.Number, "ngay": b.On} {
		in.Set(name, text)
	}
	b.Cell.fill(in, "cb")
	b.Committee.fill(in, "cu")
}

// partyEntry is an entry of a register, done or planned.
type partyEntry struct {
	Unit  string `json:"unit" example:"cb1"`
	Title string `json:"title" minLength:"1" maxLength:"1000"`
	Plan  bool   `json:"plan,omitempty"`
	PartySaid
}

// partyEntryStep is what any step of an entry says: xong all that came of it, ket-thuc the day, bo and giao-viec nothing.
type partyEntryStep struct {
	Title string `json:"title,omitempty" maxLength:"1000"`
	PartySaid
	Number    string   `json:"number,omitempty" maxLength:"100" doc:"Of the document that takes something back"`
	Reason    string   `json:"reason,omitempty" maxLength:"2000" doc:"Why it is taken back"`
	RevokedOf []string `json:"revoked_of,omitempty" maxItems:"1000" doc:"Members or organisations from whom it is taken back"`
}

// PartySaid is what an entry says.
type PartySaid struct {
	On        string          `json:"on,omitempty" format:"date"`
	Until     string          `json:"until,omitempty" format:"date"`
	Form      string          `json:"form,omitempty" maxLength:"100"`
	Object    string          `json:"object,omitempty" enum:"body,member"`
	Subject   string          `json:"subject,omitempty" maxLength:"100"` // member
	Text      string          `json:"text,omitempty" maxLength:"60000"`
	Directive string          `json:"directive,omitempty" maxLength:"200"`
	Present   []string        `json:"present,omitempty" maxItems:"10000"`
	Count     int             `json:"count,omitempty" minimum:"0"`
	Of        int             `json:"of,omitempty" minimum:"0"`
	Year      int             `json:"year,omitempty" maximum:"9999"` // that is assessed; 0 = by the day
	Decisions []entryDecision `json:"decisions,omitempty" maxItems:"3"`
	Results   []entryResult   `json:"results,omitempty" maxItems:"10000"`
}

type entryDecision struct {
	Text string `json:"text" minLength:"1" maxLength:"2000"`
	Unit string `json:"unit,omitempty"`
	Due  string `json:"due,omitempty" example:"15wd"`
}

type entryResult struct {
	Subject   string `json:"subject"`
	Class     string `json:"class"`
	Points    int    `json:"points,omitempty"`
	Tasks     int    `json:"tasks,omitempty"`
	OnTime    int    `json:"on_time,omitempty"`
	Exceeding int    `json:"exceeding,omitempty"`
	Votes     int    `json:"votes,omitempty"`
}

func (b partyEntry) fill(in url.Values) {
	b.PartySaid.fill(in)
	in.Set("don-vi", b.Unit)
	in.Set("noi-dung", b.Title)
	if b.Plan {
		in.Set("ke-hoach", "1")
	}
}

func (b partyEntryStep) fill(in url.Values) {
	b.PartySaid.fill(in)
	in.Set("noi-dung", b.Title)
	in.Set("so", b.Number)
	in.Set("ly-do", b.Reason)
	in["chon"] = b.RevokedOf
}

func (b PartySaid) fill(in url.Values) {
	for name, text := range map[string]string{"ngay": b.On, "den": b.Until, "hinh-thuc": b.Form, "doi-tuong-la": b.Object, "dang-vien": b.Subject,
		"dien-bien": b.Text, "van-ban": b.Directive, "so-luong": strconv.Itoa(b.Count), "tong": strconv.Itoa(b.Of), "nam": strconv.Itoa(b.Year)} {
		in.Set(name, text)
	}
	in["co-mat"] = b.Present
	for i, d := range b.Decisions {
		n := strconv.Itoa(i)
		in.Set("qn-"+n, d.Text)
		in.Set("qn-dv-"+n, d.Unit)
		in.Set("qn-han-"+n, d.Due)
	}
	for _, x := range b.Results {
		in.Add("doi-tuong", x.Subject)
		in.Set("muc-"+x.Subject, x.Class)
		for name, n := range map[string]int{"diem": x.Points, "viec": x.Tasks, "dung": x.OnTime, "vuot": x.Exceeding, "phieu": x.Votes} {
			in.Set(name+"-"+x.Subject, strconv.Itoa(n))
		}
	}
}

// partyForms are the operations of the Party's pages.
func (s *service) partyForms() []operation {
	return []operation{
		makes[partyBody](s, "party-body-establish", "/dang/to-chuc"),
		makes[partyBodyStep](s, "party-body-change", "/dang/to-chuc/{ma}/{viec}"),
		makes[partyMemberIn](s, "party-member-add", "/dang/dang-vien"),
		alters[partyMemberStep](s, "party-member-act", "/dang/dang-vien/{id}/{viec}"),
		makes[partyEntry](s, "party-record-add", "/dang/so/{loai}"),
		alters[partyEntryStep](s, "party-record-act", "/dang/so/{loai}/{id}/{viec}"),
		makes[partyApplicant](s, "party-applicant-watch", "/dang/ket-nap"),
		alters[partyApplicantStep](s, "party-applicant-act", "/dang/ket-nap/{id}/{viec}"),
		makes[partyRound](s, "party-congress-open", "/dang/dai-hoi"),
		alters[partyRoundStep](s, "party-congress-act", "/dang/dai-hoi/{id}/{viec}"),
		makes[partyHonour](s, "party-honour", "/dang/khen-thuong"),
		makes[partyRound](s, "party-planning-open", "/dang/quy-hoach"),
		alters[partyRoundStep](s, "party-planning-act", "/dang/quy-hoach/{id}/{viec}"),
	}
}
