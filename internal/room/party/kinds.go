package party

import "trucot/internal/kernel/fault"

// Kind is a kind of entry in the register of Party work.
type Kind struct {
	Name string // in texts "party.kind_<name>"
	Slug string // in addresses
	Mark string // before numbers, as SH-00012
	Done string // event when it happened; indicators count it

	Attended bool   // who was there
	Resolves bool   // decisions that become tasks
	Object   bool   // about an organisation or about members, as the reports tell them apart
	About    string // "member", "unit" or "": what Subject names
	Until    bool   // a day on which it ends or is due
	Form     bool   // one of Room.Forms
	Count    bool   // more than one at once
	Numbered bool   // a document with a number of the term
	Paper    string // kind of its document, "" for none; of what is Numbered its form
	Revoked  string // event when what it says is taken back, "" for what is never
}

// kinds are all of them, in the order of the pages.
var kinds = []Kind{
	{Name: "meeting", Slug: "sinh-hoat", Mark: "SH-", Done: "party.meeting_held", Attended: true, Resolves: true, Paper: "BB"},
	{Name: "document", Slug: "van-ban", Mark: "VB-", Done: "party.document_issued", Form: true, Numbered: true, Resolves: true, Paper: "VB"},
	{Name: "study", Slug: "hoc-tap", Mark: "HT-", Done: "party.study_held", Attended: true, Paper: "BC"},
	{Name: "assessment", Slug: "xep-loai", Mark: "XL-", Done: "party.assessed", Paper: "BC", Revoked: "party.assessment_revoked"},
	{Name: "inspection", Slug: "kiem-tra", Mark: "KT-", Done: "party.inspected", Object: true, Count: true, Until: true, Paper: "TB"},
	{Name: "supervision", Slug: "giam-sat", Mark: "GS-", Done: "party.supervised", Object: true, Count: true, Until: true, Paper: "TB"},
	{Name: "discipline", Slug: "ky-luat", Mark: "KL-", Done: "party.disciplined", About: "member", Form: true, Until: true, Paper: "QĐ"},
	{Name: "posting", Slug: "luan-chuyen", Mark: "LC-", Done: "party.posting_begun", About: "member", Until: true},
	{Name: "mass", Slug: "doan-the", Mark: "DT-", Done: "party.mass_activity", Form: true, Attended: false},
	{Name: "commendation", Slug: "khen-thuong", Mark: "KH-", Done: "party.commended", Object: true, Count: true, Revoked: "party.commendation_revoked"},
	{Name: "training", Slug: "boi-duong", Mark: "BD-", Done: "party.training_attended", Count: true},
	{Name: "card", Slug: "the-dang", Mark: "TD-", Done: "party.card_issued", Count: true},
	{Name: "petition", Slug: "don-thu", Mark: "DN-", Done: "party.petition_received"},
}

// forms are what Record.Form may say, by kind, named "party.form_<kind>_<form>"; the kinds of document are data.
var forms = map[string][]string{
	"discipline": {"reprimand", "warning", "removal", "expulsion"},
	"mass":       {"union", "youth", "veterans", "women"},
}

// Kinds lists the kinds of entry.
func Kinds() []Kind { return kinds }

// Ends reports whether an entry runs until it is said to be over.
func (k Kind) Ends() bool { return k.About == "member" && k.Until }

// KindOf finds a kind by name or by its part of an address.
func KindOf(name string) (Kind, bool) {
	for _, k := range kinds {
		if k.Name == name || k.Slug == name {
			return k, true
		}
	}
	return Kind{}, false
}

// MustKind is KindOf with a fault for what is none: fault.NotFound "party.unknown_kind".
func MustKind(name string) (Kind, error) {
	k, ok := KindOf(name)
	if !ok {
		return k, fault.New(fault.NotFound, "party.unknown_kind", "kind", name)
	}
	return k, nil
}
