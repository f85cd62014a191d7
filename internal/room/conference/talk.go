package conference

import (
	"context"
	"slices"

	"trucot/internal/kernel/fault"
)

// TalkKind tells a speech from a question.
type TalkKind string

// The kinds.
const (
	Speech   TalkKind = "speech"
	Question TalkKind = "question"
)

// Talk is a registration to speak, or a question with its answer. Who it comes from is a guest, or an account that reads
// the conference; Answerer is a guest or a unit.
type Talk struct {
	N        int      `json:"n"`
	Kind     TalkKind `json:"kind"`
	Guest    int      `json:"guest,omitempty"`
	Account  string   `json:"account,omitempty"`
	Text     string   `json:"text"` // subject of a speech, words of a question
	Minutes  int      `json:"minutes,omitempty"`
	Order    int      `json:"order,omitempty"`  // of a speech, given by who runs the conference
	Called   string   `json:"called,omitempty"` // clock
	Dropped  bool     `json:"dropped,omitempty"`
	Answer   string   `json:"answer,omitempty"`
	Answerer string   `json:"answerer,omitempty"` // post or unit
	Gist     string   `json:"gist,omitempty"`     // of a speech, for the minutes
}

// The most that one guest may have waiting: a link that works without an account must not flood a hall.
const (
	maxSpeeches  = 1
	maxQuestions = 5
)

// From says who speaks: a guest by number, or an account.
type From struct {
	Guest   int
	Account string
}

// Speak registers to speak. minutes is how long, by default five. Errors: conference.not_now, conference.no_text,
// conference.enough, conference.no_such_guest.
func (r *Room) Speak(ctx context.Context, actor, id string, by From, subject string, minutes int) error {
	if minutes < 1 || minutes > 60 {
		minutes = 5
	}
	return r.talk(ctx, actor, id, by, "speech_registered", Talk{Kind: Speech, Text: subject, Minutes: minutes}, maxSpeeches)
}

// Ask puts a question. Errors: as Speak.
func (r *Room) Ask(ctx context.Context, actor, id string, by From, text string) error {
	return r.talk(ctx, actor, id, by, "question_asked", Talk{Kind: Question, Text: text}, maxQuestions)
}

func (r *Room) talk(ctx context.Context, actor, id string, by From, kind string, t Talk, most int) error {
	t.Guest, t.Account, t.Text = by.Guest, by.Account, long(t.Text)
	if t.Text == "" {
		return fault.New(fault.Invalid, "conference.no_text")
	}
	return r.change(ctx, actor, id, talking, func(_ *Conference, ch *change) error {
		if by.Guest != 0 {
			if _, err := r.Guest(ctx, id, by.Guest); err != nil {
				return err
			}
		}
		all, err := r.Talks(ctx, id)
		if err != nil {
			return err
		}
		waiting, order := 0, 0
		for _, other := range all {
			t.N, order = max(t.N, other.N), max(order, other.Order)
			if other.Kind == t.Kind && other.Guest == by.Guest && other.Account == by.Account && other.Open() {
				waiting++
			}
		}
		if waiting >= most {
			return fault.New(fault.Conflict, "conference.enough", "most", most)
		}
		t.N++
		if t.Kind == Speech {
			t.Order = order + 1
		}
		ch.kind, ch.Talk = kind, &t
		return nil
	})
}

// Open reports whether it still waits: a speech that was not called, a question without an answer.
func (t *Talk) Open() bool { return !t.Dropped && t.Called == "" && t.Answer == "" }

// Call lets a speaker speak. Errors: conference.not_now, conference.no_talk.
func (r *Room) Call(ctx context.Context, actor, id string, n int) error {
	return r.changeTalk(ctx, actor, id, n, running, "speaker_called", func(t *Talk) error {
		if t.Kind != Speech || !t.Open() {
			return fault.New(fault.Conflict, "conference.not_waiting")
		}
		t.Called = r.clock()
		return nil
	})
}

// Order gives a speech its place and time. Errors: conference.not_now, conference.no_talk.
func (r *Room) Order(ctx context.Context, actor, id string, n, order, minutes int) error {
	return r.changeTalk(ctx, actor, id, n, talking, "speech_ordered", func(t *Talk) error {
		if t.Kind != Speech || order < 1 || minutes < 1 || minutes > 60 {
			return fault.New(fault.Invalid, "conference.bad_order")
		}
		t.Order, t.Minutes = order, minutes
		return nil
	})
}

// Drop takes a registration or an idle question off the list; it stays on record. Errors: conference.not_now,
// conference.no_talk, conference.not_waiting.
func (r *Room) Drop(ctx context.Context, actor, id string, n int) error {
	return r.changeTalk(ctx, actor, id, n, answering, "talk_dropped", func(t *Talk) error {
		if !t.Open() {
			return fault.New(fault.Conflict, "conference.not_waiting")
		}
		t.Dropped = true
		return nil
	})
}

// Note keeps what a speaker said in a few sentences, for the minutes. Errors: conference.not_now, conference.no_talk.
func (r *Room) Note(ctx context.Context, actor, id string, n int, gist string) error {
	return r.changeTalk(ctx, actor, id, n, recording, "speech_noted", func(t *Talk) error {
		t.Gist = long(gist)
		return nil
	})
}

// AnswerQuestion records an answer and whose it is, a post or a unit. Errors: conference.not_now, conference.no_talk,
// conference.no_answer.
func (r *Room) AnswerQuestion(ctx context.Context, actor, id string, n int, who, text string) error {
	who, text = short(who), long(text)
	return r.changeTalk(ctx, actor, id, n, answering, "question_answered", func(t *Talk) error {
		if t.Kind != Question || t.Dropped {
			return fault.New(fault.Conflict, "conference.not_waiting")
		}
		if who == "" || text == "" {
			return fault.New(fault.Invalid, "conference.no_answer")
		}
		t.Answer, t.Answerer = text, who
		return nil
	})
}

func (r *Room) changeTalk(ctx context.Context, actor, id string, n int, d doing, kind string, do func(*Talk) error) error {
	return r.change(ctx, actor, id, d, func(_ *Conference, ch *change) error {
		all, err := r.Talks(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t *Talk) bool { return t.N == n })
		if i < 0 {
			return fault.New(fault.NotFound, "conference.no_talk", "n", n)
		}
		if err := do(all[i]); err != nil {
			return err
		}
		ch.kind, ch.Talk = kind, all[i]
		return nil
	})
}

// Split gives the speeches in their order and the questions as they came, dropped ones left out.
func Split(all []*Talk) (speeches, questions []*Talk) {
	for _, t := range all {
		switch {
		case t.Dropped:
		case t.Kind == Speech:
			speeches = append(speeches, t)
		default:
			questions = append(questions, t)
		}
	}
	slices.SortStableFunc(speeches, func(a, b *Talk) int { return a.Order - b.Order })
	return speeches, questions
}

// BeginItem says which item of the programme goes on now. Errors: conference.not_now, conference.no_item.
func (r *Room) BeginItem(ctx context.Context, actor, id string, n int) error {
	return r.change(ctx, actor, id, running, func(c *Conference, ch *change) error {
		if n < 1 || n > len(c.Programme) {
			return fault.New(fault.Invalid, "conference.no_item", "n", n)
		}
		if c.Item == n {
			return errNothing
		}
		c.Item = n
		ch.kind, ch.Conference = "item_began", c
		return nil
	})
}
