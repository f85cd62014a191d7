package web

import (
	"testing"

	"trucot/internal/testing/vendorlock"
)

func TestVendoredAssetsAreTheLockedOnes(t *testing.T) {
	vendorlock.Check(t, "assets", "kh.css", "kh.js", "citizen.css", "news.css", "icon.svg", "attachments.js", "passkey.js", "conference.js", "news-editor.js")
}
