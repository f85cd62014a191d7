package sample

import (
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/kernel/calendar"
)

// missions are proposals made each spring; those chosen run one to two years.
func missions() *kind {
	return &kind{procedure: "mission", unit: "qlkh", head: "tp-qlkh", hands: []string{"cv-qlkh-1", "cv-qlkh-2", "cv-qlkh-3"},
		papers: []string{"phieu_de_xuat"}}
}

// proposals is how many come in each year.
var proposals = map[int]int{2022: 58, 2023: 61, 2024: 64, 2025: 71}

// propose plans the proposals of all years.
func (s *simulation) propose(k *kind) {
	for year := 2022; year <= 2025; year++ {
		for range proposals[year] {
			s.at(s.working(calendar.Of(year, 1, 10)+calendar.Date(s.rnd.below(78)), 0), func(on calendar.Date) error {
				return s.proposal(k, on)
			})
		}
	}
}

func (s *simulation) proposal(k *kind, on calendar.Date) error {
	t := pick(&s.rnd, s.words.Mission.Topics)
	fields := map[string]any{"ten": strings.ReplaceAll(t.VI, "{what}", pick(&s.rnd, t.What)), "linh_vuc": t.Field, "loai_hinh": t.Kind,
		"to_chuc_de_xuat": s.name(pick(&s.rnd, s.words.Mission.Proposers)), "cap": []string{"tinh", "co_so"}[s.rnd.weighted(84, 16)]}
	l, err := s.file(k, on, fields, s.channel(on))
	if err != nil {
		return err
	}
	if s.rnd.percent(3) {
		return l.then(on, s.rnd.between(1, 6), (*life).withdraw)
	}
	return l.then(on, s.rnd.between(1, 8), (*life).collect)
}

func (l *life) collect(on calendar.Date) error {
	if err := l.act("tong_hop", l.hand, on, nil); err != nil {
		return err
	}
	year, _, _ := on.YMD()
	meeting := max(on+1, calendar.Of(year, 4, 12)+calendar.Date(l.s.rnd.below(20)))
	if l.s.rnd.percent(34) {
		return l.on(meeting-6, func(l *life, on calendar.Date) error {
			return l.act("loai", l.hand, on, reason(l.s.words.Mission.Weak))
		})
	}
	return l.on(meeting, (*life).determine)
}

// determine is the council that says what to carry out.
func (l *life) determine(on calendar.Date) error {
	if err := l.act("hop_xac_dinh", l.hand, on, nil, "tra_cuu"); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(0, 4), func(l *life, on calendar.Date) error {
		yes := l.s.rnd.between(78, 100)
		if l.s.rnd.percent(36) {
			yes = l.s.rnd.between(30, 74)
		}
		if err := l.act("ket_luan_xac_dinh", l.hand, on, map[string]any{"ty_le_thuc_hien": yes}); err != nil {
			return err
		}
		return l.then(on, l.s.rnd.between(4, 8), func(l *life, on calendar.Date) error {
			if yes <= 75 {
				return l.act("loai", l.leader, on, reason(l.s.words.Mission.Reject))
			}
			return l.list(on)
		})
	})
}

// list puts the mission on the approved list and chooses how it is given out.
func (l *life) list(on calendar.Date) error {
	if err := l.act("phe_duyet_danh_muc", l.leader, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(3, 8), func(l *life, on calendar.Date) error {
		host := text(l.d.Fields["to_chuc_de_xuat"])
		var err error
		if l.s.rnd.percent(66) {
			err = l.act("giao", l.leader, on, map[string]any{"to_chuc_chu_tri": host, "phuong_thuc": "giao_truc_tiep", "han_nop": (on + 14).String()})
		} else {
			err = l.act("mo_tuyen_chon", l.hand, on, map[string]any{"phuong_thuc": "tuyen_chon", "han_nop": (on + 30).String()})
		}
		if err != nil {
			return err
		}
		wait := l.s.rnd.between(12, 20)
		if text(l.d.Fields["phuong_thuc"]) == "tuyen_chon" { // taken for thirty days
			wait = 22 + (wait-12)/2
		}
		return l.then(on, wait, func(l *life, on calendar.Date) error { return l.choose(on, host) })
	})
}

func (l *life) choose(on calendar.Date, host string) error {
	err := l.act("mo_ho_so", l.hand, on, map[string]any{"to_chuc_chu_tri": host}, "don_dang_ky", "thuyet_minh", "ly_lich", "tai_chinh")
	if err != nil {
		return err
	}
	if l.selects(on) {
		return l.selection(on, host)
	}
	return l.then(on, l.s.rnd.between(5, 10), func(l *life, on calendar.Date) error {
		if err := l.act("ket_luan_tuyen_chon", l.hand, on, map[string]any{"diem": l.s.rnd.between(72, 93)}); err != nil {
			return err
		}
		return l.then(on, l.s.rnd.between(5, 10), (*life).fund)
	})
}

func (l *life) fund(on calendar.Date) error {
	if err := l.act("nop_sua", l.hand, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(12, 25), func(l *life, on calendar.Date) error {
		money := l.s.rnd.between(28, 190) * 10_000_000
		months := []int{12, 18, 24}[l.s.rnd.weighted(30, 40, 30)]
		err := l.act("phe_duyet_kinh_phi", l.leader, on, map[string]any{"kinh_phi_nsnn": money, "kinh_phi_khac": money / 10 * l.s.rnd.between(0, 4), "thoi_gian": months})
		if err != nil {
			return err
		}
		signed := l.s.working(on, l.s.rnd.between(3, 10))
		if l.s.rnd.percent(24) { // paid from next year's budget
			year, _, _ := on.YMD()
			signed = calendar.Of(year+1, 1, 15) + calendar.Date(l.s.rnd.below(70))
		}
		return l.on(signed, func(l *life, on calendar.Date) error { return l.contract(on, months) })
	})
}

