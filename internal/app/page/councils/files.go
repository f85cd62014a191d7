package councils

import (
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// setFiles reads the files, one block of fields each; a blank name leaves its block out.
func setFiles(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
	var files []council.File
	for i := range len(c.Files) + moreFiles {
		n := strconv.Itoa(i)
		f, err := fileOf(c, in, n)
		if err != nil {
			return err
		}
		if f.Label != "" {
			files = append(files, f)
		}
	}
	_, err := s.Councils.SetFiles(r.Context(), c.ID, by, files)
	return err
}

// fileOf reads one block: its people where new ones were typed, and what the secretary decides otherwise than the records.
func fileOf(c *council.Council, in url.Values, n string) (council.File, error) {
	f := council.File{ID: in.Get("ma." + n), Label: strings.TrimSpace(in.Get("ten." + n)), Bonus: in.Get("cong."+n) != "", Forced: in.Get("ep."+n) != "",
		Partners: lines(in.Get("doi-tac." + n)), Reason: in.Get("ly-do." + n)}
	if text := in.Get("nguoi." + n); strings.TrimSpace(text) != "" {
		var err error
		if f.Who, err = council.ReadPeople(text); err != nil {
			return f, err
		}
	}
	for _, tie := range c.Rules.Ballot.TieBreaks {
		if err := number(&f.Facts, in.Get("so."+n+"."+tie.ID), tie.ID, tie.Label); err != nil {
			return f, err
		}
		if err := number(&f.Own, in.Get("qd."+n+"."+tie.ID), tie.ID, tie.Label); err != nil {
			return f, err
		}
	}
	for key, label := range map[string]council.Text{council.OwnBonus: c.Rules.Ballot.BonusWhen, council.OwnForced: c.Rules.Ballot.ForcedIf, council.OwnBars: nil} {
		if err := number(&f.Own, in.Get("qd."+n+"."+key), key, label); err != nil {
			return f, err
		}
	}
	return f, nil
}

// number keeps a number that was typed; nothing typed is none.
func number(into *map[string]int64, text, key string, label council.Text) error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	v, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "", ",", "").Replace(text), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "councils.bad_number", "label", label, "text", text)
	}
	if *into == nil {
		*into = map[string]int64{}
	}
	(*into)[key] = v
	return nil
}

// reckonedAs is what the records say of a file by a rule, nil where the secretary must say it.
func reckonedAs(f council.File, id string) *council.Reckoned {
	for i := range f.Reckoned {
		if f.Reckoned[i].ID == id || f.Reckoned[i].Counts == id && id != "" {
			return &f.Reckoned[i]
		}
	}
	return nil
}

// barring reports whether a record bars a file, taken all the same or not.
func barring(f council.File) bool {
	f.Own = nil
	return len(f.Barred()) > 0
}

// recorded are the dossiers that the records name for the files.
func recorded(c *council.Council) []string {
	var codes []string
	for _, f := range c.Files {
		for _, x := range f.Reckoned {
			codes = append(codes, x.Dossiers...)
		}
	}
	return codes
}

// told reports whether there is more to say of the files than their names.
func told(c *council.Council) bool {
	for _, f := range c.Files {
		if len(f.Reckoned) > 0 || len(f.Partners) > 0 || f.Persons > 0 {
			return true
		}
	}
	return false
}

// reckonedWords is what a record says, as people read it.
func reckonedWords(v *web.View, x council.Reckoned) string {
	switch {
	case x.Counts != "":
		return v.Int(x.Value)
	case x.Value > 0:
		return v.T("councils.yes")
	}
	return v.T("councils.no")
}

// decided is what the secretary decided otherwise than the records, "" where they stand.
func decided(v *web.View, f council.File, x council.Reckoned) string {
	key := x.ID
	switch {
	case x.Counts != "":
		key = x.Counts
	case x.Bars:
		key = council.OwnBars
	}
	own, ok := f.Own[key]
	switch {
	case !ok || x.Bars && x.Value == 0:
		return ""
	case x.Bars:
		return v.T("councils.taken_all_the_same")
	case x.Counts != "":
		return v.T("councils.counted_as", "n", own)
	case own > 0:
		return v.T("councils.held_to_hold")
	}
	return v.T("councils.held_not_to_hold")
}
