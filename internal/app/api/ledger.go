package api

import (
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/app/page/events"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

func (s *service) ledgerOps() []operation {
	return []operation{
		op("ledger-checkpoint", http.MethodGet, "/so-cai/diem-kiem", people.ReadLedger, s.readCheckpoint),
		op("ledger-inclusion", http.MethodGet, "/so-cai/{position}/bang-chung", people.ReadLedger, s.inclusion),
		op("ledger-consistency", http.MethodGet, "/so-cai/nhat-quan", people.ReadLedger, s.consistency),
	}
}

// Checkpoint is a signed statement of the ledger's state.
type Checkpoint struct {
	Origin    string   `json:"origin"`
	Position  int64    `json:"position"`
	Root      string   `json:"root"`
	Note      string   `json:"note"`
	Verifiers []string `json:"verifiers"`
}

func (s *service) readCheckpoint(r *web.Request, _ *struct{}) (*reply[Checkpoint], error) {
	c, err := s.Ledger.Checkpoint(r.Context())
	if err != nil {
		return nil, err
	}
	keys, err := s.Ledger.Verifiers(r.Context())
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(c.Position), Checkpoint{s.Ledger.Origin(), c.Position, tlog.Hash(c.Root).String(), c.Note, some(keys)})
}

type atPosition struct {
	Position int64 `path:"position" minimum:"1"`
	Size     int64 `query:"size" minimum:"0"`
}

// Proof shows that an event stands in the tree of a size, by RFC 6962.
type Proof struct {
	Position int64    `json:"position"`
	Size     int64    `json:"size"`
	Leaf     string   `json:"leaf,omitempty"`
	Root     string   `json:"root"`
	Hashes   []string `json:"hashes"`
}

func (s *service) inclusion(r *web.Request, in *atPosition) (*reply[Proof], error) {
	size := in.Size
	if size == 0 {
		size = s.Ledger.Head()
	}
	e, err := s.Ledger.Event(r.Context(), in.Position)
	if err != nil {
		return nil, err
	}
	if !events.MayRead(r.Reader, s.Reports.OfParty, e) {
		return nil, fault.New(fault.NotFound, "ledger.no_event", "position", in.Position)
	}
	if size < in.Position || size > s.Ledger.Head() {
		return nil, fault.New(fault.Invalid, "api.bad_size", "head", s.Ledger.Head()).At(fault.Place{File: "query.size"})
	}
	hashes, err := s.Ledger.Inclusion(r.Context(), in.Position, size)
	if err != nil {
		return nil, err
	}
	root, err := s.Ledger.Root(r.Context(), size)
	if err != nil {
		return nil, err
	}
	return ok(Proof{in.Position, size, tlog.Hash(e.Hash).String(), root.String(), hashTexts(hashes)})
}

type between struct {
	Old  int64 `query:"old" minimum:"1" required:"true"`
	Size int64 `query:"size" minimum:"1" required:"true"`
}

func (s *service) consistency(r *web.Request, in *between) (*reply[Proof], error) {
	if in.Old > in.Size || in.Size > s.Ledger.Head() {
		return nil, fault.New(fault.Invalid, "api.bad_size", "head", s.Ledger.Head()).At(fault.Place{File: "query.size"})
	}
	hashes, err := s.Ledger.Consistency(r.Context(), in.Old, in.Size)
	if err != nil {
		return nil, err
	}
	root, err := s.Ledger.Root(r.Context(), in.Size)
	if err != nil {
		return nil, err
	}
	return ok(Proof{in.Old, in.Size, "", root.String(), hashTexts(hashes)})
}

func hashTexts(hashes []tlog.Hash) []string {
	out := make([]string, 0, len(hashes))
	for _, h := range hashes {
		out = append(out, h.String())
	}
	return out
}

// checkpoint, tile and entries serve the tree as C2SP tlog-tiles, for monitors and witnesses. Checkpoint and hashes are
// public; the records, one hash an event, are for those who may read the ledger.
func (s *service) checkpoint(r *web.Request) error {
	c, err := s.Ledger.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	return bytesOut(r, "text/plain; charset=utf-8", "no-cache", []byte(c.Note))
}

func (s *service) tile(r *web.Request) error {
	t, err := tlog.ParseTilePath("tile/8/" + r.PathValue("tile"))
	if err != nil || t.L < 0 {
		return fault.New(fault.NotFound, "ledger.no_tile")
	}
	raw, err := s.Ledger.Tile(r.Context(), t.L, t.N, t.W)
	if err != nil {
		return err
	}
	return bytesOut(r, "application/octet-stream", cacheTile, raw)
}

func (s *service) entries(r *web.Request) error {
	t, err := tlog.ParseTilePath("tile/8/0/" + r.PathValue("tile"))
	if err != nil {
		return fault.New(fault.NotFound, "ledger.no_tile")
	}
	raw, err := s.Ledger.Entries(r.Context(), t.N, t.W)
	if err != nil {
		return err
	}
	return bytesOut(r, "application/octet-stream", "private, "+strings.TrimPrefix(cacheTile, "public, "), raw)
}

// cacheTile: a tile of a given width never changes.
const cacheTile = "public, max-age=31536000, immutable"

func bytesOut(r *web.Request, typ, cache string, raw []byte) error {
	h := r.W.Header()
	h.Set("Content-Type", typ)
	h.Set("Cache-Control", cache)
	_, err := r.W.Write(raw)
	return err
}
