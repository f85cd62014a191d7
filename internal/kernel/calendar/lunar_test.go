package calendar

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"trucot/internal/kernel/lang"
	"trucot/internal/testing/shared"
)

// The lunar calendar is computed here only to check the data: new moons and the sun's longitude by the
// truncated series of Meeus, Astronomical Algorithms (chapters 25 and 49), dates taken at UTC+7. A table
// for China (UTC+8) gives another Tết in 2030.

// sinDeg is the sine of an angle in degrees.
func sinDeg(x float64) float64 { return math.Sin(x * math.Pi / 180) }

// newMoon is the instant of the k-th new moon after January 2000, as a Julian day in universal time. The
// terms kept are good to a minute or two; new moons of the years tested lie farther from midnight.
func newMoon(k float64) float64 {
	t := k / 1236.85
	jde := 2451550.09766 + 29.530588861*k + t*t*0.00015437
	e := 1 - 0.002516*t
	m := 2.5534 + 29.1053567*k                      // sun's anomaly
	mm := 201.5643 + 385.81693528*k + 0.0107582*t*t // moon's anomaly
	f := 160.7108 + 390.67050284*k - 0.0016118*t*t  // moon's latitude argument
	om := 124.7746 - 1.56375588*k
	jde += -0.40720*sinDeg(mm) + 0.17241*e*sinDeg(m) + 0.01608*sinDeg(2*mm) + 0.01039*sinDeg(2*f) +
		0.00739*e*sinDeg(mm-m) - 0.00514*e*sinDeg(mm+m) + 0.00208*e*e*sinDeg(2*m) - 0.00111*sinDeg(mm-2*f) -
		0.00057*sinDeg(mm+2*f) + 0.00056*e*sinDeg(2*mm+m) - 0.00042*sinDeg(3*mm) + 0.00042*e*sinDeg(m+2*f) +
		0.00038*e*sinDeg(m-2*f) - 0.00024*e*sinDeg(2*mm-m) - 0.00017*sinDeg(om)
	return jde - 72.0/86400 // dynamical time runs about 70 s ahead of universal time in these years
}

// sunLongitude is the sun's apparent longitude in degrees at a Julian day.
func sunLongitude(jd float64) float64 {
	t := (jd - 2451545) / 36525
	m := 357.52911 + 35999.05029*t
	l := 280.46646 + 36000.76983*t + (1.914602-0.004817*t)*sinDeg(m) + 0.019993*sinDeg(2*m) + 0.000289*sinDeg(3*m)
	l -= 0.00569 + 0.00478*sinDeg(125.04-1934.136*t)
	return math.Mod(math.Mod(l, 360)+360, 360)
}

// dateAt is the date at the offset from Greenwich (in hours) of a Julian day.
func dateAt(jd, offset float64) Date { return Date(math.Floor(jd - 2440587.5 + offset/24)) }

// sector is the sun's twelfth of the year at the local midnight that begins d; a month in which it does not
// change has no major term.
func sector(d Date, offset float64) int {
	return int(sunLongitude(float64(d)+2440587.5-offset/24) / 30)
}

// month11 gives k of the lunar month that has the winter solstice of the year.
func month11(year int, offset float64) float64 {
	k := math.Floor(float64(Of(year, time.December, 31)-Of(2000, time.January, 6)) / 29.530588861)
	for dateAt(newMoon(k), offset) > Of(year, time.December, 31) {
		k--
	}
	for dateAt(newMoon(k+1), offset) <= Of(year, time.December, 31) {
		k++
	}
	if sector(dateAt(newMoon(k), offset), offset) >= 9 { // begins after the solstice: that was a month ago
		k--
	}
	return k
}

// lunarDay is the date of a lunar day of the months 1 to 10 of the year.
func lunarDay(year, month, day int, offset float64) Date {
	from, to := month11(year-1, offset), month11(year, offset)
	number, leapLeft := 11, to-from > 12
	k := from
	for number != 12+month {
		k++
		start, end := dateAt(newMoon(k), offset), dateAt(newMoon(k+1), offset)
		if leapLeft && sector(start, offset) == sector(end, offset) {
			leapLeft = false // the leap month repeats its number
			continue
		}
		number++
	}
	return dateAt(newMoon(k), offset) + Date(day-1)
}

func TestLunarDatesAgreeWithThePublishedCheck(t *testing.T) {
	f, err := os.Open(shared.Dir(t, "data", "vn-calendar", "lunar-check-2019-2035.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		year, _ := strconv.Atoi(row[0])
		if got := lunarDay(year, 1, 1, 7).String(); got != row[1] {
			t.Errorf("Tết %d: %s, published %s", year, got, row[1])
		}
		if got := lunarDay(year, 3, 10, 7).String(); got != row[2] {
			t.Errorf("Hùng Kings' day %d: %s, published %s", year, got, row[2])
		}
		if got := lunarDay(year, 1, 1, 8).String(); got != row[6] {
			t.Errorf("Tết %d at UTC+8: %s, published %s", year, got, row[6])
		}
	}
}

// The holidays we ship are the lunar days the law names.
func TestShippedHolidaysAreTheLunarDays(t *testing.T) {
	c := shipped(t)
	for year := range c.Years() {
		for name, date := range map[string]Date{"Tết Âm lịch: mùng 1": lunarDay(year, 1, 1, 7), "Tết Âm lịch: ngày cuối năm": lunarDay(year, 1, 1, 7) - 1,
			"Giỗ Tổ Hùng Vương": lunarDay(year, 3, 10, 7)} {
			if d, ok := c.Day(date); !ok || d.Name[lang.VI] != name {
				t.Errorf("%v should be %q, data says %q", date, name, d.Name[lang.VI])
			}
		}
	}
	if d := lunarDay(2030, 1, 1, 7); d != Of(2030, time.February, 2) {
		t.Errorf("Tết 2030 is 2 February in Viet Nam, got %v", d)
	}
}
