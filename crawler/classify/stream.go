package classify

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"loa/media"
)

const (
	maxLine   = 16 << 20 // bytes of one JSON line
	maxErrors = 20       // bad lines told one by one
)

// line is what Stream writes; the id goes back as it came.
type line struct {
	ID     json.RawMessage `json:"id"`
	Reform bool            `json:"reform"`
	Score  float64         `json:"score"`
	Topics []string        `json:"topics"`
	Cues   []media.Cue     `json:"cues"`
	Review bool            `json:"review"`
}

// Stream reads JSON lines {id,title,body[,lead,section]} and writes one JSON
// line {id,reform,score,topics,cues,review} for each, in order. Unknown fields
// are ignored; an empty body means title only; blank lines are skipped. A bad
// line (no JSON, a field of the wrong type, more than 16 MB) is left out of the
// output and the reading goes on, so that nothing else is lost; the error
// returned at the end names every bad line, the first twenty one by one.
func Stream(in io.Reader, out io.Writer, c *Classifier) error {
	r := bufio.NewReaderSize(in, 1<<16)
	w := bufio.NewWriterSize(out, 1<<16)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var bad []error
	count := 0
	var buf []byte
	for n := 1; ; n++ {
		data, long, err := readLine(r, buf[:0])
		buf = data
		if err != nil && err != io.EOF {
			return errors.Join(fmt.Errorf("read line %d: %w", n, err), w.Flush())
		}
		if n == 1 {
			data = bytes.TrimPrefix(data, []byte("\ufeff"))
		}
		data = bytes.TrimSpace(data)
		var problem error
		switch {
		case long:
			problem = fmt.Errorf("longer than %d MB", maxLine>>20)
		case len(data) > 0:
			var l line
			if l, problem = c.readJSON(data); problem == nil {
				if werr := enc.Encode(l); werr != nil {
					return fmt.Errorf("write result of line %d: %w", n, werr)
				}
			}
		}
		if problem != nil {
			if count++; len(bad) < maxErrors {
				bad = append(bad, fmt.Errorf("line %d: %w", n, problem))
			}
		}
		if err == io.EOF {
			break
		}
		if r.Buffered() == 0 { // somebody may be waiting at the other end of the pipe
			if werr := w.Flush(); werr != nil {
				return fmt.Errorf("write results: %w", werr)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	if count > len(bad) {
		bad = append(bad, fmt.Errorf("and %d more bad lines", count-len(bad)))
	}
	return errors.Join(bad...)
}

// readJSON reads one line. Keys are matched exactly; null and absent fields are empty.
func (c *Classifier) readJSON(data []byte) (line, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(data, &m); err != nil {
		return line{}, fmt.Errorf("not a JSON object: %w", err)
	}
	if m == nil {
		return line{}, errors.New("not a JSON object: null")
	}
	var d Doc
	for _, f := range []struct {
		key  string
		into *string
	}{{"title", &d.Title}, {"lead", &d.Lead}, {"body", &d.Body}, {"section", &d.Section}} {
		if v, ok := m[f.key]; ok {
			if err := json.Unmarshal(v, f.into); err != nil {
				return line{}, fmt.Errorf("field %q: expected a string", f.key)
			}
		}
	}
	id := m["id"]
	if id == nil {
		id = json.RawMessage(`""`)
	}
	res := c.Read(d)
	return line{id, res.Reform, res.Score, res.Topics, res.Cues, res.Review}, nil
}

// readLine reads to the next newline; long says that the line was over maxLine
// and was skipped.
func readLine(r *bufio.Reader, buf []byte) (data []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(buf)+len(part) > maxLine {
			long, buf = true, buf[:0]
		} else if !long {
			buf = append(buf, part...)
		}
		if err != bufio.ErrBufferFull {
			return buf, long, err
		}
	}
}
