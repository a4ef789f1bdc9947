package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"loa/viet"
	"loa/web/access"
)

// Files come in pieces that a broken line does not lose, by the tus protocol 1.0.0 (core, creation, expiration,
// termination): POST makes an upload, HEAD tells how much of it is there, PATCH adds from there on. What is there is the
// file itself, so nothing that arrived is lost whatever happens. A form then names the uploads that belong to it.
const (
	mostFile    = 50 << 20       // bytes of one file of evidence
	mostFiles   = 10             // of one hand-in
	mostUploads = 40             // that one person may have lying
	uploadsLast = 24 * time.Hour // machine clock, from the last piece on
)

// uploads are files under way, in one folder.
type uploads struct {
	dir string
	now func() time.Time

	limits UploadLimits
	free   func(dir string) (int64, error)

	mu   sync.Mutex
	use  map[string]bool // being written
	sent sentToday
}

// upload is one file under way.
type upload struct {
	ID    string `json:"id"`
	Whose string `json:"whose"` // hash of who makes it
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Sum   string `json:"sum,omitempty"` // SHA-256, hex, as the sender reckoned it; "" if it did not
	At    int64  `json:"at"`            // seconds

	Have int64 `json:"-"`
}

func (u *uploads) part(id string) string { return filepath.Join(u.dir, id+".part") }
func (u *uploads) info(id string) string { return filepath.Join(u.dir, id+".json") }

var uploadID = regexp.MustCompile(`^[a-z2-7]{26}$`)

// whose names a person's uploads, so that nobody gets at another's.
func whose(a access.Actor) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{"upload", a.Account, a.Login, string(a.Role), a.For}, a.Agencies...), "\x00")))
	return hex.EncodeToString(sum[:])
}

var errBusy = errors.New("the upload is being written")

// make begins an upload; it first throws away what is too old.
func (u *uploads) make(of upload) (upload, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := os.MkdirAll(u.dir, 0o700); err != nil {
		return of, fmt.Errorf("make the folder of uploads: %w", err)
	}
	if n := u.sweep(of.Whose); n >= mostUploads {
		return of, Refusal{"Đang có quá nhiều tệp gửi dở. Xin gửi biểu mẫu đang mở, hoặc thử lại vào ngày mai."}
	}
	of.ID, of.At = strings.ToLower(rand.Text()), u.now().Unix()
	text, err := json.Marshal(of)
	if err == nil {
		err = os.WriteFile(u.info(of.ID), text, 0o600)
	}
	if err == nil {
		err = os.WriteFile(u.part(of.ID), nil, 0o600)
	}
	if err != nil {
		return of, fmt.Errorf("begin an upload: %w", err)
	}
	return of, nil
}

// sweep throws away uploads to which nothing was added for too long, and counts somebody's others.
func (u *uploads) sweep(who string) int {
	entries, err := os.ReadDir(u.dir)
	if err != nil {
		return 0
	}
	n := 0
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || u.use[id] {
			continue
		}
		switch up, err := u.read(id); {
		case err != nil:
			u.drop(id)
		case up.Whose == who:
			n++
		}
	}
	return n
}

// read gives an upload that has not expired; fs.ErrNotExist if there is none.
func (u *uploads) read(id string) (upload, error) {
	var up upload
	if !uploadID.MatchString(id) {
		return up, fs.ErrNotExist
	}
	text, err := os.ReadFile(u.info(id))
	if err == nil {
		err = json.Unmarshal(text, &up)
	}
	if err != nil {
		return up, err
	}
	at, err := os.Stat(u.part(id))
	if err != nil {
		return up, err
	}
	up.Have = at.Size()
	last := time.Unix(up.At, 0)
	if at.ModTime().After(last) {
		last = at.ModTime()
	}
	if u.now().Sub(last) > uploadsLast {
		return up, fs.ErrNotExist
	}
	return up, nil
}

