package dossier

import "trucot/internal/engine/procedure"

// Values are the values of a dossier as its last step left them (nil where none did) and as they are read from its fields.
func Values(p *procedure.Procedure, d *Dossier) (kept, decoded map[string]any) {
	if d.knownBy == p {
		kept = d.known
	}
	return kept, values(p, d.clone())
}
