package headless

import (
	"encoding/json"
	"fmt"
	"maps"
)

// BootMessage is the shell's first message to the worker (docs/runtime.md §5) as Open sends it, so that a test may start
// the same program in a browser.
func BootMessage(in Input) (map[string]any, error) {
	var b bundle
	if err := json.Unmarshal(in.Bundle, &b); err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	return (&Session{in: in}).boot(b), nil
}

// Answers are the built-in answers to my.* calls: api → data of a call that succeeds.
func Answers() map[string]any { return maps.Clone(builtIn) }
