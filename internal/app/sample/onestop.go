package sample

import (
	"fmt"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// oneStop are the kinds whose procedures extend one_stop.
func oneStop() []*kind {
	return []*kind{
		{procedure: "technology_appraisal", unit: "qlcn", head: "tp-qlcn", hands: []string{"cv-qlcn-1", "cv-qlcn-2", "cv-qlcn-3"},
			rate: 0.26, growth: 14, late: [2]float64{9, 6}, refuse: 3, missing: 9, unclear: 9, withdraw: 2,
			papers: []string{"van_ban_de_nghi", "giai_trinh", "phap_ly", "du_lieu_cong_nghe"}, draw: technologyForm, begin: (*life).look},
		{procedure: "radiation_work_licence", unit: "atbx", head: "tp-atbx", hands: []string{"cv-atbx-1", "cv-atbx-2"},
			rate: 0.56, growth: 9, late: [2]float64{5, 3}, refuse: 2, missing: 12, unclear: 6, withdraw: 1.5,
			papers: []string{"don", "phap_ly", "nhan_vien", "chung_chi", "khai_bao", "kiem_dinh", "danh_gia_an_toan", "kiem_xa", "ung_pho", "lieu_ca_nhan"},
			draw:   radiationForm, begin: (*life).look},
		{procedure: "st_enterprise", unit: "qlcn", head: "tp-qlcn", hands: []string{"cv-qlcn-1", "cv-qlcn-2"},
			rate: 0.11, growth: 12, late: [2]float64{4, 3}, refuse: 3, missing: 12, unclear: 8, withdraw: 2,
			papers: []string{"don", "xac_nhan_kq", "phuong_an"}, draw: enterpriseForm, begin: (*life).look},
	}
}

func technologyForm(s *simulation, _ calendar.Date) map[string]any {
	w := s.words.Technology
	return map[string]any{
		"du_an": pick(&s.rnd, w.Projects) + " " + s.name("{place} {n}"), "nha_dau_tu": s.name(w.Investors),
		"giai_doan": []string{"chu_truong", "quyet_dinh", "thay_doi"}[s.rnd.weighted(60, 35, 5)],
		"nhom":      []string{"a", "b", "c"}[s.rnd.weighted(5, 45, 50)],
		"cong_nghe": []string{"han_che", "moi_truong", "khac"}[s.rnd.weighted(10, 50, 40)],
		"von":       s.rnd.between(5, 900) * 1_000_000_000,
	}
}

func radiationForm(s *simulation, on calendar.Date) map[string]any {
	w := s.words.Radiation
	kind := []string{"cap_moi", "gia_han", "sua_doi", "bo_sung", "cap_lai"}[s.rnd.weighted(38, 40, 8, 11, 3)]
	f := map[string]any{"noi_dung": w.Requests[kind], "co_so": s.name(pick(&s.rnd, w.Facilities)), "loai": kind,
		"cong_viec": []string{"x_quang_y_te", "khac_45", "khac_30", "khac_15"}[s.rnd.weighted(88, 2, 6, 4)], "so_thiet_bi": s.rnd.between(1, 4)}
	switch kind {
	case "gia_han":
		onPaper(s, f, on+calendar.Date(s.rnd.between(46, 110)))
	case "bo_sung":
		onPaper(s, f, on.AddMonths(14))
		delete(f, "het_han_cu") // which only matters where the licence is replaced
	case "sua_doi", "cap_lai":
		if old, ok := s.held("radiation_work_licence"); ok {
			f["co_so"], f["giay_phep_cu"] = old.holder, old.number
		} else {
			onPaper(s, f, on.AddMonths(14))
		}
	}
	return f
}

// onPaper names a licence from before the register, which ends on a day and was issued three years earlier.
func onPaper(s *simulation, form map[string]any, ends calendar.Date) {
	year, _, _ := ends.AddMonths(-36).YMD()
	s.paper++
	form["giay_phep_cu"], form["het_han_cu"] = fmt.Sprintf("%03d/%d/GP (mẫu)", s.paper, year), ends.String()
}

// inHand is a credential that the simulation issued.
type inHand struct {
	holder, number string
	sent           int // commands sent before it
}

// held takes one of a procedure's credentials out of those that nobody yet asked to change, the oldest first.
func (s *simulation) held(procedure string) (inHand, bool) {
	all := s.issued[procedure]
	if len(all) == 0 || s.pipe.count-all[0].sent <= inFlight { // may be under way yet
		return inHand{}, false
	}
	s.issued[procedure] = all[1:]
	return all[0], true
}

// keep remembers what a step issued.
func (s *simulation) keep(d *dossier.Dossier, before int) {
	for _, c := range d.Track.Issued[before:] {
		s.issued[d.Procedure] = append(s.issued[d.Procedure], inHand{d.Applicant, c.Number, s.pipe.count})
	}
}

func enterpriseForm(s *simulation, _ calendar.Date) map[string]any {
	w := s.words.Enterprise
	kind := []string{"cap_moi", "thay_doi", "cap_lai"}[s.rnd.weighted(68, 26, 6)]
	f := map[string]any{"ten": w.Requests[kind], "doanh_nghiep": s.name(w.Companies), "loai": kind}
	if kind != "cap_moi" {
		s.paper++
		f["giay_cu"] = fmt.Sprintf("%02d/2019/DNKHCN (mẫu)", s.paper)
	}
	if kind == "cap_lai" {
		if old, ok := s.held("st_enterprise"); ok {
			f["doanh_nghiep"], f["giay_cu"] = old.holder, old.number
		}
	}
	if kind == "cap_moi" {
		revenue := s.rnd.between(4, 160) * 500_000_000
		f["doanh_thu"], f["doanh_thu_kq"] = revenue, revenue/100*s.rnd.between(31, 85)
	}
	return f
}

// look: the desk looks at the papers.
func (l *life) look(on calendar.Date) error {
	s, k := l.s, l.kind
	switch days := s.rnd.between(0, 2); {
	case s.rnd.percent(k.refuse):
		return l.then(on, days, (*life).refuse)
	case s.rnd.percent(k.missing):
		return l.then(on, days, (*life).askPapers)
	case k.procedure == "radiation_work_licence":
		return l.then(on, days, (*life).askFee)
	default:
		return l.then(on, days, (*life).receive)
	}
}

func (l *life) refuse(on calendar.Date) error {
	return l.act("tu_choi_tiep_nhan", l.desk, on, reason(l.s.words.Reasons.Refuse))
}

func (l *life) askPapers(on calendar.Date) error {
	l.supplemented = true
	if err := l.act("yeu_cau_bo_sung", l.desk, on, reason(l.s.words.Reasons.Supplement)); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(2, 9), (*life).bringPapers)
}

