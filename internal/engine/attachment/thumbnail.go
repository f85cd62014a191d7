package attachment

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"trucot/internal/kernel/fault"
)

// What a small picture is: at most so many pixels wide and high, as JPEG.
const (
	thumbnailSide    = 160 // enough to tell pictures apart, too little to read an identity card
	thumbnailQuality = 80
)

// Thumbnail is a small JPEG of a picture, made at the first call and kept. Errors: fault.NotFound
// "attachment.no_thumbnail" for what is no picture or too large to be decoded, and those of Content.
func (e *Engine) Thumbnail(ctx context.Context, f *File) ([]byte, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	if t := rules.Type(f.Type); t == nil || t.Check != "image" {
		return nil, fault.New(fault.NotFound, "attachment.no_thumbnail")
	}
	c, err := e.Content(ctx, f)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	at := filepath.Join(e.thumbnailFolder(), f.Key.String()+".jpg")
	if kept, err := os.ReadFile(at); err == nil {
		return kept, nil
	}
	select {
	case e.drawing <- struct{}{}:
		defer func() { <-e.drawing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	small, err := shrink(c, rules.ThumbnailPixels)
	if err != nil {
		return nil, err
	}
	return small, e.keep(at, small)
}

func (e *Engine) thumbnailFolder() string { return filepath.Join(e.opts.Folder, "anh-nho") }

func (e *Engine) keep(at string, small []byte) error {
	if err := os.MkdirAll(e.thumbnailFolder(), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(e.thumbnailFolder(), spoolPrefix)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(small)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), at)
}

// shrink decodes a picture of at most so many pixels and draws it small, on white where it is transparent.
func shrink(r io.ReadSeeker, most int64) ([]byte, error) {
	none := fault.New(fault.NotFound, "attachment.no_thumbnail")
	c, _, err := image.DecodeConfig(r)
	if err != nil || int64(c.Width)*int64(c.Height) > most || c.Width == 0 || c.Height == 0 {
		return nil, none.Because(err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	how := orientation(r)
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	whole, _, err := image.Decode(r)
	if err != nil {
		return nil, none.Because(err)
	}
	side := max(c.Width, c.Height)
	scale := func(n int) int { return max(1, n*min(thumbnailSide, side)/side) }
	small := image.NewRGBA(image.Rect(0, 0, scale(c.Width), scale(c.Height)))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Over, nil)
	if how != 1 {
		small = turned(small, how)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
