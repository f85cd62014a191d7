package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// packageHead is the first line of what is signed; it keeps a package's signature from passing for a checkpoint's.
const packageHead = "trucot report package 1"

// Package (gói báo cáo) is a campaign's figures for a higher installation: what each is, what it was made from and how far
// it is to be trusted, with the state of the ledger that it shows.
type Package struct {
	Origin     string        `json:"origin"` // name of the ledger it comes from
	Agency     string        `json:"agency"`
	Campaign   string        `json:"campaign"`
	Regime     string        `json:"regime"`
	Period     string        `json:"period"`
	AsOf       calendar.Date `json:"as_of"`
	Number     string        `json:"number,omitempty"`
	On         calendar.Date `json:"on"` // issued; NoDate = not yet
	Position   int64         `json:"position"`
	Checkpoint string        `json:"checkpoint"` // tree head at the position
	Figures    []Packed      `json:"figures"`
	Units      []PackedUnit  `json:"units"`
}

// Packed is one figure of a package.
type Packed struct {
	Sum
	Title    lang2  `json:"title"`
	Measure  lang2  `json:"measure"`
	Type     string `json:"type"`
	Source   lang2  `json:"source"`
	Verified lang2  `json:"verified"`
	Limits   lang2  `json:"limits"`
	Records  int    `json:"records"` // that the units counted it from
}

// lang2 is a text in both languages.
type lang2 map[lang.Tag]string

// PackedUnit is a unit's part in a package.
type PackedUnit struct {
	Unit     string                     `json:"unit"`
	Name     string                     `json:"name"`
	On       calendar.Date              `json:"on"`
	Imported bool                       `json:"imported,omitempty"`
	Figures  map[string]indicator.Value `json:"figures,omitempty"`
}

// sealed is a package's file: what it says, and the signed note with the hash of each of its pieces.
type sealed struct {
	Package *Package `json:"package"`
	Note    string   `json:"note"`
}

// Pack makes the signed package of a campaign. Errors: campaign.not_found, ledger.no_key.
func (d *Desk) Pack(ctx context.Context, id string) ([]byte, error) {
	c, err := d.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	at := int64(0)
	if c.Signed != nil {
		at = c.Signed.KnownAt
	}
	x, err := d.Consolidate(ctx, id, at)
	if err != nil {
		return nil, err
	}
	p, err := d.packed(ctx, x)
	if err != nil {
		return nil, err
	}
	signed, err := d.l.Sign(packageHead + "\n" + p.manifest())
	if err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(sealed{p, signed}, "", " ")
	return append(out, '\n'), err
}

func (d *Desk) packed(ctx context.Context, x *Consolidated) (*Package, error) {
	c := x.Campaign
	p := &Package{Origin: d.l.Origin(), Agency: d.Head(d.reportUnit(ctx, c.Unit), string(c.Side), d.Today()).Name, Campaign: c.ID, Regime: c.Regime, Period: c.Period,
		AsOf: c.AsOf, Number: c.Number, On: calendar.NoDate, Position: x.KnownAt}
	if c.Frozen != nil {
		p.On = c.Frozen.Paper.On
	}
	if d.Checkpoint != nil {
		var err error
		if p.Checkpoint, err = d.Checkpoint(ctx, x.KnownAt); err != nil {
			return nil, err
		}
	}
	records := map[string]int{}
	for _, part := range x.Parts {
		u := PackedUnit{Unit: part.Unit, Name: d.People.UnitName(ctx, part.Unit, lang.VI), On: part.On, Imported: part.Imported != "", Figures: map[string]indicator.Value{}}
		for _, l := range part.Lines {
			records[l.Indicator] += len(l.Of)
			if l.Actual != indicator.NoValue {
				u.Figures[l.Indicator] = l.Actual
			}
		}
		p.Units = append(p.Units, u)
	}
	for _, s := range x.Sums {
		def, _ := d.Figures.Definitions().Get(s.Indicator)
		v := def.Provenance
		p.Figures = append(p.Figures, Packed{Sum: s, Title: lang2(def.Title), Measure: lang2(def.Measure), Type: string(def.Type), Source: lang2(v.Source), Verified: lang2(v.Verified),
			Limits: lang2(v.Limits), Records: records[s.Indicator]})
	}
	return p, nil
}

// pieces are what is signed one by one, so that a change can be named.
func (p *Package) pieces() map[string]any {
	head := *p
	head.Figures, head.Units = nil, nil
	out := map[string]any{"head": head}
	for i, f := range p.Figures {
		out["figure "+f.Indicator] = struct { // its place too
			At     int
			Figure Packed
		}{i, f}
	}
	for i, u := range p.Units {
		out["unit "+u.Unit] = struct {
			At   int
			Unit PackedUnit
		}{i, u}
	}
	return out
}

