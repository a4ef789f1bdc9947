package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"

	"loa/viet"
	"loa/web"
	"loa/web/access"
)

// entrance are the settings of who comes in to the desk, and how.
type entrance struct {
	OIDCIssuer     string   `name:"oidc-issuer" env:"LOA_OIDC_ISSUER" group:"Đăng nhập" help:"Hệ thống đăng nhập một lần (OpenID Connect): địa chỉ của bên cấp." placeholder:"URL"`
	OIDCClient     string   `name:"oidc-client" env:"LOA_OIDC_CLIENT" group:"Đăng nhập" help:"Mã ứng dụng mà bên cấp đặt cho loa." placeholder:"TEXT"`
	OIDCSecretFile string   `name:"oidc-secret-file" type:"existingfile" env:"LOA_OIDC_SECRET_FILE" group:"Đăng nhập" help:"Tệp chứa khóa bí mật của ứng dụng." placeholder:"FILE"`
	OIDCName       string   `name:"oidc-name" default:"hệ thống đăng nhập một lần" group:"Đăng nhập" help:"Tên của hệ thống ấy trên nút bấm." placeholder:"TEXT"`
	ProxyHeader    string   `env:"LOA_PROXY_HEADER" group:"Đăng nhập" help:"Tên tiêu đề mà máy chủ trung gian dùng để cho biết ai đã đăng nhập; cần --proxy-from." placeholder:"TEXT"`
	ProxyFrom      []string `env:"LOA_PROXY_FROM" group:"Đăng nhập" help:"Địa chỉ của máy chủ trung gian được tin (dải mạng hoặc địa chỉ)." placeholder:"CIDR"`
}

