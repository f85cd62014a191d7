package people

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Role is a bundle of permissions that an account has in a part of the tree.
type Role string

// The roles.
const (
	Admin         Role = "admin"          // quản trị
	Leader        Role = "leader"         // lãnh đạo
	UnitHead      Role = "unit_head"      // trưởng phòng
	GeneralOffice Role = "general_office" // văn phòng
	OneStop       Role = "one_stop"       // bộ phận một cửa
	Specialist    Role = "specialist"     // chuyên viên
	PartyOffice   Role = "party_office"   // văn phòng đảng uỷ
	PartyAdmin    Role = "party_admin"    // quản trị khối Đảng
	CouncilMember Role = "council_member" // thành viên hội đồng mời ngoài: chỉ thấy hội đồng của mình
	Viewer        Role = "viewer"         // chỉ xem
)

// The permissions that routes ask for.
const (
	ReadDossiers       web.Permission = "dossier.read"
	OpenDossiers       web.Permission = "dossier.open"
	ActOnDossiers      web.Permission = "dossier.act"
	MoveDossiers       web.Permission = "dossier.move"   // to another unit
	IssueDocuments     web.Permission = "document.issue" // number and sign papers
	ReadProcedures     web.Permission = "procedure.read"
	ReadFigures        web.Permission = "figure.read"
	RecordFigures      web.Permission = "figure.record" // write down work that is no dossier, and figures
	ReadReports        web.Permission = "report.read"
	FreezeReports      web.Permission = "report.freeze"
	FillParts          web.Permission = "report.fill"     // write in a unit's part of a report campaign
	SubmitParts        web.Permission = "report.submit"   // hand it in
	RunCampaigns       web.Permission = "report.campaign" // open, return, consolidate, write, issue
	SignReports        web.Permission = "report.sign"     // sign the consolidated report
	ReadLedger         web.Permission = "ledger.read"
	ManagePeople       web.Permission = "people.manage"
	OpenPersonal       web.Permission = "personal.open" // see masked personal data, with a reason that is written down
	ReadDirectives     web.Permission = "directive.read"
	KeepDirectives     web.Permission = "directive.keep" // enter directives, their changes and targets
	ReadTasks          web.Permission = "task.read"
	AssignTasks        web.Permission = "task.assign"         // give out, confirm, extend, demand
	ActOnTasks         web.Permission = "task.act"            // report on, ask, hand over, finish
	ReadCouncils       web.Permission = "council.read"        // every council of the unit; members see their own without it
	RunCouncils        web.Permission = "council.run"         // form, call, open and close
	SitInCouncils      web.Permission = "council.sit"         // see and vote in the councils in which one has a part
	ReadNotices        web.Permission = "notice.own"          // read and settle one's own notices through the API
	ManageHooks        web.Permission = "webhook.manage"      // send events to other systems
	ReadCommendation   web.Permission = "commendation.read"   // simulation, nominations and what stands on record
	KeepCommendation   web.Permission = "commendation.keep"   // record classes and merits, nominate, take the steps
	DecideCommendation web.Permission = "commendation.decide" // record decisions and revocations
	ReadConferences    web.Permission = "conference.read"     // conferences; guests see theirs without it
	KeepConferences    web.Permission = "conference.keep"     // prepare, invite, check in, conclude
	ReadParty          web.Permission = "party.read"          // needed besides, for anything of a Party unit
	KeepParty          web.Permission = "party.keep"          // enter members and what the Party organisation does
	ReadNews           web.Permission = "news.read"           // articles that are not public yet
	WriteNews          web.Permission = "news.write"
	EditNews           web.Permission = "news.edit"
	ApproveNews        web.Permission = "news.approve" // publish, correct, withdraw
)

var reading = []web.Permission{ReadDossiers, ReadProcedures, ReadFigures, ReadReports, ReadLedger, ReadDirectives, ReadTasks, ReadNotices, ReadCouncils, SitInCouncils, ReadConferences, ReadNews}

