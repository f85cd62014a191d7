package ledger

// recent is a bounded map that forgets what was not used lately: two generations of which the older
// is dropped when the younger is full. It holds at most twice its size.
type recent[K comparable, V any] struct {
	size       int
	young, old map[K]V
}

func newRecent[K comparable, V any](size int) recent[K, V] {
	return recent[K, V]{size: size, young: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if len(r.young) >= r.size {
		r.old, r.young = r.young, make(map[K]V, r.size/4)
	}
	r.young[k] = v
}
