package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"loa/viet"
)

// handed is one file that somebody sent with a form. It lies in a temporary file until the request is over.
type handed struct {
	Field string
	Name  string // as the sender's machine names it, without folders
	Path  string
	Size  int64
	Hash  string // SHA-256, hex
	Type  string // sniffed, never as the sender says
}

// sniffed are the first bytes that tell a file's kind.
const sniffed = 512

// files reads a form with files, part by part and never whole in memory: at most most bytes a file and many files.
// PostFormValue then gives the other fields. It answers and returns false if that cannot be; done must be called when
// the files are no longer needed.
func (s *site) files(w http.ResponseWriter, r *http.Request, most int64, many int) (out []handed, done func(), ok bool) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(uploadTime + time.Minute)) // not to be had in tests
	done = func() {
		for _, f := range out {
			_ = os.Remove(f.Path) // a temporary file; the system's cleaner takes what is left
		}
	}
	body, leave, err := s.uploads.enter(sender(s.actor(r)), w, r)
	if err == nil {
		defer leave()
		r.Body = body
		var form url.Values
		if form, err = s.parts(w, r, most, many, &out); err == nil {
			r.PostForm, r.Form = form, form
			return out, done, true
		}
		if body.full != nil {
			err = body.full
		}
	}
	done()
	status := http.StatusBadRequest
	if full := (fullError{}); errors.As(err, &full) {
		full.head(w)
		status = full.status
	} else if errors.As(err, new(*http.MaxBytesError)) {
		status, err = http.StatusRequestEntityTooLarge, Refusal{fmt.Sprintf("Lần gửi này lớn hơn mức cho phép (%d tệp, mỗi tệp %d MB). Xin gửi làm nhiều lần.", many, most>>20)}
	}
	words := refusal(err)
	if words == "" {
		s.Log.InfoContext(r.Context(), "upload cut off", "path", r.URL.Path, "error", err)
		words = "Tệp gửi lên bị cắt giữa chừng; chưa có gì thay đổi. Xin gửi lại."
	}
	s.render(w, r, status, "message", frame{Title: "Chưa nhận được", Page: message{"Chưa nhận được tệp", words}})
	return nil, func() {}, false
}

func (s *site) parts(w http.ResponseWriter, r *http.Request, most int64, many int, out *[]handed) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most*int64(many)+mostForm)
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("read the form: %w", err)
	}
	form := url.Values{}
	for fields := 0; ; fields++ {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read a part: %w", err)
		}
		if fields > 500 {
			return nil, Refusal{"Biểu mẫu có quá nhiều ô."}
		}
		if part.FileName() == "" {
			text, err := io.ReadAll(io.LimitReader(part, mostForm))
			if err != nil {
				return nil, fmt.Errorf("read a field: %w", err)
			}
			if _, isFile := part.Header["Content-Type"]; !isFile || len(text) > 0 {
				form.Add(part.FormName(), string(text))
			}
			continue
		}
		if len(*out) == many {
			return nil, Refusal{fmt.Sprintf("Mỗi lần gửi được nhiều nhất %d tệp.", many)}
		}
		f, err := spool(part, part.FormName(), part.FileName(), most)
		if f.Path != "" {
			*out = append(*out, f)
		}
		if err != nil {
			return nil, err
		}
	}
}

// spool writes one file to disk as it comes, hashing it.
func spool(from io.Reader, field, name string, most int64) (handed, error) {
	f := handed{Field: field, Name: viet.Clean(path.Base(strings.ReplaceAll(name, `\`, "/")))}
	tmp, err := os.CreateTemp("", "loa-tep-*")
	if err != nil {
		return f, fmt.Errorf("make a temporary file: %w", err)
	}
	f.Path = tmp.Name()
	defer tmp.Close()
	head := &firstBytes{}
	sum := sha256.New()
	if f.Size, err = io.Copy(io.MultiWriter(tmp, sum, head), io.LimitReader(from, most+1)); err != nil {
		return f, fmt.Errorf("receive %q: %w", f.Name, err)
	}
	if f.Size > most {
		return f, fullError{Refusal{fmt.Sprintf("Tệp «%s» lớn hơn mức cho phép (%d MB).", f.Name, most>>20)}, http.StatusRequestEntityTooLarge, 0}
	}
	if err := tmp.Close(); err != nil {
		return f, fmt.Errorf("write a temporary file: %w", err)
	}
	f.Hash = hex.EncodeToString(sum.Sum(nil))
	f.Type, _, err = mime.ParseMediaType(http.DetectContentType(head.b))
	if err != nil {
		f.Type = "application/octet-stream"
	}
	return f, nil
}

// firstBytes keeps what a kind is told by.
type firstBytes struct{ b []byte }

func (h *firstBytes) Write(p []byte) (int, error) {
	if room := sniffed - len(h.b); room > 0 {
		h.b = append(h.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}
