package party

import (
	"slices"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Organisation is one version of which organisations there are and which posts their committees have.
type Organisation struct {
	Place     fault.Place `def:"@"`
	ID        string      `def:"id,required"`
	Effective Span        `def:"effective,required"`
	Source    string      `def:"source,required"`
	Status    string      `def:"status"` // "cần xác minh" while the full text has not confirmed it
	Kinds     []BodyKind  `def:"kinds,required"`
	Posts     []Post      `def:"posts,required"`
}

// BodyKind is a kind of organisation, people.Unit.Kind.
type BodyKind struct {
	ID    string              `def:"id,required"`
	Title map[lang.Tag]string `def:"title,required"`
	Cell  bool                `def:"cell"`  // members belong to it
	Base  bool                `def:"base"`  // a base organisation, or one above: caps are counted over all below it
	Least int                 `def:"least"` // official members that it asks for; 0 = none
	Raise *struct {
		At int    `def:"at,required"` // official members from which it becomes another kind
		To string `def:"to,required"`
	} `def:"raise"`
}

// Post is a post in a committee, the highest first.
type Post struct {
	ID    string              `def:"id,required"`
	Title map[lang.Tag]string `def:"title,required"`
	One   bool                `def:"one"` // held by one person at a time
}

// Kind is a kind of organisation; a kind that the version does not know is named by its id.
func (o *Organisation) Kind(id string) BodyKind {
	if i := slices.IndexFunc(o.Kinds, func(k BodyKind) bool { return k.ID == id }); i >= 0 {
		return o.Kinds[i]
	}
	return BodyKind{ID: id, Title: map[lang.Tag]string{lang.VI: id, lang.EN: id}}
}

// Post is a post, and where it stands in the order.
func (o *Organisation) Post(id string) (p Post, rank int) {
	if i := slices.IndexFunc(o.Posts, func(p Post) bool { return p.ID == id }); i >= 0 {
		return o.Posts[i], i
	}
	return Post{ID: id, Title: map[lang.Tag]string{lang.VI: id, lang.EN: id}}, len(o.Posts)
}

// Advice says what the number of official members means for an organisation: "too_few", "raise" or "".
func (k BodyKind) Advice(official int) string {
	switch {
	case k.Cell && official < k.Least:
		return "too_few"
	case k.Raise != nil && official >= k.Raise.At:
		return "raise"
	}
	return ""
}
