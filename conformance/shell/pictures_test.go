package shell_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// dotPNG is a picture of 2×2 pixels.
var dotPNG = func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 2, 2))
	img.Set(1, 1, color.RGBA{255, 0, 0, 255})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // into memory
	}
	return out.Bytes()
}()
