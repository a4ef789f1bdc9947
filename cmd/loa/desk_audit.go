package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/monitor"
	"loa/notify/deliver"
	"loa/schedule"
	"loa/store"
	"loa/web"
	"loa/web/access"
	"loa/web/api"
	"loa/web/trail"
)

// trailDoor is where the desk reads the trail.
func (e *engine) trailDoor() *trail.Door {
	return &trail.Door{List: e.store.Trail, Kinds: e.store.TrailKinds, Verify: e.store.VerifyTrail,
		People: func(ctx context.Context) ([]string, error) { return e.store.TrailActors(ctx, mostPeople) }}
}

// mostPeople is how many names the trail's filter offers.
const mostPeople = 500

// recordAct puts into the trail what a person did on the desk and what leaves no other trace.
func (e *engine) recordAct(ctx context.Context, actor access.Actor, kind, subject, before, after string) error {
	who := actor.String()
	if who == "" {
		who = "không rõ"
	}
	return e.store.RecordAct(ctx, store.Act{At: e.business(), Actor: who, Kind: kind, Subject: subject, Before: before, After: after})
}

// api is the interface for programs.
func (e *engine) api(plan *schedule.Plan) http.Handler {
	return api.New(api.Options{Plan: plan, Business: e.business, Machine: e.machine, Version: version, Token: e.store.Token, Items: e.store.APIItems, Health: e.store.Health,
		Holiday: e.holiday, Log: e.app.log, Pace: &e.pace, ClosingRows: e.store.ClosingRows,
		Evaluation: func(ctx context.Context) (schedule.Evaluation, bool, error) { return e.store.Evaluation(ctx, plan.ID) },
		Edition:    func(ctx context.Context) (string, error) { return e.store.Edition(ctx, plan.ID) },
		Credits: func(ctx context.Context, owner string) ([]schedule.Credit, error) {
			m, err := e.store.Detail(ctx, plan.ID, "", owner, "")
			return m.Credits, err
		},
		Closings: func(ctx context.Context) ([]schedule.Closing, error) {
			return e.store.ClosingHeads(ctx, plan.ID, time.Time{})
		},
		Decisions: func(ctx context.Context) ([]schedule.Decision, error) {
			return e.store.Decisions(ctx, plan.ID, time.Time{})
		},
		Cases: func(ctx context.Context) ([]schedule.Case, error) {
			acts, err := e.store.CaseActs(ctx, plan.ID, time.Time{})
			if err != nil {
				return nil, err
			}
			return schedule.Cases(acts)
		},
	})
}

// programs is what the desk's settings do for programs that read and are told.
func (e *engine) programs(plan *schedule.Plan) *web.Programs {
	return &web.Programs{
		Tokens: e.store.Tokens,
		AddToken: func(ctx context.Context, k access.Token) (string, error) {
			secret, err := e.addToken(ctx, plan, k)
			return secret, deskError(err)
		},
		RevokeToken: func(ctx context.Context, id, by string) error {
			return deskError(e.revokeToken(ctx, id, by))
		},
		Hooks: func(ctx context.Context) ([]access.Hook, error) { return e.store.Hooks(ctx, plan.ID) },
		AddHook: func(ctx context.Context, h access.Hook) (string, error) {
			h, err := e.addHook(ctx, plan, h)
			return h.Secret, deskError(err)
		},
		EndHook: func(ctx context.Context, id, by string) error { return deskError(e.endHook(ctx, id, by)) },
		CreditFeed: func(ctx context.Context, owner, form, base, path string) ([]byte, string, error) {
			m, err := e.store.Detail(ctx, plan.ID, "", owner, "")
			if err != nil {
				return nil, "", err
			}
			return api.Feed(plan, owner, m.Credits, form, base+path, base+"/")
		},
		Results: api.Results(), ResultWord: api.ResultWord,
	}
}

// mostDays is how long a token lives at most.
const mostDays = 3 * 366

