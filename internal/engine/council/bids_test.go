package council_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/vault"
	"trucot/internal/testing/storetest"
)

var sharedProcedures = sync.OnceValues(func() (*procedure.Set, error) { return procedure.Load(definitions.Files) })

// selectionRules are a selection council of three, whose files compete for the dossier.
func selectionRules() council.Rules {
	seat := func(id string, least int) council.Seat {
		return council.Seat{ID: id, Label: council.Text{"vi": id}, Min: least}
	}
	text := func(s string) council.Text { return council.Text{"vi": s} }
	return council.Rules{ID: "tuyen_chon", Label: text("Hội đồng tuyển chọn (mẫu)"), Min: 3, Max: 9, Seats: []council.Seat{seat("chu_tich", 1), seat("uy_vien", 0)},
		Quorum: council.Share{Num: 2, Den: 3}, Field: "diem", Of: council.ResultMean, Winner: "to_chuc_chu_tri", Leader: "chu_nhiem",
		Conflicts: []council.Conflict{{ID: "dang_ky", Label: text("Người đăng ký"), Who: []string{"chu_nhiem"}}, {ID: "nhan_su", Label: text("Người của bên đăng ký"), Same: []string{"to_chuc_chu_tri"}}},
		Ballot: council.Ballot{Kind: council.Score, Pass: 7000, Bonus: 10, BonusFrom: 7000, Criteria: []council.Criterion{{ID: "noi_dung", Label: text("Nội dung"), Max: 10000}},
			TieBreaks: []council.TieBreak{{ID: "kinh_phi", Label: text("Kinh phí thấp hơn"), Lower: true}, {ID: "xuat_sac", Label: text("Xuất sắc")}}}}
}

// experts are those who may sit, by account.
var experts = map[string]string{"chu-tich": "Phạm Thị Chủ", "e-so": "Lê Văn Số", "e-ten": "Trần Văn Tên", "e-khac": "Trần Văn Tên", "e-danh-ba": "Ngô Văn Sổ", "e-ngay": "Đỗ Văn Ngày", "e-vien": "Vũ Thị Viện"}

// bidding is an office with missions on record and a selection council of the last of them.
type bidding struct {
	*office
	dossiers *dossier.Engine
	code     string // of the mission to be given out
	late     string // of the mission whose acceptance file is overdue
	famous   string // of the excellent one
}

func newBidding(t *testing.T, at string) *bidding {
	t.Helper()
	o := &office{ctx: context.Background(), now: day("2024-07-10").Time().Add(3 * time.Hour), rules: selectionRules(), dir: t.TempDir()}
	o.db = storetest.Open(t, at)
	clock := func() time.Time { return o.now }
	var err error
	o.ledger, err = ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{dossier.Fold(), council.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { o.ledger.Close() })
	v, err := vault.Open(o.ctx, o.db, filepath.Join(o.dir, "vault.key"))
	must(t, err)
	cal, err := sharedCalendar()
	must(t, err)
	procs, err := sharedProcedures()
	must(t, err)
	b := &bidding{office: o}
	b.dossiers = dossier.New(o.ledger, o.db, procs, cal, dossier.Options{AgencyCode: "000.00.00.H00", Clock: clock, Seal: v.Seal,
		Open: func(ctx context.Context, _, sealed string) (string, error) { return v.Open(ctx, sealed) }})
	o.Engine, err = council.New(o.ctx, o.ledger, o.db, cal, b.dossiers, council.Options{Clock: clock, Seal: v.Seal, Open: v.Open, Forget: v.Erase,
		Rules: func(context.Context, *dossier.Dossier, string, string) (*council.Rules, error) {
			r := o.rules
			return &r, nil
		},
		Known: func(_ context.Context, account string) (council.Known, error) {
			if name := experts[account]; name != "" {
				return council.Known{Name: name, Person: "p-" + account}, nil
			}
			return council.Known{}, fault.New(fault.NotFound, "people.unknown_account", "account", account)
		}})
	must(t, err)
	b.late = b.mission(t, "2021-03-01", "tinh", "Viện Trễ (mẫu)", "ky_hop_dong")
	b.famous = b.mission(t, "2021-03-02", "quoc_gia", "Viện Giỏi (mẫu)", "nghiem_thu")
	b.code = b.mission(t, "2024-06-03", "tinh", "Viện Trễ (mẫu)", "mo_tuyen_chon")
	return b
}

