package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"code.dny.dev/ssrf"

	"loa/notify"
)

// zaloAPI is where an Official Account sends messages of counsel from
// (https://developers.zalo.me/docs/official-account).
const zaloAPI = "https://openapi.zalo.me/v3.0/oa/message/cs"

// mostAnswer is how much of an answer is read.
const mostAnswer = 64 << 10

// zalo sends by a Zalo Official Account. Off until an address is set.
type zalo struct {
	id, address, token, to, api string
	client                      *http.Client
	opt                         Options
}

func newZalo(address string, opt Options) (Channel, error) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil || u.User.Username() == "" {
		return nil, BadAddress{"no_token", "zalo"}
	}
	q := u.Query()
	z := &zalo{id: id("zalo", q.Get("to")), address: address, token: u.User.Username(), to: q.Get("to"), api: zaloAPI, opt: opt}
	if z.to == "" {
		return nil, BadAddress{"no_to", "zalo"}
	}
	if api := q.Get("api"); api != "" {
		if !opt.AllowHTTP {
			return nil, BadAddress{"no_tls", "zalo"}
		}
		z.api = api
	}
	z.client = serviceClient(opt, ssrf.WithPorts(443))
	return z, nil
}

// post sends JSON to a service and gives its answer, as much of it as is read.
func post(ctx context.Context, client *http.Client, address string, header http.Header, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrForGood, err)
	}
	for name, values := range header {
		req.Header.Set(name, values[0])
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(io.LimitReader(res.Body, mostAnswer)); err != nil {
		return res.StatusCode, nil, fmt.Errorf("read the answer: %w", err)
	}
	return res.StatusCode, answer, nil
}

// serviceClient asks one service: bounded, without a proxy of the environment, no
// redirect followed; outside tests public addresses alone, by TLS, at the ports that are let.
func serviceClient(opt Options, ports ssrf.Option) *http.Client {
	dialer := &net.Dialer{Timeout: opt.Timeout, Control: publicOnly(opt.AllowHTTP, ports)}
	return &http.Client{Timeout: opt.Timeout, Transport: &http.Transport{Proxy: nil, DialContext: dialer.DialContext, MaxResponseHeaderBytes: mostAnswer, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (z *zalo) ID() string { return z.id }

func (z *zalo) Send(ctx context.Context, d notify.Delivery, n notify.Notice) error {
	return hidden(z.send(ctx, n), z.address)
}

func (z *zalo) send(ctx context.Context, n notify.Notice) error {
	body, err := json.Marshal(map[string]any{"recipient": map[string]string{"user_id": z.to}, "message": map[string]string{"text": n.Copy()}})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForGood, err)
	}
	status, text, err := post(ctx, z.client, z.api, http.Header{"access_token": {z.token}}, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("zalo answered %d", status)
	}
	var answer struct { // always 200; what went wrong stands in it
		Error   int    `json:"error"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("zalo answered no JSON: %w", err)
	}
	switch answer.Error {
	case 0:
		return nil
	case -201, -213, -216, -230: // bad parameter, not a follower, token no longer valid, not within the time for free messages
		return fmt.Errorf("%w: zalo error %d: %s", ErrForGood, answer.Error, answer.Message)
	}
	return fmt.Errorf("zalo error %d: %s", answer.Error, answer.Message)
}

// publicOnly refuses every address that is not public, as it is dialled; nil where the office's own are let.
func publicOnly(inside bool, ports ssrf.Option) func(network, address string, c syscall.RawConn) error {
	if inside {
		return nil
	}
	return ssrf.New(ports).Safe
}
