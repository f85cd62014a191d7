package calendar

import (
	"sync"

	"trucot/internal/kernel/lang"
)

// texts is this package's own catalogue, for names of dates and periods.
var texts = sync.OnceValue(func() *lang.Catalog { return lang.NewCatalog(Texts()) })

// Format writes the date as everywhere but on the date line of a paper: "04/06/2021"; in English "4 Jun 2021", since 6/7 reads
// both ways there. NoDate is empty.
func (d Date) Format(tag lang.Tag) string {
	if d == NoDate {
		return ""
	}
	y, m, day := d.YMD()
	return texts().T(tag, "calendar.short_date", "day", dayText(tag, day), "month", monthText(tag, "short", int(m)), "year", itoa(y))
}

// Long writes the date as official papers do: "ngày 14 tháng 6 năm 2021". Days below 10 and the months 1
// and 2 take a leading zero, so that no digit can be added (Nghị định 30/2020/NĐ-CP). NoDate is empty.
func (d Date) Long(tag lang.Tag) string {
	if d == NoDate {
		return ""
	}
	y, m, day := d.YMD()
	return texts().T(tag, "calendar.long_date", "day", dayText(tag, day), "month", monthText(tag, "long", int(m)), "year", itoa(y))
}

// dayText is the day of a month, in Vietnamese with two digits.
func dayText(tag lang.Tag, day int) string {
	if tag == lang.VI {
		return string([]byte{'0' + byte(day/10), '0' + byte(day%10)})
	}
	return itoa(day)
}

// Written is the date as it stands in the text of a Vietnamese paper, "05/6/2025": a day below 10 and the months 1 and 2 take a
// nought, as on the date line (Nghị định 30/2020/NĐ-CP, Phụ lục I). Pages and files of figures keep Format, whose parts are all
// of one width. It is empty for NoDate.
func (d Date) Written() string {
	if d == NoDate {
		return ""
	}
	y, m, day := d.YMD()
	return dayText(lang.VI, day) + "/" + monthText(lang.VI, "long", int(m)) + "/" + itoa(y)
}

// monthText is the month as it stands in a short or long date.
func monthText(tag lang.Tag, length string, month int) string {
	return texts().T(tag, "calendar.month_"+length+"_"+itoa(month))
}

// WeekdayName is "thứ Hai", "Monday".
func (d Date) WeekdayName(tag lang.Tag) string {
	return texts().T(tag, "calendar.weekday_"+itoa(int(d.Weekday())))
}

// In is Format, so that a date in a message reads as the reader writes dates.
func (d Date) In(tag lang.Tag) string { return d.Format(tag) }
