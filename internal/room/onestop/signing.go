package onestop

import (
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
)

// Signature is the block under a paper: in whose place, and as what. Lines of Authority are divided by line breaks.
type Signature struct{ Authority, Post string }

// Sign says how somebody signs for an agency: its head as head, a deputy in the head's place (KT.), the head of a
// unit below by order (TL.), that head's deputy in their place under the order. Error: fault.Forbidden
// "onestop.may_not_sign" for a post that signs nothing for the agency.
func (b *Book) Sign(agency, unit people.Unit, post string) (Signature, error) {
	r := &b.signing
	head := r.head(agency, "")
	own := r.head(unit, post)
	stands := r.rankOf(own, post)
	refused := fault.New(fault.Forbidden, "onestop.may_not_sign", "post", post)
	if own == "" || stands == other {
		return Signature{}, refused
	}
	acting := Signature{Post: upper(r.Words.Acting, own)}
	deputy := Signature{Authority: upper(r.Words.Instead, own), Post: upper(r.Deputy, own)}
	if unit.Code == agency.Code {
		return map[rank]Signature{first: {Post: upper(own)}, standIn: acting, second: deputy}[stands], nil
	}
	order := upper(r.Words.Order, head)
	switch stands {
	case first:
		return Signature{Authority: order, Post: upper(own)}, nil
	case standIn:
		acting.Authority = order
		return acting, nil
	}
	deputy.Authority = order + "\n" + deputy.Authority
	return deputy, nil
}

// SignUnder says how somebody signs to whom the head delegated it in writing: in the head's place, by order, or under a
// mandate.
func (b *Book) SignUnder(form people.Form, agency people.Unit, post string) Signature {
	w := &b.signing.Words
	word := map[people.Form]string{people.KT: w.Instead, people.TL: w.Order, people.TUQ: w.Mandate}[form]
	return Signature{Authority: upper(word, b.signing.head(agency, "")), Post: upper(post)}
}

// SignFor is the block of whoever signs for a body that decides together (TM.): a council, a committee.
func (b *Book) SignFor(body, post string) Signature {
	return Signature{Authority: upper(b.signing.Words.Collective, body), Post: upper(post)}
}

// rank is where a post stands in its unit.
type rank int

const (
	other rank = iota
	first
	standIn
	second
)

// head is what the head of a unit is called; a named office's head is known by the post itself.
func (r *signing) head(u people.Unit, post string) string {
	for _, name := range r.Also {
		if strings.Contains(strings.ToLower(post), strings.ToLower(name)) {
			return name
		}
	}
	return r.Heads[u.Kind]
}

// rankOf reads a post: "Giám đốc Sở", "Phó Giám đốc", "Quyền Giám đốc". Anything else signs nothing.
func (r *signing) rankOf(head, post string) rank {
	begins := func(prefix string) bool {
		text := strings.ToLower(strings.TrimSpace(prefix + " " + head))
		got := strings.ToLower(strings.TrimSpace(post))
		return got == text || strings.HasPrefix(got, text+" ")
	}
	i := slices.IndexFunc([]string{"", r.Acting, r.Deputy}, begins)
	return rank(i + 1)
}

func upper(words ...string) string {
	return strings.ToUpper(strings.TrimSpace(strings.Join(words, " ")))
}
