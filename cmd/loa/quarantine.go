package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// mostQuarantined is how much of the quarantine is listed, the newest.
const mostQuarantined = 500

// quarantineDoor is the quarantine as the desk shows it.
func (e *engine) quarantineDoor() *web.Quarantine {
	return &web.Quarantine{
		All: func(ctx context.Context) ([]media.Quarantined, error) {
			open, err := e.store.Quarantined(ctx, false, mostQuarantined)
			if err != nil {
				return nil, err
			}
			all, err := e.store.Quarantined(ctx, true, mostQuarantined)
			for _, q := range all {
				if !q.Open {
					open = append(open, q)
				}
			}
			return open, err
		},
		Open:  e.store.QuarantineCounts,
		Items: e.store.QuarantinedItems,
		Release: func(ctx context.Context, key, actor string) (bool, error) {
			err := e.store.ReleaseQuarantined(ctx, key, actor, e.business())
			if errors.Is(err, store.ErrNotQuarantined) {
				return false, nil
			}
			if err == nil {
				select {
				case e.news <- struct{}{}: // read now what is to be read again
				default:
				}
			}
			return err == nil, err
		},
	}
}

type quarantineCmd struct {
	List    quarantineListCmd    `cmd:"" default:"withargs" help:"Liệt kê tài liệu làm một bước xử lý bị lỗi."`
	Release quarantineReleaseCmd `cmd:"" help:"Cho máy thử lại một tài liệu ở lượt tới."`
}

type quarantineListCmd struct {
	All  bool `help:"Cả tài liệu đã cho thử lại hoặc đã tự hết."`
	JSON bool `name:"json" help:"Mỗi dòng một bản ghi JSON."`
}

// Run prints what waits, the newest first: key, stage, times, what, with tabs between.
func (c *quarantineListCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := st.Quarantined(a.ctx, c.All, mostQuarantined)
	if err != nil {
		return fmt.Errorf("đọc danh sách: %w", err)
	}
	for _, q := range list {
		if !c.JSON {
			fmt.Fprintf(a.Out, "%s\t%s\t%s\t%d lần\t%s\t%s\n", q.Key, viet.Stage(q.Stage), viet.Moment(q.At), q.Times, q.ID, q.Words)
			continue
		}
		line, err := json.Marshal(quarantineLine{q.Key, q.Stage, q.Kind, q.ID, q.Version, q.Item, q.Source, q.URL, q.Kept, q.Program, q.Words, q.Frames, q.First, q.At, q.Times, q.Open, q.By})
		if err != nil {
			return fmt.Errorf("ghi danh sách: %w", err)
		}
		fmt.Fprintf(a.Out, "%s\n", line)
	}
	return nil
}

// quarantineLine is one line of «loa evidence quarantine list --json».
type quarantineLine struct {
	Key     string    `json:"key"`
	Stage   string    `json:"stage"`
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Version string    `json:"version"`
	Item    string    `json:"item,omitempty"`
	Source  string    `json:"source,omitempty"`
	URL     string    `json:"url,omitempty"`
	Kept    string    `json:"kept,omitempty"`
	Program string    `json:"program"`
	Words   string    `json:"words"`
	Frames  string    `json:"frames"`
	First   time.Time `json:"first"`
	At      time.Time `json:"at"`
	Times   int       `json:"times"`
	Open    bool      `json:"open"`
	By      string    `json:"by,omitempty"`
}

type quarantineReleaseCmd struct {
	Key []string `arg:"" help:"Mã trong danh sách." placeholder:"MÃ"`
	By  string   `default:"người vận hành" help:"Người cho thử lại."`
}

// Run releases every one that is named.
func (c *quarantineReleaseCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, key := range c.Key {
		err := st.ReleaseQuarantined(a.ctx, key, c.By, time.Now())
		if errors.Is(err, store.ErrNotQuarantined) {
			return fmt.Errorf("không có tài liệu %s", key)
		}
		if err != nil {
			return fmt.Errorf("cho thử lại %s: %w", key, err)
		}
		fmt.Fprintf(a.Out, "Đã cho thử lại %s.\n", key)
	}
	return nil
}
