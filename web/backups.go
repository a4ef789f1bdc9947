package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Backups is the door to copies of everything that is known and kept.
type Backups struct {
	Engine string // "sqlite" or "postgres": of the latter the database server makes the copies
	Folder string // where copies on the server go
	// Last is the newest copy that was made and found whole; zero: none yet.
	Last func(ctx context.Context) (Backup, error)
	// All are the copies in the folder, newest first.
	All func(ctx context.Context) ([]Backup, error)
	// Write makes a copy in the folder and checks it.
	Write func(ctx context.Context, by string) (Backup, error)
	// Stream writes a copy out as it is made, as a ZIP archive.
	Stream func(ctx context.Context, w io.Writer, by string) (Backup, error)
	// Drives are the disks that can be taken away and are in the machine now; nil where nobody sits at the machine that serves.
	Drives func() []Drive
	// ToDrive makes a copy on one of them and checks it. What a person can mend is a Refusal.
	ToDrive func(ctx context.Context, d Drive, by string) (Backup, error)
	// Kept tells of every kept page: address, when it was fetched, bytes, SHA-256.
	Kept func(ctx context.Context, row func(url string, at time.Time, size int64, hash string) error) error
}

// Backup is one copy of everything.
type Backup struct {
	Name string // of the file
	At   time.Time
	By   string
	Size int64 // bytes
	Rows int64 // of all tables
	Kept int   // kept objects in it
}

// staleBackup is the age from which the desk's first page reminds of a copy.
const staleBackup = 7 * 24 * time.Hour

func (s *site) backupRoutes() []route {
	if s.Backups == nil {
		return nil
	}
	return []route{
		{"GET", "/sao-luu", access.Backup, false, s.backups},
		{"POST", "/sao-luu", access.Backup, false, s.makeBackup},
		{"POST", "/sao-luu/o-dia", access.Backup, false, s.backupToDrive},
		{"POST", "/sao-luu/tai-ve", access.Backup, false, s.takeBackup},
		{"GET", "/sao-luu/ma-kiem-tra", access.Audit, false, s.keptList},
	}
}

// backupsPage tells of the copies there are.
type backupsPage struct {
	Backups
	Newest Backup
	Files  []Backup
	Stale  string
	Here   bool // somebody sits at the machine that serves, and it looks for drives
	Plugs  []Drive
}

// backupReminder says in one line that the newest copy is old, "" if it is not
// or this person cannot make one. Pages that greet a person show it.
func (s *site) backupReminder(r *http.Request) string {
	if s.Backups == nil || !s.actor(r).May(access.Backup) {
		return ""
	}
	last, err := s.Backups.Last(r.Context())
	if err != nil {
		s.Log.WarnContext(r.Context(), "read the last backup", "error", err)
		return ""
	}
	return s.backupWords(last)
}

func (s *site) backupWords(last Backup) string {
	switch age := s.Business().Sub(last.At); {
	case last.At.IsZero():
		return "Chưa có bản sao lưu nào."
	case age >= staleBackup:
		return fmt.Sprintf("Bản sao lưu gần nhất đã %d ngày (%s).", int(age.Hours()/24), viet.Day(last.At))
	}
	return ""
}

func (s *site) backups(w http.ResponseWriter, r *http.Request) { s.backupsWith(w, r, nil) }

func (s *site) backupsWith(w http.ResponseWriter, r *http.Request, wrong error) {
	p := backupsPage{Backups: *s.Backups}
	var err error
	if p.Newest, err = s.Backups.Last(r.Context()); err == nil {
		p.Files, err = s.Backups.All(r.Context())
	}
	if err != nil {
		s.fail(w, r, "list backups", err)
		return
	}
	p.Stale = s.backupWords(p.Newest)
	p.Here, p.Plugs = s.Backups.Drives != nil && local(r), s.drivesHere(r)
	f := frame{Title: "Sao lưu", Here: "/sao-luu", Page: p}
	s.answer(w, r, "back up", wrong, "backups", f)
}

func (s *site) makeBackup(w http.ResponseWriter, r *http.Request) {
	s.patient(w)
	b, err := s.Backups.Write(r.Context(), s.actor(r).String())
	if err != nil {
		s.backupsWith(w, r, err)
		return
	}
	s.done(w, r, "/sao-luu", fmt.Sprintf("Đã sao lưu vào tệp %s (%s), đã kiểm tra: toàn vẹn.", b.Name, sizeWords(b.Size)))
}

// takeBackup sends a copy as a file. A copy that failed midway is cut off, so that no browser keeps it as whole.
func (s *site) takeBackup(w http.ResponseWriter, r *http.Request) {
	if s.Backups.Engine != "sqlite" {
		s.backupsWith(w, r, Refusal{"Cơ sở dữ liệu trên máy chủ PostgreSQL được sao lưu bằng công cụ của máy chủ đó; xem hướng dẫn dưới đây."})
		return
	}
	s.patient(w)
	name := "loa-" + s.Business().In(calendar.Zone).Format("2006-01-02-1504") + ".zip"
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := s.Backups.Stream(r.Context(), w, s.actor(r).String()); err != nil {
		s.Log.ErrorContext(r.Context(), "send a backup", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// patient lets an answer take as long as a copy takes.
func (s *site) patient(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // a recorder of tests has none
	_ = c.SetReadDeadline(time.Time{})
}

func (s *site) keptList(w http.ResponseWriter, r *http.Request) {
	form := r.URL.Query().Get("dang")
	if form != "xlsx" && form != "csv" {
		http.Redirect(w, r, "/sao-luu/ma-kiem-tra?dang=csv", http.StatusSeeOther)
		return
	}
	if !s.recorded(w, r, "export.sheet", map[string]any{"format": form}) {
		return
	}
	next, stop := iter.Pull2(func(yield func([][]any, error) bool) {
		var part [][]any
		err := s.Backups.Kept(r.Context(), func(url string, at time.Time, size int64, hash string) error {
			if part = append(part, []any{url, at, int(size), hash}); len(part) < 1000 {
				return nil
			}
			out := part
			part = nil
			if !yield(out, nil) {
				return errStopped
			}
			return nil
		})
		if !errors.Is(err, errStopped) {
			yield(part, err)
		}
	})
	defer stop()
	s.stream(w, r, form, sheet{Name: "ma-kiem-tra", Title: "Các trang đã lưu", Head: []string{"Địa chỉ", "Tải lúc", "Byte", "SHA-256"}}, func() ([][]any, error) {
		rows, err, _ := next()
		return rows, err
	})
}

// errStopped ends a list of which nobody wants more.
var errStopped = errors.New("nobody reads on")
