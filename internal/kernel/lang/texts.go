package lang

import "embed"

//go:embed texts.*.yaml
var textFiles embed.FS

// OwnTexts are the texts of this package, for the Catalog.
func OwnTexts() Texts { return MustTexts(textFiles) }
