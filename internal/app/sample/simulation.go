package sample

import (
	"container/heap"
	"context"
	"strconv"
	"strings"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/party"
)

// simulation runs tasks in the order of their days, and of being planned within a day.
type simulation struct {
	app   *app.App
	ctx   context.Context
	clock *clock
	pipe  *pipeline
	files *dossier.Engine // over the pipeline
	party *party.Room     // over the pipeline, for entries that ask the tables nothing
	rnd   chance
	words words

	tasks   tasks
	planned int
	day     calendar.Date
	serial  int // of facts and names

	sitting  councilWords
	summoned int  // acceptance councils so far
	selected bool // the selection council has sat

	filed int

	receipts int                 // numbers of receipts given out
	paper    int                 // numbers of credentials from before the register
	issued   map[string][]inHand // by procedure: credentials that nobody yet asked to change

	luck        chance // of Party work, apart from everything else's
	memberNames map[string]string
	marks       map[string]int           // last number of each kind of Party entry
	instruments map[calendar.Date][2]int // last day of a reporting month → passed, failed
}

// task is something to do on a day.
type task struct {
	on  calendar.Date
	seq int
	run func(on calendar.Date) error
}

type tasks []task

func (t tasks) Len() int { return len(t) }
func (t tasks) Less(i, j int) bool {
	return t[i].on < t[j].on || t[i].on == t[j].on && t[i].seq < t[j].seq
}
func (t tasks) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *tasks) Push(x any)   { *t = append(*t, x.(task)) }
func (t *tasks) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

// at plans a task. A day gone by means today; beyond the last day it never comes.
func (s *simulation) at(on calendar.Date, run func(on calendar.Date) error) {
	heap.Push(&s.tasks, task{max(on, s.day), s.planned, run})
	s.planned++
}

// run does everything up to the last day.
func (s *simulation) run() error {
	for len(s.tasks) > 0 {
		t := heap.Pop(&s.tasks).(task)
		if t.on > lastDay {
			return nil
		}
		if t.on != s.day {
			s.day = t.on
			s.clock.set(t.on)
		}
		if err := t.run(t.on); err != nil {
			return err
		}
	}
	return nil
}

// record appends the first fact of a stream.
func (s *simulation) record(stream, who, unit, kind string, on calendar.Date, data any) error {
	s.clock.tick()
	_, err := s.pipe.Append(s.ctx, ledger.Command{Stream: stream, Actor: who, Unit: unit, Events: []ledger.NewEvent{{Kind: kind, On: on, Data: data}}})
	return err
}

// alone runs what writes to the ledger by itself.
func (s *simulation) alone(do func() error) error {
	s.clock.tick()
	return s.pipe.alone(do)
}

// working is the n-th working day after a day; 0 is the day itself or the first working day from it.
func (s *simulation) working(d calendar.Date, n int) calendar.Date {
	for !s.app.Calendar.Working(d) {
		d++
	}
	for range n {
		d = s.app.Calendar.Next(d)
	}
	return d
}

// back is the n-th working day before a day.
func (s *simulation) back(d calendar.Date, n int) calendar.Date {
	for n > 0 {
		d--
		if s.app.Calendar.Working(d) {
			n--
		}
	}
	return d
}

// name fills {place} and {n} of a pattern.
func (s *simulation) name(pattern string) string {
	return strings.NewReplacer("{place}", pick(&s.rnd, s.words.Places), "{n}", strconv.Itoa(s.rnd.between(1, 60))).Replace(pattern)
}

// secondYear reports whether a day is in the later reporting year.
func secondYear(d calendar.Date) bool { return d >= opening.AddMonths(12) }

// monthEnd is the last day of the reporting month that a day lies in: the 14th.
func monthEnd(d calendar.Date) calendar.Date {
	y, m, day := d.YMD()
	end := calendar.Of(y, m, 14)
	if day > 14 {
		return end.AddMonths(1)
	}
	return end
}
