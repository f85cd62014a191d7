package admin

import (
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// left is what stands in a unit: what a merger has to place, and what it left behind.
type left struct {
	Staff           []staff
	Dossiers, Tasks int
	Next            *people.Unit // that stands today for a unit that ended; nil where it stands or has no successor
	Roles           int          // accounts whose roles the reader may move to Next
}

// staff is somebody with a role or a post in the unit.
type staff struct {
	ID, Name     string
	Roles, Posts []string
}

func (l *left) none() bool { return len(l.Staff) == 0 && l.Dossiers == 0 && l.Tasks == 0 }

func (s *pages) left(r *web.Request, u people.Unit) (left, error) {
	var l left
	accounts, posts, err := s.all(r)
	if err != nil {
		return l, err
	}
	me, _ := people.Acting(r.Actor())
	for _, a := range accounts {
		one := staff{ID: a.ID, Name: a.Name}
		for _, g := range a.Grants {
			if g.Unit == u.Code {
				one.Roles = append(one.Roles, r.T("people.role_"+string(g.Role)))
			}
		}
		for _, post := range posts {
			if post.Person == a.Person && post.Unit == u.Code {
				one.Posts = append(one.Posts, post.TitleVI)
			}
		}
		if len(one.Roles)+len(one.Posts) > 0 && !a.Closed {
			l.Staff = append(l.Staff, one)
		}
		if len(one.Roles) > 0 && !a.Closed && a.ID != me {
			l.Roles++
		}
	}
	next, err := s.who.Standing(r.Context(), u.Code, r.Today())
	if err == nil && next.Code != u.Code && reaches(r, next.Code) {
		l.Next = &next
	}
	l.Dossiers, l.Tasks, err = s.work(r.Context(), u.Code)
	return l, err
}

// moveRoles takes the roles of a merged unit's staff along to its successor. Nobody moves their own.
func (s *pages) moveRoles(r *web.Request, by people.By, u people.Unit) error {
	next, err := s.who.Standing(r.Context(), u.Code, r.Today())
	if err != nil {
		return err
	}
	if !reaches(r, next.Code) {
		return fault.New(fault.NotFound, "people.unknown_unit", "unit", next.Code)
	}
	me, _ := people.Acting(r.Actor())
	_, err = s.who.MoveRoles(r.Context(), by, u.Code, me)
	return err
}
