package suite

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"souk/browser/stack"
)

// maxSourceBytes bounds a test file and everything that it imports, each.
const maxSourceBytes = 4 << 20

// bundle makes one script of a test file and the files of the program that it imports by relative names. A mistake in
// them is a fault.
func bundle(fsys fs.FS, name string) (code string, sourceMap []byte, fault *Fault) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{name}, Bundle: true, Format: api.FormatIIFE, Platform: api.PlatformNeutral, Target: api.ES2022,
		Charset: api.CharsetUTF8, Sourcemap: api.SourceMapExternal, Outdir: "out", LogLevel: api.LogLevelSilent,
		Plugins: []api.Plugin{folder(fsys)},
	})
	if len(result.Errors) > 0 {
		m := result.Errors[0]
		f := &Fault{Message: m.Text}
		if m.Location != nil {
			f.Frames = []stack.Frame{{File: strings.TrimPrefix(m.Location.File, "program:"), Line: m.Location.Line, Column: m.Location.Column + 1}}
		}
		return "", nil, f
	}
	for _, out := range result.OutputFiles {
		if strings.HasSuffix(out.Path, ".map") {
			sourceMap = out.Contents
		} else {
			code = string(out.Contents)
		}
	}
	return code, sourceMap, nil
}

// folder lets esbuild read the program's folder and nothing else.
func folder(fsys fs.FS) api.Plugin {
	resolve := func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		name := path.Clean(args.Path)
		if args.Kind != api.ResolveEntryPoint {
			switch {
			case strings.HasPrefix(args.Path, "/"):
				name = strings.TrimPrefix(name, "/")
			case strings.HasPrefix(args.Path, "."):
				name = path.Join(path.Dir(args.Importer), args.Path)
			default:
				return api.OnResolveResult{}, fmt.Errorf("a test imports files of the program by relative names; %q is none", args.Path)
			}
		}
		for _, ending := range []string{"", ".js", ".ts", ".json", "/index.js", "/index.ts"} {
			if info, err := fs.Stat(fsys, name+ending); err == nil && !info.IsDir() {
				return api.OnResolveResult{Path: name + ending, Namespace: "program"}, nil
			}
		}
		return api.OnResolveResult{}, fmt.Errorf("there is no file %q", name)
	}
	load := func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		info, err := fs.Stat(fsys, args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		if info.Size() > maxSourceBytes {
			return api.OnLoadResult{}, fmt.Errorf("%s is larger than %d MB", args.Path, maxSourceBytes>>20)
		}
		text, err := fs.ReadFile(fsys, args.Path)
		s, loader := string(text), api.LoaderJS
		switch path.Ext(args.Path) {
		case ".ts":
			loader = api.LoaderTS
		case ".json":
			loader = api.LoaderJSON
		}
		return api.OnLoadResult{Contents: &s, Loader: loader}, err
	}
	return api.Plugin{Name: "program", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, resolve)
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "program"}, load)
	}}
}
