package my

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	_ "image/jpeg" // pictures that a browser makes
	_ "image/png"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"souk/kit/fault"
)

// Limits of a picture with a code.
const (
	maxPictureBytes = 2 << 20
	maxPictureSide  = 2048
)

var errPicture = fault.New(fault.Invalid, "PICTURE_INVALID", "data must be a JPEG or PNG picture in base64, at most 2 MB and 2048 pixels a side")

// decode reads the code in a picture, for browsers that have no detector of their own: {data: base64} → {text, format}, both ""
// when there is no code. Formats are named as the browsers name them: qr_code, ean_13, code_128, …
func decode(_ context.Context, c call) (any, error) {
	var in struct{ Data string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(in.Data)
	if err != nil || len(raw) > maxPictureBytes {
		return nil, errPicture
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width > maxPictureSide || size.Height > maxPictureSide {
		return nil, errPicture
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errPicture
	}
	text, format := readCode(picture)
	return map[string]string{"text": text, "format": format}, nil
}

// formats are those that documentation of my.scan names, by the reader's name.
var formats = map[gozxing.BarcodeFormat]string{
	gozxing.BarcodeFormat_QR_CODE: "qr_code", gozxing.BarcodeFormat_EAN_13: "ean_13", gozxing.BarcodeFormat_EAN_8: "ean_8",
	gozxing.BarcodeFormat_UPC_A: "upc_a", gozxing.BarcodeFormat_UPC_E: "upc_e", gozxing.BarcodeFormat_CODE_128: "code_128", gozxing.BarcodeFormat_CODE_39: "code_39",
}

// readCode finds one code. The reader's library was not written for hostile pictures: what it stumbles over is a picture without a code.
func readCode(picture image.Image) (text, format string) {
	defer func() {
		if recover() != nil {
			text, format = "", ""
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", ""
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, reader := range []gozxing.Reader{qrcode.NewQRCodeReader(), oned.NewMultiFormatUPCEANReader(hints), oned.NewCode128Reader(), oned.NewCode39Reader()} {
		if found, err := reader.Decode(bitmap, hints); err == nil {
			return found.GetText(), formats[found.GetBarcodeFormat()]
		}
	}
	return "", ""
}
