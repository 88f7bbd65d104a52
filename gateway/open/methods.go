package open

import (
	"context"
	_ "embed"
	"strings"
)

// handler runs one method. It returns what JSON writes as an object.
type handler func(ctx context.Context, c *call) (any, error)

// method is one row of methods.txt with what we do for it.
type method struct {
	name      string
	verb      string   // HTTP verb in v3; empty for methods of v2 only
	path      []string // v3 path in segments; "{name}" is a parameter
	run       handler  // nil: known at Alipay, not offered here
	page      bool     // the payer's browser calls it, not a server
	certified bool     // needs certificate mode, since money leaves
	bare      bool     // its v2 answer has no code and msg
}

// methods.txt has a line a method: name, v3 verb ("-": v2 only), and the v3
// path where it does not follow from the name.
//
//go:embed methods.txt
var methodList string

var (
	methods = readMethods(methodList)
	v3Paths = indexPaths(methods)
)

func readMethods(list string) map[string]*method {
	out := map[string]*method{}
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		m := &method{name: fields[0]}
		if fields[1] != "-" {
			path := v3Path + strings.ReplaceAll(m.name, ".", "/")
			if len(fields) > 2 {
				path = fields[2]
			}
			m.verb, m.path = fields[1], strings.Split(path, "/")
		}
		if offer, ok := offered[m.name]; ok {
			m.run, m.page, m.certified, m.bare = offer.run, offer.page, offer.certified, offer.bare
		}
		out[m.name] = m
	}
	return out
}

// indexPaths groups methods by verb and number of segments.
func indexPaths(all map[string]*method) map[string][]*method {
	out := map[string][]*method{}
	for _, m := range all {
		if m.verb != "" {
			key := pathKey(m.verb, len(m.path))
			out[key] = append(out[key], m)
		}
	}
	return out
}

func pathKey(verb string, segments int) string { return verb + strings.Repeat("/", segments) }

// findV3 returns the method at a path, with the path's parameters. A path
// without parameters wins over one with.
func findV3(verb, path string) (found *method, params map[string]string) {
	segments := strings.Split(path, "/")
	for _, m := range v3Paths[pathKey(verb, len(segments))] {
		got, ok := matchPath(m.path, segments)
		if ok && (found == nil || len(got) < len(params)) {
			found, params = m, got
		}
	}
	return found, params
}

func matchPath(pattern, segments []string) (params map[string]string, ok bool) {
	for i, want := range pattern {
		if !strings.HasPrefix(want, "{") {
			if want != segments[i] {
				return nil, false
			}
			continue
		}
		if segments[i] == "" {
			return nil, false
		}
		if params == nil {
			params = map[string]string{}
		}
		params[strings.Trim(want, "{}")] = segments[i]
	}
	return params, true
}

// run checks what both dialects check after the signature, in the gateway's
// order, and runs the method.
func (d *Door) run(ctx context.Context, m *method, c *call, appAuthToken string) (any, error) {
	if m.run == nil {
		return nil, refuse("isv.insufficient-isv-permissions", m.name+" exists at Alipay; this platform does not offer it")
	}
	if m.certified && !c.certified {
		return nil, refuse("isv.missing-app-cert-sn")
	}
	if appAuthToken != "" {
		if err := c.forAnother(ctx, appAuthToken); err != nil {
			return nil, err
		}
	}
	return m.run(ctx, c)
}
