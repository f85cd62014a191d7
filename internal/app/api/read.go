package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/kernel/web"
)

// listed is one page of a list. find reads at most n rows behind a place, in the order of their places, "" before the first;
// show is a row as the caller sees it.
func listed[T, O any](r *web.Request, p Paging, find func(after string, n int) ([]T, error), show func(T) (O, error), place func(O) string) (*reply[list[O]], error) {
	after, err := p.after(r)
	if err != nil {
		return nil, err
	}
	found, err := find(after, p.Limit+1)
	if err != nil {
		return nil, err
	}
	out := make([]O, 0, len(found))
	for _, row := range found {
		one, err := show(row)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return page(r, p, out, place)
}

// plain is a show that cannot fail.
func plain[T, O any](show func(T) O) func(T) (O, error) {
	return func(t T) (O, error) { return show(t), nil }
}

// among finds in a list that is short enough to be held whole.
func among[T any](all []T, place func(T) string) func(after string, n int) ([]T, error) {
	slices.SortFunc(all, func(a, b T) int { return strings.Compare(place(a), place(b)) })
	return func(after string, n int) ([]T, error) {
		rest := slices.DeleteFunc(slices.Clone(all), func(t T) bool { return place(t) <= after })
		return rest[:min(n, len(rest))], nil
	}
}

// summed is tagged for what has no version of its own: its content is its tag.
func summed[T any](r *web.Request, body T) (*reply[T], error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return tagged(r, `"`+hex.EncodeToString(sum[:16])+`"`, body)
}
