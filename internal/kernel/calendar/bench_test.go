package calendar

import "testing"

func BenchmarkDue(b *testing.B) {
	c := shipped(b)
	q := Count{From: MustParse("2021-06-14"), Duration: Duration{15, WorkingDay}}
	for b.Loop() {
		if _, err := c.Due(q); err != nil {
			b.Fatal(err)
		}
	}
}