func (l *life) contract(on calendar.Date, months int) error {
	l.s.serial++
	year, _, _ := on.YMD()
	end := on.AddMonths(months) - 1
	err := l.act("ky_hop_dong", l.leader, on, map[string]any{"so_hop_dong": fmt.Sprintf("%02d/%d/HĐ-SKHCN", l.s.serial, year),
		"bat_dau": on.String(), "ket_thuc": end.String()})
	if err != nil {
		return err
	}
	if l.s.rnd.percent(4) || l.s.serial%11 == 5 { // some every year, whatever the dice say
		return l.on(on.AddMonths(l.s.rnd.between(4, 9)), func(l *life, on calendar.Date) error {
			return l.act("dung_thuc_hien", l.leader, on, reason(l.s.words.Mission.Stop))
		})
	}
	return l.on(on.AddMonths(months/2), func(l *life, on calendar.Date) error { return l.check(on, end, months) })
}

// check is the periodic check half way; some missions then ask for more time.
func (l *life) check(on, end calendar.Date, months int) error {
	if err := l.act("mo_kiem_tra", l.hand, on, nil); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(2, 8), func(l *life, on calendar.Date) error {
		if err := l.act("ghi_kiem_tra", l.hand, on, map[string]any{"khoi_luong": l.s.rnd.between(40, 75)}); err != nil {
			return err
		}
		if l.s.rnd.percent(18) {
			return l.on(end-75, func(l *life, on calendar.Date) error { return l.extend(on, end) })
		}
		return l.on(end+calendar.Date(l.s.rnd.between(-20, 24)), (*life).selfAssess)
	})
}

func (l *life) extend(on, end calendar.Date) error {
	months := l.s.rnd.between(3, 6)
	if err := l.act("xin_gia_han", l.hand, on, map[string]any{"gia_han_thang": months, "ly_do": l.s.words.Mission.Extend}); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(4, 9), func(l *life, on calendar.Date) error {
		later := end.AddMonths(months)
		if err := l.act("duyet_gia_han", l.leader, on, map[string]any{"ket_thuc": later.String()}); err != nil {
			return err
		}
		return l.on(later+calendar.Date(l.s.rnd.between(-20, 20)), (*life).selfAssess)
	})
}

func (l *life) selfAssess(on calendar.Date) error {
	if err := l.act("nop_tu_danh_gia", l.hand, on, nil, "tu_danh_gia", "bao_cao_tong_hop"); err != nil {
		return err
	}
	if err := l.then(on, 2, func(l *life, on calendar.Date) error { return l.act("bao_hop_le", l.hand, on, nil) }); err != nil {
		return err
	}
	return l.then(on, l.s.rnd.between(5, 13), func(l *life, on calendar.Date) error {
		if err := l.act("lap_hoi_dong", l.leader, on, nil); err != nil {
			return err
		}
		meets := l.s.working(on, l.s.rnd.between(8, 18))
		council, err := l.summon(on, meets)
		if err != nil {
			return err
		}
		return l.on(meets, func(l *life, on calendar.Date) error { return l.accept(on, council) })
	})
}

// accept records the acceptance; council is the one that sat in the program, "" where it sat on paper.
func (l *life) accept(on calendar.Date, council string) error {
	level := []string{"xuat_sac", "dat", "khong_dat"}[l.s.rnd.weighted(24, 73, 3)]
	if council != "" {
		if err := l.sit(council, level); err != nil {
			return err
		}
	}
	if err := l.act("nghiem_thu", l.hand, on, map[string]any{"xep_loai": level}); err != nil {
		return err
	}
	if level == "khong_dat" {
		return l.then(on, 15, func(l *life, on calendar.Date) error { return l.act("thanh_ly_khong_dat", l.leader, on, nil) })
	}
	return l.then(on, l.s.rnd.between(6, 24), func(l *life, on calendar.Date) error {
		l.s.serial++
		if err := l.act("dang_ky", l.hand, on, map[string]any{"so_dang_ky": fmt.Sprintf("%03d/KQNC-SKHCN", l.s.serial)}); err != nil {
			return err
		}
		return l.then(on, l.s.rnd.between(3, 9), func(l *life, on calendar.Date) error {
			if err := l.act("cong_nhan", l.leader, on, nil); err != nil {
				return err
			}
			used := l.s.rnd.percent(78)
			year, _, _ := on.YMD()
			if err := l.reportUse(on, year); err != nil || !used {
				return err
			}
			return l.on(on+calendar.Date(l.s.rnd.between(40, 150)), func(l *life, on calendar.Date) error {
				return l.act("ung_dung", l.hand, on, map[string]any{"noi_ung_dung": l.s.name(l.s.words.Mission.Users)})
			})
		})
	})
}

// reportUse plans the yearly reports on the use of a result, each some days before it is due.
func (l *life) reportUse(last calendar.Date, year int) error {
	return l.on(last.AddMonths(12)-10, func(l *life, on calendar.Date) error {
		said := map[string]any{"nam_bao_cao": year, "tinh_hinh_ung_dung": l.s.words.Mission.Use}
		if err := l.act("bao_cao_ung_dung", l.hand, on, said, "phieu_ung_dung"); err != nil {
			return err
		}
		return l.reportUse(on, year+1)
	})
}

// number and text read a recorded field.
func number(raw json.RawMessage) int {
	var n float64
	_ = json.Unmarshal(raw, &n) // the engine checked it
	return int(n)
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}
