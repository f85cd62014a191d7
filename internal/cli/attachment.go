package cli

import (
	"trucot/internal/app"
	"trucot/internal/kernel/fault"
)

// attachmentCmd is "trucot attachment …": the files beside the ledger.
type attachmentCmd struct {
	Verify attachmentVerify `cmd:"" help:"help_attachment_verify"`
}

// attachmentVerify reads every file that the ledger names.
type attachmentVerify struct {
	Tidy bool `help:"help_attachment_tidy"`
	JSON bool `name:"json" help:"help_json"`
}

// attachmentAnswer is what verify --json prints.
type attachmentAnswer struct {
	Sound    bool             `json:"sound"`
	Files    int              `json:"files"`    // facts of the ledger
	Contents int              `json:"contents"` // that are what they were
	Bytes    int64            `json:"bytes"`
	Erased   int              `json:"erased"`
	Unused   int              `json:"unused"`
	Removed  int              `json:"removed"`
	Problems []attachmentFile `json:"problems"`
}

// attachmentFile is a file whose content is missing or damaged.
type attachmentFile struct {
	ID      string `json:"id"`
	Owner   string `json:"owner"`
	SHA256  string `json:"sha256"`
	Problem string `json:"problem"`
	Text    string `json:"text"`
}

// Run verifies and fails where a content is missing or is not what was handed in.
func (c *attachmentVerify) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		r, err := a.Attachments.Verify(env.Ctx, c.Tidy)
		if err != nil {
			return err
		}
		x := attachmentAnswer{Sound: len(r.Faults) == 0, Files: r.Files, Contents: r.Sound, Bytes: r.Bytes, Erased: r.Erased, Unused: r.Unused, Removed: r.Removed,
			Problems: []attachmentFile{}}
		for _, f := range r.Faults {
			id, _ := f.Args["id"].(string)
			owner, _ := f.Args["owner"].(string)
			sum, _ := f.Args["sha256"].(string)
			x.Problems = append(x.Problems, attachmentFile{id, owner, sum, f.Key, env.Catalog.Error(env.Lang, f)})
			if !c.JSON {
				env.report(f)
			}
		}
		if err := env.tell(c.JSON, x, "cli.attachments", "files", x.Files, "contents", x.Contents, "mb", (x.Bytes+1<<19)>>20, "erased", x.Erased,
			"unused", x.Unused, "removed", x.Removed); err != nil || x.Sound {
			return err
		}
		return fault.New(fault.Conflict, "cli.attachments_not_sound", "problems", len(r.Faults))
	})
}
