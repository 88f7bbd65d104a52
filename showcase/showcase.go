// Package showcase carries the sources of the showcase mini-programs inside the binary. The folders beside this file are
// plain mini-programs, as a merchant would write them; this file only embeds them. Start reading in coffee/app.json.
package showcase

import "embed"

//go:embed all:coffee
var Files embed.FS
