package eventlog

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // mappings name zones that the machine may not know

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Mapping says which attributes of a foreign log mean what. Every role lists attribute names in order of
// preference; a role a file does not mention keeps the default names.
type Mapping struct {
	Name     string
	Title    map[lang.Tag]string
	Detect   []string // case attributes whose presence selects this mapping by itself
	ByDay    bool     // late means a later day, not a later instant
	Personal []string // attributes never taken over

	Delimiter       rune   // of CSV; 0 = find out
	Encoding        string // of CSV; empty = find out
	CasePrefix      string // marks the CSV columns that belong to the case
	CaseObjectTypes []string
	SharedEach      bool // an OCEL event with several case objects is repeated in each case

	roleNames [roles][]string
	caseKeys  map[string]slot
	eventKeys map[string]slot
	personal  map[string]bool
	zone      *time.Location
	layouts   []string
	firstYear int
}

type role uint8

// The roles; those from roleActivity on belong to the event.
const (
	roleCase role = iota
	roleTitle
	roleUnit
	roleReceived
	roleDue
	roleFinished
	roleActivity
	roleTime
	roleActor
	roleGroup
	roleLifecycle
	roles
)

type slot struct {
	role role
	rank int
}

func (m *Mapping) has(r role) bool { return len(m.roleNames[r]) > 0 }
func (m *Mapping) earliest() int   { return m.firstYear }

// index prepares the look-up of roles by attribute name.
func (m *Mapping) index() {
	m.caseKeys, m.eventKeys, m.personal = map[string]slot{}, map[string]slot{}, map[string]bool{}
	for r, names := range m.roleNames {
		keys := m.caseKeys
		if role(r) >= roleActivity {
			keys = m.eventKeys
		}
		for rank, n := range names {
			if _, taken := keys[n]; !taken {
				keys[n] = slot{role(r), rank}
			}
		}
	}
	for _, n := range m.Personal {
		m.personal[n] = true
	}
}

// names is a YAML list of strings, or one string.
type names []string

func (n *names) UnmarshalYAML(decode func(any) error) error {
	var one string
	if err := decode(&one); err == nil {
		*n = names{one}
		return nil
	}
	return decode((*[]string)(n))
}

type mappingFile struct {
	Name   string            `yaml:"name"`
	Title  map[string]string `yaml:"title"`
	Source string            `yaml:"source"`
	Detect names             `yaml:"detect"`
	Case   struct {
		ID       names `yaml:"id"`
		Title    names `yaml:"title"`
		Unit     names `yaml:"unit"`
		Received names `yaml:"received"`
		Due      names `yaml:"due"`
		Finished names `yaml:"finished"`
	} `yaml:"case"`
	Event struct {
		Activity  names `yaml:"activity"`
		Time      names `yaml:"time"`
		Actor     names `yaml:"actor"`
		Group     names `yaml:"group"`
		Lifecycle names `yaml:"lifecycle"`
	} `yaml:"event"`
	TimeZone     string `yaml:"time_zone"`
	TimeFormats  names  `yaml:"time_formats"`
	Late         string `yaml:"late"`
	EarliestYear int    `yaml:"earliest_year"`
	Personal     names  `yaml:"personal"`
	CSV          struct {
		Delimiter  string `yaml:"delimiter"`
		Encoding   string `yaml:"encoding"`
		CasePrefix string `yaml:"case_prefix"`
	} `yaml:"csv"`
	OCEL struct {
		CaseObjectTypes names  `yaml:"case_object_types"`
		Shared          string `yaml:"shared"`
	} `yaml:"ocel"`
}

// maxMapping is the size of a mapping file; the longest sensible one is a few kilobytes.
const maxMapping = 64 << 10

// ParseMapping reads a mapping file strictly. base gives the names of the roles that the file leaves out
// (nil = none). Errors are fault.Invalid with file, line, column and the line itself.
func ParseMapping(file string, raw []byte, base *Mapping) (*Mapping, error) {
	if len(raw) > maxMapping {
		return nil, fault.New(fault.TooLarge, "eventlog.mapping_too_large", "bytes", maxMapping).At(fault.Place{File: file})
	}
	src := &yamlSource{file, string(raw)}
	if err := src.refuseAliases(); err != nil {
		return nil, err
	}
	var f mappingFile
	if err := yaml.UnmarshalWithOptions(raw, &f, yaml.Strict()); err != nil {
		return nil, src.explain(err)
	}
	m := &Mapping{firstYear: 1970}
	if base != nil {
		*m = *base
		m.Detect = nil
	}
	return m, f.into(m, src)
}

