package cli

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// giveBack returns to the system what only the start needed: the heap's free pages, and the pages of the
// program file itself, which a start touches nearly all of. Those stay in the system's file cache, and the ones
// that requests use come back without a read from disk.
func giveBack() {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // the first one empties pools only half
	program, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	in := bufio.NewScanner(maps)
	var from, to uintptr
	for in.Scan() {
		line := in.Text()
		var a, b uintptr
		var flags string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &a, &b, &flags); n == 3 {
			from, to = a, b
			if flags[1] == 'w' || !strings.HasSuffix(line, " "+program) {
				to = from
			}
		}
		// only pages that are as in the file: those that a loader or a debugger wrote to would be lost
		if clean, ok := strings.CutPrefix(line, "Anonymous:"); ok && strings.TrimSpace(clean) == "0 kB" && to > from {
			unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED)
		}
	}
}
