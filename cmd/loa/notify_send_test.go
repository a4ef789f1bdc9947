package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"loa/monitor"
	"loa/schedule/calendar"
	"loa/store/storetest"
)

// mailbox is an SMTP server on loopback.
type mailbox struct {
	mu     sync.Mutex
	mails  []string
	to     []string
	refuse bool
	addr   string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 1, 1}, Message: "later"}
	}
	m.to = append(m.to, to)
	return nil
}
func (m *mailbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = append(m.mails, string(text))
	return err
}
func (m *mailbox) Reset()        {}
func (m *mailbox) Logout() error { return nil }

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := &mailbox{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(m)
	srv.Domain = "127.0.0.1"
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	m.addr = ln.Addr().String()
	return m
}

func (m *mailbox) url(to string) string {
	return fmt.Sprintf("smtp://%s/?tls=none&from=loa@mau.example&to=%s", m.addr, to)
}

// TestNotifySend: what is due is shown, sent once over every channel of its audience,
// kept in the log with who answered, and copied for Zalo; a server that is away gets
// it later.
func TestNotifySend(t *testing.T) {
	d, box := newDesk(t), newMailbox(t)
	hooks := 0
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hooks++ }))
	defer hook.Close()
	const monday = "2023-03-13T08:00"
	channels := []string{"--notify-http", "--notify", box.url("cv@so.example"), "--notify", hook.URL + "/x"}
	if out := d.ok("notify", "due", "--at", monday, "--address", "https://cchc.example/"); !strings.Contains(out, "Xem: https://cchc.example/") || !strings.Contains(out, "gửi chuyên viên") || !strings.Contains(out, "[Tổng hợp tuần] Tuần 10 (06/3–12/3/2023)") || !strings.Contains(out, "DỮ LIỆU MẪU") {
		t.Fatalf("due: %s", out)
	}
	d.refused(2, []string{"chưa đặt kênh nào"}, "notify", "send", "--at", monday)
	d.refused(2, []string{"--notify: địa chỉ smtp:// thiếu người gửi"}, "notify", "send", "--notify", "smtp://mail.example/", "--at", monday)
	if out := d.ok(append([]string{"notify", "send", "--at", monday}, channels...)...); !strings.Contains(out, "Ghi mới 1 thông báo; đã gửi 2, chưa gửi được 0") {
		t.Errorf("sent: %s", out)
	}
	if out := d.ok(append([]string{"notify", "send", "--at", monday}, channels...)...); !strings.Contains(out, "Ghi mới 0 thông báo; đã gửi 0") || len(box.mails) != 1 || hooks != 1 {
		t.Errorf("a second time: %d mails, %d hooks: %s", len(box.mails), hooks, out)
	}
	out := d.ok("notify", "log", "--at", monday)
	id := regexp.MustCompile(`^[0-9a-z]{16}`).FindString(out)
	if id == "" || strings.Count(out, "đã gửi lúc") != 2 || strings.Contains(out, "/x\t") {
		t.Fatalf("log: %s", out)
	}
	d.ok("notify", "answered", id, "--by", "Biên tập viên", "--words", "đã rõ", "--at", monday)
	if out := d.ok("notify", "log", "--at", monday); !strings.Contains(out, "Biên tập viên: đã rõ") {
		t.Errorf("log: %s", out)
	}
	if out := d.ok("notify", "copy", id[:6], "--at", monday); !strings.HasPrefix(out, "DỮ LIỆU MẪU\n[Tổng hợp tuần]") || len([]rune(out)) > 601 {
		t.Errorf("copy: %s", out)
	}
	d.refused(2, []string{"không có thông báo"}, "notify", "copy", "zzzz", "--at", monday)
	d.refused(2, []string{"không có thông báo"}, "notify", "answered", "zzzz", "--words", "a", "--at", monday)

	box.refuse = true
	d.refused(1, []string{"chưa gửi được"}, append([]string{"notify", "send", "--at", "2023-03-20T08:00"}, channels...)...)
	if out := d.ok("notify", "log", "-n", "1", "--at", "2023-03-20T08:00"); !strings.Contains(out, "chờ gửi") || !strings.Contains(out, "451") {
		t.Errorf("log: %s", out)
	}
}

