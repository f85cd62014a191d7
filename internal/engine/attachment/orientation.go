package attachment

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// exifHead is how much of a JPEG is searched for how the camera was held; the note stands in front.
const exifHead = 64 << 10

// orientation is how a JPEG says that it must be turned, 1 to 8 as EXIF counts; 1 = as it is, also for what says nothing.
func orientation(r io.Reader) int {
	head, err := io.ReadAll(io.LimitReader(r, exifHead))
	_, tiff, found := bytes.Cut(head, []byte("Exif\x00\x00"))
	if err != nil || !found || !bytes.HasPrefix(head, []byte{0xff, 0xd8}) || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	const tag, size = 0x0112, 12
	for n := int64(order.Uint16(tiff[at:])); n > 0 && at+2+size <= int64(len(tiff)); n, at = n-1, at+size {
		entry := tiff[at+2:]
		if v := int(order.Uint16(entry[8:])); order.Uint16(entry) == tag && v >= 1 && v <= 8 {
			return v
		}
	}
	return 1
}

// turned is a small picture the right way up.
func turned(m *image.RGBA, how int) *image.RGBA {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if how > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			if how == 2 || how == 3 || how == 7 || how == 8 { // the camera's left and right, after turning its top
				tx = w - 1 - x
			}
			if how == 3 || how == 4 || how == 6 || how == 7 {
				ty = h - 1 - y
			}
			if how > 4 {
				tx, ty = ty, tx
			}
			out.SetRGBA(tx, ty, m.RGBAAt(x, y))
		}
	}
	return out
}