// settings checks them and makes of them what the desk needs. address is the desk's as people reach it.
func (c entrance) settings(e *engine, address string) (web.Login, error) {
	in := web.Login{Gate: access.NewGate(e.store, e.business, e.machine), Secure: strings.HasPrefix(address, "https://"), Steps: e.firstSteps, ProxyHeader: c.ProxyHeader}
	for _, text := range c.ProxyFrom {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			ip, errIP := netip.ParseAddr(text)
			if errIP != nil {
				return in, usagef("--proxy-from «%s»: cần dạng 10.0.0.5 hoặc 10.0.0.0/24", text)
			}
			p = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		if p.Bits() == 0 {
			return in, usagef("--proxy-from «%s»: mọi máy đều tự xưng được là ai", text)
		}
		in.ProxyFrom = append(in.ProxyFrom, p.Masked())
	}
	if c.ProxyHeader != "" && len(in.ProxyFrom) == 0 {
		return in, usagef("--proxy-header cần --proxy-from: máy chủ trung gian nào được tin")
	}
	if c.OIDCIssuer == "" {
		return in, nil
	}
	if c.OIDCClient == "" {
		return in, usagef("--oidc-issuer cần --oidc-client")
	}
	secret := ""
	if c.OIDCSecretFile != "" {
		text, err := os.ReadFile(c.OIDCSecretFile)
		if err != nil {
			return in, fmt.Errorf("đọc --oidc-secret-file: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	in.SignOn = access.NewSignOn(c.OIDCName, strings.TrimSuffix(c.OIDCIssuer, "/"), c.OIDCClient, secret, strings.TrimSuffix(address, "/")+"/dang-nhap/mot-lan/ve")
	return in, nil
}

// peopled reports whether there is an account: before, only this machine is served.
func (e *engine) peopled(ctx context.Context) (bool, error) {
	all, err := e.store.Accounts(ctx)
	if err != nil {
		return false, fmt.Errorf("đọc tài khoản: %w", err)
	}
	return len(all) > 0, nil
}

// firstSteps is what has to be done before the desk is of use, and how far it is.
func (e *engine) firstSteps(ctx context.Context) ([]web.Step, error) {
	plan := e.inUse()
	accounts, err := e.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	officers := 0
	for _, a := range accounts {
		if a.Role == access.Officer && a.Ended.IsZero() {
			officers++
		}
	}
	health, err := e.store.Health(ctx)
	if err != nil {
		return nil, err
	}
	read, doubtful := 0, 0
	for _, s := range plan.Sources {
		if !health[s.ID].LastOK.IsZero() {
			read++
		}
		if s.Verify {
			doubtful++
		}
	}
	receipts, err := e.store.Receipts(ctx)
	if err != nil {
		return nil, err
	}
	reached := 0
	for _, a := range plan.Agencies {
		if a.Contact.Phone != "" || a.Contact.Email != "" {
			reached++
		}
	}
	told := "Chưa đặt kênh báo tin: người quản trị máy chủ đặt khi chạy hệ thống."
	if e.desks != nil {
		told = "Đã đặt kênh báo tin."
	}
	sources := fmt.Sprintf("Đã đọc được %s/%s nguồn.", viet.Number(read), viet.Number(len(plan.Sources)))
	if doubtful > 0 {
		sources += fmt.Sprintf(" %s địa chỉ cần xác nhận trước khi đọc.", viet.Number(doubtful))
	}
	return []web.Step{
		{Title: "Lập tài khoản cho chuyên viên theo dõi", Text: "Quản trị lập tài khoản; chuyên viên duyệt tin, bài, nhập nhật ký và chốt số liệu. Cơ quan, đơn vị và Đài, Báo có tài khoản riêng chỉ thấy phần của mình.", Path: "/quan-tri/tai-khoan", Done: officers > 0, State: fmt.Sprintf("Có %s chuyên viên.", viet.Number(officers))},
		{Title: "Xem các nguồn", Text: "Mỗi báo, cổng, trang thông tin điện tử là một nguồn. Nguồn chưa đọc được thì kỳ ấy ghi «chưa đủ dữ liệu», không ghi «chưa đạt».", Path: "/nguon", Done: read > 0, State: sources},
		{Title: "Nhập nhật ký phát sóng đầu tiên", Text: "Tuần nào chưa có nhật ký của Đài thì chưa kết luận được tuần ấy.", Path: "/phat-song/nhap", Done: len(receipts) > 0, State: fmt.Sprintf("Đã nhận %s nhật ký.", viet.Number(len(receipts)))},
		{Title: "Ghi số điện thoại đầu mối", Text: "Để «Việc hôm nay» cho biết gọi ai khi còn kịp.", Path: "/cai-dat", Done: reached > 0, State: fmt.Sprintf("Có đầu mối của %s/%s cơ quan, đơn vị.", viet.Number(reached), viet.Number(len(plan.Agencies)))},
		{Title: "Đặt kênh báo tin", Text: "Thư điện tử hoặc nhóm trò chuyện nhận cảnh báo sớm.", Done: e.desks != nil, State: told},
	}, nil
}

// sampleAccounts makes an account of each role in an invented province, for people to look at the desk as each of them.
func (e *engine) sampleAccounts(ctx context.Context) error {
	gate := access.NewGate(e.store, e.business, e.machine)
	act := access.Act{By: access.Actor{Name: "Dữ liệu mẫu", Role: access.Admin}, At: e.business()}
	for _, x := range []struct {
		login, name string
		role        access.Role
		agency      string
	}{
		{"chuyenvien", "Chuyên viên (mẫu)", access.Officer, ""},
		{"nguoiduyet", "Người duyệt (mẫu)", access.Reviewer, ""},
		{"noivu", "Chuyên viên Sở Nội vụ (mẫu)", access.HomeAffairs, ""},
		{"khemay", "Văn phòng huyện (mẫu)", access.District, "huyen-khe-may"},
		{"sotuphap", "Cán bộ đầu mối (mẫu)", access.Clerk, "so-tu-phap"},
		{"dai", "Người lập lịch (mẫu)", access.Planner, "dai-ptth"},
		{"bao", "Biên tập viên (mẫu)", access.Editor, "bao"},
		{"lanhdao", "Lãnh đạo (mẫu)", access.Reader, ""},
		{"kiemtra", "Người kiểm tra (mẫu)", access.Inspector, ""},
		{"quantri", "Quản trị (mẫu)", access.Admin, ""},
	} {
		a := access.Account{Login: x.login, Name: x.name, Role: x.role}
		if x.agency != "" {
			a.Agencies = []string{e.agencyID(x.agency)}
		}
		if _, ok, err := e.store.FindAccount(ctx, x.login); err != nil || ok {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := gate.New(ctx, a, "", false, act); err != nil {
			return fmt.Errorf("tài khoản mẫu %s: %w", x.login, err)
		}
	}
	return nil
}

// sampleLogin lets everybody in as the officer, and change to any sample account.
func (e *engine) sampleLogin(ctx context.Context) (web.Login, error) {
	officer, ok, err := e.store.FindAccount(ctx, "chuyenvien")
	if err != nil || !ok {
		return web.Login{}, fmt.Errorf("tài khoản mẫu chuyenvien (%v): %w", ok, err)
	}
	return web.Login{Gate: access.NewGate(e.store, e.business, time.Now), Samples: true, Steps: e.firstSteps, Guest: officer.Actor()}, nil
}
