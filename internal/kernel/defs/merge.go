package defs

// Merge lays over upon base and returns a new tree; neither argument changes. Maps merge key by key;
// a list whose items are maps with an id merges item by item on that id, items new to the base following
// in their order; anything else is replaced. Every node keeps the place where it was written.
func Merge(base, over *Node) *Node {
	switch {
	case base == nil:
		return over
	case over == nil:
		return base
	case base.Kind == Map && over.Kind == Map && !isText(over):
		return mergeMaps(base, over)
	case base.Kind == List && over.Kind == List && keyed(base) && keyed(over):
		return mergeLists(base, over)
	}
	return over
}

// isText tells a {vi, en} text, which is replaced whole: half a translation is never meant.
func isText(n *Node) bool {
	for _, p := range n.Pairs {
		if p.Key != "vi" && p.Key != "en" {
			return false
		}
	}
	return len(n.Pairs) > 0
}

func keyed(n *Node) bool {
	for _, item := range n.Items {
		if item.Get("id") == nil {
			return false
		}
	}
	return true
}

func mergeMaps(base, over *Node) *Node {
	out := &Node{Kind: Map, Place: over.Place, Known: base.Known && over.Known}
	for _, p := range base.Pairs {
		if v := over.Get(p.Key); v != nil {
			p.Value = Merge(p.Value, v)
		}
		out.Pairs = append(out.Pairs, p)
	}
	for _, p := range over.Pairs {
		if base.Get(p.Key) == nil {
			out.Pairs = append(out.Pairs, p)
		}
	}
	return out
}

func mergeLists(base, over *Node) *Node {
	out := &Node{Kind: List, Place: over.Place, Known: base.Known && over.Known}
	find := func(in *Node, id string) *Node {
		for _, item := range in.Items {
			if item.Get("id").Text == id {
				return item
			}
		}
		return nil
	}
	for _, item := range base.Items {
		out.Items = append(out.Items, Merge(item, find(over, item.Get("id").Text)))
	}
	for _, item := range over.Items {
		if find(base, item.Get("id").Text) == nil {
			out.Items = append(out.Items, item)
		}
	}
	return out
}
