// Package prometheus carries the shipped rules, which an operator copies and
// which loa's simulation judges.
package prometheus

import (
	"embed"
	"io/fs"
)

//go:embed rules/*.yaml
var files embed.FS

// Rules are the rule files, at the top.
func Rules() fs.FS {
	sub, err := fs.Sub(files, "rules")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}
