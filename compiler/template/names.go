package template

import "strings"

// builtins are the tags that the platform draws (facts: the official list, with
// swiper-item and picker-view-column).
var builtins = wordSet(`view text image button input textarea form label radio radio-group checkbox checkbox-group
	switch slider picker picker-view picker-view-column swiper swiper-item scroll-view navigator icon progress rich-text
	canvas video map movable-area movable-view cover-view cover-image web-view lifestyle contact-button error-view camera
	lottie page-container share-element page-meta match-media root-portal join-group-chat subscribe-message`)

// htmlTags are tags of the web that real programs contain; the frame draws them
// as plain boxes.
var htmlTags = wordSet(`div span p a b i em strong h1 h2 h3 h4 h5 h6 ul ol li img br hr section header footer main nav article
	table tr td th tbody thead small s u pre code`)

// structural tags are the compiler's own.
var structural = wordSet("block template import include import-sjs slot")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// spellings are attributes whose official name is one word where camel case
// suggests more.
var spellings = map[string]string{
	"max-length": "maxlength", "auto-play": "autoplay", "read-only": "readonly", "place-holder": "placeholder",
	"placeholderstyle": "placeholder-style", "placeholderclass": "placeholder-class",
}

// kebab turns formType into form-type and maxLength into maxlength.
func kebab(name string) string {
	upper := strings.IndexFunc(name, isUpper)
	if upper < 0 {
		return spelling(name)
	}
	b := make([]byte, 0, len(name)+4)
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			if i > 0 && name[i-1] != '-' {
				b = append(b, '-')
			}
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return spelling(string(b))
}

func spelling(name string) string {
	if official, ok := spellings[name]; ok {
		return official
	}
	return name
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }

// camel turns item-name into itemName; letters that are already large stay.
func camel(name string) string {
	if strings.IndexByte(name, '-') < 0 {
		return name
	}
	b := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '-' && i+1 < len(name) && len(b) > 0 {
			i++
			c = name[i]
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// closest gives the name most like word, or "" when none is near.
func closest(word string, names ...map[string]bool) string {
	best, bestAt := "", len(word)/3+2
	for _, set := range names {
		for name := range set {
			d := distance(word, name, bestAt)
			if d < bestAt || d == bestAt && best != "" && name < best {
				best, bestAt = name, d
			}
		}
	}
	return best
}

// maxNameLength bounds the quadratic comparison of names.
const maxNameLength = 64

// distance is the Levenshtein distance in bytes; names that differ in length by
// limit or more are not compared.
func distance(a, b string, limit int) int {
	if len(a) > maxNameLength || len(b) > maxNameLength || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit + 1
	}
	var row [maxNameLength + 1]int
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
