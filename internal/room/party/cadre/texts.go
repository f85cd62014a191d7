package cadre

import (
	"embed"

	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
