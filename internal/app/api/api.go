// Package api (giao diện lập trình) is everything that the pages can do, for programs: JSON over HTTP below /api/v1,
// described by OpenAPI 3.1 and guarded by the same permissions as the pages. It owns how a request is read, checked and
// answered; what is done belongs to engines and rooms, and who may do it to package people.
//
// The two routes of a dossier that are measured stand in page/dossiers on plain net/http; they are described here.
package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/newsroom"
	"trucot/internal/app/page/search"
	"trucot/internal/engine/council"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/notify"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
	"trucot/internal/room/commendation"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
	"trucot/internal/room/directive/schedule"
	"trucot/internal/room/filing"
	"trucot/internal/room/onestop"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
	"trucot/internal/room/quality"
	"trucot/internal/room/report"
	"trucot/internal/room/report/campaign"
)

// Parts are what the operations work on.
type Parts struct {
	Words        *lang.Catalog
	Ledger       *ledger.Ledger
	People       *people.People
	Calendar     *calendar.Calendar
	Procedures   *procedure.Set
	Dossiers     *dossier.Engine
	DossierAPI   dossiers.API
	Tasks        *task.Engine
	Directives   *directive.Register
	Indicators   *indicator.Engine
	Reports      *report.Room
	Conferences  *conference.Room
	Campaigns    *campaign.Desk
	Notify       *notify.Engine
	Files        *attachments.Pages
	Schedule     *schedule.Book
	Filing       *filing.Room
	Councils     *council.Engine
	Activities   *activity.Book
	Commendation *commendation.Room
	Party        *party.Room
	Cadre        *cadre.Room
	News         newsroom.Parts
	Books        *numbering.Books
	Quality      *quality.Room
	Flow         *flow.Engine
	Desk         *onestop.Desk
	Search       search.Parts
	Pages        map[string]web.Route                                                    // that read, by their pattern
	Forms        map[string]web.Route                                                    // the pages' forms by their pattern
	Describe     func(r *web.Request, subject string) (title, path string, visible bool) // of a notice
	Dated        func(pattern string) bool                                               // whether an operation takes "asof" besides its own parameters; nil = none does
	Past         bool                                                                    // as of a day that is over: only the operations that are dated
	Rate         int                                                                     // requests a minute and account; 0 = 3000, negative = without limit
}

// Base is where the operations live.
const Base = "/api/v1"

// operation is one line of the API: a route, and how it is described and run.
type operation struct {
	id, method, path string
	permission       web.Permission
	described        bool // answered by a route of its own, outside this package
	maxBody          int64
	media            []string      // of an answer that is no JSON
	status           int           // of success, 0 = 200
	parameters       []*huma.Param // of the path, where no field of the request names them
	plain            web.Handler   // answers without the library, which would hold the whole body
	register         func(huma.API, huma.Operation)
}

// op is an operation that takes I and answers with O.
func op[I, O any](id, method, path string, p web.Permission, do func(*web.Request, *I) (*O, error)) operation {
	return operation{id: id, method: method, path: Base + path, permission: p, register: func(a huma.API, o huma.Operation) {
		huma.Register(a, o, func(ctx context.Context, in *I) (*O, error) {
			c := callOf(ctx)
			out, err := do(c.r, in)
			if err != nil {
				c.err = err
				return nil, &problem{}
			}
			return out, nil
		})
	}}
}

// made is an operation that answers 201.
func made(o operation) operation {
	o.status = http.StatusCreated
	return o
}

// elsewhere is an operation that another route answers.
func elsewhere[I, O any](id, method, path string, p web.Permission) operation {
	o := op(id, method, path, p, func(*web.Request, *I) (*O, error) { return nil, nil })
	o.described = true
	return o
}

// service answers the operations. The library's tables are built at the first request: most starts never see one.
type service struct {
	Parts
	ops    []operation
	limits limiter
	built  func() *built
}

type built struct {
	handlers map[string]func(huma.Context)
	spec     *huma.OpenAPI
	ops      map[string]*huma.Operation
}

// Routes are the operations, their description, and the page that shows it.
func Routes(p Parts) []web.Route {
	s := newService(p)
	var out []web.Route
	for _, o := range s.ops {
		if !o.described {
			out = append(out, web.Route{Method: o.method, Pattern: o.path, Permission: o.permission, Handler: s.handler(o), MaxBody: o.maxBody})
		}
	}
	return append(out,
		web.Route{Method: http.MethodGet, Pattern: "/api/openapi.json", Permission: web.Public, Handler: s.specJSON},
		web.Route{Method: http.MethodGet, Pattern: "/api/openapi.yaml", Permission: web.Public, Handler: s.specYAML},
		web.Route{Method: http.MethodGet, Pattern: "/api", Permission: web.Public, Handler: s.page},
		web.Route{Method: http.MethodGet, Pattern: "/ledger/checkpoint", Permission: web.Public, Handler: s.checkpoint},
		web.Route{Method: http.MethodGet, Pattern: "/ledger/tile/entries/{tile...}", Permission: people.ReadLedger, Handler: s.entries},
		web.Route{Method: http.MethodGet, Pattern: "/ledger/tile/{tile...}", Permission: web.Public, Handler: s.tile},
	)
}