var permissions = map[Role]map[web.Permission]bool{
	Admin:         set(reading, ManagePeople, ManageHooks),
	Leader:        set(reading, RecordFigures, ActOnDossiers, MoveDossiers, IssueDocuments, FreezeReports, RunCampaigns, SignReports, KeepDirectives, AssignTasks, ActOnTasks, RunCouncils, OpenPersonal, ReadCommendation, KeepCommendation, DecideCommendation, KeepConferences, WriteNews, ApproveNews),
	UnitHead:      set(reading, RecordFigures, FillParts, SubmitParts, ActOnDossiers, MoveDossiers, IssueDocuments, OpenPersonal, AssignTasks, ActOnTasks, RunCouncils, ReadCommendation, KeepCommendation, WriteNews),
	GeneralOffice: set(reading, RecordFigures, MoveDossiers, IssueDocuments, FreezeReports, RunCampaigns, FillParts, KeepDirectives, AssignTasks, ActOnTasks, RunCouncils, ReadCommendation, KeepCommendation, DecideCommendation, KeepConferences, WriteNews, EditNews),
	OneStop:       set(reading, RecordFigures, OpenDossiers, ActOnDossiers, IssueDocuments, ActOnTasks, OpenPersonal),
	Specialist:    set(reading, RecordFigures, FillParts, OpenDossiers, ActOnDossiers, ActOnTasks, RunCouncils, OpenPersonal, WriteNews), // inspections and portfolios are opened by the agency itself
	PartyOffice:   set([]web.Permission{ReadFigures, ReadReports, ReadLedger, ReadDirectives, ReadTasks, ReadNotices}, FreezeReports, ReadConferences, KeepConferences, FillParts, SubmitParts, RunCampaigns, SignReports, ReadParty, KeepParty, KeepDirectives, AssignTasks, ActOnTasks, ReadNews, WriteNews, EditNews, ApproveNews),
	PartyAdmin:    set([]web.Permission{ReadParty}, ManagePeople),
	CouncilMember: set([]web.Permission{SitInCouncils, ReadNotices}),
	Viewer:        set(reading, ReadCommendation),
}

func set(base []web.Permission, more ...web.Permission) map[web.Permission]bool {
	m := map[web.Permission]bool{}
	for _, p := range base {
		m[p] = true
	}
	for _, p := range more {
		m[p] = true
	}
	return m
}

// Known reports whether some role gives the permission: whether it may stand among a token's scopes.
func Known(p web.Permission) bool {
	for _, given := range permissions {
		if given[p] {
			return true
		}
	}
	return false
}

// Roles lists the roles in the order of the interface.
func Roles() []Role {
	return []Role{Admin, Leader, UnitHead, GeneralOffice, OneStop, Specialist, PartyOffice, PartyAdmin, CouncilMember, Viewer}
}

// Permissions lists what routes ask for, for the scopes of API tokens.
func Permissions() []web.Permission {
	return []web.Permission{ReadDossiers, OpenDossiers, ActOnDossiers, MoveDossiers, ReadProcedures, ReadFigures, RecordFigures, ReadReports, FreezeReports, FillParts, SubmitParts, RunCampaigns, SignReports, ReadLedger, ReadDirectives,
		KeepDirectives, ReadTasks, AssignTasks, ActOnTasks, ReadCouncils, RunCouncils, SitInCouncils,
		ReadCommendation, KeepCommendation, DecideCommendation, ReadConferences, KeepConferences, ReadParty, KeepParty, ReadNews, WriteNews, EditNews, ApproveNews}
}

// GrantRole records that an account has a role in a unit and below. Errors: people.unknown_account,
// people.unknown_role, people.unknown_unit.
func (p *People) GrantRole(ctx context.Context, by By, account string, g Grant) error {
	return p.changeRole(ctx, by, account, g, kindRoleGranted)
}

// RevokeRole ends a role from by.On.
func (p *People) RevokeRole(ctx context.Context, by By, account string, g Grant) error {
	return p.changeRole(ctx, by, account, g, kindRoleRevoked)
}

func (p *People) changeRole(ctx context.Context, by By, id string, g Grant, kind string) error {
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	if _, ok := d.account[id]; !ok {
		return missing("people.unknown_account", "account", id)
	}
	if permissions[g.Role] == nil {
		return fault.New(fault.Invalid, "people.unknown_role", "role", string(g.Role))
	}
	if g.Unit != Everywhere {
		if err := d.still(g.Unit, p.dated(by).On, kind == kindRoleGranted); err != nil {
			return err
		}
	}
	return p.record(ctx, by, "account/"+id, "", kind, map[string]string{"account": id, "role": string(g.Role), "unit": g.Unit})
}

// identity is a recognised reader with the rights of today.
type identity struct {
	account, name string
	grants        []Grant
	scopes        map[web.Permission]bool // nil = all the account's rights; an API token may have fewer
	dir           *directory
	on            calendar.Date
}

// Account is the log-in name.
func (i *identity) Account() string { return i.account }

