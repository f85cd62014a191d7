package sample

import (
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/room/onestop"
)

// lettersFrom is when the sample began to number its letters and to ask opinions in the program.
var lettersFrom = calendar.MustParse("2025-07-01")

// issueLetter numbers the letter of apology that a step has just drawn up.
func (l *life) issueLetter(on calendar.Date) error {
	if on < lettersFrom || !slices.Contains(l.d.Track.Outputs, "thu_xin_loi") {
		return nil
	}
	s := l.s
	return s.alone(func() error {
		_, err := s.app.Desk.Issue(s.ctx, l.d, onestop.Issue{Paper: "xin-loi", Signer: "phogiamdoc-1", On: on, Actor: l.desk})
		return err
	})
}

// ask asks another agency for its opinion, and answer records what it said.
func (l *life) ask(on, due calendar.Date) error {
	if on < lettersFrom {
		return nil
	}
	s := l.s
	return s.alone(func() error {
		_, err := s.app.Desk.Ask(s.ctx, l.d, l.hand, onestop.Opinion{Agency: s.words.Opinion.Agency, Question: s.words.Opinion.Question, AskedOn: on, DueOn: due})
		return err
	})
}

func (l *life) answer(on calendar.Date) error {
	s := l.s
	asked, err := s.app.Desk.Opinions(s.ctx, l.d.Code)
	if err != nil || len(asked) == 0 {
		return err
	}
	return s.alone(func() error { return s.app.Desk.Answer(s.ctx, l.d, l.hand, 1, on, s.words.Opinion.Answer) })
}