// mission takes a mission so far, all on the day of filing but what needs another; its host is also the proposer of the last.
func (b *bidding) mission(t *testing.T, on, level, host, last string) string {
	t.Helper()
	proposer := host
	if last == "mo_tuyen_chon" {
		proposer = "Viện Giỏi (mẫu)"
	}
	d, err := b.dossiers.Open(b.ctx, dossier.Filing{Procedure: "mission", On: day(on), Unit: "qlkh", Documents: []string{"phieu_de_xuat", "tra_cuu"},
		Fields: map[string]any{"ten": "Đề tài (mẫu)", "to_chuc_de_xuat": proposer, "cap": level, "loai_hinh": "de_tai", "linh_vuc": "ky_thuat"}})
	must(t, err)
	steps := []struct {
		action string
		on     string
		fields map[string]any
		papers []string
	}{
		{"tong_hop", on, nil, nil}, {"hop_xac_dinh", on, nil, nil}, {"ket_luan_xac_dinh", on, map[string]any{"ty_le_thuc_hien": 90}, nil}, {"phe_duyet_danh_muc", on, nil, nil},
		{"mo_tuyen_chon", on, map[string]any{"han_nop": "2024-07-05"}, nil}, {"mo_ho_so", on, map[string]any{"to_chuc_chu_tri": host, "chu_nhiem": "Nguyễn Văn Chủ Nhiệm"}, []string{"don_dang_ky", "thuyet_minh", "ly_lich"}},
		{"ket_luan_tuyen_chon", on, map[string]any{"diem": 80}, nil}, {"nop_sua", on, nil, nil}, {"phe_duyet_kinh_phi", on, map[string]any{"kinh_phi_nsnn": 1000, "thoi_gian": 24}, nil},
		{"ky_hop_dong", on, map[string]any{"so_hop_dong": "1/HĐ", "bat_dau": on, "ket_thuc": "2023-03-01"}, nil},
		{"nop_tu_danh_gia", "2023-03-10", nil, []string{"tu_danh_gia", "bao_cao_tong_hop"}}, {"lap_hoi_dong", "2023-03-10", nil, nil}, {"nghiem_thu", "2023-03-15", map[string]any{"xep_loai": "xuat_sac"}, nil},
		{"dang_ky", "2023-03-20", map[string]any{"so_dang_ky": "1/KQ"}, nil},
	}
	for _, s := range steps {
		if s.fields["chu_nhiem"] != nil {
			s.fields["chu_nhiem"] = "Nguyễn Văn " + d.Code // each another person
		}
		_, err := b.dossiers.Act(b.ctx, dossier.Act{Code: d.Code, Action: s.action, On: day(s.on), Fields: s.fields, Documents: s.papers})
		must(t, err)
		if s.action == last && last != "nghiem_thu" || s.action == "dang_ky" {
			break
		}
	}
	return d.Code
}

func (b *bidding) form(t *testing.T) *council.Council {
	t.Helper()
	c, err := b.Form(b.ctx, council.Founding{Dossier: b.code, Rule: "tuyen_chon", Secretary: "chu-tich", Actor: "thuky",
		Files: []council.File{{ID: "1", Label: "Viện Giỏi (mẫu)"}, {ID: "2", Label: "VIỆN TRỄ (mẫu)"}}})
	must(t, err)
	return c
}

func keys(list fault.List) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Key)
	}
	return out
}

