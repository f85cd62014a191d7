package sample

import "trucot/internal/kernel/calendar"

// verification is the Technical Centre's orders: most of the dossiers.
func verification() *kind {
	return &kind{procedure: "measurement_verification", unit: "ktdl", head: "tp-ktdl",
		hands: []string{"cv-ktdl-1", "cv-ktdl-2", "cv-ktdl-3", "cv-ktdl-4", "cv-ktdl-5"},
		rate:  3.95, growth: 11, late: [2]float64{3.4, 2}, refuse: 1, withdraw: 1.2,
		papers: []string{"phieu_yeu_cau"}, draw: verificationForm, begin: (*life).ordered}
}

// instruments are the kinds of instrument, their field of measurement, how often, and how many an order has.
var instruments = []struct {
	id, field, request string
	weight, most       int
}{
	{"can", "khoi_luong", "dinh_ky", 34, 25},
	{"cot_do_xang", "dung_tich", "dinh_ky", 24, 8},
	{"taximet", "do_dai", "dinh_ky", 10, 12},
	{"dong_ho_nuoc", "dung_tich", "ban_dau", 8, 120},
	{"cong_to_1_pha", "dien", "dinh_ky", 8, 150},
	{"huyet_ap", "ap_suat", "dinh_ky", 9, 12},
	{"khac", "nhiet_do", "hieu_chuan", 7, 6},
}

func verificationForm(s *simulation, _ calendar.Date) map[string]any {
	weights := make([]int, len(instruments))
	for i := range instruments {
		weights[i] = instruments[i].weight
	}
	kind, w := instruments[s.rnd.weighted(weights...)], s.words.Verification
	return map[string]any{"noi_dung": w.Orders[kind.id], "khach_hang": s.name(pick(&s.rnd, w.Customers)), "loai_kiem_dinh": kind.request,
		"linh_vuc": kind.field, "phuong_tien": kind.id, "so_luong": s.rnd.between(1, s.rnd.between(1, kind.most))}
}

func (l *life) ordered(on calendar.Date) error {
	if l.s.rnd.percent(l.kind.refuse) {
		return l.then(on, 0, func(l *life, on calendar.Date) error {
			return l.act("tu_choi_nhan", l.desk, on, reason(l.s.words.Reasons.Refuse))
		})
	}
	return l.then(on, l.s.rnd.weighted(70, 22, 8), (*life).takeIn)
}

func (l *life) takeIn(on calendar.Date) error {
	if err := l.act("nhan_phuong_tien", l.desk, on, nil); err != nil {
		return err
	}
	if l.s.rnd.percent(l.kind.withdraw) {
		return l.then(on, 1, (*life).withdraw)
	}
	return l.then(on, l.s.rnd.between(0, 1), (*life).allot)
}

func (l *life) allot(on calendar.Date) error {
	if err := l.act("phan_cong", l.head, on, nil); err != nil {
		return err
	}
	return l.bench(on)
}

// bench plans the verification itself.
func (l *life) bench(on calendar.Date) error {
	day, late := l.finishBy(on)
	if planned, err := l.apologiseFirst(on, late, (*life).bench); planned {
		return err
	}
	return l.on(max(on, l.s.back(day, 1)), func(l *life, on calendar.Date) error { return l.test(on, day) })
}

// test records how many passed; they must add up to those taken in.
func (l *life) test(on, day calendar.Date) error {
	n := number(l.d.Fields["so_luong"])
	failed := 0
	for range n {
		if l.s.rnd.percent(2.6) {
			failed++
		}
	}
	if err := l.act("ghi_ket_qua", l.hand, on, map[string]any{"so_dat": n - failed, "so_khong_dat": failed}); err != nil {
		return err
	}
	if err := l.act("trinh", l.head, on, nil); err != nil {
		return err
	}
	return l.on(day, func(l *life, on calendar.Date) error {
		if err := l.act("ky", l.leader, on, nil); err != nil {
			return err
		}
		sum := l.s.instruments[monthEnd(on)]
		l.s.instruments[monthEnd(on)] = [2]int{sum[0] + n - failed, sum[1] + failed}
		return l.then(on, l.s.rnd.weighted(60, 25, 15), (*life).handOver)
	})
}
