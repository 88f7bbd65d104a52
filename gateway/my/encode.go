package my

import (
	"context"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"

	"souk/kit/fault"
)

var errCode = fault.New(fault.Invalid, "CODE_INVALID", "text is what the code says, at most 2,900 bytes, fewer the better it corrects; level is L, M, Q or H")

var levels = map[string]qr.ErrorCorrectionLevel{"L": qr.L, "M": qr.M, "Q": qr.Q, "H": qr.H}

// encode computes a QR code: {text, level: L|M|Q|H} → {rows}, a text a row of modules, 1 dark and 0 light, without the quiet zone.
func encode(_ context.Context, c call) (any, error) {
	var in struct{ Text, Level string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	level, ok := levels[in.Level]
	if !ok || in.Text == "" {
		return nil, errCode
	}
	code, err := qr.Encode(in.Text, level, qr.Auto)
	if err != nil {
		return nil, errCode
	}
	size := code.Bounds()
	rows := make([]string, size.Dy())
	for y := range rows {
		var row strings.Builder
		for x := range size.Dx() {
			mark := byte('0')
			if color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128 {
				mark = '1'
			}
			row.WriteByte(mark)
		}
		rows[y] = row.String()
	}
	return map[string]any{"rows": rows}, nil
}