// TestTheRecordsSayWhoIsBarredAndPreferred: bonus, the count of excellent missions and the bar come from the dossiers; the
// secretary decides otherwise only with a reason, and the reason stays.
func TestTheRecordsSayWhoIsBarredAndPreferred(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		b := newBidding(t, at)
		c := b.form(t)
		good, late := &c.Files[0], &c.Files[1]
		if !good.Bonus || good.Facts["xuat_sac"] != 1 || len(good.Barred()) > 0 {
			t.Errorf("the proposer with an excellent mission: %+v", good)
		}
		if late.Bonus || late.Facts["xuat_sac"] != 0 || len(late.Barred()) != 1 || !slices.Equal(late.Barred()[0].Dossiers, []string{b.late}) {
			t.Errorf("the host with an overdue mission: %+v", late)
		}
		if !slices.Contains(keys(b.Obstacles(c)), "council.bid_barred") {
			t.Error("a barred application does not stand against the vote")
		}
		set := func(second council.File) (*council.Council, error) {
			second.ID, second.Label = "2", "VIỆN TRỄ (mẫu)"
			return b.SetFiles(b.ctx, c.ID, by, []council.File{{ID: "1", Label: "Viện Giỏi (mẫu)", Own: map[string]int64{council.OwnBonus: 1}, Reason: "thừa"}, second})
		}
		for _, own := range []map[string]int64{{council.OwnBars: 0}, {council.OwnBonus: 1}, {"xuat_sac": 2}} {
			if _, err := set(council.File{Own: own, Reason: " "}); !fault.Is(err, "council.own_reason") {
				t.Errorf("%v without a reason: %v", own, err)
			}
		}
		c, err := set(council.File{Own: map[string]int64{council.OwnBars: 0, council.OwnBonus: 1, "xuat_sac": 2}, Reason: "Đã có văn bản cho lùi hạn"})
		must(t, err)
		if first := c.Files[0]; first.Own != nil || first.Reason != "" || !first.Bonus {
			t.Errorf("what agrees with the records is no decision of the secretary's: %+v", first)
		}
		if second := c.Files[1]; !second.Bonus || second.Facts["xuat_sac"] != 2 || second.Reason != "Đã có văn bản cho lùi hạn" || len(second.Barred()) > 0 || len(second.Reckoned) == 0 {
			t.Errorf("the secretary's decision: %+v", second)
		}
		if slices.Contains(keys(b.Obstacles(c)), "council.bid_barred") {
			t.Error("an application taken with a reason still stands against the vote")
		}
	})
}

// TestPeopleOfTheApplicationsAreComparedWithTheMembers: by the register, by number, by name and date of birth, by name alone,
// and by where they work; what is certain cannot be cleared, and no name reaches the ledger.
func TestPeopleOfTheApplicationsAreComparedWithTheMembers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		b := newBidding(t, at)
		c := b.form(t)
		seat := func(s council.Seating) {
			t.Helper()
			_, err := b.Seat(b.ctx, c.ID, by, s)
			must(t, err)
		}
		seat(council.Seating{Account: "chu-tich", Role: "chu_tich", Organisation: "Trường Mẫu"})
		seat(council.Seating{Account: "e-so", Role: "uy_vien", Number: "001080000001"})
		seat(council.Seating{Account: "e-ten", Role: "uy_vien"})
		who, err := council.ReadPeople("Lê Văn Khác Tên; ; 001080000001\nTrần Văn Tên; 2/3/1975\ne-danh-ba\n\nĐỗ Văn Ngày; 14/6/1980")
		must(t, err)
		c, err = b.SetFiles(b.ctx, c.ID, by, []council.File{{ID: "1", Label: "Viện Giỏi (mẫu)", Who: who, Partners: []string{"Trung tâm Phối hợp (mẫu)"}}, {ID: "2", Label: "Viện Trễ (mẫu)"}})
		must(t, err)
		seat(council.Seating{Account: "e-danh-ba", Role: "uy_vien"}) // named after the files as well
		seat(council.Seating{Account: "e-ngay", Role: "uy_vien", Born: day("1980-06-14"), Organisation: "Trung tâm phối hợp (MẪU)"})
		seat(council.Seating{Account: "e-khac", Role: "uy_vien", Born: day("1990-01-01")})
		seat(council.Seating{Account: "e-vien", Role: "uy_vien", Organisation: "viện trễ (mẫu)"})
		c, err = b.SetFiles(b.ctx, c.ID, by, c.Files) // people who do not come again stay
		must(t, err)
		found := map[string]string{}
		for _, f := range c.Findings() {
			found[f.Account] += f.Conflict.ID + "/" + f.How + f.With + " "
			if !f.Barred {
				t.Errorf("%s is not barred", f.Account)
			}
		}
		want := map[string]string{"e-so": "dang_ky/number ", "e-ten": "dang_ky/name ", "e-danh-ba": "dang_ky/record ", "e-ngay": "dang_ky/birth nhan_su/Trung tâm Phối hợp (mẫu) ", "e-vien": "nhan_su/Viện Trễ (mẫu) "}
		for account := range experts {
			if found[account] != want[account] {
				t.Errorf("%s: %q, not %q", account, found[account], want[account])
			}
		}
		if _, err := b.Clear(b.ctx, c.ID, by, "e-so", "dang_ky", "không phải"); !fault.Is(err, "council.no_finding") {
			t.Errorf("a certain conflict is cleared: %v", err)
		}
		c, err = b.Clear(b.ctx, c.ID, by, "e-ten", "dang_ky", "Sinh năm 1960, người khác")
		must(t, err)
		if slices.ContainsFunc(c.Findings(), func(f council.Finding) bool { return f.Account == "e-ten" }) {
			t.Error("a name alone cannot be cleared")
		}
		events, err := b.ledger.Stream(b.ctx, "council/"+c.ID)
		must(t, err)
		for _, e := range events {
			for _, secret := range []string{"Khác Tên", "001080000001", "Trần Văn", "1980-06-14"} {
				if strings.Contains(string(e.Data), secret) {
					t.Errorf("%s says %s in the clear", e.Kind, secret)
				}
			}
		}
	})
}