// Name is the person's name.
func (i *identity) Name() string { return i.name }

// Can reports whether one of the roles gives the permission in the unit. Anything of a Party unit asks
// for party.read besides, from a role in the same part of the tree.
func (i *identity) Can(p web.Permission, unit string) bool {
	if i.scopes != nil && !i.scopes[p] {
		return false
	}
	for _, g := range i.grants {
		if permissions[g.Role][p] && (unit == "" || i.covers(g, unit)) {
			return true
		}
	}
	return false
}

func (i *identity) covers(g Grant, unit string) bool {
	party := i.dir.isParty(unit)
	if party && !permissions[g.Role][ReadParty] {
		return false
	}
	if g.Unit == Everywhere {
		return !party
	}
	return unit == g.Unit || i.dir.below(g.Unit, i.on)[unit]
}

func (d *directory) isParty(unit string) bool {
	vs := d.units[unit]
	return len(vs) > 0 && vs[len(vs)-1].Side == Party
}

// Holds reports whether a reader has the permission for what belongs to a unit. Unit "" is the agency as a
// whole: what belongs to no one unit asks for a role everywhere or at the root of the state side, where
// Identity.Can would take a role anywhere.
func Holds(id web.Identity, p web.Permission, unit string) bool {
	if unit != "" {
		return id != nil && id.Can(p, unit)
	}
	i, ok := id.(*identity)
	if !ok || i.scopes != nil && !i.scopes[p] {
		return false
	}
	for _, g := range i.grants {
		if permissions[g.Role][p] && (g.Unit == Everywhere || i.dir.isRoot(g.Unit, i.on)) {
			return true
		}
	}
	return false
}

func (d *directory) isRoot(unit string, on calendar.Date) bool {
	u, ok := d.unitOn(unit, on)
	return ok && u.Parent == "" && u.Side == State
}

// Rights names what a reader may do: who has the same roles in the same units, or a token of the same scopes, has the same
// name. It is "" for who is nobody.
func Rights(id web.Identity) string {
	i, ok := id.(*identity)
	if !ok {
		return ""
	}
	parts := make([]string, 0, len(i.grants)+len(i.scopes))
	for _, g := range i.grants {
		parts = append(parts, string(g.Role)+"@"+g.Unit)
	}
	for p, given := range i.scopes {
		if given {
			parts = append(parts, string(p))
		}
	}
	if i.scopes != nil {
		parts = append(parts, "token")
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Reach is where a reader has a permission, in units, and where not, without. Units nil is everywhere else,
// units that nobody opened and facts of no unit included.
func Reach(id web.Identity, p web.Permission) (units, without []string) {
	i, ok := id.(*identity)
	if !ok {
		return []string{}, nil
	}
	units = []string{}
	for u := range i.dir.units {
		if i.Can(p, u) {
			units = append(units, u)
		} else {
			without = append(without, u)
		}
	}
	for _, g := range i.grants {
		if g.Unit == Everywhere && permissions[g.Role][p] && (i.scopes == nil || i.scopes[p]) {
			return nil, without
		}
	}
	return units, without
}

// Sides is Reach for lists that keep the two sides apart: whether the whole state side, and which units.
func Sides(id web.Identity, p web.Permission) (state bool, units []string) {
	units, _ = Reach(id, p)
	if units != nil {
		return false, units
	}
	i := id.(*identity)
	for u := range i.dir.units {
		if i.Can(p, u) {
			units = append(units, u)
		}
	}
	return true, units
}

// Looks reports whether a permission lets its holder see things only.
func Looks(p web.Permission) bool {
	return p == ReadCommendation || p == ReadParty || slices.Contains(reading, p)
}

// Looking is a reader with the rights of the moment that only look, for pages on which nothing can be done.
func Looking(id web.Identity) web.Identity {
	i, ok := id.(*identity)
	if !ok {
		return id
	}
	looks := *i
	looks.scopes = map[web.Permission]bool{}
	for _, p := range append(Permissions(), ReadNotices) {
		looks.scopes[p] = Looks(p) && (i.scopes == nil || i.scopes[p])
	}
	return &looks
}

// HasRole reports whether the reader has the role in the unit, for the steps of a procedure that name
// who may take them.
func HasRole(id web.Identity, r Role, unit string) bool {
	i, ok := id.(*identity)
	if !ok {
		return false
	}
	for _, g := range i.grants {
		if g.Role == r && (unit == "" || i.covers(g, unit)) {
			return true
		}
	}
	return false
}
