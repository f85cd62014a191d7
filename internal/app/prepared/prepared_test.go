package prepared

import (
	"testing"

	"trucot/definitions"
)

func TestTheTableIsOfTheShippedFiles(t *testing.T) {
	want, err := Pack(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != trees {
		t.Error("definition files changed: run `make generate`")
	}
}