// manifest is the signed text below its head: a line a piece, "<hash> <piece>". JSON of a struct has one spelling.
func (p *Package) manifest() string {
	pieces := p.pieces()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(pieces)) {
		raw, _ := json.Marshal(pieces[name]) // of strings and numbers: cannot fail
		sum := sha256.Sum256(raw)
		b.WriteString(base64.StdEncoding.EncodeToString(sum[:]) + " " + name + "\n")
	}
	return b.String()
}

// OpenPackage reads a package and checks it against the keys that the reader trusts. Errors: campaign.package_unreadable,
// campaign.bad_key, campaign.package_unsigned, campaign.package_other_origin, campaign.package_changed with the names of the
// pieces that are not as they were signed.
func OpenPackage(file string, data []byte, keys []string) (*Package, error) {
	var s sealed
	if err := json.Unmarshal(data, &s); err != nil || s.Package == nil {
		return nil, fault.New(fault.Invalid, "campaign.package_unreadable", "file", file).Because(err)
	}
	var verifiers []note.Verifier
	for _, key := range keys {
		v, err := note.NewVerifier(strings.TrimSpace(key))
		if err != nil {
			return nil, fault.New(fault.Invalid, "campaign.bad_key", "key", key).Because(err)
		}
		verifiers = append(verifiers, v)
	}
	signed, err := note.Open([]byte(s.Note), note.VerifierList(verifiers...))
	if err != nil {
		return nil, fault.New(fault.Invalid, "campaign.package_unsigned", "file", file, "agency", s.Package.Agency).Because(err)
	}
	manifest, ours := strings.CutPrefix(signed.Text, packageHead+"\n")
	if !ours {
		return nil, fault.New(fault.Invalid, "campaign.package_unreadable", "file", file)
	}
	if changed := differing(manifest, s.Package.manifest()); len(changed) > 0 {
		return nil, fault.New(fault.Invalid, "campaign.package_changed", "file", file, "what", strings.Join(changed, "; "))
	}
	if s.Package.Origin != signed.Sigs[0].Name {
		return nil, fault.New(fault.Invalid, "campaign.package_other_origin", "file", file, "origin", s.Package.Origin, "signer", signed.Sigs[0].Name)
	}
	return s.Package, nil
}

// differing names the pieces that two manifests do not share, in order.
func differing(was, is string) []string {
	lines := func(text string) map[string]string {
		out := map[string]string{}
		for line := range strings.Lines(text) {
			hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			out[name] = hash
		}
		return out
	}
	a, b := lines(was), lines(is)
	names := maps.Clone(a)
	maps.Copy(names, b)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a[name] != b[name] {
			out = append(out, name)
		}
	}
	return out
}

// Joined is one figure of several packages side by side and added up.
type Joined struct {
	Indicator string            `json:"indicator"`
	Title     lang2             `json:"title"`
	Measure   lang2             `json:"measure"`
	Type      string            `json:"type"`
	Each      []indicator.Value `json:"each"` // in the order of the packages
	Sum       indicator.Value   `json:"sum"`  // NoValue for a ratio: shares do not add up
}

// Join sets packages of one regime and period side by side. Errors: campaign.packages_differ, campaign.package_twice.
func Join(packages []*Package) ([]Joined, error) {
	var out []Joined
	index := map[string]int{}
	for k, p := range packages {
		for _, other := range packages[:k] {
			if other.Origin == p.Origin && other.Campaign == p.Campaign {
				return nil, fault.New(fault.Invalid, "campaign.package_twice", "agency", p.Agency)
			}
			if other.Regime != p.Regime || other.Period != p.Period {
				return nil, fault.New(fault.Invalid, "campaign.packages_differ", "agency", p.Agency, "period", p.Regime+" "+p.Period, "other", other.Agency, "want", other.Regime+" "+other.Period)
			}
		}
		for _, f := range p.Figures {
			at, seen := index[f.Indicator]
			if !seen {
				at = len(out)
				index[f.Indicator] = at
				out = append(out, Joined{Indicator: f.Indicator, Title: f.Title, Measure: f.Measure, Type: f.Type, Each: slices.Repeat([]indicator.Value{indicator.NoValue}, len(packages)), Sum: indicator.NoValue})
			}
			j := &out[at]
			j.Each[k] = f.best()
			if f.Type != string(indicator.Ratio) {
				j.Sum = j.Sum.Add(f.best())
			}
		}
	}
	return out, nil
}
