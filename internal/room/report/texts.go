package report

import (
	"embed"

	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are this room's texts, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
