package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loa/plans"
	"loa/schedule/calendar"
	"loa/viet"
)

// startCmd is `loa serve` on an office's PC (docs/WINDOWS.md): nothing is installed, everything is beside the program, and
// who double-clicks a second time comes to the one that runs.
type startCmd struct {
	serveCmd
	NoBrowser bool `env:"LOA_NO_BROWSER" help:"Không mở trình duyệt."`
}

const (
	besideData     = "loa-data"
	besidePlans    = "ke-hoach"
	besideSettings = "loa.cau-hinh.txt"
	lockName       = "dang-chay.khoa"
)

// Run serves this machine alone until its window is closed.
func (c *startCmd) Run(a *app) error {
	if !onThisMachine(c.Listen) {
		return usagef("loa start chỉ phục vụ trên chính máy này; cho máy khác vào thì dùng loa serve --listen")
	}
	if !c.does("web") || c.TLSCert != "" || len(c.ACME) > 0 {
		return usagef("loa start luôn có trang web, không mã hóa vì chỉ trên máy này: bỏ --role, --tls-cert, --acme (LOA_ROLE, LOA_TLS_CERT, LOA_ACME) hoặc dùng loa serve")
	}
	at, err := beside()
	if err != nil {
		return err
	}
	if err := passing(at.folder); err != nil {
		return err
	}
	for _, line := range at.told {
		fmt.Fprintln(a.Err, line)
	}
	if err := os.MkdirAll(a.cli.Data, 0o750); err != nil {
		return fmt.Errorf("tạo thư mục dữ liệu %s: %w", a.cli.Data, err)
	}
	lock, running, err := hold(a.ctx, filepath.Join(a.cli.Data, lockName))
	if err != nil {
		return err
	}
	if lock == nil {
		fmt.Fprintf(a.Err, "Loa đang chạy ở một cửa sổ khác: %s\n", running)
		c.show(running)
		return nil
	}
	defer lock.Close()
	if err := c.inForce(a, at); err != nil {
		return err
	}
	if c.Listen, err = freeNear(c.Listen); err != nil {
		return err
	}
	a.drives = removable
	a.began = func(setup string) {
		address := "http://" + c.Listen + "/"
		if setup != "" {
			address += "bat-dau?ma=" + setup
		}
		if err := lock.tell(address); err != nil {
			a.log.Error("write the address down", "error", err)
		}
		fmt.Fprintf(a.Err, "\nĐang chạy: %s\nDữ liệu ở: %s\nCứ để cửa sổ này mở. Đóng cửa sổ này (hoặc bấm Ctrl+C) để dừng.\n", address, a.cli.Data)
		c.show(address)
	}
	stopping := context.AfterFunc(a.ctx, func() { fmt.Fprintln(a.Err, "Đang dừng, xin đợi vài giây…") })
	defer stopping()
	return c.serveCmd.Run(a)
}

func (c *startCmd) show(address string) {
	if !c.NoBrowser {
		openBrowser(address)
	}
}

// inForce says what to do where there is no plan of today.
func (c *startCmd) inForce(a *app, at desktop) error {
	files, now := a.planFiles(), running(c.At)()
	_, err := planAt(files, c.Plan, now)
	var wrong usageError
	if c.Plan != "" || !errors.As(err, &wrong) {
		return err
	}
	ids, err := plans.IDs(files)
	if err != nil {
		return fmt.Errorf("đọc thư mục kế hoạch: %w", err)
	}
	folder, year := filepath.Join(at.folder, besidePlans), now.In(calendar.Zone).Year()
	if a.cli.Plans != "" {
		folder = a.cli.Plans
	}
	return usagef(`chưa chạy được vì không có kế hoạch nào có hiệu lực hôm nay, %s.
Đang có: %s (đọc ở %s).
Cần làm: chép thư mục kế hoạch của tỉnh vào %s
  (trong đó có tệp %s), rồi mở lại loa.
Kế hoạch năm mới lập từ năm cũ bằng lệnh: loa plan new %d --from NĂM-CŨ; kiểm tra bằng lệnh: loa check --plans %s
Muốn xem thử với tỉnh mẫu: loa demo`,
		viet.Day(now), strings.Join(ids, ", "), readFrom(a.cli.Plans), folder, filepath.Join("TỈNH", fmt.Sprintf("%d.yaml", year)), year, besidePlans)
}

func readFrom(folder string) string {
	if folder == "" {
		return "trong chương trình"
	}
	return folder
}

// freeNear is the address, or one of the next nineteen ports, or any that is free. Between this and serving somebody else
// may take it; then the next double-click finds another.
func freeNear(addr string) (string, error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", usagef("--listen «%s»: cần dạng 127.0.0.1:8080", addr)
	}
	first, err := net.LookupPort("tcp", text)
	if err != nil {
		return "", usagef("--listen «%s»: cần dạng 127.0.0.1:8080", addr)
	}
	for port := first; port < first+20 && port < 1<<16; port++ {
		if ln, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(port))); err == nil {
			return ln.Addr().String(), ln.Close()
		}
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("mở cổng trên máy này: %w", err)
	}
	return ln.Addr().String(), ln.Close()
}

// lockFile is held by the one that runs, from the operating system: of a crash nothing is left but its text, the address.
type lockFile struct{ *os.File }

// tell writes down where the desk is.
func (l *lockFile) tell(address string) error {
	if err := l.Truncate(0); err != nil {
		return err
	}
	_, err := l.WriteAt([]byte(address+"\n"), 0)
	return errors.Join(err, l.Sync())
}

// Close forgets the address and lets the next one run.
func (l *lockFile) Close() error { return errors.Join(l.Truncate(0), l.File.Close()) }

const (
	otherStarts = 30 * time.Second       // how long one that starts may take before it answers
	askOther    = 200 * time.Millisecond // between two questions whether it does
)

// hold takes the lock, or gives the address of the one that has it and answers there. One that holds the lock and answers
// nothing for long is an error; one that crashed holds nothing.
func hold(ctx context.Context, name string) (*lockFile, string, error) {
	for end := time.Now().Add(otherStarts); ; {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, "", fmt.Errorf("mở %s: %w", name, err)
		}
		free, err := lock(f)
		if err == nil && free {
			return &lockFile{f}, "", nil
		}
		text, rerr := io.ReadAll(io.LimitReader(f, 1<<10))
		if err = errors.Join(err, rerr, f.Close()); err != nil {
			return nil, "", fmt.Errorf("đọc %s: %w", name, err)
		}
		address := strings.TrimSpace(string(text))
		if answers(ctx, address) {
			return nil, address, nil
		}
		if time.Now().After(end) {
			return nil, "", usagef("loa đang chạy ở một cửa sổ khác trên cùng dữ liệu (%s) nhưng không trả lời; đóng cửa sổ ấy, đợi vài giây rồi mở lại", filepath.Dir(name))
		}
		select {
		case <-ctx.Done():
			return nil, "", ctx.Err()
		case <-time.After(askOther):
		}
	}
}

// answers asks this machine's /healthz. Whoever wrote the address down, no other machine is asked.
func answers(ctx context.Context, address string) bool {
	rest, ok := strings.CutPrefix(address, "http://")
	host, _, _ := strings.Cut(rest, "/")
	if !ok || !onThisMachine(host) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host); err != nil {
		return false
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return false
	}
	return res.StatusCode == http.StatusOK && res.Body.Close() == nil
}