func (u *uploads) drop(id string) {
	if uploadID.MatchString(id) {
		_, _ = os.Remove(u.part(id)), os.Remove(u.info(id)) // what is left is dropped another day
	}
}

// hold keeps others from writing to an upload until release.
func (u *uploads) hold(id string) (release func(), ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.use[id] {
		return nil, false
	}
	if u.use == nil {
		u.use = map[string]bool{}
	}
	u.use[id] = true
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.use, id)
	}, true
}

// add appends what comes from where the upload stands. What arrived before the line broke stays.
func (u *uploads) add(up upload, from io.Reader) (have int64, err error) {
	file, err := os.OpenFile(u.part(up.ID), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return up.Have, fmt.Errorf("open an upload: %w", err)
	}
	n, err := io.Copy(file, io.LimitReader(from, up.Size-up.Have+1))
	if have = up.Have + n; have > up.Size {
		err = errors.Join(errTooMuch, file.Truncate(up.Have))
		have = up.Have
	}
	return have, errors.Join(err, file.Sync(), file.Close())
}

var errTooMuch = errors.New("more came than was announced")

// whole checks the sum that the sender announced.
func (u *uploads) whole(up upload) bool {
	if up.Sum == "" {
		return true
	}
	sum, err := hashFile(u.part(up.ID))
	return err == nil && sum == up.Sum
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// take moves a file of a plain form among the uploads, so that it is not lost if the form has to be mended.
func (u *uploads) take(f handed, who string) (upload, error) {
	up, err := u.make(upload{Whose: who, Name: f.Name, Size: f.Size, Sum: f.Hash})
	if err != nil {
		return up, err
	}
	from, err := os.Open(f.Path)
	if err != nil {
		return up, fmt.Errorf("read what was sent: %w", err)
	}
	defer from.Close()
	up.Have, err = u.add(up, from)
	return up, err
}

// makeUpload answers POST /tep.
func (s *site) makeUpload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Tus-Resumable", "1.0.0")
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil || size <= 0 {
		http.Error(w, "Thiếu kích thước của tệp.", http.StatusBadRequest)
		return
	}
	if size > mostFile {
		http.Error(w, fmt.Sprintf("Tệp lớn hơn mức cho phép (%d MB).", mostFile>>20), http.StatusRequestEntityTooLarge)
		return
	}
	if err := s.uploads.room(sender(s.actor(r)), size); err != nil {
		s.uploadFails(w, r, err)
		return
	}
	said := uploadSays(r.Header.Get("Upload-Metadata"))
	up, err := s.uploads.make(upload{Whose: whose(s.actor(r)), Name: fileName(said["filename"]), Size: size, Sum: strings.ToLower(said["sha256"])})
	if err != nil {
		s.uploadFails(w, r, err)
		return
	}
	w.Header().Set("Location", "/tep/"+up.ID)
	w.Header().Set("Upload-Offset", "0")
	s.expires(w, up)
	w.WriteHeader(http.StatusCreated)
}

// fileName is a name as its owner's machine has it, without folders.
func fileName(name string) string {
	name = viet.Clean(path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/")))
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:])
	}
	if name == "." || name == "/" || name == "" {
		return "tep"
	}
	return name
}

// uploadSays reads Upload-Metadata: «name base64,name base64».
func uploadSays(header string) map[string]string {
	out := map[string]string{}
	if len(header) > 4096 {
		return out
	}
	for _, pair := range strings.Split(header, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if b, err := base64.StdEncoding.DecodeString(text); err == nil {
			out[name] = string(b)
		}
	}
	return out
}

func (s *site) expires(w http.ResponseWriter, up upload) {
	w.Header().Set("Upload-Expires", s.Machine().Add(uploadsLast).UTC().Format(http.TimeFormat))
	w.Header().Set("Upload-Length", strconv.FormatInt(up.Size, 10))
}