func (l *life) bringPapers(on calendar.Date) error {
	if err := l.act("nop_bo_sung", l.desk, on, nil, l.kind.papers...); err != nil {
		return err
	}
	if l.kind.procedure == "radiation_work_licence" {
		return l.then(on, 0, (*life).askFee)
	}
	return l.then(on, l.s.rnd.between(0, 1), (*life).receive)
}

func (l *life) askFee(on calendar.Date) error {
	if err := l.act("thong_bao_phi", l.desk, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(0, 3), (*life).payFee)
}

func (l *life) payFee(on calendar.Date) error {
	if err := l.act("nop_phi", l.desk, on, nil); err != nil {
		return err
	}
	return l.receive(on)
}

func (l *life) receive(on calendar.Date) error {
	if err := l.act("tiep_nhan", l.desk, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(0, 1), (*life).assign)
}

func (l *life) assign(on calendar.Date) error {
	if err := l.act("phan_cong", l.head, on, nil); err != nil {
		return err
	}
	s, k := l.s, l.kind
	switch {
	case s.rnd.percent(k.withdraw):
		return l.then(on, s.rnd.between(1, 4), (*life).withdraw)
	case s.rnd.percent(0.6):
		return l.then(on, s.rnd.between(1, 4), (*life).stop)
	case !l.supplemented && s.rnd.percent(k.unclear):
		return l.then(on, s.rnd.between(1, 3), (*life).askMore)
	}
	return l.work(on)
}

func (l *life) withdraw(on calendar.Date) error { return l.act("rut", l.desk, on, nil) }

func (l *life) stop(on calendar.Date) error {
	return l.act("dung", l.leader, on, reason(l.s.words.Reasons.Stop))
}

func (l *life) askMore(on calendar.Date) error {
	if err := l.act("yeu_cau_giai_trinh", l.hand, on, reason(l.s.words.Reasons.Explain)); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(2, 10), (*life).bringMore)
}

func (l *life) bringMore(on calendar.Date) error {
	if err := l.act("nop_giai_trinh", l.desk, on, nil); err != nil {
		return err
	}
	return l.work(on)
}

// work plans the rest once the clock runs undisturbed.
func (l *life) work(on calendar.Date) error {
	s := l.s
	day, late := l.finishBy(on)
	if planned, err := l.apologiseFirst(on, late, (*life).work); planned {
		return err
	}
	submit := max(on, s.back(day, s.rnd.between(1, 2)))
	if l.kind.procedure == "technology_appraisal" && s.app.Calendar.WorkingDays(on, submit) >= 4 && s.rnd.percent(45) {
		return l.then(on, 1, func(l *life, on calendar.Date) error { return l.council(on, submit, day) })
	}
	return l.on(submit, func(l *life, on calendar.Date) error { return l.submit(on, day) })
}

func (l *life) council(on, submit, day calendar.Date) error {
	if err := l.act("hoi_y_kien", l.hand, on, nil); err != nil {
		return err
	}
	if err := l.ask(on, submit); err != nil {
		return err
	}
	return l.on(submit, func(l *life, on calendar.Date) error {
		if err := l.answer(on); err != nil {
			return err
		}
		if err := l.act("ket_luan_hoi_dong", l.hand, on, nil); err != nil {
			return err
		}
		return l.submit(on, day)
	})
}

func (l *life) submit(on, day calendar.Date) error {
	var fields map[string]any
	if l.kind.procedure == "technology_appraisal" {
		fields = map[string]any{"ket_luan": []string{"dong_y", "dong_y_dieu_kien", "khong_dong_y"}[l.s.rnd.weighted(52, 42, 6)]}
	}
	if err := l.act("trinh", l.hand, on, fields); err != nil {
		return err
	}
	if l.s.rnd.percent(5) {
		if err := l.act("tra_lai", l.leader, on, reason(l.s.words.Reasons.Return)); err != nil {
			return err
		}
		if err := l.act("trinh", l.hand, on, nil); err != nil {
			return err
		}
	}
	return l.on(day, (*life).sign)
}

func (l *life) sign(on calendar.Date) error {
	if err := l.act("ky", l.leader, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(0, 3), (*life).handOver)
}

func (l *life) handOver(on calendar.Date) error { return l.act("tra", l.desk, on, nil) }
