package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/notify"
)

// Pump sends what waits in an outbox. Many nodes may pump one outbox.
type Pump struct {
	Outbox   notify.Outbox
	Channels []Channel
	Node     string
	Machine  func() time.Time
	Jitter   func() float64 // 0 to 1
	Log      *slog.Logger
}

// leased is how long a message is one node's: longer than a try may take.
const leased = 5 * time.Minute

// Turn sends everything that is due over the pump's channels, one after the other, and tells how many
// arrived and how many did not. A try is recorded before it is made and its outcome
// after it, so that a node that dies between sends at most one message twice, with
// the same Message-ID.
func (p Pump) Turn(ctx context.Context) (sent, failed int, err error) {
	var channels []string
	for _, c := range p.Channels {
		channels = append(channels, c.ID())
	}
	for ctx.Err() == nil {
		d, n, err := p.Outbox.NextDelivery(ctx, channels, p.Node, p.Machine(), leased)
		if err != nil || d == nil {
			return sent, failed, err
		}
		o := notify.Outcome{Sent: true}
		if err := p.send(ctx, *d, *n); err != nil {
			o = notify.After(*d, p.Machine(), err, errors.Is(err, ErrForGood), p.Jitter())
			failed++
			if p.Log != nil {
				p.Log.Warn("notice not delivered", "notice", d.Notice, "channel", d.Channel, "try", d.Tries, "for good", o.Again.IsZero(), "error", err)
			}
		} else {
			sent++
		}
		if err := p.Outbox.SettleDelivery(context.WithoutCancel(ctx), *d, p.Node, p.Machine(), o); err != nil {
			return sent, failed, err
		}
	}
	return sent, failed, ctx.Err()
}

func (p Pump) send(ctx context.Context, d notify.Delivery, n notify.Notice) error {
	for _, c := range p.Channels {
		if c.ID() == d.Channel {
			return c.Send(ctx, d, n)
		}
	}
	return fmt.Errorf("no channel %q here", d.Channel)
}

// domain is that of who sends, which mail servers want to see in a Message-ID.
func domain(c Channel) string {
	if m, ok := c.(*mailer); ok {
		_, at, _ := strings.Cut(m.from, "@")
		return at
	}
	return "loa.invalid"
}

// Plan lists the deliveries of a notice over channels. recipient is the mail
// address of whoever has none in the channel's own, "" where the channels say it.
func Plan(n notify.Notice, to []Channel, recipient string) []notify.Delivery {
	out := make([]notify.Delivery, 0, len(to))
	for i, c := range to {
		if slices.ContainsFunc(to[:i], func(o Channel) bool { return o.ID() == c.ID() }) { // one way, given twice
			continue
		}
		out = append(out, notify.Delivery{Notice: n.ID, Channel: c.ID(), Recipient: recipient,
			MessageID: strings.ToLower(media.Hash("message", n.ID, c.ID(), recipient)[:24]) + "@" + domain(c)})
	}
	return out
}
