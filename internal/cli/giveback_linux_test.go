package cli

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestGiveBackLetsGoOfTheProgramFile(t *testing.T) {
	before := resident(t)
	giveBack()
	if after := resident(t); after >= before {
		t.Errorf("%d kB of files resident before, %d after", before, after)
	}
}

// resident is how much of mapped files is in this process's memory, in kB.
func resident(t *testing.T) (kb int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssFile:"); ok {
			if kb, err = strconv.Atoi(strings.Fields(rest)[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return kb
}
