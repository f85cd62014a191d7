package sample

// chance is a small generator of its own (SplitMix64, Steele, Lea and Flood 2014), so that the sample stays the
// same whatever the standard library does.
type chance struct{ state uint64 }

func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n−1. The bias of the remainder is far below what anybody could see.
func (c *chance) below(n int) int { return int(c.next() % uint64(n)) }

// between is a number from low to high, both included.
func (c *chance) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + c.below(high-low+1)
}

// percent is true in p of a hundred cases.
func (c *chance) percent(p float64) bool { return float64(c.next()>>11)/(1<<53)*100 < p }

// rounded is x up or down, so that many of them sum to what x sums to.
func (c *chance) rounded(x float64) int {
	n := int(x)
	if c.percent((x - float64(n)) * 100) {
		n++
	}
	return n
}

func pick[T any](c *chance, from []T) T { return from[c.below(len(from))] }

// weighted picks an index by weight.
func (c *chance) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := c.below(sum)
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	return 0
}
