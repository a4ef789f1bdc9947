package pack

import (
	"net/http"
	"strings"
)

// Ext is the ending of a file's name in a pack, of its first bytes: only what a browser shows or stores without running
// anything of it gets one that says so. said is the kind noted when it came, which tells Office files from other archives.
func Ext(head []byte, said string) string {
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if ext, ok := map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf", "text/plain": "txt", "audio/mpeg": "mp3", "video/mp4": "mp4"}[kind]; ok {
		return ext
	}
	if kind == "application/zip" {
		switch {
		case strings.Contains(said, "wordprocessingml"):
			return "docx"
		case strings.Contains(said, "spreadsheetml"):
			return "xlsx"
		case strings.Contains(said, "opendocument.text"):
			return "odt"
		}
		return "zip"
	}
	return "bin"
}
