package filing

import (
	"time"

	"trucot/internal/kernel/pace"
)

// What one address may do. Offices share an address, so drafts are generous; guessing is not.
var (
	draftRate = pace.Allowance{Burst: 20, Every: 30 * time.Second}
	guessRate = pace.Allowance{Burst: 10, Every: 30 * time.Second}
	fileRate  = pace.Allowance{Burst: 40, Every: 10 * time.Second}
	mailRate  = pace.Allowance{Burst: 3, Every: time.Hour}       // mails of one draft's code
	codeRate  = pace.Allowance{Burst: 5, Every: 5 * time.Minute} // guesses at one dossier, from anywhere
)
