package open

import (
	"encoding/json"
	"net/url"
	"strings"

	"souk/kit/sign"
)

// masked stands for a secret value.
const masked = "***"

// signedV2 gives what the developer compares with the text that the SDK signed: every byte as it came, but for secrets. It is built when the log is
// written, not while the caller waits, and keeps nothing else of the request.
func signedV2(params map[string]string) func() string {
	return func() string {
		shown := make(map[string]string, len(params))
		for name, value := range params {
			switch {
			case secret[name] && value != "":
				value = masked
			case strings.HasPrefix(value, "{"):
				value = maskInPlace(value)
			}
			shown[name] = value
		}
		return string(sign.V2String(shown, sign.DropEmpty))
	}
}

// signedV3 is the same for v3, lines; nothing when there was no Authorization to take apart.
func signedV3(authorization, verb, target string, body []byte, token string) func() string {
	return func() string {
		if authorization == "" {
			return ""
		}
		if token != "" {
			token = masked
		}
		return string(sign.V3String(authorization, verb, maskQuery(target), []byte(maskInPlace(string(body))), token))
	}
}

// maskQuery hides the secret values of a path's query.
func maskQuery(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && secret[plain] {
			pairs[i] = name + "=" + masked
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}

// maskInPlace hides the values of secret fields in a JSON text and leaves every other byte, so that what is compared is what came. It reads
// text that is no JSON as far as it can.
func maskInPlace(text string) string {
	var out strings.Builder
	last := 0
	for at := 0; at < len(text); {
		if text[at] != '"' {
			at++
			continue
		}
		end := afterString(text, at)
		colon := afterSpace(text, end)
		var name string
		if colon >= len(text) || text[colon] != ':' || json.Unmarshal([]byte(text[at:end]), &name) != nil || !secret[name] {
			at = end
			continue
		}
		from := afterSpace(text, colon+1)
		out.WriteString(text[last:from] + `"` + masked + `"`)
		last = afterValue(text, from)
		at = last
	}
	return out.String() + text[last:]
}

// afterString is the place after the string that begins at at.
func afterString(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func afterSpace(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
		at++
	}
	return at
}

// afterValue is the place after the JSON value that begins at at.
func afterValue(text string, at int) int {
	for depth := 0; at < len(text); {
		switch text[at] {
		case '"':
			at = afterString(text, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			if depth--; depth < 0 {
				return at
			}
			at++
		case ',':
			if depth == 0 {
				return at
			}
			at++
		default:
			at++
			continue // a number or word may go on
		}
		if depth == 0 {
			return at
		}
	}
	return at
}
