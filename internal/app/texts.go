package app

import (
	"embed"

	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of the command line and the shared pages, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
