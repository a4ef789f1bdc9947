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
	w := bufio.NewWriterSize(out, 1<<16)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	flush := func() error {
		if err := w.Flush(); err != nil {
			return fmt.Errorf("write results: %w", err)
		}
		return nil
	}
	bad, err := EachLine(in, func(n int, fields map[string]json.RawMessage) (problem, fatal error) {
		l, problem := c.readJSON(fields)
		if problem != nil {
			return problem, nil
		}
		if err := enc.Encode(l); err != nil {
			return nil, fmt.Errorf("write result of line %d: %w", n, err)
		}
		return nil, nil
	}, flush)
	if err != nil {
		return errors.Join(err, flush())
	}
	if err := flush(); err != nil {
		return err
	}
	return bad
}

// EachLine hands every JSON object of in, one a line, to each, with the line's
// number from 1 on. Blank lines are skipped; a bad one (no JSON object, more than
// 16 MB, one for which each gives a problem) is told in bad, the first twenty one
// by one, and the reading goes on. A fatal error of each ends it, as one of in
// does. idle is called when nothing more is there to be read for the moment.
func EachLine(in io.Reader, each func(n int, fields map[string]json.RawMessage) (problem, fatal error), idle func() error) (bad, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	var told []error
	count := 0
	var buf []byte
	for n := 1; ; n++ {
		data, long, err := readLine(r, buf[:0])
		buf = data
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read line %d: %w", n, err)
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
			var fields map[string]json.RawMessage
			if problem = json.Unmarshal(data, &fields); problem != nil {
				problem = fmt.Errorf("not a JSON object: %w", problem)
			} else if fields == nil {
				problem = errors.New("not a JSON object: null")
			} else {
				var fatal error
				if problem, fatal = each(n, fields); fatal != nil {
					return nil, fatal
				}
			}
		}
		if problem != nil {
			if count++; len(told) < maxErrors {
				told = append(told, fmt.Errorf("line %d: %w", n, problem))
			}
		}
		if err == io.EOF {
			break
		}
		if r.Buffered() == 0 { // somebody may be waiting at the other end of the pipe
			if err := idle(); err != nil {
				return nil, err
			}
		}
	}
	if count > len(told) {
		told = append(told, fmt.Errorf("and %d more bad lines", count-len(told)))
	}
	return errors.Join(told...), nil
}

// readJSON reads one line. Keys are matched exactly.
func (c *Classifier) readJSON(fields map[string]json.RawMessage) (line, error) {
	var d Doc
	for key, into := range map[string]*string{"title": &d.Title, "lead": &d.Lead, "body": &d.Body, "section": &d.Section} {
		if err := Field(fields, key, into); err != nil {
			return line{}, err
		}
	}
	id := fields["id"]
	if id == nil {
		id = json.RawMessage(`""`)
	}
	res := c.Read(d)
	return line{id, res.Reform, res.Score, res.Topics, res.Cues, res.Review}, nil
}

// Field reads a string of a line; null and absent fields are empty.
func Field(fields map[string]json.RawMessage, key string, into *string) error {
	if v, ok := fields[key]; ok {
		if err := json.Unmarshal(v, into); err != nil {
			return fmt.Errorf("field %q: expected a string", key)
		}
	}
	return nil
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