// TestATieIsDecidedAndSaid: files that nothing parts name no winner until the one who decides has decided; then the dossier
// gets that winner and who leads it.
func TestATieIsDecidedAndSaid(t *testing.T) {
	for _, decides := range []string{council.TieHead, council.TieChair} {
		b := newBidding(t, filepath.Join(t.TempDir(), "a.db"))
		b.rules.Conflicts = nil
		b.rules.Ballot.Undecided = &council.Undecided{By: decides, Label: council.Text{"vi": "Ai quyết định"}}
		c := b.form(t)
		who := []council.Person{{Name: "Nguyễn Thị Dẫn", Born: calendar.NoDate}}
		c, err := b.SetFiles(b.ctx, c.ID, by, []council.File{{Label: "Viện Một (mẫu)"}, {Label: "Viện Hai (mẫu)", Who: who}, {Label: "Viện Ba (mẫu)"}})
		must(t, err)
		for i, account := range []string{"chu-tich", "e-so", "e-ten"} {
			_, err := b.Seat(b.ctx, c.ID, by, council.Seating{Account: account, Role: []string{"chu_tich", "uy_vien"}[min(i, 1)]})
			must(t, err)
		}
		present := []string{"chu-tich", "e-so", "e-ten"}
		_, err = b.Call(b.ctx, c.ID, by, day("2024-07-10"), "")
		must(t, err)
		_, err = b.Attend(b.ctx, c.ID, by, council.Attendance{Present: present})
		must(t, err)
		_, err = b.OpenVote(b.ctx, c.ID, by)
		must(t, err)
		mark := func(n int64) council.Mark { return council.Mark{Points: map[string]int64{"noi_dung": n}} }
		for _, account := range present {
			_, err := b.Vote(b.ctx, council.Casting{Council: c.ID, Account: account, Actor: account, Key: account, Paper: council.Paper{"1": mark(8000), "2": mark(8000), "3": mark(7500)}})
			must(t, err)
		}
		c, err = b.CloseVote(b.ctx, c.ID, by)
		must(t, err)
		chair := council.By{Actor: "chu-tich"}
		if _, err := b.Settle(b.ctx, c.ID, chair, "2", "1/QĐ", "vì"); !fault.Is(err, "council.no_tie") {
			t.Errorf("a tie is decided before the count is confirmed: %v", err)
		}
		_, err = b.Confirm(b.ctx, c.ID, chair)
		must(t, err)
		c, err = b.Conclude(b.ctx, c.ID, by, "Kiến nghị chọn")
		must(t, err)
		if !slices.Equal(c.Tie(), []string{"1", "2"}) || c.Deciding() != decides {
			t.Fatalf("tied %v, %q decides", c.Tie(), c.Deciding())
		}
		if _, err := b.Conclusion(b.ctx, b.code, "tuyen_chon"); !fault.Is(err, "council.tie_open") {
			t.Errorf("the dossier goes on without a winner: %v", err)
		}
		refusals := map[string]func() error{
			"council.not_tied":    func() error { _, err := b.Settle(b.ctx, c.ID, chair, "3", "1/QĐ", "vì"); return err },
			"council.need_reason": func() error { _, err := b.Settle(b.ctx, c.ID, chair, "2", "1/QĐ", " "); return err },
		}
		if decides == council.TieHead {
			refusals["council.need_decision"] = func() error { _, err := b.Settle(b.ctx, c.ID, by, "2", "", "vì"); return err }
		} else {
			refusals["council.not_yours"] = func() error { _, err := b.Settle(b.ctx, c.ID, by, "2", "", "vì"); return err }
		}
		for key, refused := range refusals {
			if err := refused(); !fault.Is(err, key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		c, err = b.Settle(b.ctx, c.ID, chair, "2", "9/QĐ-SKHCN", "Có phòng thí nghiệm")
		must(t, err)
		if c.TieOpen() || c.Winner().File != "2" || c.Settled.By != decides {
			t.Errorf("%+v", c.Settled)
		}
		got, err := b.Conclusion(b.ctx, b.code, "tuyen_chon")
		must(t, err)
		if got.Fields["to_chuc_chu_tri"] != "Viện Hai (mẫu)" || got.Fields["chu_nhiem"] != "Nguyễn Thị Dẫn" {
			t.Errorf("the dossier gets %v", got.Fields)
		}
		r, err := b.Recount(b.ctx, c.ID)
		must(t, err)
		if !r.OK {
			t.Errorf("the count no longer holds: %v", r.Faults)
		}
	}
}

// TestLatenessComesFromTheDossier: the acceptance file that came over six months after its day leaves one level.
func TestLatenessComesFromTheDossier(t *testing.T) {
	for _, c := range []struct {
		on   string
		late bool
	}{{"2023-09-30", false}, {"2023-10-01", true}} {
		b := newBidding(t, filepath.Join(t.TempDir(), "a.db"))
		b.rules.ID, b.rules.Winner, b.rules.Leader = "nghiem_thu", "", ""
		b.rules.Ballot = council.Ballot{Kind: council.Rating, Forced: "khong_dat", ForcedIf: council.Text{"vi": "chậm quá 6 tháng"}, Levels: []council.Level{{ID: "dat", Default: true}, {ID: "khong_dat", More: &council.Share{Num: 1, Den: 3}}}}
		_, err := b.dossiers.Act(b.ctx, dossier.Act{Code: b.late, Action: "nop_tu_danh_gia", On: day(c.on), Documents: []string{"tu_danh_gia", "bao_cao_tong_hop"}})
		must(t, err)
		sits, err := b.Form(b.ctx, council.Founding{Dossier: b.late, Rule: "nghiem_thu", Secretary: "chu-tich", Actor: "thuky"})
		must(t, err)
		if f := sits.Files[0]; f.Forced != c.late || len(f.Reckoned) != 1 {
			t.Errorf("handed in on %s: %+v", c.on, f)
		}
	}
}

func FuzzReadPeople(f *testing.F) {
	f.Add("Lê Văn Mẫu; 14/6/1980; 001080000001\nTrần Thị Mẫu")
	f.Add(";;\n;1/1/1;x")
	f.Fuzz(func(t *testing.T, text string) {
		people, err := council.ReadPeople(text)
		if err != nil {
			return
		}
		for _, p := range people {
			if p.Name == "" || !council.ReadNumber(p.Number) {
				t.Errorf("%q gives %+v", text, p)
			}
		}
	})
}
