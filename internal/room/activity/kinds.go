package activity

import (
	"embed"
	"io/fs"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

const vi = lang.VI

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// Kinds are the kinds of work by area, as definitions/activities/kinds.yaml lists them.
type Kinds struct {
	Source string `def:"source,required"`
	Status string `def:"status,required"`
	Areas  []Area `def:"areas,required"`
}

// Area (lĩnh vực) groups kinds for the eye.
type Area struct {
	ID    string          `def:"id,required"`
	Title indicator.Words `def:"title,required"`
	Kinds []Kind          `def:"kinds,required"`
}

// Kind is one kind of work with what is counted of it.
type Kind struct {
	ID      string          `def:"id,required"`
	Title   indicator.Words `def:"title,required"`
	Amounts []Amount        `def:"amounts,required"`
}

// Amount (lượng) is one number of an entry. The one called "count" is 1 where it is left out, every other 0.
type Amount struct {
	ID      string          `def:"id,required"`
	Title   indicator.Words `def:"title,required"`
	Measure indicator.Words `def:"measure,required"`
}

const kindsFile = "activities/kinds.yaml"

// Load reads the kinds below fsys (definitions).
func Load(fsys fs.FS) (*Kinds, error) {
	raw, err := fs.ReadFile(fsys, kindsFile)
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(kindsFile, raw)
	if err != nil {
		return nil, err
	}
	out := &Kinds{}
	return out, defs.Decode(node, out).OrNil()
}

// Kind finds a kind. Error: fault.NotFound "activity.unknown_kind", with the nearest name.
func (k *Kinds) Kind(id string) (*Kind, error) {
	var ids []string
	for i := range k.Areas {
		for j := range k.Areas[i].Kinds {
			if found := &k.Areas[i].Kinds[j]; found.ID == id {
				return found, nil
			} else {
				ids = append(ids, found.ID)
			}
		}
	}
	return nil, fault.New(fault.NotFound, "activity.unknown_kind", "kind", id, "near", defs.Nearest(id, ids))
}

func (k *Kind) amount(id string) *Amount {
	for i := range k.Amounts {
		if k.Amounts[i].ID == id {
			return &k.Amounts[i]
		}
	}
	return nil
}
