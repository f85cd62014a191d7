package api

import (
	"net/http"

	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

func (s *service) trackOps() []operation {
	return []operation{
		op("track-questions", http.MethodPost, "/tra-cuu/cau-hoi", web.Public, s.questions),
		op("track-answer", http.MethodPost, "/tra-cuu/tra-loi", web.Public, s.answerQuestion),
	}
}

// Known is a dossier's code and a second fact, by which somebody without an account shows that they know it.
type Known struct {
	Code string `json:"code" minLength:"1" maxLength:"100"`
	Fact string `json:"fact" minLength:"1" maxLength:"200"`
}

type questionsOf struct{ Body Known }

func (s *service) questions(r *web.Request, in *questionsOf) (*reply[[]filing.Asked], error) {
	if _, err := s.Filing.Prove(r.Context(), in.Body.Code, in.Body.Fact, r.Address()); err != nil {
		return nil, err
	}
	return s.asked(r, in.Body.Code)
}

func (s *service) asked(r *web.Request, code string) (*reply[[]filing.Asked], error) {
	found, err := s.Filing.Questions(r.Context(), code)
	if err != nil {
		return nil, err
	}
	return ok(some(found))
}

type answerOf struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Known
		Council string `json:"council" minLength:"1" maxLength:"100"`
		Number  int    `json:"number" minimum:"1"`
		Answer  string `json:"answer" minLength:"1" maxLength:"16000"`
	}
}

func (s *service) answerQuestion(r *web.Request, in *answerOf) (*reply[[]filing.Asked], error) {
	b := &in.Body
	if _, err := s.Filing.Prove(r.Context(), b.Code, b.Fact, r.Address()); err != nil {
		return nil, err
	}
	key := in.Key
	if key != "" {
		key = b.Code + ":" + key // nobody's account: the dossier's
	}
	once, err := s.once(r, Versioned{Key: key})
	if err == nil && once.Stream == "" {
		err = s.Filing.AnswerQuestion(r.Context(), filing.CouncilAnswer{Code: b.Code, Council: b.Council, Number: b.Number, Text: b.Answer})
	}
	if err != nil {
		return nil, err
	}
	return s.asked(r, b.Code)
}
