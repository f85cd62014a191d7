// Command trucot is the working system of a science-and-technology agency: from resolution to result.
package main

import (
	"os"

	"trucot/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.Standard())) }
