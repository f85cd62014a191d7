package chart

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"trucot/internal/kernel/lang"
)

//go:embed font/Inter_400Regular.ttf
var regularFile []byte

//go:embed font/Inter_600SemiBold.ttf
var boldFile []byte

// fonts are parsed once; a broken embedded file is a defect of the build.
var fonts = sync.OnceValue(func() [2]*sfnt.Font {
	var f [2]*sfnt.Font
	for i, raw := range [][]byte{regularFile, boldFile} {
		parsed, err := opentype.Parse(raw)
		if err != nil {
			panic(err)
		}
		f[i] = parsed
	}
	return f
})

func fontOf(bold bool) *sfnt.Font {
	if bold {
		return fonts()[1]
	}
	return fonts()[0]
}

// textWidth is the advance of s in pixels.
func textWidth(s string, size float64, bold bool) float64 {
	f := fontOf(bold)
	var buf sfnt.Buffer
	const unit = 1000
	sum := fixed.Int26_6(0)
	for _, r := range clean(s) {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if a, err := f.GlyphAdvance(&buf, g, fixed.I(unit), font.HintingNone); err == nil {
			sum += a
		}
	}
	return float64(sum) / 64 / unit * size
}

// wrap breaks s at words into lines of width; a wider word stays whole.
func wrap(s string, width, size float64, bold bool) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && textWidth(line+" "+word, size, bold) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func longestWord(s string) float64 {
	longest := 0.0
	for _, w := range strings.Fields(s) {
		longest = max(longest, textWidth(w, textPx, false))
	}
	return longest
}

// clean composes the marks, since the font has one glyph a letter, and drops control characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
			return -1
		}
		return r
	}, lang.NFC(strings.ToValidUTF8(s, "\ufffd")))
}
