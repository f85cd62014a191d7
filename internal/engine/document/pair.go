package document

// Signature is who signs: the post, and the name below the room for the hand.
type Signature struct{ Post, Name string }

// signingRoom is left for the hand and the seal, lines.
const signingRoom = "\n\n\n"

// SignedByTwo lays two signatures side by side, as minutes end: who wrote them at the left, who presided at the right. Posts and
// names are set as the layout sets those of any paper: the State's posts bold, the Party's not (its posts are plain capitals over
// a bold name, Hướng dẫn 36-HD/VPTW and 05-HD/VPTW).
func (l *Layout) SignedByTwo(left, right Signature) Table {
	post, name := l.Styles["post"], l.Styles["name"]
	at := func(text string, s Style) Cell { return Cell{Text: upper(text, s), Bold: s.Bold} }
	return Table{Plain: true, Size: post.Size[1], Columns: []Column{{Width: 1, Align: Center}, {Width: 1, Align: Center}}, Rows: [][]Cell{
		{at(left.Post, post), at(right.Post, post)},
		{{Text: signingRoom}, {}},
		{at(left.Name, name), at(right.Name, name)},
	}}
}