func newService(p Parts) *service {
	s := &service{Parts: p}
	s.ops = slices.Concat(s.dossierOps(), s.taskOps(), s.directiveOps(), s.figureOps(), s.reportOps(), s.conferenceOps(), s.campaignOps(), s.referenceOps(), s.ledgerOps(), s.noticeOps(), s.formOps(), s.conferenceForms(), s.campaignForms(), s.partyForms(), s.articleOps(), s.fileOps(), s.trackOps(), s.councilOps(), s.commendationOps(), s.registerOps(), s.partyOps(), s.partyRounds(), s.partyBodies(), s.onestopOps(), s.flowOps(), s.paperOps(), s.campaignSums(), s.searchOps(), s.accountOps())
	if p.Past {
		s.ops = slices.DeleteFunc(s.ops, func(o operation) bool { return !s.dated(o) })
	}
	s.limits.init(p.Rate)
	s.built = sync.OnceValue(s.build)
	return s
}

// dated reports whether an operation can be asked as of a day by package web.
func (s *service) dated(o operation) bool {
	return o.method == http.MethodGet && s.Dated != nil && s.Dated(o.path)
}

// registrar collects the handlers that the library makes.
type registrar struct{ *built }

func (g registrar) Handle(o *huma.Operation, h func(huma.Context)) {
	g.handlers[o.OperationID], g.ops[o.OperationID] = h, o
}

func (registrar) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (s *service) build() *built {
	speakOurErrors()
	b := &built{handlers: map[string]func(huma.Context){}, ops: map[string]*huma.Operation{}}
	config := huma.Config{OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: s.Words.T(lang.VI, "api.title"), Version: "1", Description: s.both("api.about")},
		Components: &huma.Components{
			Schemas:         huma.NewMapRegistry("#/components/schemas/", schemaName),
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: s.both("api.token")}},
		},
		Security: []map[string][]string{{"token": {}}},
	}, Formats: huma.DefaultFormats, DefaultFormat: "application/json", RejectUnknownQueryParameters: true}
	a := huma.NewAPI(config, registrar{b})
	for _, o := range s.ops {
		o.register(a, s.described(o))
	}
	b.spec = a.OpenAPI()
	s.describe(b.spec)
	return b
}

// described is an operation as the library wants it, in words of both languages.
func (s *service) described(o operation) huma.Operation {
	group, _, _ := strings.Cut(o.id, "-")
	out := huma.Operation{OperationID: o.id, Method: o.method, Path: strings.ReplaceAll(o.path, "...}", "}"), Summary: s.Words.T(lang.VI, "api.op_"+snake(o.id)),
		Description: s.Words.T(lang.EN, "api.op_"+snake(o.id)), Tags: []string{group}, SkipValidateBody: o.described, DefaultStatus: o.status, Parameters: o.parameters, MaxBodyBytes: o.maxBody,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests}}
	if o.method != http.MethodGet {
		out.Errors = append(out.Errors, http.StatusConflict, http.StatusRequestEntityTooLarge)
	}
	if s.dated(o) {
		out.Parameters = append(out.Parameters, &huma.Param{Name: web.APIDay, In: "query", Schema: &huma.Schema{Type: huma.TypeString, Format: "date"}})
	}
	if len(o.media) > 0 {
		out.Responses = map[string]*huma.Response{"200": {Content: mediaOf(o.media)}}
	}
	if o.permission == web.Public {
		out.Security = []map[string][]string{{}}
	}
	out.Extensions = map[string]any{"x-permission": string(o.permission)}
	return out
}

// mediaOf are the answers of an operation that gives a file.
func mediaOf(types []string) map[string]*huma.MediaType {
	out := map[string]*huma.MediaType{}
	for _, t := range types {
		out[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		if t == "application/json" {
			out[t].Schema = &huma.Schema{Type: huma.TypeObject}
		}
	}
	return out
}

// handler answers with the operation.
func (s *service) handler(o operation) web.Handler {
	if o.plain != nil {
		return o.plain
	}
	id := o.id
	return func(r *web.Request) error {
		if err := s.limits.admit(r); err != nil {
			return err
		}
		if err := s.same(r); err != nil {
			return err
		}
		b := s.built()
		c := &call{r: r}
		if r.Body != nil {
			r.Body = &remembered{r.Body, &c.body}
		}
		request := r.Request.WithContext(context.WithValue(r.Context(), callKey{}, c))
		r.Request = request
		b.handlers[id](&answer{humago.NewContext(b.ops[id], request, r.W), c})
		return c.unechoed()
	}
}

// same refuses an idempotency key that was used for another request; the ledger does so too, should both come at once.
func (s *service) same(r *web.Request) error {
	v := Versioned{Key: r.Header.Get("Idempotency-Key")}
	if v.Key == "" {
		return nil
	}
	digest, err := r.Digest(v.Key)
	if err != nil {
		return err
	}
	r.Request = r.WithContext(ledger.WithDigest(r.Context(), v.key(r), digest))
	_, _, err = s.Ledger.Used(r.Context(), v.key(r))
	return err
}

func (s *service) both(key string) string {
	return s.Words.T(lang.VI, key) + "\n\n" + s.Words.T(lang.EN, key)
}

func snake(id string) string { return strings.ReplaceAll(id, "-", "_") }

func quoted(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }
