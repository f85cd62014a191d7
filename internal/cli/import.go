package cli

// importCmd groups what reads files into the ledger.
type importCmd struct {
	Log importLogCmd `cmd:"" help:"${help_import_log}"`
}
