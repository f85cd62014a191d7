package script

import "trucot/internal/kernel/calendar"

// Step is one filing or action of a script that goes through.
type Step struct {
	Action    string // "" files the dossier
	On        calendar.Date
	Role      string // actor of the definition, "" at the filing
	Assignee  string
	Channel   string
	Fields    map[string]any // a text, or the rows of a list
	Documents []string
}

// Steps are the steps of the last dossier that a script files, without those that it expects to be refused: for who takes
// the same path by other means, such as a browser.
func (s *Script) Steps() []Step {
	var out []Step
	for i, l := range s.lines {
		if l.verb != "file" && l.verb != "act" || i+1 < len(s.lines) && s.lines[i+1].takesFault() {
			continue
		}
		if l.verb == "file" {
			out = nil
		}
		out = append(out, Step{Action: l.name, On: l.on, Role: l.role, Assignee: l.assignee, Channel: l.channel, Fields: l.fields, Documents: l.documents})
	}
	return out
}
