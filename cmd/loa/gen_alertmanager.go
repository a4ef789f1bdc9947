package main

import (
	"fmt"
	"net/mail"

	"loa/deploy/gen"
	"loa/plans"
)

type genAlertmanagerCmd struct {
	Out          string   `short:"o" default:"deploy" help:"Thư mục ghi vào (ở thư mục con alertmanager)." placeholder:"DIR"`
	Plan         string   `help:"Kế hoạch có các cơ quan được báo theo địa chỉ thư trong agencies.yaml (mặc định: không báo cơ quan nào)." placeholder:"PLAN"`
	Server       string   `help:"Máy chủ thư, máy:cổng; luôn dùng TLS." placeholder:"HOST:PORT"`
	From         string   `help:"Địa chỉ người gửi." placeholder:"MAIL"`
	User         string   `help:"Tài khoản ở máy chủ thư (mặc định: địa chỉ người gửi)." placeholder:"NAME"`
	PasswordFile string   `help:"Tệp chứa mật khẩu thư, trên máy chạy Alertmanager." placeholder:"FILE"`
	Officer      []string `help:"Chuyên viên theo dõi." placeholder:"MAIL"`
	Head         []string `help:"Nơi nhận việc chưa đạt để lâu chưa ai xử lý (phòng chuyên môn)." placeholder:"MAIL"`
	Security     []string `help:"Người phụ trách an toàn thông tin." placeholder:"MAIL"`
	Duty         []string `help:"Người trực, được báo ngừng hoạt động bất kể giờ." placeholder:"MAIL"`
	Operator     []string `help:"Người vận hành loa." placeholder:"MAIL"`
	Telegram     int64    `help:"Số nhóm Telegram của chuyên viên; cần Alertmanager 0.26 trở lên." placeholder:"CHAT"`
	TokenFile    string   `help:"Tệp chứa mã bot Telegram." placeholder:"FILE"`
	Webhook      string   `help:"Địa chỉ cũng nhận những gì chuyên viên nhận." placeholder:"URL"`
	WebhookToken string   `help:"Tệp chứa mã truy cập của --webhook." placeholder:"FILE"`
	Watchdog     string   `help:"Địa chỉ ở ngoài được gọi 5 phút một lần, để nơi ấy biết khi cảnh báo ngừng." placeholder:"URL"`
}

// Run writes Alertmanager's configuration with the days off of every year that
// is known. What has no flag keeps the committed file's example.
func (c *genAlertmanagerCmd) Run(a *app) error {
	cal, problems := plans.Holidays(a.planFiles())
	if err := refuse(problems); err != nil {
		return err
	}
	p, err := c.post(gen.Shipped(cal.Days()))
	if err != nil {
		return err
	}
	if c.Plan != "" {
		plan, err := loadPlan(a.planFiles(), c.Plan)
		if err != nil {
			return err
		}
		p.Owners = map[string]string{}
		for _, agency := range plan.Agencies {
			if agency.Contact.Email == "" {
				continue
			}
			if _, err := mail.ParseAddress(agency.Contact.Email); err != nil {
				return fmt.Errorf("%s: «%s» không phải địa chỉ thư", agency.ID, agency.Contact.Email)
			}
			p.Owners[agency.ID] = agency.Contact.Email
		}
	}
	files, err := gen.Alertmanager(p)
	if err != nil {
		return err
	}
	return written(a, c.Out, files)
}

// post puts the flags in the place of the example's addresses.
func (c *genAlertmanagerCmd) post(p gen.Post) (gen.Post, error) {
	if (c.Telegram == 0) != (c.TokenFile == "") {
		return p, usagef("--telegram và --token-file đi cùng nhau")
	}
	if c.WebhookToken != "" && c.Webhook == "" {
		return p, usagef("--webhook-token cần --webhook")
	}
	for flag, address := range map[string]string{"--webhook": c.Webhook, "--watchdog": c.Watchdog} {
		if address != "" && !webAddress(address) {
			return p, usagef("%s «%s»: cần dạng https://máy/đường-dẫn", flag, address)
		}
	}
	set := func(to *string, v string) {
		if v != "" {
			*to = v
		}
	}
	set(&p.Server, c.Server)
	if c.From != "" {
		p.From, p.User = c.From, c.From
	}
	set(&p.User, c.User)
	set(&p.PasswordFile, c.PasswordFile)
	for _, l := range []struct {
		flag string
		to   *[]string
		v    []string
	}{{"--officer", &p.Officer, c.Officer}, {"--head", &p.Head, c.Head}, {"--security", &p.Security, c.Security}, {"--duty", &p.Duty, c.Duty}, {"--operator", &p.Operator, c.Operator}} {
		for _, address := range l.v {
			if _, err := mail.ParseAddress(address); err != nil {
				return p, usagef("%s «%s»: không phải địa chỉ thư", l.flag, address)
			}
		}
		if len(l.v) > 0 {
			*l.to = l.v
		}
	}
	p.Telegram, p.TokenFile, p.Webhook, p.WebhookToken, p.Watchdog = c.Telegram, c.TokenFile, c.Webhook, c.WebhookToken, c.Watchdog
	return p, nil
}
