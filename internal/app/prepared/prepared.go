// Package prepared (định nghĩa đọc sẵn) holds the trees of the shipped definition files, read once when the
// program is built rather than at each start. It owns no definition: a file that is not here, or no longer as
// it was, is read from its YAML.
package prepared

import (
	_ "embed"
	"io/fs"
	"path"
	"strings"
	"sync"

	"trucot/internal/kernel/defs"
)

//go:generate go run ./pack trees.bin

//go:embed trees.bin
var trees string

// Use makes defs.Parse take the shipped files' trees from here.
var Use = sync.OnceFunc(func() { defs.Prepare(trees) })

// Pack makes the table of all definition files but the sample's, which a start does not read.
func Pack(files fs.FS) ([]byte, error) {
	var all [][]byte
	err := fs.WalkDir(files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" || strings.HasPrefix(name, "samples/") {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		all = append(all, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	return defs.Pack(all)
}
