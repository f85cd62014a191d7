package dossier_test

import (
	"slices"
	"strings"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/testing/storetest"
)

// radiation files a request for a licence.
func (o *office) radiation(kind, on string, more map[string]any) (*dossier.Dossier, error) {
	fields := map[string]any{"noi_dung": "X-quang (mẫu)", "co_so": "Bệnh viện mẫu", "loai": kind, "cong_viec": "x_quang_y_te", "so_thiet_bi": 1}
	for k, v := range more {
		fields[k] = v
	}
	return o.Open(o.ctx, dossier.Filing{Procedure: "radiation_work_licence", On: day(on), Unit: "atbx", Fields: fields,
		Documents: []string{"don", "phap_ly", "nhan_vien", "chung_chi", "khai_bao", "kiem_dinh", "danh_gia_an_toan", "kiem_xa", "ung_pho", "lieu_ca_nhan"}})
}

// licence takes a filed request to its licence, signed on a day.
func (o *office) licence(t *testing.T, d *dossier.Dossier, err error, signed string) *dossier.Credential {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	on := d.LastOn.String()
	d = o.steps(t, d.Code, "tiep_nhan "+on, "phan_cong "+on, "trinh "+on, "ky "+signed)
	return o.credential(t, d.Track.Issued[0].Number)
}

func (o *office) credential(t *testing.T, number string) *dossier.Credential {
	t.Helper()
	c, err := o.Credential(o.ctx, "radiation_work_licence", number)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// count is how many licences a list holds, and fails where Credential.View says otherwise.
func (o *office) count(t *testing.T, view string) int {
	t.Helper()
	rows, n, err := o.Credentials(o.ctx, dossier.CredentialFilter{Reach: dossier.Reach{Units: []string{"atbx"}}, View: view, Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rows {
		if got := c.View(day("2021-12-01")); got != view && (got != dossier.Expiring || view != dossier.Valid) {
			t.Errorf("%s stands in %s and calls itself %s", c.Number, view, got)
		}
	}
	return n
}

func TestALicenceTakesThePlaceOfTheOneBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		d, err := o.radiation("cap_moi", "2021-03-01", nil)
		first := o.licence(t, d, err, "2021-03-15")

		d, err = o.radiation("sua_doi", "2021-06-01", map[string]any{"giay_phep_cu": first.Number})
		amended := o.licence(t, d, err, "2021-06-10")
		if amended.From != day("2021-06-10") || amended.Until != first.Until || amended.Replaces != first.Number {
			t.Errorf("amended: %+v", amended)
		}
		if first = o.credential(t, first.Number); first.EndedOn != day("2021-06-10") || first.EndReason != dossier.EndReplaced || first.Successor != amended.Number {
			t.Errorf("the one before: %+v", first)
		}
		_, err = o.radiation("sua_doi", "2021-06-20", map[string]any{"giay_phep_cu": first.Number})
		refused(t, err, "dossier.credential_replaced")
		refused(t, o.EndCredential(o.ctx, first.Procedure, first.Number, "thu_hoi", day("2021-07-01"), "a", ""), "dossier.credential_replaced")

		d, err = o.radiation("gia_han", "2021-07-01", map[string]any{"giay_phep_cu": " " + amended.Number})
		renewed := o.licence(t, d, err, "2021-07-20")
		if renewed.From != amended.Until+1 || renewed.Until != renewed.From.AddMonths(36)-1 {
			t.Errorf("renewed from %s until %s after %s", renewed.From, renewed.Until, amended.Until)
		}
		if amended = o.credential(t, amended.Number); amended.EndedOn != calendar.NoDate || amended.View(amended.Until) != dossier.Valid {
			t.Errorf("renewed, it stands to its end without a warning: %+v is %s", amended, amended.View(amended.Until))
		}
		if v, u, e := o.count(t, dossier.Valid), o.count(t, dossier.Upcoming), o.count(t, dossier.Ended); v != 1 || u != 1 || e != 1 {
			t.Errorf("%d valid, %d upcoming, %d ended", v, u, e)
		}
		o.then(t, first.Number, map[string]string{"2021-03-14": "", "2021-03-15": dossier.Valid, "2021-06-09": dossier.Valid, "2021-06-10": dossier.Ended, "2021-07-19": dossier.Ended})
		o.then(t, amended.Number, map[string]string{"2021-06-09": "", "2021-06-10": dossier.Valid, "2021-07-20": dossier.Valid})
		if was, err := o.CredentialAsOf(o.ctx, amended.Procedure, amended.Number, day("2021-07-19")); err != nil || was.Successor != "" {
			t.Errorf("before it was renewed, %+v named its successor: %v", was, err)
		}
		if err := o.EndCredential(o.ctx, renewed.Procedure, renewed.Number, "thu_hoi", day("2021-09-01"), "a", ""); err != nil {
			t.Fatal(err)
		}
		o.then(t, renewed.Number, map[string]string{"2021-07-19": "", "2021-08-31": dossier.Upcoming, "2021-09-01": dossier.Ended})
	})
}

