package deliver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"code.dny.dev/ssrf"

	"loa/notify"
)

// telegramAPI is where bots send from (https://core.telegram.org/bots/api#sendmessage).
const telegramAPI = "https://api.telegram.org"

// botToken is what a bot proves itself with: its number and its secret.
var botToken = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// telegram sends to one chat by a Telegram bot. shoutrrr is not used for it: it takes
// a failure that Telegram did not word itself, a proxy's page or a cut line, for success.
type telegram struct {
	id, address, token, chat, api string
	thread                        int // topic of the chat, 0 if none
	silent                        bool
	client                        *http.Client
	opt                           Options
}

// newTelegram makes a channel of each chat, so that what one refuses is not sent to
// the others again.
func newTelegram(address string, opt Options) ([]Channel, error) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return nil, BadAddress{"no_token", "telegram"}
	}
	secret, _ := u.User.Password()
	token := u.User.Username() + ":" + secret
	if !botToken.MatchString(token) {
		return nil, BadAddress{"no_token", "telegram"}
	}
	q := u.Query()
	base := telegramAPI
	if api := q.Get("api"); api != "" {
		if !opt.AllowHTTP {
			return nil, BadAddress{"no_tls", "telegram"}
		}
		base = api
	}
	client := serviceClient(opt, ssrf.WithPorts(443))
	var out []Channel
	for _, to := range strings.Split(q.Get("chats")+","+q.Get("channels"), ",") {
		if to = strings.TrimSpace(to); to == "" {
			continue
		}
		t := &telegram{id: id("telegram", u.User.Username(), to), address: address, token: token, chat: to, api: base, silent: strings.EqualFold(q.Get("notification"), "no"), client: client, opt: opt}
		if chat, topic, ok := strings.Cut(to, ":"); ok {
			if n, err := strconv.Atoi(topic); err == nil {
				t.chat, t.thread = chat, n
			}
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, BadAddress{"no_to", "telegram"}
	}
	return out, nil
}

func (t *telegram) ID() string { return t.id }

func (t *telegram) Send(ctx context.Context, _ notify.Delivery, n notify.Notice) error {
	return hidden(t.send(ctx, n), t.address)
}

func (t *telegram) send(ctx context.Context, n notify.Notice) error {
	body, err := json.Marshal(struct {
		Chat   string `json:"chat_id"`
		Thread int    `json:"message_thread_id,omitempty"`
		Text   string `json:"text"`
		Silent bool   `json:"disable_notification,omitempty"`
	}{t.chat, t.thread, n.Subject + "\n" + n.Copy(), t.silent})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	status, text, err := post(ctx, t.client, strings.TrimSuffix(t.api, "/")+"/bot"+t.token+"/sendMessage", nil, body)
	if err != nil {
		return err
	}
	var answer struct {
		OK          bool   `json:"ok"`
		Code        int    `json:"error_code"`
		Description string `json:"description"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("telegram answered %d and no JSON: %w", status, err)
	}
	if status == http.StatusOK && answer.OK {
		return nil
	}
	err = fmt.Errorf("telegram answered %d: error %d: %s", status, answer.Code, answer.Description)
	if answer.Code == http.StatusBadRequest || answer.Code == http.StatusForbidden { // no such chat, or the bot is not let in
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	return err
}
