package attachment

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// held is a JPEG of 40 × 20 pixels, red in its stored upper left quarter, with a note of how the camera was held.
func held(t *testing.T, how byte, big bool) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			m.Set(x, y, color.White)
			if x < 20 && y < 10 {
				m.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	tiff := "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{how, 0, 0, 0})
	if big {
		tiff = "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{how, 0, 0})
	}
	note := "Exif\x00\x00" + tiff + "\x00\x00\x00\x00"
	return append([]byte("\xff\xd8\xff\xe1\x00"+string([]byte{byte(len(note) + 2)})+note), b.Bytes()[2:]...)
}

// However the camera was held, the small picture stands as the photographer saw it.
func TestASmallPictureStandsUpright(t *testing.T) {
	for how, red := range map[byte][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		for _, big := range []bool{false, true} {
			small, err := shrink(bytes.NewReader(held(t, how, big)), 1000)
			if err != nil {
				t.Fatal(err)
			}
			m, err := jpeg.Decode(bytes.NewReader(small))
			if err != nil {
				t.Fatal(err)
			}
			w, h := m.Bounds().Dx(), m.Bounds().Dy()
			if (how > 4) != (h > w) {
				t.Errorf("held as %d: %d × %d", how, w, h)
			}
			for qx := range 2 {
				for qy := range 2 {
					_, green, _, _ := m.At(w/4+qx*w/2, h/4+qy*h/2).RGBA()
					if is := green < 0x4000; is != (red == [2]int{qx, qy}) {
						t.Errorf("held as %d: quarter %d %d is red: %v", how, qx, qy, is)
					}
				}
			}
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("\xff\xd8Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Add([]byte("\xff\xd8Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if how := orientation(bytes.NewReader(b)); how < 1 || how > 8 {
			t.Errorf("%d", how)
		}
	})
}
