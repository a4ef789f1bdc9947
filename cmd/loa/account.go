package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"loa/viet"
	"loa/web"
	"loa/web/access"
)

type accountCmd struct {
	List     accountListCmd     `cmd:"" help:"In các tài khoản."`
	Add      accountAddCmd      `cmd:"" help:"Lập tài khoản; mật khẩu đọc từ stdin, phải đổi ở lần đăng nhập đầu."`
	Password accountPasswordCmd `cmd:"" help:"Đặt lại mật khẩu (đọc từ stdin) và kết thúc các phiên."`
	End      accountEndCmd      `cmd:"" help:"Ngừng dùng một tài khoản và kết thúc các phiên."`
}

type accountListCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

type accountAddCmd struct {
	accountListCmd
	Login      string `arg:"" help:"Tên đăng nhập: chữ thường không dấu, chữ số, dấu chấm, gạch."`
	Name       string `required:"" help:"Họ tên hoặc bộ phận."`
	Role       string `required:"" enum:"officer,reviewer,home-affairs,district,clerk,planner,editor,reader,inspector,admin" placeholder:"VAI" help:"Vai trò: officer chuyên viên, reviewer người duyệt, home-affairs Sở Nội vụ, district huyện, clerk đầu mối, planner lập lịch, editor Báo, reader xem, inspector kiểm tra, admin quản trị."`
	Agency     string `help:"Cơ quan, đơn vị, với vai trò chỉ thấy phần của mình."`
	NoPassword bool   `help:"Không có mật khẩu: chỉ đăng nhập qua hệ thống khác."`
	By         string `help:"Ai lập (mặc định: người dùng của máy)."`
}

type accountPasswordCmd struct {
	accountListCmd
	Login string `arg:"" help:"Tên đăng nhập."`
	By    string `help:"Ai đặt (mặc định: người dùng của máy)."`
}

type accountEndCmd struct {
	accountListCmd
	Login string `arg:"" help:"Tên đăng nhập."`
	By    string `help:"Ai ngừng (mặc định: người dùng của máy)."`
}

// gate opens the plan and the gate of its desk.
func (c accountListCmd) gate(a *app) (*engine, *access.Gate, error) {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return nil, nil, err
	}
	return e, access.NewGate(e.store, e.business, e.machine), nil
}

// Run prints every account, by login.
func (c *accountListCmd) Run(a *app) error {
	e, _, err := c.gate(a)
	if err != nil {
		return err
	}
	defer e.close()
	all, err := e.store.Accounts(a.ctx)
	if err != nil {
		return fmt.Errorf("đọc tài khoản: %w", err)
	}
	if len(all) == 0 {
		fmt.Fprintln(a.Out, "Chưa có tài khoản nào.")
		return nil
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, x := range all {
		state := "đang dùng"
		if !x.Ended.IsZero() {
			state = "ngừng từ " + viet.Day(x.Ended)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", x.Login, x.Name, x.Role.Word(), strings.Join(x.Agencies, " "), state)
	}
	return w.Flush()
}

// typed is the first line of stdin: a password never stands among the arguments, which others on the machine can see.
func typed(a *app) (string, error) {
	fmt.Fprintln(a.Err, "loa: nhập mật khẩu, rồi xuống dòng:")
	line, err := bufio.NewReader(a.In).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usagef("chưa có mật khẩu trên stdin (%v)", err)
	}
	return viet.NFC(line), nil
}

// accountRefused words what cannot be.
func accountRefused(err error) error {
	if r, ok := errors.AsType[web.Refusal](web.AccountRefusal(err)); ok {
		return usagef("%s", strings.TrimSuffix(r.Text, "."))
	}
	return err
}

// Run makes an account.
func (c *accountAddCmd) Run(a *app) error {
	e, gate, err := c.gate(a)
	if err != nil {
		return err
	}
	defer e.close()
	x := access.Account{Login: c.Login, Name: viet.Clean(c.Name), Role: access.Role(c.Role)}
	if c.Agency != "" && x.Role.Scoped() {
		of, err := e.viewer(c.Agency)
		if err != nil {
			return err
		}
		x.Agencies = []string{of.ID}
	}
	password := ""
	if !c.NoPassword {
		if password, err = typed(a); err != nil {
			return err
		}
	}
	act := access.Act{By: access.Actor{Name: actor(c.By), Role: access.Admin}, At: e.business()}
	if x, err = gate.New(a.ctx, x, password, true, act); err != nil {
		return accountRefused(err)
	}
	fmt.Fprintf(a.Out, "Đã lập tài khoản %s (%s).\n", x.Login, x.Role.Word())
	return nil
}

// found is the account of a login.
func found(a *app, e *engine, login string) (access.Account, error) {
	x, ok, err := e.store.FindAccount(a.ctx, strings.ToLower(login))
	if err == nil && (!ok || x.Login != strings.ToLower(login)) {
		err = usagef("không có tài khoản «%s»; xem loa account list", login)
	}
	return x, err
}

// Run sets a password.
func (c *accountPasswordCmd) Run(a *app) error {
	e, gate, err := c.gate(a)
	if err != nil {
		return err
	}
	defer e.close()
	x, err := found(a, e, c.Login)
	if err != nil {
		return err
	}
	password, err := typed(a)
	if err != nil {
		return err
	}
	if err := gate.SetPassword(a.ctx, x, password, true, access.Act{By: access.Actor{Name: actor(c.By), Role: access.Admin}, At: e.business()}); err != nil {
		return accountRefused(err)
	}
	fmt.Fprintf(a.Out, "Đã đặt lại mật khẩu của %s; các phiên đã kết thúc.\n", x.Login)
	return nil
}

// Run ends an account.
func (c *accountEndCmd) Run(a *app) error {
	e, gate, err := c.gate(a)
	if err != nil {
		return err
	}
	defer e.close()
	x, err := found(a, e, c.Login)
	if err != nil {
		return err
	}
	if !x.Ended.IsZero() {
		return usagef("tài khoản %s đã ngừng từ %s", x.Login, viet.Day(x.Ended))
	}
	act := access.Act{By: access.Actor{Name: actor(c.By), Role: access.Admin}, At: e.business()}
	x.Ended = time.Now()
	if err := gate.Put(a.ctx, x, act); err != nil {
		return accountRefused(err)
	}
	if err := e.store.EndSessions(a.ctx, x.ID, "", e.machine(), act); err != nil {
		return fmt.Errorf("kết thúc phiên: %w", err)
	}
	fmt.Fprintf(a.Out, "Tài khoản %s đã ngừng.\n", x.Login)
	return nil
}
