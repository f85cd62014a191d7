// Command pack writes the table of package prepared to the file it is given.
package main

import (
	"log"
	"os"

	"trucot/definitions"
	"trucot/internal/app/prepared"
)

func main() {
	table, err := prepared.Pack(definitions.Files)
	if err == nil {
		err = os.WriteFile(os.Args[1], table, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
