// Package shell_test taps through the super-app in Chromium, against the real server on 127.0.0.1: opening programs,
// dialogs, paying, and what a hostile program reaches. Start reading at openPhone, then the sentences in the other files; the phone itself is in
// conformance/handset.
package shell_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"testing"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/platform/merchant"
)

// phone is a handset with what only these tests do to it.
type phone struct{ *handset.Phone }

// wrap puts something between browser and server; nil is nothing.
type wrap func(http.Handler) http.Handler

func TestMain(m *testing.M) {
	film, err := os.CreateTemp("", "souk-film-*.mjpeg")
	if err == nil {
		_, err = film.Write(bytes.Repeat(codeJPEG(cameraSees), 4))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := chrome.Run(m, chrome.Calm(), chrome.Flag("js-flags", "--max-old-space-size=384"), chrome.Flag("lang", "en-US"), chrome.Flag("use-fake-ui-for-media-stream", true), chrome.Flag("use-fake-device-for-media-stream", true),
		chrome.Flag("use-file-for-fake-video-capture", film.Name()))
	os.Remove(film.Name())
	os.Exit(code)
}

// openPhone serves the folder as a program and opens the shell's first page.
func openPhone(t *testing.T, dir string, app merchant.AppID, between wrap) *phone {
	t.Helper()
	return &phone{handset.Open(t, handset.Options{Dir: dir, App: app, Between: between})}
}
