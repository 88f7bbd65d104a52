package programs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// answer is what a server that is no more, or was never ours to ask, says to an address that contains For.
type answer struct {
	For     string            `json:"for"`
	Headers map[string]string `json:"headers"`
	Data    json.RawMessage   `json:"data"`
}

// picture:c97b4a in an answer is an address of a picture of that colour.
var picture = regexp.MustCompile(`picture:([0-9a-f]{6})`)

const pictureOf = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='300' height='200'%3E%3Crect width='300' height='200' fill='%23${1}'/%3E%3Ccircle cx='150' cy='100' r='60' fill='%23ffffff' opacity='.35'/%3E%3C/svg%3E"

const (
	askedMax = 1 << 20
	keptMax  = 500
)

// backend stands in for the servers of a program: nothing leaves this machine.
type backend struct {
	answers []answer

	mu      sync.Mutex
	refused []string // addresses without an answer
}

// answersOf reads testdata/mocks/NAME.json, a list of answers; the first that fits is given.
func answersOf(t *testing.T, name string) []answer {
	t.Helper()
	text, err := os.ReadFile("testdata/mocks/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all []answer
	if err := json.Unmarshal(picture.ReplaceAll(text, []byte(pictureOf)), &all); err != nil {
		t.Fatalf("testdata/mocks/%s.json: %v", name, err)
	}
	return all
}

func (a answer) write(w io.Writer) {
	headers := a.Headers
	if headers == nil {
		headers = map[string]string{"content-type": "application/json"}
	}
	err := json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"status": http.StatusOK, "headers": headers, "data": string(a.Data)}})
	if err != nil {
		panic("an answer that was read as JSON can be written: " + err.Error())
	}
}

// before answers the calls that would leave the machine, and passes on the others.
func (b *backend) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if !strings.HasPrefix(r.URL.Path, "/my/") || last != "request" && last != "downloadFile" && last != "uploadFile" {
			next.ServeHTTP(w, r)
			return
		}
		var ask struct {
			URL string `json:"url"`
		}
		if err := json.NewDecoder(io.LimitReader(r.Body, askedMax)).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		for _, a := range b.answers {
			if strings.Contains(ask.URL, a.For) {
				a.write(w)
				return
			}
		}
		b.mu.Lock()
		if len(b.refused) < keptMax {
			b.refused = append(b.refused, ask.URL)
		}
		b.mu.Unlock()
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, `{"error":12,"errorMessage":"the program's server is not there"}`)
	})
}
