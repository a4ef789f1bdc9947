package gen

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// Post is where an Alertmanager sends what loa's rules raise. Addresses are
// plain (a@b.example); secrets are names of files, never the secrets.
type Post struct {
	Server       string            // the mail server, host:port; TLS is required
	From         string            // the sender's address
	User         string            // at the mail server; "" for none
	PasswordFile string            // where User's password is
	Officer      []string          // who watches the plan
	Head         []string          // to whom a miss goes that lies too long
	Security     []string          // who answers for safety: hijacked sites, outages, certificates
	Duty         []string          // is told of an outage at any hour
	Operator     []string          // who keeps loa and its sources running
	Owners       map[string]string // agency id → address of who publishes or keeps a site there
	Telegram     int64             // the officers' chat; 0 for none. Alertmanager 0.26 or newer
	TokenFile    string            // where the bot's token is
	Webhook      string            // also gets what the officer gets; "" for none
	WebhookToken string            // file with the token that the webhook asks for; "" for none
	Watchdog     string            // a dead man's switch outside, called every five minutes; "" for none
	Off          map[string]string // days off, "2023-01-20" → name, as in plans/holidays
}

// Shipped are the addresses of the file that is committed: none of them exists.
func Shipped(off map[string]string) Post {
	return Post{Server: "smtp.tinh.example:587", From: "loa@tinh.example", User: "loa@tinh.example", PasswordFile: "/etc/prometheus/loa-smtp-password",
		Officer: []string{"chuyen-vien@tinh.example"}, Head: []string{"truong-phong@tinh.example"}, Security: []string{"an-toan@tinh.example"}, Duty: []string{"truc@tinh.example"},
		Operator: []string{"van-hanh@tinh.example"}, Off: off}
}

//go:embed alertmanager.yml.tmpl
var postText string

//go:embed loa.tmpl
var noticeText []byte

// Alertmanager makes its configuration and the templates of what it sends.
func Alertmanager(p Post) ([]File, error) {
	off, err := daysOff(p.Off)
	if err != nil {
		return nil, err
	}
	t, err := template.New("alertmanager").Funcs(template.FuncMap{"q": strconv.Quote, "join": func(s []string) string { return strings.Join(s, ", ") }}).Parse(postText)
	if err != nil {
		return nil, fmt.Errorf("alertmanager template: %w", err)
	}
	type owner struct{ ID, Name, Mail, Both string }
	var owners []owner
	for _, id := range slices.Sorted(maps.Keys(p.Owners)) {
		both := slices.Concat(p.Security, []string{p.Owners[id]})
		owners = append(owners, owner{id, strings.ReplaceAll(id, "/", "-"), p.Owners[id], strings.Join(both, ", ")})
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, map[string]any{"P": p, "Owners": owners, "Off": off}); err != nil {
		return nil, fmt.Errorf("alertmanager template: %w", err)
	}
	return []File{
		{"alertmanager/alertmanager.yml", buf.Bytes()},
		{"alertmanager/templates/loa.tmpl", noticeText},
	}, nil
}

// stretch is days off in a row in one month, in the words of a time interval:
// it has no way to say from one month into the next.
type stretch struct {
	Year, Month int
	Days        string // "20:26"
	Name        string // of the first day
}

// daysOff makes stretches of days, by date.
func daysOff(off map[string]string) ([]stretch, error) {
	var out []stretch
	var first, last time.Time
	for _, key := range slices.Sorted(maps.Keys(off)) {
		day, err := time.Parse(time.DateOnly, key)
		if err != nil {
			return nil, fmt.Errorf("day off: %w", err)
		}
		if len(out) == 0 || !day.Equal(last.AddDate(0, 0, 1)) || day.Month() != first.Month() {
			first = day
			out = append(out, stretch{Year: day.Year(), Month: int(day.Month()), Name: off[key]})
		}
		last = day
		out[len(out)-1].Days = fmt.Sprintf("%d:%d", first.Day(), last.Day())
	}
	return out, nil
}
