package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// tokenCmd keeps who may read over the interface for programs.
type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Tạo khóa truy cập cho phần mềm; khóa chỉ in ra một lần này."`
	List   tokenListCmd   `cmd:"" help:"In các khóa."`
	Revoke tokenRevokeCmd `cmd:"" help:"Thu hồi một khóa."`
}

type programCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

type tokenAddCmd struct {
	programCmd
	Name   string   `required:"" help:"Dùng cho phần mềm nào, của ai."`
	Scope  []string `required:"" help:"Phần được đọc: standings, items, sources, plan, closings, decisions, cases, feed."`
	Agency []string `help:"Chỉ các cơ quan này, ví dụ so-noi-vu (mặc định: tất cả)."`
	Days   int      `default:"365" help:"Số ngày có hiệu lực."`
	By     string   `help:"Ai tạo (mặc định: người dùng của máy)."`
}

// Run makes a token and prints its secret.
func (c *tokenAddCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	k := access.Token{Name: c.Name, Scopes: c.Scope, Maker: actor(c.By), Expires: e.machine().AddDate(0, 0, c.Days)}
	for _, id := range c.Agency {
		k.Agencies = append(k.Agencies, e.agencyID(id))
	}
	secret, err := e.addToken(a.ctx, e.plan, k)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.Err, "loa: khóa chỉ hiện một lần này; giữ kín")
	_, err = fmt.Fprintln(a.Out, secret)
	return err
}

type tokenListCmd struct{}

// Run prints every token.
func (tokenListCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := st.Tokens(a.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	for _, k := range list {
		state := "hết hạn " + viet.Day(k.Expires.In(calendar.Zone))
		if !k.Revoked.IsZero() {
			state = "đã thu hồi " + viet.Day(k.Revoked.In(calendar.Zone))
		}
		used := "chưa dùng"
		if !k.Used.IsZero() {
			used = "dùng lần cuối " + viet.Moment(k.Used.In(calendar.Zone))
		}
		fmt.Fprintf(w, "%s…\t%s\t%s\t%s\t%s\t%s\n", k.Shown, k.Name, strings.Join(k.Scopes, ","), cmp.Or(strings.Join(k.Agencies, ","), "mọi cơ quan"), state, used)
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	programCmd
	Token string `arg:"" help:"Các ký tự đầu của khóa, như «loa token list» in."`
	By    string `help:"Ai thu hồi (mặc định: người dùng của máy)."`
}

// Run ends a token.
func (c *tokenRevokeCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.revokeToken(a.ctx, c.Token, actor(c.By)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, "Đã thu hồi.")
	return err
}

// webhookCmd keeps which programs are told when a standing changes.
type webhookCmd struct {
	Add  webhookAddCmd  `cmd:"" help:"Thêm nơi nhận thay đổi của tiến độ; in khóa ký."`
	List webhookListCmd `cmd:"" help:"In các nơi nhận và tình trạng gửi."`
	End  webhookEndCmd  `cmd:"" help:"Bỏ một nơi nhận."`
	Send webhookSendCmd `cmd:"" help:"Gửi ngay những gì đang chờ (loa serve tự gửi)."`
}

type hooks struct {
	WebhookLocal bool `env:"LOA_WEBHOOK_LOCAL" help:"Cho phép gửi thay đổi tới máy này, mạng nội bộ và qua http:// (mặc định: chỉ https:// ngoài mạng)."`
}

type webhookAddCmd struct {
	programCmd
	hooks
	Name   string   `required:"" help:"Phần mềm nào, của ai."`
	URL    string   `name:"url" required:"" help:"Địa chỉ nhận, https://…" placeholder:"URL"`
	Result []string `help:"Chỉ các kết quả này: met, missed, review, judge, below_reference, at_risk, on_track, insufficient_data, exempt."`
	Agency []string `help:"Chỉ các cơ quan này (mặc định: tất cả)."`
	Secret string   `env:"LOA_WEBHOOK_SECRET" help:"Khóa ký sẵn có, dạng whsec_… (mặc định: tạo mới)." placeholder:"TEXT"`
	By     string   `help:"Ai thêm (mặc định: người dùng của máy)."`
}

// Run subscribes a program and prints its id and secret.
func (c *webhookAddCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	e.hookLocal = c.WebhookLocal
	h := access.Hook{Name: c.Name, URL: c.URL, Results: c.Result, Secret: c.Secret, Maker: actor(c.By)}
	for _, id := range c.Agency {
		h.Agencies = append(h.Agencies, e.agencyID(id))
	}
	if h, err = e.addHook(a.ctx, e.plan, h); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "%s\t%s\n", h.ID, h.Secret)
	return err
}

type webhookListCmd struct{ programCmd }

// Run prints every hook of the plan.
func (c *webhookListCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	list, err := e.store.Hooks(a.ctx, e.plan.ID)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	for _, h := range list {
		state := "đang dùng"
		if !h.Ended.IsZero() {
			state = "đã bỏ " + viet.Day(h.Ended.In(calendar.Zone))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\tchờ %d, đã gửi %d, không gửi được %d\t%s\n", h.ID, h.Name, h.URL, state, h.Waiting, h.Sent, h.Dead, h.Trouble)
	}
	return w.Flush()
}

type webhookEndCmd struct {
	programCmd
	ID string `arg:"" help:"Mã nơi nhận, như «loa webhook list» in."`
	By string `help:"Ai bỏ (mặc định: người dùng của máy)."`
}

// Run tells a program nothing any more.
func (c *webhookEndCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.endHook(a.ctx, c.ID, actor(c.By)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, "Đã bỏ.")
	return err
}

type webhookSendCmd struct {
	programCmd
	hooks
}

// Run sends what waits and is due, once.
func (c *webhookSendCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	e.hookLocal = c.WebhookLocal
	sent, failed, err := e.hookPump().Turn(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã gửi %d, chưa gửi được %d.\n", sent, failed)
	if failed > 0 {
		return fmt.Errorf("có nơi nhận chưa nhận được (xem loa webhook list)")
	}
	return nil
}
