package script

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// Calls says which functions of my a file can reach, for the runtime, which brings no others along. Unlike Uses, a report
// for people, it misses nothing: whoever does more with my than to write my.name may reach any of them.
type Calls struct {
	Names []string // sorted
	Any   bool     // my is passed on, destructured, indexed, given another name, or asked by my.call
}

// words mean parts of the runtime that most programs do without, whatever they stand on: this.createSelectorQuery is no call of my.
var words = []string{"createIntersectionObserver", "createMediaQueryObserver", "createSelectorQuery", "getRelationNodes", "relations"}

// findWords says which of them stand anywhere in compiled code, sorted.
func findWords(code []byte) []string {
	var found []string
	for _, word := range words {
		if bytes.Contains(code, []byte(word)) {
			found = append(found, word)
		}
	}
	return found
}

// standIn takes the place of every my that means the platform's: esbuild knows variables, strings and comments apart.
const standIn = "souk_my_of_the_platform"

var (
	myWord = regexp.MustCompile(`(^|[^\w$])my($|[^\w$])`)
	myUse  = regexp.MustCompile(standIn + `(\??\.([A-Za-z_$][\w$]*))?`)
)

// findCalls reads compiled code.
func findCalls(code []byte) Calls {
	if !myWord.Match(code) {
		return Calls{}
	}
	result := api.Transform(string(code), api.TransformOptions{Loader: api.LoaderJS, MinifySyntax: true, Charset: api.CharsetUTF8,
		Define: map[string]string{"my": standIn}, LogLevel: api.LogLevelSilent})
	if len(result.Errors) > 0 {
		return Calls{Any: true}
	}
	var calls Calls
	for _, m := range myUse.FindAllSubmatch(result.Code, -1) {
		name := string(m[2])
		if name == "" || name == "call" {
			calls.Any = true
			continue
		}
		calls.Names = append(calls.Names, name)
	}
	slices.Sort(calls.Names)
	calls.Names = slices.Compact(calls.Names)
	return calls
}
