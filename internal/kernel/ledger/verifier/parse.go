package verifier

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// strict reads one JSON value that fills the line and has no unknown fields.
func strict(line []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value in a line")
	}
	return nil
}

// stamp is the form of recorded_at: UTC with microseconds.
const stamp = "2006-01-02T15:04:05.000000Z"

func parseEvent(line []byte) (Event, error) {
	var l struct {
		Event
		EffectiveOn string          `json:"effective_on"`
		RecordedAt  string          `json:"recorded_at"`
		Data        json.RawMessage `json:"data"`
	}
	if err := strict(line, &l); err != nil {
		return Event{}, err
	}
	on, err := time.Parse("2006-01-02", l.EffectiveOn)
	if err != nil {
		return Event{}, err
	}
	if l.Event.RecordedAt, err = time.Parse(stamp, l.RecordedAt); err != nil {
		return Event{}, err
	}
	l.Event.EffectiveOn, l.Event.Data = int32(on.Unix()/86400), l.Data
	return l.Event, nil
}

// parseCheckpoint reads the three lines of a checkpoint: name, size, root; nothing else may stand there.
func parseCheckpoint(text, origin string) (size int64, root []byte, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return 0, nil, false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 {
		return 0, nil, false
	}
	root, err = base64.StdEncoding.DecodeString(lines[2])
	return size, root, err == nil && len(root) == 32
}
