package my_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
)

func picture(t *testing.T, writer gozxing.Writer, format gozxing.BarcodeFormat, text string, width, height int) string {
	t.Helper()
	code, err := writer.Encode(text, format, width, height, nil)
	if err != nil {
		t.Fatal(err)
	}
	return inBase64(t, code)
}

func inBase64(t *testing.T, img image.Image) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

func TestACodeInAPictureIsReadByTheServer(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	lin := seeded(t, d, false)(demo.People[0].ID)
	for _, c := range []struct{ name, data, text, format string }{
		{"qr", picture(t, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, "https://souk.example/?a=茶", 240, 240), "https://souk.example/?a=茶", "qr_code"},
		{"ean", picture(t, oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13, "6901234567892", 300, 80), "6901234567892", "ean_13"},
		{"code 128", picture(t, oned.NewCode128Writer(), gozxing.BarcodeFormat_CODE_128, "SOUK-7", 300, 80), "SOUK-7", "code_128"},
		{"nothing", inBase64(t, image.NewGray(image.Rect(0, 0, 64, 64))), "", ""},
	} {
		status, got := lin.my("decode", map[string]any{"data": c.data})
		lin.want(c.name, status, got, 200, map[string]any{"text": c.text, "format": c.format})
	}
	for name, data := range map[string]string{"no base64": "%", "no picture": "aGFsbG8=", "a huge picture": inBase64(t, image.NewGray(image.Rect(0, 0, 4000, 10)))} {
		status, got := lin.my("decode", map[string]any{"data": data})
		lin.want(name, status, got, 400, map[string]any{"fault": "PICTURE_INVALID"})
	}
}
