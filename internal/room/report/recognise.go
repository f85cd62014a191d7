package report

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

func integer(n int) string { return strconv.Itoa(n) }

// recognise says which form a segment is: by its number ("Biểu 02/TKTH-KHCN-ĐP"), else by its title, else
// by the codes and labels of its rows.
func (f *Forms) recognise(s *segment, file string) (*Form, error) {
	head := strings.Builder{}
	for _, row := range s.heading() {
		for _, c := range row {
			head.WriteString(lang.Fold(c.text) + "\n")
		}
	}
	if m := formMarker.FindStringSubmatch(head.String()); m != nil {
		n, _ := strconv.Atoi(m[1])
		code := fmt.Sprintf("%02d", n)
		if m[2] == "cs" {
			code += "CS"
		}
		for _, form := range f.list {
			if form.Code == code {
				return form, nil
			}
		}
		return nil, fault.New(fault.Invalid, "report.form_unknown", "file", file, "code", code)
	}
	if form, err := byShape(s, f.byTitle(head.String()), file); err == nil || !fault.Is(err, "report.form_not_recognised") {
		return form, err
	}
	return byShape(s, f.list, file) // a title may stand in another form as a heading
}

// byTitle lists the forms whose title stands in the heading; all forms when none does.
func (f *Forms) byTitle(head string) []*Form {
	var out []*Form
	flat := letters(head)
	for _, form := range f.list {
		if strings.Contains(flat, letters(form.Title[lang.VI])) {
			out = append(out, form)
		}
	}
	if len(out) == 0 {
		return f.list
	}
	return out
}

// byShape picks the form with which most rows agree in code and label.
func byShape(s *segment, among []*Form, file string) (*Form, error) {
	type scored struct {
		form  *Form
		score float64
	}
	var all []scored
	for _, form := range among {
		agree := 0
		for _, row := range s.body() {
			r, ok := form.Row(rowCode(at(row, s.code).text))
			if ok && letters(r.VI) == letters(at(row, s.label).text) {
				agree++
			}
		}
		score := float64(agree) / float64(len(form.rows))
		if len(s.columns) == len(form.leaves) && agree > 0 {
			score += 0.05
		}
		all = append(all, scored{form, score})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	if len(all) == 0 || all[0].score < 0.6 {
		return nil, fault.New(fault.Invalid, "report.form_not_recognised", "file", file)
	}
	if len(all) > 1 && all[0].score-all[1].score < 0.05 {
		return nil, fault.New(fault.Invalid, "report.form_ambiguous", "file", file, "first", all[0].form.Number, "second", all[1].form.Number)
	}
	return all[0].form, nil
}

var numbering = regexp.MustCompile(`^\s*(?:[-+•]|[a-z]\.|\d+(?:\.\d+)*\.?)\s+`)

// letters reduces a label to its letters and digits without marks, numbering and bullets, so that "y ,dược"
// and "y, dược" are the same label.
func letters(label string) string {
	folded := numbering.ReplaceAllString(lang.Fold(clean(label)), "")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, folded)
}

// rowCode pads a row code to the two digits of the forms: "1" is "01".
func rowCode(s string) string {
	s = strings.Trim(s, "() ")
	if len(s) == 1 && s[0] >= '0' && s[0] <= '9' {
		return "0" + s
	}
	return s
}

var (
	reporterCell = regexp.MustCompile(`(?i)(?:^đơn vị báo cáo|đơn vị báo cáo\s*:)\s*:?\s*(.*)$`)
	receiverCell = regexp.MustCompile(`(?i)\s*đơn vị nhận báo cáo.*$`)
	inYear       = regexp.MustCompile(`(?i)năm\s+((?:19|20)\d\d)\b`)
	yearList     = regexp.MustCompile(`^((?:19|20)\d\d)(?:\s+(?:19|20)\d\d)+$`)
)

// reporter is the name of the reporting unit in the heading; empty when there is none.
func (s *segment) reporter() string {
	for _, row := range s.heading() {
		for i, c := range row {
			m := reporterCell.FindStringSubmatch(receiverCell.ReplaceAllString(c.text, ""))
			if m == nil {
				continue
			}
			name := strings.TrimSpace(m[1])
			for j := i + 1; name == "" && j < len(row); j++ {
				name = row[j].text
			}
			if name != "" && !strings.HasPrefix(name, "@") && strings.Trim(name, ".… ") != "" {
				return name
			}
		}
	}
	return ""
}

// year is the year of the heading; guessed is the text when the year was taken from a list of years, whose
// first stands for the one that was chosen on the screen the file was saved from.
func (s *segment) year() (year int, guessed string) {
	for _, row := range s.heading() {
		for _, c := range row {
			if m := inYear.FindStringSubmatch(c.text); m != nil {
				y, _ := strconv.Atoi(m[1])
				return y, ""
			}
			if m := yearList.FindStringSubmatch(c.text); m != nil && year == 0 {
				year, _ = strconv.Atoi(m[1])
				guessed = c.text
			}
		}
	}
	return year, guessed
}
