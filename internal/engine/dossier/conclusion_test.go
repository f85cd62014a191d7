package dossier_test

import (
	"context"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
)

// TestACouncilAgainstStopsTheStep: a mean of 82 does not win where the count was against, as when one criterion got
// nothing from too many; nor does money flow that the appraisal team voted down.
func TestACouncilAgainstStopsTheStep(t *testing.T) {
	o := newOffice(t, t.TempDir()+"/a.db")
	found := map[string]*dossier.Concluded{}
	o.Engine = dossier.New(o.ledger, o.db, procedures(t), o.cal, dossier.Options{AgencyCode: agency, Clock: func() time.Time { return o.now },
		Conclusion: func(_ context.Context, _, council string) (*dossier.Concluded, error) { return found[council], nil }})
	d, err := o.Open(o.ctx, dossier.Filing{Procedure: "mission", On: day("2021-03-01"), Unit: "qlkh", Documents: []string{"phieu_de_xuat", "tra_cuu"},
		Fields: map[string]any{"ten": "Đề tài (mẫu)", "to_chuc_de_xuat": "Viện mẫu", "cap": "tinh", "loai_hinh": "de_tai", "linh_vuc": "ky_thuat"}})
	if err != nil {
		t.Fatal(err)
	}
	act := func(action string, fields map[string]any, papers ...string) error {
		_, err := o.Act(o.ctx, dossier.Act{Code: d.Code, Action: action, On: day("2021-03-02"), Fields: fields, Documents: papers})
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(act("tong_hop", nil))
	must(act("hop_xac_dinh", nil))
	must(act("ket_luan_xac_dinh", map[string]any{"ty_le_thuc_hien": 88}))
	must(act("phe_duyet_danh_muc", nil))
	must(act("mo_tuyen_chon", map[string]any{"han_nop": "2021-04-01"}))
	must(act("mo_ho_so", map[string]any{"to_chuc_chu_tri": "Viện mẫu"}, "don_dang_ky", "thuyet_minh", "ly_lich"))
	found["tuyen_chon"] = &dossier.Concluded{Fields: map[string]any{"diem": 82.0}}
	refused(t, act("ket_luan_tuyen_chon", nil), "dossier.council_against")
	found["tuyen_chon"].Passed = true
	must(act("ket_luan_tuyen_chon", nil))
	must(act("nop_sua", nil))
	money := map[string]any{"kinh_phi_nsnn": 900_000_000, "thoi_gian": 24}
	found["kinh_phi"] = &dossier.Concluded{}
	refused(t, act("phe_duyet_kinh_phi", money), "dossier.council_against")
	delete(found, "kinh_phi") // no team sat in the program: recorded by hand
	must(act("phe_duyet_kinh_phi", money))
}
