package directive

import (
	"strings"
	"testing"
)

// Each case is a sentence with the citations it holds, written kind|symbol|mention; the sentences are ours,
// the ways of writing are those met in official papers and the press.
func TestWaysOfWriting(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // one citation a line
	}{
		// blanks, dashes and line breaks inside symbols
		{"thực hiện Nghị quyết số 20 -NQ/TW", "nghi_quyet|20-NQ/TW|Nghị quyết số 20 -NQ/TW"},
		{"Hướng dẫn số 16 -\nHD/BTCTW về", "huong_dan|16-HD/BTCTW|Hướng dẫn số 16 -\nHD/BTCTW"},
		{"Chỉ thị số 16 / CT–TTg ngày", "chi_thi|16/CT-TTg|Chỉ thị số 16 / CT–TTg"},
		{"Kết luận số\u00a050\u00a0—\u00a0KL/TW", "ket_luan|50-KL/TW|Kết luận số\u00a050\u00a0—\u00a0KL/TW"},
		{"Quyết định số 367 - QĐ/TWĐTN-VP", "quyet_dinh|367-QĐ/TWĐTN-VP|Quyết định số 367 - QĐ/TWĐTN-VP"},
		{"Thông tư số 15/2018/TT-\n  BKHCN", "thong_tu|15/2018/TT-BKHCN|Thông tư số 15/2018/TT-\n  BKHCN"},
		// lost or wrong separators
		{"Kế hoạch số 09 KH/ĐU của", "ke_hoach|09-KH/ĐU|Kế hoạch số 09 KH/ĐU"},
		{"Quyết định số 1131 QĐ-TTg", "quyet_dinh|1131/QĐ-TTg|Quyết định số 1131 QĐ-TTg"},
		{"Nghị quyết số 01/NQ-TU và Nghị quyết 26/NQ-TW", "nghi_quyet|01-NQ/TU|Nghị quyết số 01/NQ-TU\nnghi_quyet|26-NQ/TW|Nghị quyết 26/NQ-TW"},
		{"Chỉ thị 16-CT/TTg", "chi_thi|16/CT-TTg|Chỉ thị 16-CT/TTg"},
		{"Công văn số 134-SGDKHCN-TCHC ngày", "cong_van|134-SGDKHCN-TCHC|Công văn số 134-SGDKHCN-TCHC"},
		{"Quyết định 844/QĐ TTg", "quyet_dinh|844/QĐ-TTg|Quyết định 844/QĐ TTg"},
		// TƯ, T.Ư
		{"Nghị quyết 19-NQ/TƯ, Quy định 08-QĐi/T.Ư", "nghi_quyet|19-NQ/TW|Nghị quyết 19-NQ/TƯ\nquy_dinh|08-QĐi/TW|Quy định 08-QĐi/T.Ư"},
		{"Hướng dẫn 12-HD/BTCTƯ", "huong_dan|12-HD/BTCTW|Hướng dẫn 12-HD/BTCTƯ"},
		// without marks, decomposed, in small letters
		{"Nghi dinh so 267/2025/ND-CP", "nghi_dinh|267/2025/NĐ-CP|Nghi dinh so 267/2025/ND-CP"},
		{"nghị định số 85/2017/nđ-cp", "nghi_dinh|85/2017/NĐ-CP|nghị định số 85/2017/nđ-cp"},
		{"QUYẾT ĐỊNH SỐ 12/QĐ-SKHCN VỀ VIỆC", "quyet_dinh|12/QĐ-SKHCN|QUYẾT ĐỊNH SỐ 12/QĐ-SKHCN"},
		// lists
		{"các Nghị quyết số 18, 19-NQ/TW của", "nghi_quyet|18-NQ/TW|Nghị quyết số 18\nnghi_quyet|19-NQ/TW|19-NQ/TW"},
		{"Nghị quyết số 18-NQ/TW, số 19-NQ/TW và 20-NQ/TW", "nghi_quyet|18-NQ/TW|Nghị quyết số 18-NQ/TW\nnghi_quyet|19-NQ/TW|số 19-NQ/TW\nnghi_quyet|20-NQ/TW|20-NQ/TW"},
		{"Nghị định 109/2025/NĐ-CP và 193/2025/NĐ-CP", "nghi_dinh|109/2025/NĐ-CP|Nghị định 109/2025/NĐ-CP\nnghi_dinh|193/2025/NĐ-CP|193/2025/NĐ-CP"},
		{"Quy định số 22-QĐ/TW, 69-QĐ/TW", "quy_dinh|22-QĐ/TW|Quy định số 22-QĐ/TW\nquy_dinh|69-QĐ/TW|69-QĐ/TW"},
		{"Thông tư số 25, 26/2015/TT-BKHCN", "thong_tu|25/2015/TT-BKHCN|Thông tư số 25\nthong_tu|26/2015/TT-BKHCN|26/2015/TT-BKHCN"},
		// short forms
		{"học tập theo Chỉ thị 05.", "chi_thi|05-CT/TW|Chỉ thị 05"},
		{"Chỉ thị 05 của Thủ tướng Chính phủ", "chi_thi|05|Chỉ thị 05"},
		{"Chỉ thị số 12-CT/TU; sau hai năm thực hiện Chỉ thị 12, tỉnh", "chi_thi|12-CT/TU|Chỉ thị số 12-CT/TU\nchi_thi|12-CT/TU|Chỉ thị 12"},
		{"Nghị quyết 57 về đột phá", "nghi_quyet|57-NQ/TW|Nghị quyết 57"},
		{"Nghị định 109 quy định", "nghi_dinh|109|Nghị định 109"},
		{"Nghị định 109/2022 của Chính phủ", "nghi_dinh|109/2022/NĐ-CP|Nghị định 109/2022"},
		{"Kế hoạch số 31 của Sở", "ke_hoach|31|Kế hoạch số 31"},
		// the kind: symbol against word
		{"Quyết định 142/2026/NĐ-CP", "nghi_dinh|142/2026/NĐ-CP|Quyết định 142/2026/NĐ-CP"},
		{"Văn bản số 2371/UBND-KGVX", "cong_van|2371/UBND-KGVX|Văn bản số 2371/UBND-KGVX"},
		{"Thông báo kết luận số 45/TB-VPCP", "thong_bao|45/TB-VPCP|Thông báo kết luận số 45/TB-VPCP"},
		{"Kết luận thanh tra số 05/KL-TTr", "ket_luan_thanh_tra|05/KL-TTr|Kết luận thanh tra số 05/KL-TTr"},
		{"Chương trình hành động số 12-CTr/TU", "chuong_trinh|12-CTr/TU|Chương trình hành động số 12-CTr/TU"},
		{"Thông tư liên tịch số 05/2008/TTLT-BKHCN-BNV", "thong_tu_lien_tich|05/2008/TTLT-BKHCN-BNV|Thông tư liên tịch số 05/2008/TTLT-BKHCN-BNV"},
		{"Thông tư liên tịch 01/2008/TTLT- BKHCN - BTC ngày", "thong_tu_lien_tich|01/2008/TTLT-BKHCN-BTC|Thông tư liên tịch 01/2008/TTLT- BKHCN - BTC"},
		{"Công điện số 07/CĐ-TTg, Tờ trình số 45/TTr-SKHCN", "cong_dien|07/CĐ-TTg|Công điện số 07/CĐ-TTg\nto_trinh|45/TTr-SKHCN|Tờ trình số 45/TTr-SKHCN"},
		{"NĐ 63/2014/NĐ-CP", "nghi_dinh|63/2014/NĐ-CP|NĐ 63/2014/NĐ-CP"},
		{"(49a/KH-UBND)", "ke_hoach|49a/KH-UBND|49a/KH-UBND"},
		{"Quy chuẩn kỹ thuật quốc gia QCVN 102:2016/BTTTT", "quy_chuan|QCVN 102:2016/BTTTT|Quy chuẩn kỹ thuật quốc gia QCVN 102:2016/BTTTT"},
		{"theo QCVN 01-1:2018/BYT.", "quy_chuan|QCVN 01-1:2018/BYT|QCVN 01-1:2018/BYT"},
		{"Thông tri 05-TT/TU và 06-TT/TU", "thong_tri|05-TT/TU|Thông tri 05-TT/TU\nthong_tri|06-TT/TU|06-TT/TU"},
		{"Nghị định 63/2014/NĐCP", "nghi_dinh|63/2014/NĐ-CP|Nghị định 63/2014/NĐCP"},
		{"Thông tư 02/2017-TT-BYT", "thong_tu|02/2017/TT-BYT|Thông tư 02/2017-TT-BYT"},
		{"Nghị quyết 30a/2008/NQ-CP", "nghi_quyet|30a/2008/NQ-CP|Nghị quyết 30a/2008/NQ-CP"},
		{"Lệnh số 12/2017/L-CTN", "lenh|12/2017/L-CTN|Lệnh số 12/2017/L-CTN"},
		{"Văn bản hợp nhất số 05/VBHN-VPQH", "van_ban_hop_nhat|05/VBHN-VPQH|Văn bản hợp nhất số 05/VBHN-VPQH"},
		{"Công văn 5654/BNN-TY, Công văn 4036 của UBND tỉnh", "cong_van|5654/BNN-TY|Công văn 5654/BNN-TY\ncong_van|4036|Công văn 4036"},
		{"Quyết định 1956 của Thủ tướng", "quyet_dinh|1956|Quyết định 1956"},
		{"Nghị quyết 35 ngày 16/5/2016 của Chính phủ", "nghi_quyet|35|Nghị quyết 35"},
		{"Chỉ thị số 15, ngày 16-12-2016 của Thành ủy", "chi_thi|15|Chỉ thị số 15"},
		{"Thông báo Kết luận của Bộ Chính trị số 13-TB/TW", "thong_bao|13-TB/TW|Thông báo Kết luận của Bộ Chính trị số 13-TB/TW"},
		// issuer or date between word and number
		{"Quyết định của Thủ tướng Chính phủ số 1131/QĐ-TTg", "quyet_dinh|1131/QĐ-TTg|Quyết định của Thủ tướng Chính phủ số 1131/QĐ-TTg"},
		{"Quyết định ngày 18/5/2016 số 844/QĐ-TTg", "quyet_dinh|844/QĐ-TTg|Quyết định ngày 18/5/2016 số 844/QĐ-TTg"},
		{"Nghị quyết của Quốc hội số 43/2022/QH15", "nghi_quyet|43/2022/QH15|Nghị quyết của Quốc hội số 43/2022/QH15"},
		{"Nghị quyết HĐND tỉnh số 15/2016/NQ-HĐND", "nghi_quyet|15/2016/NQ-HĐND|Nghị quyết HĐND tỉnh số 15/2016/NQ-HĐND"},
		{"Công văn hỏa tốc số 88/UBND-NC", "cong_van|88/UBND-NC|Công văn hỏa tốc số 88/UBND-NC"},
		{"QCVN 09:2012/BKHCN/SĐ2:2018 và", "quy_chuan|QCVN 09:2012/BKHCN/SĐ2:2018|QCVN 09:2012/BKHCN/SĐ2:2018"},
		// laws
		{"Luật số 93/2025/QH15;", "luat|93/2025/QH15|Luật số 93/2025/QH15"},
		{"Luật Khoa học, công nghệ và đổi mới sáng tạo số 93/2025/QH15;", "luat|93/2025/QH15|Luật Khoa học, công nghệ và đổi mới sáng tạo số 93/2025/QH15"},
		{"Luật Tiêu chuẩn và Quy chuẩn kỹ thuật số 68/2006/QH11", "luat|68/2006/QH11|Luật Tiêu chuẩn và Quy chuẩn kỹ thuật số 68/2006/QH11"},
		{"sửa đổi Luật Thủy sản 2003 là", "luat||Luật Thủy sản 2003"},
		{"Bộ luật Lao động năm 2019", "bo_luat||Bộ luật Lao động năm 2019"},
		{"Luật Phòng thủ dân sự năm 2023", "luat||Luật Phòng thủ dân sự năm 2023"},
		{"Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng số 39/2013/QH13", "luat|39/2013/QH13|Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng số 39/2013/QH13"},
		{"Luật Luật sư số 65/2006/QH11", "luat|65/2006/QH11|Luật Luật sư số 65/2006/QH11"},
		// resolutions without number
		{"Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng khóa XII về", "nghi_quyet||Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng khóa XII"},
		{"Nghị quyết Trung ương 4 khoá XI, XII", "nghi_quyet||Nghị quyết Trung ương 4 khoá XI"},
		{"Nghị quyết T.Ư 4 (khóa XII)", "nghi_quyet||Nghị quyết T.Ư 4 (khóa XII)"},
		{"Nghị quyết TW4 khóa XII", "nghi_quyet||Nghị quyết TW4 khóa XII"},
		{"Nghị quyết Đại hội XIII của Đảng", "nghi_quyet||Nghị quyết Đại hội XIII của Đảng"},
		{"Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII, nhiệm kỳ 2020-2025 đề ra", "nghi_quyet||Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII, nhiệm kỳ 2020-2025"},
		{"kế hoạch đầu tư công trung hạn giai đoạn 2021-2025", "ke_hoach||kế hoạch đầu tư công trung hạn giai đoạn 2021-2025"},
	} {
		var got []string
		cites, err := Find(c.text)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range cites {
			got = append(got, x.Kind+"|"+x.Symbol+"|"+x.Mention)
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.text, strings.Join(got, "\n"), c.want)
		}
	}
}

