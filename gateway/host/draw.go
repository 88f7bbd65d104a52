package host

import (
	"image"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
)

// drawQR is a QR code as rows of modules, 1 dark and 0 light, without the quiet zone; the shell draws it.
func drawQR(text string) ([]string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	return modules(code), nil
}

// drawBars is a Code 128 as one row of modules, as tills read it.
func drawBars(text string) (string, error) {
	code, err := code128.Encode(text)
	if err != nil {
		return "", err
	}
	return modules(code)[0], nil
}

func modules(code image.Image) []string {
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
	return rows
}
