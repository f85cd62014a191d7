package procedure

import (
	"embed"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

//go:embed template
var templateFiles embed.FS

// Template is the folder of a new definition: path below the procedures folder → text. It passes lint and its own
// script as it stands, and is a draft. Error: fault.Invalid for an id or version that cannot be a folder.
func Template(id, version string, from calendar.Date) (map[string]string, error) {
	if !idPattern.MatchString(id) {
		return nil, fault.New(fault.Invalid, "procedure.bad_new_id", "id", id)
	}
	if version == "" || strings.ContainsAny(version, "/\\. \t\n\"{}:") {
		return nil, fault.New(fault.Invalid, "procedure.bad_new_id", "id", version)
	}
	fill := strings.NewReplacer("ID", id, "VERSION", version, "FROM", from.String())
	out := map[string]string{}
	for from, to := range map[string]string{"procedure.yaml": fileName, "dung_han.txt": "tests/dung_han.txt"} {
		raw, err := templateFiles.ReadFile("template/" + from)
		if err != nil {
			return nil, err
		}
		out[id+"/"+version+"/"+to] = fill.Replace(string(raw))
	}
	return out, nil
}