// addToken makes a token and gives its secret, which is kept nowhere. Its Expires says until when it lives.
func (e *engine) addToken(ctx context.Context, plan *schedule.Plan, k access.Token) (string, error) {
	k.Name = strings.TrimSpace(k.Name)
	k.Made = e.machine()
	switch {
	case k.Name == "":
		return "", usagef("cần ghi khóa dùng cho phần mềm nào, của ai")
	case len([]rune(k.Name)) > 200:
		return "", usagef("tên khóa quá dài")
	case len(k.Scopes) == 0:
		return "", usagef("cần chọn ít nhất một phần được đọc")
	case !k.Expires.After(k.Made) || k.Expires.After(k.Made.AddDate(0, 0, mostDays)):
		return "", usagef("khóa phải có hạn, nhiều nhất ba năm")
	}
	for _, s := range k.Scopes {
		if !slices.ContainsFunc(access.Scopes(), func(x access.Scope) bool { return x.Name == s }) {
			return "", usagef("không có phần được đọc «%s»", s)
		}
	}
	if err := known(plan, k.Agencies); err != nil {
		return "", err
	}
	secret, shown, hash := access.NewSecret()
	k.Shown = shown
	return secret, e.store.AddToken(ctx, k, hash, e.business())
}

// known refuses agencies that are not the plan's.
func known(plan *schedule.Plan, agencies []string) error {
	for _, id := range agencies {
		known := false
		for _, a := range plan.Agencies {
			known = known || a.ID == id
		}
		if !known {
			return usagef("kế hoạch không có cơ quan «%s»", id)
		}
	}
	return nil
}

func (e *engine) revokeToken(ctx context.Context, which, by string) error {
	done, err := e.store.RevokeToken(ctx, which, by, e.machine(), e.business())
	if err == nil && !done {
		return usagef("không có khóa này, hoặc khóa đã bị thu hồi")
	}
	return err
}

// addHook subscribes a program to changes of standings. A secret is made if none is given.
func (e *engine) addHook(ctx context.Context, plan *schedule.Plan, h access.Hook) (access.Hook, error) {
	h.Name, h.URL, h.Plan, h.Made = strings.TrimSpace(h.Name), strings.TrimSpace(h.URL), plan.ID, e.business()
	if h.Name == "" {
		return h, usagef("cần ghi nơi nhận là phần mềm nào, của ai")
	}
	if err := e.checkHook(h.URL); err != nil {
		return h, err
	}
	for _, r := range h.Results {
		if !slices.Contains(api.Results(), r) {
			return h, usagef("không có kết quả «%s»", r)
		}
	}
	if err := known(plan, h.Agencies); err != nil {
		return h, err
	}
	if h.Secret == "" {
		h.Secret = access.NewHookSecret()
	} else if _, ok := access.HookKey(h.Secret); !ok {
		return h, usagef("khóa ký phải bắt đầu bằng whsec_, theo sau là ít nhất 24 byte dạng base64")
	}
	id, err := e.store.AddHook(ctx, h)
	h.ID = id
	return h, err
}

// checkHook refuses an address that will never be told anything.
func (e *engine) checkHook(address string) error {
	err := deliver.CheckHook(address, e.hookLocal)
	var bad deliver.BadAddress
	if !errors.As(err, &bad) {
		return err
	}
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	switch bad.Code {
	case "no_tls":
		return usagef("địa chỉ nhận phải bắt đầu bằng https://")
	case "inside":
		return usagef("không gửi được tới địa chỉ trong mạng nội bộ hoặc máy này (%s) khi người quản trị máy chủ chưa cho phép", host)
	}
	return usagef("địa chỉ nhận chưa đúng: cần dạng https://máy.chủ/đường-dẫn, không có tên và mật khẩu trong địa chỉ")
}

func (e *engine) endHook(ctx context.Context, id, by string) error {
	done, err := e.store.EndHook(ctx, id, by, e.business())
	if err == nil && !done {
		return usagef("không có nơi nhận này, hoặc đã bỏ từ trước")
	}
	return err
}

// hookPump tells programs what changed.
func (e *engine) hookPump() deliver.HookPump {
	return deliver.HookPump{Outbox: e.store, Node: e.node, Machine: e.machine, Jitter: rand.Float64, Local: e.hookLocal, Log: e.app.log}
}

// hooksEvery is how often a running server looks whether programs have to be told.
const hooksEvery = 10 * time.Second

func (e *engine) hookChore() monitor.Chore {
	return monitor.Chore{Name: "webhook", Every: hooksEvery, Do: func(ctx context.Context) error {
		_, _, err := e.hookPump().Turn(ctx)
		return err
	}}
}
