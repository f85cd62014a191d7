// Package marks (nhãn trên trang) is how priority and labels look and are typed on every page that shows work. It owns no
// rules: package label says what a label may be, the pages who may set one.
package marks

import (
	"net/url"
	"strings"

	"trucot/internal/engine/label"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Marks are the priority and the labels of a piece of work.
type Marks struct {
	Priority label.Priority
	Labels   []string
}

// Plain reports whether nobody marked the work.
func (m Marks) Plain() bool { return m.Priority == label.Normal && len(m.Labels) == 0 }

// Text is the marks in one text for a form that takes them back; Parse reads it.
func (m Marks) Text() string {
	return strings.Join(append([]string{m.Priority.Word()}, m.Labels...), ",")
}

// Parse reads a Text as the change that brings those marks back. Error: label.bad_priority.
func Parse(text string) (label.Change, error) {
	word, labels, _ := strings.Cut(text, ",")
	p, err := label.ParsePriority(word)
	list := divided(labels)
	return label.Change{Priority: &p, Labels: &list}, err
}

// Read is what the form changes: "uu-tien" the priority, "nhan" all labels, "them-nhan" and "bo-nhan" some, divided by
// commas. What a form does not have stays. Error: label.bad_priority.
func Read(in url.Values) (c label.Change, err error) {
	if in.Get("uu-tien") != "" {
		var p label.Priority
		if p, err = label.ParsePriority(in.Get("uu-tien")); err != nil {
			return c, err
		}
		c.Priority = &p
	}
	if len(in["nhan"]) > 0 {
		list := divided(strings.Join(in["nhan"], ","))
		c.Labels = &list
	}
	c.Add, c.Remove = divided(strings.Join(in["them-nhan"], ",")), divided(strings.Join(in["bo-nhan"], ","))
	return c, nil
}

func divided(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

// ReadBulk is what one of the buttons of the bar for many does; ok is false where it is another bar's. Error: marks.no_label.
func ReadBulk(in url.Values) (c label.Change, ok bool, err error) {
	named := divided(in.Get("ten-nhan"))
	switch in.Get("lam") {
	case "uu-tien":
		c, err = Read(url.Values{"uu-tien": in["uu-tien"]})
		return c, true, err
	case "them-nhan":
		c.Add = named
	case "bo-nhan":
		c.Remove = named
	default:
		return c, false, nil
	}
	if len(named) == 0 {
		err = fault.New(fault.Invalid, "marks.no_label")
	}
	return c, true, err
}

// Now says what the marks are.
func (m Marks) Now(r *web.Request) string {
	labels := strings.Join(m.Labels, ", ")
	if labels == "" {
		labels = r.T("marks.none")
	}
	return r.T("marks.now", "priority", r.T("label.priority_"+m.Priority.Word()), "labels", labels)
}
