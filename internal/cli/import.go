package cli

// importCmd groups what reads files into the ledger.
type importCmd struct {
	Article importArticleCmd `cmd:"" help:"help_import_article"`
	Forms   importFormsCmd   `cmd:"" help:"help_import_forms"`
	Log     importLogCmd     `cmd:"" help:"help_import_log"`
}
