package acss

import (
	"bytes"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// token is one piece of CSS with its place in the file.
type token struct {
	css.TokenType
	text   string
	offset int
}

// scan reads all tokens; comments are dropped, except that one between two words still parts them.
func scan(src []byte) []token {
	lexer := css.NewLexer(parse.NewInputBytes(bytes.Clone(src)))
	var toks []token
	offset := 0
	for {
		kind, data := lexer.Next()
		if kind == css.ErrorToken {
			return toks
		}
		switch kind {
		case css.CommentToken, css.CDOToken, css.CDCToken:
		case css.DelimToken:
			if string(data) != `\` { // alone it would escape what we write after it
				toks = append(toks, token{kind, string(data), offset})
			}
		case css.WhitespaceToken:
			if n := len(toks); n > 0 && toks[n-1].TokenType != css.WhitespaceToken {
				toks = append(toks, token{kind, " ", offset})
			}
		default:
			toks = append(toks, token{kind, string(data), offset})
		}
		offset += len(data)
	}
}

// blankLineComments overwrites comments that begin with // by spaces, as the official compiler accepts them. It
// leaves strings, url(…) and real comments alone, and every place stays the same.
func blankLineComments(src []byte) []byte {
	if !bytes.Contains(src, []byte("//")) {
		return src
	}
	out := bytes.Clone(src)
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '"' || c == '\'':
			i = skipString(out, i)
		case bytes.HasPrefix(out[i:], []byte("/*")):
			end := bytes.Index(out[i+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			i += end + 3
		case isURL(out[i:]):
			end := bytes.IndexAny(out[i:], ")\n")
			if end < 0 {
				return out
			}
			i += end
		case bytes.HasPrefix(out[i:], []byte("//")) && (i == 0 || out[i-1] != ':'):
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		}
	}
	return out
}

func isURL(b []byte) bool {
	return len(b) > 4 && bytes.EqualFold(b[:4], []byte("url("))
}

// skipString gives the index of the closing quote, or of the line's end when there is none.
func skipString(src []byte, open int) int {
	for i := open + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case src[open]:
			return i
		case '\n':
			return i
		}
	}
	return len(src)
}
