package deliver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-smtp"

	"loa/notify"
)

// sink is an SMTP server on loopback that keeps what it is given.
type sink struct {
	mu     sync.Mutex
	got    []string
	to     []string
	refuse error
	addr   string
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *sink) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.to = append(s.to, to)
	return nil
}
func (s *sink) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(text))
	return err
}
func (s *sink) Reset()        {}
func (s *sink) Logout() error { return nil }

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth = "127.0.0.1", true
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	s.addr = ln.Addr().String()
	return s
}

func channel(t *testing.T, address string) Channel {
	t.Helper()
	c, err := New(address, Options{Now: func() time.Time { return time.Date(2023, 3, 10, 8, 0, 0, 0, time.UTC) }, Timeout: 10 * time.Second, AllowHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	return c[0]
}

func note() notify.Notice {
	return notify.Notice{ID: "n1", Plan: "p", Kind: notify.BroadcastEarly, Audience: notify.Officer, Subject: "CCHC: cảnh báo sớm",
		Items: []notify.Item{{Text: "[Cảnh báo sớm] Đến 15h00 ngày 10/3/2023, tuần 10 chưa ghi nhận lần phát sóng mới nào.", Basis: "điểm d khoản 1 mục III"}}}
}

// TestMail: what arrives is Vietnamese that a mail reader shows, to whom it is for,
// under the delivery's Message-ID.
func TestMail(t *testing.T) {
	s := newSink(t)
	c := channel(t, "smtp://"+s.addr+"/?tls=none&from=loa@so.example&reply=cv@so.example&to=cv@so.example,pp@so.example")
	if err := c.Send(context.Background(), notify.Delivery{MessageID: "abc@loa.invalid"}, note()); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(context.Background(), notify.Delivery{MessageID: "abc@loa.invalid", Recipient: "dai@dai.example"}, note()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.to, " "); got != "cv@so.example pp@so.example dai@dai.example" || len(s.got) != 2 {
		t.Fatalf("%d to %s", len(s.got), got)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "CCHC: cảnh báo sớm" {
		t.Errorf("subject %q %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(body), "\r\n", "\n"), "[Cảnh báo sớm] Đến 15h00 ngày 10/3/2023, tuần 10 chưa ghi nhận lần phát sóng mới nào.\n  Căn cứ: điểm d khoản 1 mục III") {
		t.Errorf("body %q %v", body, err)
	}
	for header, want := range map[string]string{"Message-Id": "<abc@loa.invalid>", "Auto-Submitted": "auto-generated", "Reply-To": "<cv@so.example>", "Date": "Fri, 10 Mar 2023 08:00:00 +0000"} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
}

// TestMailFailures: what may be tried again is told from what may not.
func TestMailFailures(t *testing.T) {
	s := newSink(t)
	c := channel(t, "smtp://"+s.addr+"/?tls=none&from=loa@so.example&to=cv@so.example")
	for code, forGood := range map[int]bool{451: false, 550: true} {
		s.refuse = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no"}
		err := c.Send(context.Background(), notify.Delivery{MessageID: "a@b"}, note())
		if err == nil || errors.Is(err, ErrForGood) != forGood {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := channel(t, "smtp://"+s.addr+"/?tls=none&from=loa@so.example").Send(context.Background(), notify.Delivery{}, note()); !errors.Is(err, ErrForGood) {
		t.Errorf("nobody to send to: %v", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := channel(t, "smtp://u:verysecret@"+ln.Addr().String()+"/?tls=none&from=loa@so.example&to=a@b.example").Send(context.Background(), notify.Delivery{MessageID: "a@b"}, note()); err == nil || errors.Is(err, ErrForGood) || strings.Contains(err.Error(), "verysecret") {
		t.Errorf("nobody there: %v", err)
	}
}

// TestMailArrived: a message that the server took has arrived, even if the server
// hangs up right after it.
func TestMailArrived(t *testing.T) {
	for _, hangs := range []string{"RSET", "QUIT"} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		taken := make(chan bool, 1)
		go func() {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			fmt.Fprint(conn, "220 mail.example\r\n")
			for r, data := bufio.NewScanner(conn), false; r.Scan(); {
				line := r.Text()
				switch {
				case data && line != ".":
				case data:
					data = false
					taken <- true
					fmt.Fprint(conn, "250 queued\r\n")
				case line == "DATA":
					data = true
					fmt.Fprint(conn, "354 go on\r\n")
				case line == hangs:
					return
				default:
					fmt.Fprint(conn, "250 ok\r\n")
				}
			}
		}()
		err = channel(t, "smtp://"+ln.Addr().String()+"/?tls=none&from=loa@so.example&to=cv@so.example").Send(context.Background(), notify.Delivery{MessageID: "a@b"}, note())
		ln.Close()
		if err != nil || len(taken) != 1 {
			t.Errorf("hangs up at %s: taken %d, %v", hangs, len(taken), err)
		}
	}
}

// TestWebhook: a webhook gets the title and the short form as JSON.
func TestWebhook(t *testing.T) {
	var got map[string]string
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/hook/secrettoken" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	defer srv.Close()
	c := channel(t, srv.URL+"/hook/secrettoken")
	if err := c.Send(context.Background(), notify.Delivery{}, note()); err != nil {
		t.Fatal(err)
	}
	if got["title"] != note().Subject || got["message"] != note().Copy() {
		t.Errorf("%v", got)
	}
	status = http.StatusBadGateway
	if err := c.Send(context.Background(), notify.Delivery{}, note()); err == nil || strings.Contains(err.Error(), "secrettoken") {
		t.Errorf("a webhook that is down: %v", err)
	}
	if strings.Contains(c.ID(), "secrettoken") {
		t.Errorf("its name tells the secret: %s", c.ID())
	}
}

// TestZalo: the Official Account's message has its token, its reader and at most 600
// characters; its errors come under status 200.
func TestZalo(t *testing.T) {
	answer := `{"error":0,"message":"Success"}`
	var got struct {
		Recipient struct {
			User string `json:"user_id"`
		} `json:"recipient"`
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("access_token") != "tokentoken" {
			t.Errorf("token %q", r.Header.Get("access_token"))
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		io.WriteString(w, answer)
	}))
	defer srv.Close()
	c := channel(t, "zalo://tokentoken@oa?to=12345&api="+url.QueryEscape(srv.URL))
	long := note()
	for i := range 40 {
		long.Items = append(long.Items, notify.Item{Text: fmt.Sprintf("[Nhắc việc] việc số %d cần làm trong tuần này của cơ quan", i)})
	}
	if err := c.Send(context.Background(), notify.Delivery{}, long); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCountInString(got.Message.Text); got.Recipient.User != "12345" || n > 600 || !strings.Contains(got.Message.Text, "việc khác") {
		t.Errorf("%d characters to %q: %s", n, got.Recipient.User, got.Message.Text)
	}
	for _, x := range []struct {
		text    string
		forGood bool
	}{{`{"error":-216,"message":"Access token is invalid"}`, true}, {`{"error":-32,"message":"rate limit"}`, false}, {`<html>`, false}} {
		answer = x.text
		if err := c.Send(context.Background(), notify.Delivery{}, note()); err == nil || errors.Is(err, ErrForGood) != x.forGood || strings.Contains(err.Error(), "tokentoken") {
			t.Errorf("%s: %v", x.text, err)
		}
	}
}

// TestTelegram: each chat is a channel of its own; a message is sent only if Telegram
// itself says so, not where a proxy answers for it.
func TestTelegram(t *testing.T) {
	status, answer := http.StatusOK, `{"ok":true,"result":{}}`
	var got map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/bot110201543:AAsecretsecret/sendMessage" {
			t.Errorf("asked for %s", r.URL)
		}
		got = nil
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	defer srv.Close()
	list, err := New("telegram://110201543:AAsecretsecret@telegram?chats=@kenh,-100123:7&api="+url.QueryEscape(srv.URL), Options{AllowHTTP: true})
	if err != nil || len(list) != 2 || list[0].ID() == list[1].ID() {
		t.Fatalf("%v %v", list, err)
	}
	for i, want := range []string{"@kenh <nil>", "-100123 7"} {
		if err := list[i].Send(context.Background(), notify.Delivery{}, note()); err != nil {
			t.Error(err)
		}
		if to := fmt.Sprint(got["chat_id"], " ", got["message_thread_id"]); to != want || got["text"] != note().Subject+"\n"+note().Copy() {
			t.Errorf("to %s: %v", to, got)
		}
	}
	for _, x := range []struct {
		status  int
		text    string
		forGood bool
	}{
		{200, `<html>sign in to the network`, false}, {200, `{}`, false}, {502, `<html>bad gateway`, false}, {502, ``, false}, {502, `{"ok":true}`, false},
		{429, `{"ok":false,"error_code":429,"description":"Too Many Requests"}`, false}, {401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`, false},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, true}, {403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"}`, true},
	} {
		status, answer = x.status, x.text
		if err := list[0].Send(context.Background(), notify.Delivery{}, note()); err == nil || errors.Is(err, ErrForGood) != x.forGood {
			t.Errorf("%d %s: %v", x.status, x.text, err)
		}
	}
	srv.Close()
	if err := list[0].Send(context.Background(), notify.Delivery{}, note()); err == nil || strings.Contains(err.Error(), "AAsecret") {
		t.Errorf("nobody there: %v", err)
	}
}

// TestAddresses: a bad address is refused by its code, before anything is sent; a
// real setup reaches no address inside.
func TestAddresses(t *testing.T) {
	for address, code := range map[string]string{
		"cv@so.example": "no_scheme", "smtp://mail.example/": "no_from", "smtp://mail.example/?from=khong": "bad_mail", "smtp:///?from=a@b.example": "no_host",
		"smtp://mail.example/?from=a@b.example&to=x": "bad_mail", "smtp://mail.example/?from=a@b.example&tls=maybe": "bad_tls", "http://hook.example/x": "no_tls",
		"zalo://oa?to=1": "no_token", "zalo://tok@oa": "no_to", "telegram://a@telegram?chats=1": "no_token", "telegram://1:a@telegram": "no_to", "telegram://1:a@telegram?chats=1&api=http://127.0.0.1": "no_tls", "zalo://tok@oa?to=1&api=http://127.0.0.1": "no_tls", "logger://": "unknown", "pigeon://a": "unknown", "https:///x": "no_host",
	} {
		_, err := New(address, Options{})
		var bad BadAddress
		if !errors.As(err, &bad) || bad.Code != code {
			t.Errorf("%s: %v, want %s", address, err, code)
		}
	}
	for _, address := range []string{"smtps://u:p@mail.example/?from=a@b.example", "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@kenh", "https://hook.example/x"} {
		if _, err := New(address, Options{}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestHidden: no error tells a secret of the address, however the address is written
// again in it; what went wrong stays.
func TestHidden(t *testing.T) {
	refused := errors.New("connection refused")
	for _, c := range []struct {
		address string
		err     error
	}{
		{"https://hook.example/x?b=1&token=SECRETTOKEN&a=2", fmt.Errorf("sending: %w", &url.Error{Op: "Post", URL: "https://hook.example/x?a=2&b=1&token=SECRETTOKEN", Err: refused})},
		{"https://hook.example/x?b=1&token=SECRETTOKEN&a=2", fmt.Errorf("connection refused by https://hook.example/x?a=2&b=1&token=SECRETTOKEN")},
		{"https://hook.example/x?token=SECRET%2FTOKEN", errors.New("connection refused: /x?token=SECRET/TOKEN, token=SECRET%2FTOKEN")},
		{"slack://hook:T0000-B0000-SECRETTOKEN@webhook", errors.New("connection refused: https://hooks.slack.com/services/T0000/B0000/SECRETTOKEN")},
		{"gotify://push.example/SECRETTOKEN", errors.New("connection refused: https://push.example/message?token=SECRETTOKEN")},
		{"telegram://110201543:SECRETTOKEN@telegram?chats=1", fmt.Errorf("%w: %w", ErrForGood, &url.Error{Op: "Post", URL: "https://api.telegram.org/bot110201543:SECRETTOKEN/sendMessage", Err: refused})},
	} {
		err := hidden(c.err, c.address)
		if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "T0000") || !strings.Contains(err.Error(), "connection refused") || errors.Is(err, ErrForGood) != errors.Is(c.err, ErrForGood) {
			t.Errorf("%s: %v", c.address, err)
		}
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	if err := channel(t, srv.URL+"/x?b=1&token=SECRETTOKEN&a=2").Send(context.Background(), notify.Delivery{}, note()); err == nil || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a webhook that is down: %v", err)
	}
}

// TestChannelIDs: a changed password or token leaves a channel what it was; another
// server, user or recipient makes another.
func TestChannelIDs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"smtp://loa:cu@mail.example/?from=a@b.example&to=c@d.example", "smtp://loa:moi@mail.example/?from=a@b.example&to=c@d.example", true},
		{"smtp://loa:cu@mail.example/?from=a@b.example&to=c@d.example", "smtp://khac:cu@mail.example/?from=a@b.example&to=c@d.example", false},
		{"smtp://loa:cu@mail.example/?from=a@b.example&to=c@d.example", "smtp://loa:cu@mail.example/?from=a@b.example&to=e@d.example", false},
		{"zalo://tok1@oa?to=1", "zalo://tok2@oa?to=1", true},
		{"zalo://tok1@oa?to=1", "zalo://tok1@oa?to=2", false},
		{"telegram://1:a@telegram?chats=1", "telegram://1:b@telegram?chats=1", true},
		{"telegram://1:a@telegram?chats=1", "telegram://2:a@telegram?chats=1", false},
		{"https://u:p1@hook.example/x?token=1&room=a", "https://u:p2@hook.example/x?token=2&room=a", true},
		{"https://hook.example/x?token=1&room=a", "https://hook.example/x?token=1&room=b", false},
		{"https://hook.example/x", "https://hook.example/y", false},
	} {
		if a, b := channel(t, c.a), channel(t, c.b); (a.ID() == b.ID()) != c.same {
			t.Errorf("%s is %s, %s is %s", c.a, a.ID(), c.b, b.ID())
		}
	}
	c := channel(t, "zalo://tok1@oa?to=1")
	if n := len(Plan(note(), []Channel{c, c}, "")); n != 1 {
		t.Errorf("one way given twice makes %d deliveries", n)
	}
}

// TestAfter: waits double from a minute, scattered, and end after the eighth try.
func TestAfter(t *testing.T) {
	now, failed := time.Date(2023, 3, 10, 8, 0, 0, 0, time.UTC), errors.New("451")
	last := time.Duration(0)
	for tries := 1; tries < 8; tries++ {
		early, late := notify.After(notify.Delivery{Tries: tries}, now, failed, false, 0), notify.After(notify.Delivery{Tries: tries}, now, failed, false, 1)
		a, b := early.Again.Sub(now), late.Again.Sub(now)
		if a < last/3 || b != 3*a || b > 9*time.Hour || early.Sent {
			t.Errorf("try %d: %v to %v", tries, a, b)
		}
		last = b
	}
	for _, o := range []notify.Outcome{notify.After(notify.Delivery{Tries: 8}, now, failed, false, 0), notify.After(notify.Delivery{Tries: 1}, now, failed, true, 0)} {
		if !o.Again.IsZero() || o.Detail == "" {
			t.Errorf("tried again: %+v", o)
		}
	}
}

// FuzzNew: no address breaks the reader, and no channel's name tells its secrets.
func FuzzNew(f *testing.F) {
	for _, s := range []string{"smtp://u:mậtkhẩu@mail.example:587/?from=a@b.example&to=c@d.example,e@f.example", "smtps://[::1]:465/?from=x", "https://h.example/x?y=1", "zalo://tok@oa?to=1",
		"telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@kenh", "generic+https://h/x", "smtp://", "://", "zalo://a:b@c?to=%zz", "teams://a@b/c/d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		list, err := New(address, Options{})
		if err != nil {
			var bad BadAddress
			if !errors.As(err, &bad) {
				t.Errorf("%q: %v has no code", address, err)
			}
			return
		}
		if u, err := url.Parse(address); err == nil && u.User != nil {
			if p, ok := u.User.Password(); ok && len(p) > 8 && p != u.Host && strings.Contains(list[0].ID(), p) {
				t.Errorf("%q is named %q", address, list[0].ID())
			}
		}
	})
}