func (s *site) uploadFails(w http.ResponseWriter, r *http.Request, err error) {
	if full := (fullError{}); errors.As(err, &full) {
		full.head(w)
		http.Error(w, full.Text, full.status)
		return
	}
	if words := refusal(err); words != "" {
		http.Error(w, words, http.StatusForbidden)
		return
	}
	s.Log.ErrorContext(r.Context(), "upload", "error", err)
	http.Error(w, "Hệ thống chưa nhận được tệp. Xin thử lại.", http.StatusInternalServerError)
}

// ownUpload finds the asker's upload; another's is not there.
func (s *site) ownUpload(w http.ResponseWriter, r *http.Request) (upload, bool) {
	w.Header().Set("Tus-Resumable", "1.0.0")
	up, err := s.uploads.read(r.PathValue("id"))
	if err == nil && up.Whose == whose(s.actor(r)) {
		return up, true
	}
	http.Error(w, "Không có tệp gửi dở này.", http.StatusNotFound)
	return up, false
}

// tellUpload answers HEAD (and GET) /tep/{id}: how much is there.
func (s *site) tellUpload(w http.ResponseWriter, r *http.Request) {
	if up, ok := s.ownUpload(w, r); ok {
		w.Header().Set("Upload-Offset", strconv.FormatInt(up.Have, 10))
		s.expires(w, up)
		w.WriteHeader(http.StatusOK)
	}
}

// addUpload answers PATCH /tep/{id}.
func (s *site) addUpload(w http.ResponseWriter, r *http.Request) {
	release, ok := s.uploads.hold(r.PathValue("id"))
	if !ok {
		http.Error(w, "Tệp này đang được gửi ở nơi khác.", http.StatusLocked)
		return
	}
	defer release()
	up, ok := s.ownUpload(w, r)
	if !ok {
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/offset+octet-stream" {
		http.Error(w, "Kiểu nội dung không đúng.", http.StatusUnsupportedMediaType)
		return
	}
	if r.Header.Get("Upload-Offset") != strconv.FormatInt(up.Have, 10) {
		w.Header().Set("Upload-Offset", strconv.FormatInt(up.Have, 10))
		http.Error(w, "Phần gửi không nối tiếp phần đã có.", http.StatusConflict)
		return
	}
	body, leave, err := s.uploads.enter(sender(s.actor(r)), w, r)
	if err != nil {
		s.uploadFails(w, r, err)
		return
	}
	defer leave()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(uploadTime + time.Minute)) // not to be had in tests
	have, err := s.uploads.add(up, body)
	switch {
	case body.full != nil:
		s.uploadFails(w, r, body.full)
		return
	case errors.Is(err, errTooMuch):
		http.Error(w, "Phần gửi dài hơn tệp đã báo.", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		s.Log.InfoContext(r.Context(), "upload cut off", "have", have, "of", up.Size, "error", err)
		http.Error(w, "Đường truyền bị ngắt; phần đã nhận vẫn còn.", http.StatusBadRequest)
		return
	}
	if up.Have = have; have == up.Size && !s.uploads.whole(up) {
		s.uploads.drop(up.ID)
		http.Error(w, "Tệp nhận được khác tệp đã gửi. Xin gửi lại.", 460) // tus: checksum mismatch
		return
	}
	w.Header().Set("Upload-Offset", strconv.FormatInt(have, 10))
	s.expires(w, up)
	w.WriteHeader(http.StatusNoContent)
}

// dropUpload answers DELETE /tep/{id}.
func (s *site) dropUpload(w http.ResponseWriter, r *http.Request) {
	release, ok := s.uploads.hold(r.PathValue("id"))
	if !ok {
		http.Error(w, "Tệp này đang được gửi ở nơi khác.", http.StatusLocked)
		return
	}
	defer release()
	if up, ok := s.ownUpload(w, r); ok {
		s.uploads.drop(up.ID)
		w.WriteHeader(http.StatusNoContent)
	}
}
