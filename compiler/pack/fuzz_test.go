package pack

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/evanw/esbuild/pkg/api"
)

// FuzzCompile: whatever a program's files hold, the compiler ends without a panic; when it finds no error, its script is
// JavaScript and its bundle can be written.
func FuzzCompile(f *testing.F) {
	f.Add(`{"pages": ["p"], "usingComponents": {"c": "./c"}}`, `{"usingComponents": {"d": "lib/d"}}`, `<c a="{{b}}"/><d/>`, `page { top: 1rpx }`, `import a from './a'; Page({})`)
	f.Add(`{"pages": ["p", "sub/../q"], "tabBar": {"customize": "YES", "items": [{"pagePath": "p"}]}}`, ``, `<view a:for="{{x}}">{{item}}</view>`, `@import "./c.less";`, `module.exports = require("./c" + 1)`)
	f.Add(`{"subPackages": [{"root": "a", "pages": ["b"]}], "pages": []}`, `{"component": true, "componentGenerics": {"g": true}}`, `<g/>`, `@a: 1; .b { c: @a }`, `App(`)
	f.Fuzz(func(t *testing.T, app, page, axml, style, script string) {
		p, bag := Compile(context.Background(), fstest.MapFS{
			"app.json": {Data: []byte(app)}, "app.js": {Data: []byte(script)}, "p.json": {Data: []byte(page)}, "p.axml": {Data: []byte(axml)},
			"p.acss": {Data: []byte(style)}, "p.js": {Data: []byte(script)}, "c.axml": {Data: []byte(axml)}, "c.json": {Data: []byte(page)},
			"c.less": {Data: []byte(style)}, "lib/d.axml": {Data: []byte("<slot/>")},
		}, Options{})
		if p == nil || bag.Errors() > 0 {
			return
		}
		if r := api.Transform(string(p.Script), api.TransformOptions{LogLevel: api.LogLevelSilent}); len(r.Errors) > 0 {
			t.Fatalf("the script is not JavaScript: %s\n%s", r.Errors[0].Text, p.Script)
		}
		if _, err := p.Zip(); err != nil {
			t.Fatal(err)
		}
	})
}
