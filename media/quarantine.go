package media

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Stages at which reading may end in a panic.
const (
	StageRead     = "read"     // what came from a source is read
	StageJudge    = "judge"    // a text is classified
	StageCompare  = "compare"  // a text is compared with others
	StageEvaluate = "evaluate" // what an agency owes is derived
	StageChore    = "chore"    // a recurring job
)

// Quarantined is a document, or a job, on which a stage of the program panicked.
// Stage, Kind, ID and Version tell one from another.
type Quarantined struct {
	Key     string // made of the four, as people name it; set by the store
	Stage   string // one of the Stage… codes
	Kind    string // what ID names: "source", "page", "host", "revision", "owner", "chore"
	ID      string // of a source or page: its id and the address, with a space between
	Version string // of what panicked: the classifier's or the rules'; "" takes the program's

	Item, Source, URL string // where they are known
	Kept              string // hash of the document's bytes; "" if there are none
	Program           string // the program's version; set by the store

	Words  string // what the panic said, see CrashOf
	Frames string // where, see CrashOf

	First, At time.Time // first and last time; business clock
	Machine   time.Time // last time; the store's clock
	Times     int       // how often
	Open      bool      // nobody has released it, and it is not over by itself
	Released  time.Time // zero while open; business clock, or the store's where it was over by itself
	By        string    // who released it; "" if it was over by itself
}

// Bounds of what is noted of a panic.
const (
	crashWords  = 200 // bytes
	crashFrames = 6
)

// CrashOf tells of a recovered panic what can be noted without a byte of the
// document: what the runtime said, or else only the type of what was thrown, for
// a text may quote what was read; and the innermost functions, one a line, with
// the first that is the program's own and those that called it. To be called in
// the function that recovers.
func CrashOf(thrown any) (words, frames string) {
	if e, ok := thrown.(runtime.Error); ok {
		words = strings.ToValidUTF8(e.Error(), "?")
		words = words[:min(len(words), crashWords)]
	} else {
		words = fmt.Sprintf("panic(%T)", thrown)
	}
	pcs := make([]uintptr, 64)
	stack := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var out []string
	thrownAt := false // what stands above it is how it was recovered
	for len(out) < crashFrames {
		f, more := stack.Next()
		own := strings.HasPrefix(f.Function, "loa/") || strings.HasPrefix(f.Function, "main.")
		switch {
		case f.Function == "runtime.gopanic":
			thrownAt, out = true, nil
		case thrownAt && (own || len(out) == 0 && !strings.HasPrefix(f.Function, "runtime.")):
			out = append(out, fmt.Sprintf("%s %s:%d", f.Function, f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line))
		}
		if !more {
			break
		}
	}
	return words, strings.Join(out, "\n")
}