func TestNumbersThatAreNoDocuments(t *testing.T) {
	for _, text := range []string{
		"Cuộc cách mạng công nghiệp lần thứ 4, giai đoạn 2021-2025, gồm 60 điều",
		"hai ngày 22-23/4/2021, sáng 18/5/2026 lúc 8/10 đơn vị",
		"quyết định 12 nhiệm vụ, kế hoạch 5 năm 2021 - 2025 đạt 98,62%",
		"Kế hoạch 5 năm, kế hoạch năm 2021, chương trình 3 điểm, thông báo 4 trường hợp",
		"ra quyết định 20/10/2021 và kết luận 5 vấn đề",
		"Giấy phép số 12/GP-BTNMT, Hợp đồng số 05/HĐ-SKHCN, Giấy chứng nhận số 123/GCN-SKHCN",
		"COVID-19, 4.0, TCVN ISO 9001:2015, lớp 12/THPT, 24/7, K46/12, số 15 Trần Hưng Đạo",
		"Bộ KH&CN, Sở KH-CN; 250 USD - VND; mã số 0102030405, điện thoại 024-3943.1234",
		"Luật sư Nguyễn Văn A, luật gia, pháp luật 2020, Luật này có hiệu lực từ năm 2021",
		"triển khai các Nghị quyết của Trung ương, Nghị quyết Đại hội Đảng các cấp, nghị quyết đại hội Đảng các cấp nhiệm kỳ 2020 - 2025",
		"quy định tại khoản 3 Điều 27, Thông tư này thay thế các quy định trước đây",
		"Quyết định 2.000 tỷ đồng; Nghị quyết 30% chỉ tiêu; Chỉ thị 3,5",
		"Quyết định 2017 là năm, Nghị quyết 5 năm qua, Chỉ thị 3 ngày, Công văn 12 trang, Bộ luật Đạo đức, từ năm 2017",
		"2021 - QĐ, 5 - KH, bảng 2 - CT",
	} {
		cites, err := Find(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cites {
			t.Errorf("%q: false alarm %+v", text, c)
		}
	}
}

func TestIssuerAndDate(t *testing.T) {
	for _, c := range []struct{ text, issuer, date string }{
		{"Nghị định 74/2017/NĐ-CP ngày 20/6/2017 quy định", "Chính phủ", "2017-06-20"},
		{"Nghị quyết số 45-NQ/TW, ngày 24-11-2023 của Ban Chấp hành Trung ương Đảng về", "Ban Chấp hành Trung ương Đảng", "2023-11-24"},
		{"Quyết định số 12/QĐ-UBND ngày 5 tháng 6 năm 2020 của Ủy ban nhân dân tỉnh Vĩnh Phúc về", "Ủy ban nhân dân tỉnh Vĩnh Phúc", "2020-06-05"},
		{"Ngày 08/3/2021, UBND TP. Vĩnh Yên đã ban hành Kế hoạch số 88/KH-UBND", "UBND TP. Vĩnh Yên", "2021-03-08"},
		{"Chỉ thị số 08-CT/TW của Ban Bí thư khóa XI", "Ban Bí thư", ""},
		{"Chương trình số 15-CTr/TU ngày 30.5.2019 của Tỉnh ủy Vĩnh Phúc", "Tỉnh ủy Vĩnh Phúc", "2019-05-30"},
		{"Thông tư liên tịch số 05/2008/TTLT-BKHCN-BNV ngày 18/6/2008 của Bộ Khoa học và Công nghệ và Bộ Nội vụ", "Bộ Khoa học và Công nghệ và Bộ Nội vụ", "2008-06-18"},
		{"Nghị quyết 20-NQ/TW (tháng 11/2012)", "Ban Chấp hành Trung ương Đảng", ""},
		{"Quyết định ngày 18/5/2016 số 844/QĐ-TTg", "Thủ tướng Chính phủ", "2016-05-18"},
		{"Thông báo 123-TB/TU của Thường trực Tỉnh ủy về", "Thường trực Tỉnh ủy", ""},
		{"Thông báo 123-TB/TU của Thanh tra, kiểm tra", "", ""},
		{"Quyết định số 7/QĐ-UBND (31/02/2020)", "Ủy ban nhân dân", ""},
		{"Quyết định số 5/QĐ-SKHCN của Sở KH&CN Vĩnh Phúc", "Sở Khoa học và Công nghệ Vĩnh Phúc", ""},
		{"Nghị quyết Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ 2015 - 2020", "Đại hội Đảng bộ Bộ Khoa học và Công nghệ", ""},
		{"Nghị quyết Đại hội đại biểu Đảng bộ tỉnh Vĩnh Phúc lần thứ XVII", "Đại hội đại biểu Đảng bộ tỉnh Vĩnh Phúc", ""},
		{"Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII", "", ""},
		// a place that the text names once is not said again
		{"Trên địa bàn TP Hà Nội, Chỉ thị 15-CT/TU của Thành ủy", "Thành ủy Hà Nội", ""},
		{"Tại tỉnh Hoà Bình, theo Thông báo 12-TB/TU của Thường trực Tỉnh ủy", "Thường trực Tỉnh ủy Hoà Bình", ""},
		{"Chủ tịch UBND tỉnh Nguyễn Văn A và Tỉnh ủy Vĩnh Phúc nêu Kế hoạch 12/KH-UBND của UBND tỉnh", "UBND tỉnh Vĩnh Phúc", ""},
		{"TP Hà Nội và TP Hải Phòng học Chỉ thị 15-CT/TU của Thành ủy", "Thành ủy", ""},
		{"TP Vĩnh Yên gặp TP Hà Nội về Chỉ thị 15-CT/TU của Thành ủy", "Thành ủy", ""},
		{"Chủ tịch UBND tỉnh Nguyễn Văn A ký Kế hoạch 12/KH-UBND của UBND tỉnh", "UBND tỉnh", ""},
		{"Nghị quyết số 09-NQ/ĐU của Đảng ủy Sở Khoa học và Công nghệ ngày 02/3/2021", "Đảng ủy Sở Khoa học và Công nghệ", "2021-03-02"},
	} {
		cites, err := Find(c.text)
		if err != nil || len(cites) != 1 {
			t.Errorf("%q: %v, %v", c.text, cites, err)
			continue
		}
		if cites[0].Issuer != c.issuer || cites[0].Date != c.date {
			t.Errorf("%q: issuer %q date %q; want %q, %q", c.text, cites[0].Issuer, cites[0].Date, c.issuer, c.date)
		}
	}
}
