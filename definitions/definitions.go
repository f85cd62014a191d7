// Package definitions (danh mục quy định) is the data the program ships: calendars, procedures, report
// regimes, indicators and code lists, each dated and with its source. It holds no logic.
package definitions

import "embed"

// Files is every definition folder, rooted here: "calendar/…", "procedures/…".
//
//go:embed all:*
var Files embed.FS
