package open

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A page of pdfOf is A4 in points.
const (
	pdfLines  = 48
	pdfLeft   = 56
	pdfTop    = 780
	pdfLead   = 15
	maxColumn = 92 // characters of a line, a Chinese one counting as two
)

// pdfOf lays lines of text out on A4 pages. The font is one of those that every reader has for Chinese (ISO 32000, 9.7.5.2), so nothing is
// embedded: the file is small and its text can be searched.
func pdfOf(lines []string) []byte {
	var pages [][]string
	for len(lines) > 0 {
		n := min(len(lines), pdfLines)
		pages, lines = append(pages, lines[:n]), lines[n:]
	}
	var kids strings.Builder
	objects := []string{"", "", "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/W[1[500] 2 95 500]/FontDescriptor 5 0 R>>",
		"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"}
	for _, page := range pages {
		content := drawPDFPage(page)
		at := len(objects) + 1
		fmt.Fprintf(&kids, "%d 0 R ", at)
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", at+1),
			fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content))
	}
	objects[0] = "<</Type/Catalog/Pages 2 0 R>>"
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), len(pages))
	return writePDF(objects)
}

func drawPDFPage(lines []string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "BT /F1 10 Tf %d TL %d %d Td\n", pdfLead, pdfLeft, pdfTop)
	for _, line := range lines {
		fmt.Fprintf(&out, "<%s> Tj T*\n", pdfText(line))
	}
	out.WriteString("ET")
	return out.String()
}

// pdfText is a line as the hexadecimal UCS-2 that the font's encoding reads, cut where the page ends; what UCS-2 lacks is a question mark.
func pdfText(line string) string {
	var out strings.Builder
	width := 0
	for _, r := range line {
		if r >= 0x2E80 {
			width++
		}
		if width++; width > maxColumn {
			break
		}
		if r > 0xFFFF || utf16.IsSurrogate(r) || r < ' ' {
			r = '?'
		}
		fmt.Fprintf(&out, "%04X", r)
	}
	return out.String()
}

// writePDF numbers the objects from 1, the first being the catalog, and adds the table of their places.
func writePDF(objects []string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	places := make([]int, len(objects))
	for i, object := range objects {
		places[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range places {
		fmt.Fprintf(&out, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}
