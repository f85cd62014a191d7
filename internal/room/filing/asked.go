package filing

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Asked is a question of a council to who filed a dossier (câu hỏi của hội đồng). It does not say who asked.
type Asked struct {
	Council  string        `json:"council"`
	Title    string        `json:"title"`
	Number   int           `json:"number"`
	On       calendar.Date `json:"on"`
	Text     string        `json:"text"`
	Answer   string        `json:"answer,omitempty"`
	Answered calendar.Date `json:"answered"`
	Open     bool          `json:"open"` // may be answered, or answered anew
}

// CouncilAnswer answers a question of a council on a dossier.
type CouncilAnswer struct {
	Code, Council string
	Number        int
	Text          string
}

// Questions are those of the councils on a dossier, for who has proved to know it.
func (r *Room) Questions(ctx context.Context, code string) ([]Asked, error) {
	if r.opts.Asked == nil {
		return nil, nil
	}
	return r.opts.Asked(ctx, code)
}

// AnswerQuestion records the answer of who filed a dossier. Errors: fault.Invalid "filing.no_answer" for an empty or very
// long one, fault.NotFound "filing.no_question" for one that is not of this dossier or is closed.
func (r *Room) AnswerQuestion(ctx context.Context, a CouncilAnswer) error {
	if a.Text = strings.TrimSpace(a.Text); a.Text == "" || len(a.Text) > 16_000 {
		return fault.New(fault.Invalid, "filing.no_answer")
	}
	all, err := r.Questions(ctx, a.Code)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(q Asked) bool { return q.Open && q.Council == a.Council && q.Number == a.Number }) {
		return fault.New(fault.NotFound, "filing.no_question")
	}
	return r.opts.Answer(ctx, a)
}
