package web

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"loa/schedule/calendar"
	"loa/web/access"
)

// UploadLimits bound what people send. A field that is 0 is its default.
type UploadLimits struct {
	Day   int64 // bytes that one person (or link) may send in a day of Viet Nam; 1 GiB
	All   int   // requests with files at once, of everybody; 16
	Own   int   // of one person; 4
	Spare int64 // bytes that have to stay free on the disk; 1 GiB
}

func (l UploadLimits) filled() UploadLimits {
	if l.Day == 0 {
		l.Day = 1 << 30
	}
	if l.All == 0 {
		l.All = 16
	}
	if l.Own == 0 {
		l.Own = 4
	}
	if l.Spare == 0 {
		l.Spare = 1 << 30
	}
	return l
}

// Memory is what a desk knows beyond one version of the plan: what people sent today, which uploads are being written. A desk that
// is made for the next version goes on with it. The zero value is ready to be used.
type Memory struct {
	setting sync.Mutex // held by whoever records a form over the settings

	mu   sync.Mutex
	ways *uploads
}

func (m *Memory) uploads(opt Options) *uploads {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ways == nil {
		m.ways = newUploads(opt)
	}
	return m.ways
}

// sentToday counts what came and what is coming, by sender.
type sentToday struct {
	day   time.Time
	bytes map[string]int64
	at    map[string]int // requests under way
	all   int
}

// fullError is a refusal because a limit is reached. wait is when to come again, 0 if that does not help.
type fullError struct {
	Refusal
	status int
	wait   time.Duration
}

func (f fullError) Unwrap() error { return f.Refusal }

func (f fullError) head(w http.ResponseWriter) {
	if f.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.wait+time.Second-1)/time.Second)))
	}
}

// busyWait is when those may come again who came while too many were sending.
const busyWait = 30 * time.Second

// sender is whose budget a request draws on: a person's, whatever they log in with and how often, or a link's.
func sender(a access.Actor) string {
	if a.Account != "" {
		return "account " + a.Account
	}
	return "session " + a.Session + " " + whose(a)
}

// today begins anew with each day of Viet Nam. The lock is held.
func (u *uploads) today() time.Time {
	day := calendar.Day(u.now())
	if !u.sent.day.Equal(day) {
		u.sent.day, u.sent.bytes = day, map[string]int64{}
	}
	if u.sent.at == nil {
		u.sent.at = map[string]int{}
	}
	return day
}

// left refuses so many bytes more of a sender if the day's are used up. The lock is held.
func (u *uploads) left(who string, size int64) error {
	day := u.today()
	if size > u.limits.Day {
		return fullError{Refusal{fmt.Sprintf("Lần gửi này lớn hơn mức một người được gửi trong một ngày (%s). Xin gửi làm nhiều ngày, hoặc nhờ người quản trị nâng mức.", sizeWords(u.limits.Day))}, http.StatusRequestEntityTooLarge, 0}
	}
	if had := u.sent.bytes[who]; had+size > u.limits.Day {
		return fullError{Refusal{fmt.Sprintf("Hôm nay đã gửi %s; mỗi người gửi được nhiều nhất %s một ngày. Xin gửi tiếp từ 0 giờ ngày mai, hoặc nhờ người quản trị nâng mức.", sizeWords(had), sizeWords(u.limits.Day))},
			http.StatusTooManyRequests, day.AddDate(0, 0, 1).Sub(u.now())}
	}
	return nil
}

// room refuses what is announced if the sender's day or the disk has no room for it.
func (u *uploads) room(who string, size int64) error {
	u.mu.Lock()
	err := u.left(who, max(size, 0))
	u.mu.Unlock()
	if err != nil {
		return err
	}
	for _, dir := range []string{u.dir, os.TempDir()} {
		for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) { // the folder is made with the first upload
			if _, err := os.Stat(dir); err == nil {
				break
			}
		}
		free, err := u.free(dir)
		if err != nil {
			return fmt.Errorf("ask how much of the disk is free: %w", err)
		}
		if free-max(size, 0) < u.limits.Spare {
			return fullError{Refusal{"Máy chủ sắp hết chỗ chứa nên chưa nhận thêm tệp; chưa có gì thay đổi. Xin báo người quản trị, và giữ tệp để gửi lại."}, http.StatusInsufficientStorage, 0}
		}
	}
	return nil
}

// enter lets a request with files in. Its bytes come through body, which ends with the sender's day and where they come too slowly;
// leave is to be called when they are read.
func (u *uploads) enter(who string, w http.ResponseWriter, r *http.Request) (body *metered, leave func(), err error) {
	if err := u.room(who, r.ContentLength); err != nil {
		return nil, nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.today()
	if u.sent.all >= u.limits.All || u.sent.at[who] >= u.limits.Own {
		return nil, nil, fullError{Refusal{"Đang có quá nhiều tệp được gửi cùng lúc. Xin chờ nửa phút rồi gửi lại."}, http.StatusTooManyRequests, busyWait}
	}
	u.sent.all++
	u.sent.at[who]++
	return &metered{ReadCloser: r.Body, u: u, who: who, line: http.NewResponseController(w), begun: time.Now()}, func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.sent.all--
		if u.sent.at[who]--; u.sent.at[who] == 0 {
			delete(u.sent.at, who)
		}
	}, nil
}

// Of a request with files: a slow line may take uploadTime, but there are few places, and a sender who gives a byte now and then, or none
// for a while, does not keep one.
const (
	uploadTime  = 10 * time.Minute
	uploadStall = 30 * time.Second
	uploadRate  = 1 << 10 // bytes a second on the whole, after the first uploadStall
)

// metered counts what comes of a sender, whatever was announced.
type metered struct {
	io.ReadCloser
	u     *uploads
	who   string
	line  *http.ResponseController
	begun time.Time // of the line: the machine's clock
	n     int64
	full  error // why it ended before its end
}

func (m *metered) Read(p []byte) (int, error) {
	until := time.Now().Add(uploadStall)
	if last := m.begun.Add(uploadTime); until.After(last) {
		until = last
	}
	_ = m.line.SetReadDeadline(until) // not to be had in tests
	n, err := m.ReadCloser.Read(p)
	m.n += int64(n)
	m.u.mu.Lock()
	defer m.u.mu.Unlock()
	if m.full = m.u.left(m.who, int64(n)); m.full != nil {
		return 0, m.full
	}
	m.u.sent.bytes[m.who] += int64(n)
	if over := time.Since(m.begun) - uploadStall; over > 0 && err == nil && m.n < int64(over.Seconds()*uploadRate) {
		m.full = fullError{Refusal{"Tệp đến quá chậm (dưới 1 KB một giây) nên máy chủ thôi nhận lần gửi này. Xin gửi lại khi đường truyền tốt hơn."}, http.StatusRequestTimeout, 0}
		return 0, m.full
	}
	return n, err
}
