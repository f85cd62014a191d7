//go:build !linux

package cli

import "runtime/debug"

// giveBack returns the heap's free pages to the system.
func giveBack() {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // the first one empties pools only half
}
