package api

import (
	"net/http"

	"trucot/internal/app/page/admin"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

func (s *service) accountOps() []operation {
	return []operation{op("account-list", http.MethodGet, "/quan-tri", people.ManagePeople, s.listAccounts)}
}

// Account is an account with its roles and the posts that its person holds today. It is changed by a person in the browser, who is asked
// for a fresh proof, or on the machine.
type Account struct {
	ID     string         `json:"id"`
	Person string         `json:"person"`
	Name   string         `json:"name"`
	Closed bool           `json:"closed"`
	Roles  []people.Grant `json:"roles"` // unit “*” is the whole state side
	Posts  []people.Post  `json:"posts"`
}

// listAccounts are the accounts that the caller looks after.
func (s *service) listAccounts(r *web.Request, in *Paging) (*reply[list[Account]], error) {
	accounts, posts, err := admin.Accounts(r, s.People)
	if err != nil {
		return nil, err
	}
	place := func(a people.Account) string { return a.ID }
	return listed(r, *in, among(accounts, place), plain(func(a people.Account) Account {
		out := Account{a.ID, a.Person, a.Name, a.Closed, some(a.Grants), []people.Post{}}
		for _, p := range posts {
			if p.Person == a.Person {
				out.Posts = append(out.Posts, p)
			}
		}
		return out
	}), func(a Account) string { return a.ID })
}
