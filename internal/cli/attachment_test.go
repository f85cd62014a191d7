package cli

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/app"
	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/blob"
)

// A file that is missing from the folder is named, by the command line and in JSON.
func TestAMissingAttachmentIsNamed(t *testing.T) {
	o := newOffice(t, "")
	var kept, lost *attachment.File
	o.record(1, func(a *app.App) {
		for name, into := range map[string]**attachment.File{"a.txt": &kept, "b.txt": &lost} {
			f, err := a.Attachments.Add(context.Background(), attachment.Incoming{Owner: "task/NV-1", Name: name, Actor: "khai"}, strings.NewReader("chữ "+name))
			if err != nil {
				t.Fatal(err)
			}
			*into = f
		}
	})
	if out := o.good("attachment", "verify"); !strings.Contains(out, "2 files, 2 sound contents") {
		t.Error(out)
	}
	if err := blob.NewDisk(filepath.Join(o.open.Data, app.FilesFolder)).Remove(context.Background(), lost.Key); err != nil {
		t.Fatal(err)
	}
	o.bad(lost.ID+" of task/NV-1 is missing", "attachment", "verify")
	var x attachmentAnswer
	if err := json.Unmarshal([]byte(o.bad("1 attachments are missing", "attachment", "verify", "--json", "--tidy")), &x); err != nil {
		t.Fatal(err)
	}
	if x.Sound || x.Contents != 1 || len(x.Problems) != 1 || x.Problems[0].ID != lost.ID || x.Problems[0].Problem != "attachment.content_missing" {
		t.Errorf("%+v", x)
	}
}
