package eventlog

import (
	"context"
	"io"

	"trucot/internal/kernel/fault"
)

// xmlOCEL reads the XML forms of OCEL: 2.0 with element names of its own, and 1.0, which borrows the
// attribute elements of XES. Both stand below <log> as <events> and <objects>.
type xmlOCEL struct {
	x    *xmlScanner
	log  *ocelLog
	opts *Options
	errs fault.List
}

func readOCELXML(ctx context.Context, src Source, r io.Reader, opts *Options, sum *Summary, visit func(*Case) error) error {
	whole := &capped{r: r, left: opts.Limits.Whole, most: opts.Limits.Whole}
	o := &xmlOCEL{x: newXMLScanner(src.Name, whole, opts.Limits), log: newOCELLog("2.0"), opts: opts}
	if _, err := o.x.next(); err != nil {
		return err
	}
	err := o.children(func(t xmlToken) error {
		switch string(t.name) {
		case "events":
			return o.children(o.event)
		case "objects":
			return o.children(o.object)
		case "global":
			o.log.version = "1.0"
		}
		return o.skip()
	})
	if err == nil {
		_, err = o.x.next()
	}
	if err != nil {
		return err
	}
	if len(o.errs) > 0 {
		return o.errs
	}
	return o.log.flatten(ctx, src.Name, opts, sum, visit)
}

// children calls each for the elements up to the end of the open one. Text between elements means
// nothing in these logs.
func (o *xmlOCEL) children(each func(xmlToken) error) error {
	for {
		t, err := o.x.next()
		if err != nil || t.kind == xmlEnd {
			return err
		}
		if t.kind == xmlStart {
			if err := each(t); err != nil {
				return err
			}
		}
	}
}

func (o *xmlOCEL) skip() error { return o.children(func(xmlToken) error { return o.skip() }) }

func (o *xmlOCEL) bad(line int, key string, args []any) error {
	if key == "" {
		return nil
	}
	o.errs = append(o.errs, fault.New(fault.Invalid, key, args...).At(fault.Place{File: o.x.file, Line: line}))
	if len(o.errs) >= o.opts.Limits.Problems {
		return o.errs
	}
	return nil
}

func text(t *xmlToken, name string) string {
	v, _ := t.attr(name)
	return string(v)
}

func (o *xmlOCEL) event(t xmlToken) error {
	if string(t.name) != "event" {
		return o.skip()
	}
	e := ocelEvent{id: text(&t, "id"), typ: text(&t, "type"), time: text(&t, "time"), line: o.x.tokLine}
	err := o.children(func(t xmlToken) error {
		switch string(t.name) {
		case "attributes":
			return o.values(func(key, value, _ string) { e.attrs = append(e.attrs, Attribute{Key: key, Value: value}) })
		case "objects":
			return o.related(&e.objects)
		}
		return o.old(t, map[string]*string{"id": &e.id, "activity": &e.typ, "timestamp": &e.time}, &e.objects, &e.attrs)
	})
	if err != nil {
		return err
	}
	key, args := o.log.addEvent(e)
	return o.bad(e.line, key, args)
}

func (o *xmlOCEL) object(t xmlToken) error {
	if string(t.name) != "object" {
		return o.skip()
	}
	obj := &ocelObject{id: text(&t, "id"), typ: text(&t, "type"), line: o.x.tokLine}
	err := o.children(func(t xmlToken) error {
		switch string(t.name) {
		case "attributes":
			return o.values(func(key, value, _ string) { obj.initial(key, value) })
		case "objects":
			return o.skip() // relations between objects; dossiers have no use for them
		}
		return o.old(t, map[string]*string{"id": &obj.id, "type": &obj.typ}, nil, &obj.attrs)
	})
	if err != nil {
		return err
	}
	key, args := o.log.addObject(obj)
	return o.bad(obj.line, key, args)
}

// values reads <attribute name=… time=…>value</attribute>.
func (o *xmlOCEL) values(each func(key, value, time string)) error {
	return o.children(func(t xmlToken) error {
		key, at := text(&t, "name"), text(&t, "time")
		value := ""
		for {
			t, err := o.x.next()
			if err != nil {
				return err
			}
			switch t.kind {
			case xmlText:
				value += string(t.text)
			case xmlStart:
				if err := o.skip(); err != nil {
					return err
				}
			case xmlEnd:
				each(key, value, at)
				return nil
			}
		}
	})
}

// related reads <relationship object-id=…/>, which the published schema calls <object object-id=…/>.
func (o *xmlOCEL) related(to *[]string) error {
	return o.children(func(t xmlToken) error {
		if id := text(&t, "object-id"); id != "" && (string(t.name) == "relationship" || string(t.name) == "object") {
			*to = append(*to, id)
		}
		return o.skip()
	})
}

// old reads one child of an OCEL 1.0 event or object: <string key=… value=…/> or a list of them.
func (o *xmlOCEL) old(t xmlToken, into map[string]*string, objects *[]string, attrs *[]Attribute) error {
	key := text(&t, "key")
	if to := into[key]; to != nil {
		*to = text(&t, "value")
		return o.skip()
	}
	return o.children(func(t xmlToken) error {
		switch value := text(&t, "value"); {
		case key == "omap" && objects != nil:
			*objects = append(*objects, value)
		case key == "vmap" || key == "ovmap":
			*attrs = append(*attrs, Attribute{Key: text(&t, "key"), Value: value, Type: attributeTypes[string(t.name)]})
		}
		return o.skip()
	})
}
