package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/schedule/sampling"
	"loa/viet"
	"loa/web"
	"loa/web/access"
)

// radioMonth is what communes handed in for a month, and which of them are listened to.
func (e *engine) radioMonth(ctx context.Context, first time.Time) (out web.RadioMonth, err error) {
	month := calendar.At(calendar.Month, first)
	d, err := e.radioOf(ctx, month)
	if err != nil {
		return out, deskError(err)
	}
	out = web.RadioMonth{Month: month.Start, Usual: usualWorkload}
	place := map[string]int{}
	for _, c := range d.communes() {
		place[c.ID] = len(out.Communes)
		out.Communes = append(out.Communes, web.RadioCommune{ID: c.ID, District: c.District})
	}
	out.Usual = min(out.Usual, len(out.Communes))
	registers, err := e.store.Registers(ctx)
	if err != nil {
		return out, err
	}
	for _, g := range registers { // newest first
		i, listed := place[g.Agency]
		if !listed || g.Kind != media.RegRadioForm && g.Kind != media.RegRadioLog || !g.From.Before(month.End) || !month.Start.Before(g.To) || !out.Communes[i].Received.IsZero() {
			continue
		}
		c := &out.Communes[i]
		c.Received, c.Sender, c.Empty = g.At, g.Sender, len(g.Rows) == 0
		for _, row := range g.Rows {
			if row.Bulletin == nil || !month.Contains(row.At) || row.Bulletin.Other {
				continue
			}
			c.Pieces++
			c.Signed = c.Signed || row.Bulletin.Signed
			if c.Minutes < row.Bulletin.Duration {
				c.Minutes = row.Bulletin.Duration // a form tells that of all of them together
			}
		}
	}
	if draw := d.drawn(month.ID); draw != nil {
		out.Drawn = fmt.Sprintf("Chọn %d xã, lần chọn %d, lúc %s, người chọn: %s", len(draw.Picks), draw.Revision, viet.Moment(draw.At), draw.Actor)
		if draw.Reason != "" {
			out.Drawn += "; chọn lại vì " + draw.Reason
		}
		for _, p := range draw.Picks {
			if i, ok := place[p.Commune]; ok {
				out.Communes[i].Picked, out.Communes[i].Again = true, p.Again
			}
		}
		var told bytes.Buffer
		d.out = &told
		d.printRate([]sampling.Draw{*draw}, sampling.Rate([]sampling.Draw{*draw}, d.checks))
		for line := range strings.Lines(told.String()) {
			if line = strings.TrimSpace(line); line != "" && line != sampleNotice {
				out.Says = append(out.Says, line)
			}
		}
	}
	for _, c := range d.checks { // oldest first: the last one rules
		if i, ok := place[c.Commune]; ok && c.Month == month.ID {
			x := &out.Communes[i]
			x.Result, x.Note, x.By, x.At = string(c.Result), c.Note, c.Actor, c.HeardAt
		}
	}
	slices.SortStableFunc(out.Communes, func(a, b web.RadioCommune) int {
		return strings.Compare(a.District+" "+viet.Fold(d.names.Agency(a.ID)), b.District+" "+viet.Fold(d.names.Agency(b.ID)))
	})
	return out, nil
}

// drawRadio draws the communes to listen to, as loa radio sample does.
func (e *engine) drawRadio(ctx context.Context, who access.Actor, first time.Time, communes int, reason string) (string, error) {
	month := calendar.At(calendar.Month, first)
	d, err := e.radioOf(ctx, month)
	if err != nil {
		return "", deskError(err)
	}
	c := radioSampleCmd{radioBase: radioBase{Month: month.ID}, Workload: communes, Reason: reason, By: who.String()}
	before := d.drawn(month.ID)
	switch {
	case before != nil && strings.TrimSpace(reason) == "":
		return "", web.Refusal{Text: "Tháng này đã chọn rồi; chọn lại thì phải nói vì sao."}
	case communes < 0 || communes > len(d.communes()):
		return "", web.Refusal{Text: fmt.Sprintf("Số xã cần từ 1 đến %d.", len(d.communes()))}
	}
	draw, err := c.draw(d, before)
	if err != nil {
		return "", deskError(err)
	}
	return fmt.Sprintf("Đã chọn %d xã để nghe trong %s.", len(draw.Picks), month.Name()), nil
}

// heardRadio records what was heard of a commune, as loa radio check does.
func (e *engine) heardRadio(ctx context.Context, who access.Actor, first time.Time, commune, result, note string, at time.Time, fileName string, file []byte) (string, error) {
	month := calendar.At(calendar.Month, first)
	d, err := e.radioOf(ctx, month)
	if err != nil {
		return "", deskError(err)
	}
	check := sampling.Check{Plan: e.plan.ID, Month: month.ID, Commune: commune, Result: sampling.Result(result), At: e.business(), Actor: who.String(), HeardAt: at, Note: note}
	if !slices.Contains(sampling.Results(), check.Result) {
		return "", web.Refusal{Text: "Chưa chọn kết quả nghe loa."}
	}
	if err := d.mayCheck(check); err != nil {
		return "", deskError(err)
	}
	if file != nil {
		kept, err := e.keepBytes(ctx, "radio", fileName, file)
		if err == nil {
			err = e.store.PutKept(ctx, *kept)
		}
		if err != nil {
			return "", errors.Join(errors.New("keep the recording"), err)
		}
		check.File, check.FileName = kept.SHA256, fileName
	}
	if err := e.store.AddRadioCheck(ctx, check); err != nil {
		return "", fmt.Errorf("ghi kết quả: %w", err)
	}
	return fmt.Sprintf("Đã ghi: %s, %s: %s.", d.names.Agency(commune), month.Name(), resultWords(check.Result)), nil
}