func (f *mappingFile) into(m *Mapping, src *yamlSource) error {
	if f.Name == "" {
		return src.at("name", "eventlog.mapping_no_name")
	}
	m.Name, m.Detect = f.Name, f.Detect
	m.Title = map[lang.Tag]string{lang.VI: f.Title["vi"], lang.EN: f.Title["en"]}
	for r, n := range [roles]names{f.Case.ID, f.Case.Title, f.Case.Unit, f.Case.Received, f.Case.Due, f.Case.Finished,
		f.Event.Activity, f.Event.Time, f.Event.Actor, f.Event.Group, f.Event.Lifecycle} {
		if n != nil {
			m.roleNames[r] = n
		}
	}
	if f.TimeZone != "" {
		zone, err := time.LoadLocation(f.TimeZone)
		if err != nil || f.TimeZone == "Local" {
			return src.at("time_zone", "eventlog.mapping_zone", "zone", f.TimeZone)
		}
		m.zone = zone
	}
	for _, l := range f.TimeFormats {
		m.layouts = append(m.layouts, goLayout.Replace(l))
	}
	m.ByDay = f.Late == "day"
	if !oneOf(f.Late, "", "day", "instant") {
		return src.at("late", "eventlog.mapping_choice", "value", f.Late, "choices", "instant, day")
	}
	m.SharedEach = f.OCEL.Shared == "each"
	if !oneOf(f.OCEL.Shared, "", "first", "each") {
		return src.at("shared", "eventlog.mapping_choice", "value", f.OCEL.Shared, "choices", "first, each")
	}
	m.Personal, m.CaseObjectTypes = f.Personal, f.OCEL.CaseObjectTypes
	m.firstYear = cmp.Or(f.EarliestYear, m.firstYear)
	m.Encoding = strings.ToLower(f.CSV.Encoding)
	m.CasePrefix = cmp.Or(f.CSV.CasePrefix, m.CasePrefix)
	if d := []rune(f.CSV.Delimiter); len(d) == 1 {
		m.Delimiter = d[0]
	} else if len(d) > 1 {
		return src.at("delimiter", "eventlog.mapping_delimiter", "value", f.CSV.Delimiter)
	}
	m.index()
	return nil
}

// goLayout turns yyyy-MM-dd HH:mm:ss into the form that package time reads.
var goLayout = strings.NewReplacer("yyyy", "2006", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05",
	"SSS", "000", "yy", "06", "XXX", "Z07:00")

func oneOf(s string, choices ...string) bool { return slices.Contains(choices, s) }

// LoadMappings reads mappings/*.yaml: "default" first, the others by name.
func LoadMappings(fsys fs.FS) ([]*Mapping, error) {
	files, err := fs.Glob(fsys, "mappings/*.yaml")
	if err != nil {
		return nil, err
	}
	const first = "mappings/default.yaml"
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(cmp.Compare(b2i(b == first), b2i(a == first)), strings.Compare(a, b))
	})
	var all []*Mapping
	var base *Mapping
	for _, file := range files {
		raw, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		m, err := ParseMapping(file, raw, base)
		if err != nil {
			return nil, err
		}
		if base == nil {
			base = m
		}
		all = append(all, m)
	}
	return all, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// choose is the first known mapping all of whose detect names the first case carries, else the default.
func choose(known []*Mapping, attrs []Attribute) *Mapping {
	have := map[string]bool{}
	for i := range attrs {
		have[attrs[i].Key] = true
	}
	for _, m := range known {
		if len(m.Detect) > 0 && !slices.ContainsFunc(m.Detect, func(n string) bool { return !have[n] }) {
			return m
		}
	}
	if len(known) > 0 {
		return known[0]
	}
	m := &Mapping{firstYear: 1970}
	m.index()
	return m
}

// yamlSource finds places in a YAML file for errors.
type yamlSource struct{ file, text string }

func (s *yamlSource) place(line, column int) fault.Place {
	p := fault.Place{File: s.file, Line: line, Column: column}
	if lines := strings.Split(s.text, "\n"); line >= 1 && line <= len(lines) {
		p.Source = strings.TrimRight(lines[line-1], "\r")
	}
	return p
}

// at is a fault at the first line that sets the key.
func (s *yamlSource) at(key, faultKey string, args ...any) error {
	for i, l := range strings.Split(s.text, "\n") {
		if t := strings.TrimSpace(l); strings.HasPrefix(t, key+":") || strings.Contains(t, " "+key+":") {
			return fault.New(fault.Invalid, faultKey, args...).At(s.place(i+1, strings.Index(l, key)+1))
		}
	}
	return fault.New(fault.Invalid, faultKey, args...).At(s.place(1, 1))
}

// refuseAliases keeps alias bombs out before anything is expanded.
func (s *yamlSource) refuseAliases() error {
	for _, t := range lexer.Tokenize(s.text) {
		if t.Type == token.AliasType || t.Type == token.AnchorType || t.Type == token.MergeKeyType {
			return fault.New(fault.Invalid, "eventlog.mapping_alias").At(s.place(t.Position.Line, t.Position.Column))
		}
	}
	return nil
}

// explain turns an error of the YAML reader into a fault with a place.
func (s *yamlSource) explain(err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return fault.New(fault.Invalid, "eventlog.mapping_syntax").At(fault.Place{File: s.file}).Because(err)
	}
	p := e.GetToken().Position
	at := s.place(p.Line, p.Column)
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		return fault.New(fault.Invalid, "eventlog.mapping_unknown", "key", e.GetToken().Value).At(at)
	}
	return fault.New(fault.Invalid, "eventlog.mapping_syntax").At(at).Because(err)
}
