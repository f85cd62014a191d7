package defs

// Nearest is the candidate that a writer most likely meant by word: at most two letters away, or one
// for short words. It is empty when none is near.
func Nearest(word string, candidates []string) string {
	best, limit := "", 2
	if len(word) <= 4 {
		limit = 1
	}
	for _, c := range candidates {
		if d := distance(word, c, limit); d <= limit {
			best, limit = c, d-1
		}
	}
	return best
}

// distance counts the letters to change, insert or drop; above limit any larger number may come back.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit || len(x) > 64 {
		return limit + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, cx := range x {
		left, diagonal := i+1, row[0]
		row[0] = i + 1
		for j, cy := range y {
			cost := diagonal
			if cx != cy {
				cost = 1 + min(diagonal, row[j+1], left)
			}
			diagonal, row[j+1], left = row[j+1], cost, cost
		}
	}
	return row[len(y)]
}
