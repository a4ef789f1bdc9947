package extract

import (
	"strings"

	"loa/media"
)

// Text is what a body says as plain lines, without markup: for a person who
// looks at a kept body, never for what is decided. Errors are Decode's.
func Text(body []byte, contentType string) (string, error) {
	text, err := Decode(body, contentType)
	if err != nil || !strings.Contains(text, "<") {
		return text, err
	}
	// A feed holds markup within markup: the parser takes CDATA for a comment.
	doc, _, err := parseDoc(strings.NewReplacer("<![CDATA[", " ", "]]>", " ").Replace(text), Bounds(media.Limits{}, media.KindPage))
	if err != nil {
		return "", err
	}
	var lines lineWriter
	for _, n := range doc.Nodes {
		lines.walk(n, nil)
	}
	return fieldText(lines.text()), nil
}
