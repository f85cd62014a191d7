package sample

import (
	"sync/atomic"
	"time"

	"trucot/internal/kernel/calendar"
)

// The simulated working day begins at eight; each step takes a while.
const (
	opensAt = 8 * time.Hour
	aStep   = 40 * time.Second
	closing = 17 * time.Hour
)

// clock is the sample's time: set by the simulation, then running on from the last day's evening.
type clock struct {
	now   atomic.Int64 // Unix microseconds, while simulating
	live  atomic.Bool
	since time.Time // real time at which it began to run
}

func newClock() *clock {
	c := &clock{}
	c.set(missionsFrom)
	return c
}

// Now is the sample's time.
func (c *clock) Now() time.Time {
	t := time.UnixMicro(c.now.Load())
	if c.live.Load() {
		t = t.Add(time.Since(c.since))
	}
	return t
}

func midnight(d calendar.Date) time.Time {
	y, m, day := d.YMD()
	return time.Date(y, m, day, 0, 0, 0, 0, calendar.Zone)
}

// set begins a day.
func (c *clock) set(d calendar.Date) { c.now.Store(midnight(d).Add(opensAt).UnixMicro()) }

// tick is the time one step takes.
func (c *clock) tick() { c.now.Add(aStep.Microseconds()) }

// run lets the clock go on from the evening of a day.
func (c *clock) run(d calendar.Date) {
	c.now.Store(midnight(d).Add(closing).UnixMicro())
	c.since = time.Now()
	c.live.Store(true)
}
