package pace_test

import (
	"testing"
	"time"

	"trucot/internal/kernel/pace"
)

func TestEachKeyHasItsOwnAllowance(t *testing.T) {
	var l pace.Limiter
	a, now := pace.Allowance{Burst: 2, Every: time.Minute}, time.Unix(1e9, 0)
	for i, c := range []struct {
		key   string
		after time.Duration
		want  bool
	}{{"a", 0, true}, {"a", 0, true}, {"a", 0, false}, {"b", 0, true}, {"a", 59 * time.Second, false}, {"a", time.Minute, true}, {"a", time.Minute, false}} {
		if got := l.Allow(c.key, a, now.Add(c.after)); got != c.want {
			t.Errorf("%d: %s after %s: %v", i, c.key, c.after, got)
		}
	}
}