// TestNotifyOwner: the station is told once it has an address, of what was confirmed
// and released and nothing else.
func TestNotifyOwner(t *testing.T) {
	d, box := newDesk(t), newMailbox(t)
	const at = "2023-03-15T10:00"
	send := []string{"notify", "send", "--notify-http", "--notify-mail", box.url(""), "--at", at}
	d.ok("decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "Đài báo không phát", "--by", "Chuyên viên", "--at", "2023-03-15T08:00")
	d.ok(send...)
	if len(box.to) != 0 {
		t.Errorf("an owner was told of what nobody released: %v", box.to)
	}
	d.ok("notify", "release", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--words", "Đề nghị phát bù.", "--by", "Chuyên viên", "--at", "2023-03-15T09:00")
	d.ok(send...)
	out := d.ok("notify", "log", "--at", at)
	if len(box.mails) != 1 || box.to[0] != "bientap@daimau.example" {
		t.Errorf("%d mails to %v", len(box.mails), box.to)
	}
	if !strings.Contains(out, "gửi cơ quan có trách nhiệm: Đài PT-TH tỉnh") {
		t.Fatalf("log: %s", out)
	}
	id := regexp.MustCompile(`(?m)^([0-9a-z]{16}).*cơ quan có trách nhiệm`).FindStringSubmatch(out)[1]
	if out := d.ok("notify", "copy", id, "--at", at); !strings.Contains(out, "[Chưa đạt] Tuần 10") || !strings.HasSuffix(out, "Đề nghị phát bù.\n") {
		t.Errorf("copy: %s", out)
	}
}

// TestNotifyTest sends one mail that says that it is a test.
func TestNotifyTest(t *testing.T) {
	t.Parallel()
	d, box := newDesk(t), newMailbox(t)
	if out := d.ok("notify", "test", box.url("cv@so.example")); !strings.Contains(out, "Đã gửi thư thử qua smtp") || len(box.mails) != 1 {
		t.Errorf("%d mails: %s", len(box.mails), out)
	}
	box.refuse = true
	d.refused(1, []string{"không gửi được"}, "notify", "test", box.url("cv@so.example"))
	d.refused(2, []string{"không phải địa chỉ thư"}, "notify", "test", "smtp://mail.example/?from=khong")
}

// TestServeTells: the chores of a running server tell once what is due, on either
// engine and however many nodes there are; nothing is told from an evaluation that is
// old.
func TestServeTells(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			ctx, box := t.Context(), newMailbox(t)
			plans, db := samplePlans(t), storetest.DB(t, engine)
			now := time.Date(2023, 3, 13, 8, 0, 0, 0, calendar.Zone)
			node := func() func(name string) {
				e := testEngine(t, "--plans", plans, "--db", db)
				e.business = func() time.Time { return now }
				d, err := notices{Notify: []string{box.url("cv@so.example")}}.channels(e)
				if err != nil {
					t.Fatal(err)
				}
				e.desks = &d
				chores, err := e.chores(ctx)
				if err != nil {
					t.Fatal(err)
				}
				return func(name string) {
					t.Helper()
					i := slices.IndexFunc(chores, func(c monitor.Chore) bool { return strings.HasPrefix(c.Name, name+"/") })
					if i < 0 {
						t.Fatalf("no chore %s", name)
					}
					if err := chores[i].Do(ctx); err != nil {
						t.Fatal(err)
					}
				}
			}
			a, b := node(), node()
			a("notify")
			a("deliver")
			if len(box.mails) != 0 {
				t.Fatal("told without an evaluation")
			}
			a("evaluate")
			for range 2 {
				for _, do := range []func(string){a, b} {
					do("notify")
					do("deliver")
				}
			}
			if len(box.mails) != 1 || !strings.Contains(box.mails[0], "Auto-Submitted") {
				t.Fatalf("%d mails", len(box.mails))
			}
			now = now.AddDate(0, 0, 7)
			a("notify")
			a("deliver")
			if len(box.mails) != 1 {
				t.Error("told of a week by the evaluation of the one before")
			}
		})
	}
}

// TestNotifyPrepared: a month's summary can be read before it is released; with
// Alertmanager telling of shortfalls, loa sends its digest alone.
func TestNotifyPrepared(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out := d.ok("notify", "due", "--month", "2023-02", "--at", "2023-03-13T08:00")
	if !strings.Contains(out, "gửi tổng hợp tháng cho cơ quan, đơn vị: Sở Y tế") || !strings.Contains(out, "[Tổng hợp] Tháng 02/2023, Sở Y tế") || !strings.Contains(out, "Sở Nội vụ gửi") {
		t.Errorf("%s", out)
	}
	d.refused(2, []string{"không phải tháng"}, "notify", "due", "--month", "2023-W10", "--at", "2023-03-13T08:00")
	if out := d.ok("notify", "log", "--at", "2023-03-13T08:00"); !strings.Contains(out, "Chưa có thông báo nào") {
		t.Errorf("looking has told somebody: %s", out)
	}
	if out := d.ok("notify", "due", "--alerts", "alertmanager", "--at", "2023-03-13T08:00"); !strings.Contains(out, "[Tổng hợp tuần]") || strings.Contains(out, "[Thiếu dữ liệu]") {
		t.Errorf("%s", out)
	}
	d.refused(2, []string{"--notify-duty: địa chỉ http:// không mã hóa"}, "serve", "--notify-duty", "http://hook.example/", "--at", "2023-03-13")
	d.refused(2, []string{"không phải cơ quan báo chí"}, "serve", "--notify-digest", "so-y-te", "--at", "2023-03-13")
}