// then tells in which view a licence stood on days ("" = it was not there), by itself and in the list of that view; what has happened is the
// same as of today as it is now.
func (o *office) then(t *testing.T, number string, days map[string]string) {
	t.Helper()
	list := func(view string, on calendar.Date) []dossier.Credential {
		rows, _, err := o.Credentials(o.ctx, dossier.CredentialFilter{Reach: dossier.Reach{Units: []string{"atbx"}}, View: view, Limit: 9, Day: on})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	for on, view := range days {
		c, err := o.CredentialAsOf(o.ctx, "radiation_work_licence", number, day(on))
		if view == "" {
			refused(t, err, "dossier.no_credential")
			continue
		}
		if err != nil || c.View(day(on)) != view {
			t.Errorf("%s on %s: %+v, want %s: %v", number, on, c, view, err)
		}
		if !slices.ContainsFunc(list(view, day(on)), func(c dossier.Credential) bool { return c.Number == number }) {
			t.Errorf("%s is not in the list %q of %s", number, view, on)
		}
	}
	for _, view := range []string{"", dossier.Valid, dossier.Upcoming, dossier.Expiring, dossier.RenewalLate, dossier.Expired, dossier.Ended} {
		if then, now := list(view, day("2021-12-01")), list(view, 0); !slices.Equal(then, now) {
			t.Errorf("%q as of today is %+v, now it is %+v", view, then, now)
		}
	}
}

func TestALicenceThatIsNamedMustFit(t *testing.T) {
	o := newOffice(t, t.TempDir()+"/a.db")
	d, err := o.radiation("cap_moi", "2021-03-01", nil)
	held := o.licence(t, d, err, "2021-03-15")
	for _, c := range []struct {
		key  string
		more map[string]any
	}{
		{"procedure.field_missing", nil},
		{"procedure.field_missing", map[string]any{"giay_phep_cu": "7/2018/GP"}}, // not in the register: its end must be told
		{"dossier.credential_not_theirs", map[string]any{"giay_phep_cu": held.Number, "co_so": "Phòng khám khác"}},
		{"dossier.credential_other_end", map[string]any{"giay_phep_cu": held.Number, "het_han_cu": "2026-01-01"}},
	} {
		_, err := o.radiation("gia_han", "2021-06-01", c.more)
		refused(t, err, c.key)
	}
	d, err = o.radiation("cap_lai", "2021-06-01", map[string]any{"giay_phep_cu": "7/2018/GP", "het_han_cu": "2022-05-31"})
	if c := o.licence(t, d, err, "2021-06-10"); c.Until != day("2022-05-31") || c.Replaces != "7/2018/GP" {
		t.Errorf("for one on paper: %+v", c)
	}
	d, err = o.radiation("gia_han", "2021-06-01", map[string]any{"giay_phep_cu": held.Number})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.EndCredential(o.ctx, held.Procedure, held.Number, "thu_hoi", day("2021-06-15"), "a", ""); err != nil {
		t.Fatal(err)
	}
	o.steps(t, d.Code, "tiep_nhan 2021-06-16", "phan_cong 2021-06-16", "trinh 2021-06-16")
	_, err = o.Act(o.ctx, dossier.Act{Code: d.Code, Action: "ky", On: day("2021-06-17")})
	refused(t, err, "dossier.credential_ended")
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	if !strings.Contains(fault.Keys(err), key) {
		t.Errorf("%v, not %s", err, key)
	}
}

// A licence for more devices has a number and a term of its own beside the one in hand, which must be the applicant's and stand.
func TestALicenceForMoreDevicesStandsBesideTheOneInHand(t *testing.T) {
	o := newOffice(t, t.TempDir()+"/a.db")
	d, err := o.radiation("cap_moi", "2021-03-01", nil)
	first := o.licence(t, d, err, "2021-03-10")
	if _, err := o.radiation("bo_sung", "2021-06-01", nil); !fault.Is(err, "procedure.field_missing") {
		t.Errorf("which licence it adds to is not asked: %v", err)
	}
	if _, err := o.radiation("bo_sung", "2021-06-01", map[string]any{"giay_phep_cu": first.Number, "co_so": "Bệnh viện khác (mẫu)"}); !fault.Is(err, "dossier.credential_not_theirs") {
		t.Errorf("somebody else's licence: %v", err)
	}
	d, err = o.radiation("bo_sung", "2021-06-01", map[string]any{"giay_phep_cu": first.Number})
	more := o.licence(t, d, err, "2021-06-10")
	if more.Number == first.Number || more.From != day("2021-06-10") || more.Until != day("2024-06-09") || more.Replaces != "" {
		t.Errorf("%+v", more)
	}
	if now := o.credential(t, first.Number); now.Successor != "" || now.EndedOn != calendar.NoDate || now.Until != first.Until {
		t.Errorf("the licence in hand became %+v", now)
	}
	o.now = o.now.AddDate(0, 0, 1)
	if err := o.EndCredential(o.ctx, "radiation_work_licence", first.Number, "thu_hoi", day("2021-06-20"), "a", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o.radiation("bo_sung", "2021-07-01", map[string]any{"giay_phep_cu": first.Number}); !fault.Is(err, "dossier.credential_ended") {
		t.Errorf("to one that ended: %v", err)
	}
}
