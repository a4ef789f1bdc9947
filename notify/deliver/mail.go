package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"loa/notify"
)

// mailer sends e-mail.
type mailer struct {
	id, address, from string
	reply             string // whom an answer goes to, "" if to who sends
	to                []string
	host              string
	opts              []gomail.Option
	opt               Options
}

func newMail(address string, opt Options) (Channel, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, BadAddress{"no_host", "smtp"}
	}
	q := u.Query()
	from, err := recipients(q.Get("from"))
	if err != nil {
		return nil, err
	}
	if len(from) != 1 {
		return nil, BadAddress{"no_from", "smtp"}
	}
	to, err := recipients(q.Get("to"))
	if err != nil {
		return nil, err
	}
	reply, err := recipients(q.Get("reply"))
	if err != nil {
		return nil, err
	}
	m := &mailer{id: id("smtp "+u.Host, u.Scheme, u.User.Username(), u.Host, from[0], strings.Join(to, ","), strings.Join(reply, ",")), address: address, from: from[0], to: to, host: u.Hostname(), opt: opt}
	if len(reply) > 0 {
		m.reply = reply[0]
	}
	m.opts = []gomail.Option{gomail.WithTimeout(opt.Timeout)}
	switch tls := q.Get("tls"); {
	case u.Scheme == "smtps":
		m.opts = append(m.opts, gomail.WithSSLPort(false))
	case tls == "none":
		m.opts = append(m.opts, gomail.WithTLSPortPolicy(gomail.NoTLS))
	case tls == "":
		m.opts = append(m.opts, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	default:
		return nil, BadAddress{"bad_tls", "smtp"}
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, BadAddress{"no_host", "smtp"}
		}
		m.opts = append(m.opts, gomail.WithPort(n))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		m.opts = append(m.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return m, nil
}

func (m *mailer) ID() string { return m.id }

// Send hands one message to the server. Its Message-ID is the delivery's, so that a
// message sent twice is known for one by whoever receives it.
func (m *mailer) Send(ctx context.Context, d notify.Delivery, n notify.Notice) error {
	return hidden(m.send(ctx, d, n), m.address)
}

func (m *mailer) send(ctx context.Context, d notify.Delivery, n notify.Notice) error {
	to := m.to
	if d.Recipient != "" {
		to = []string{d.Recipient}
	}
	if len(to) == 0 {
		return fmt.Errorf("%w: no recipient", ErrForGood)
	}
	msg := gomail.NewMsg()
	if err := msg.FromFormat("loa – theo dõi tuyên truyền CCHC", m.from); err != nil {
		return fmt.Errorf("%w: from: %w", ErrForGood, err)
	}
	if err := msg.To(to...); err != nil {
		return fmt.Errorf("%w: to: %w", ErrForGood, err)
	}
	if m.reply != "" {
		if err := msg.ReplyTo(m.reply); err != nil {
			return fmt.Errorf("%w: reply-to: %w", ErrForGood, err)
		}
	}
	msg.Subject(n.Subject)
	msg.SetMessageIDWithValue(d.MessageID)
	msg.SetDateWithValue(m.opt.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, n.Text())
	client, err := gomail.NewClient(m.host, m.opts...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	ctx, cancel := context.WithTimeout(ctx, m.opt.Timeout+5*time.Second)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() { // the server has it: what fails after that, RSET or QUIT, is no reason to send it again
		return nil
	}
	var failed *gomail.SendError
	if errors.As(err, &failed) && !failed.IsTemp() && failed.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	return err
}
