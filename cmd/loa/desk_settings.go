package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
	"loa/notify/deliver"
	"loa/plans"
	"loa/schedule"
	"loa/viet"
	"loa/web"
)

// settings is what the desk sets: reference levels, and parts of the plan's files.
func (e *engine) settings(plan *schedule.Plan) *web.Settings {
	return &web.Settings{
		Laid:   e.laid,
		Fields: e.fields,
		Set:    e.setEntry,
		Paste: func(kind, key string) (string, string, error) {
			o, err := e.overlaid(e.app.ctx, time.Time{})
			if err != nil {
				return "", "", err
			}
			return plans.Paste(o.of(kind), e.written.ID, kind, key)
		},
		Changes: func(ctx context.Context) ([]schedule.Change, error) {
			return e.store.Changes(ctx, plan.ID, time.Time{})
		},
		Preview: func(ctx context.Context, c schedule.Change) ([]schedule.Difference, error) {
			ds, err := e.tryLevel(ctx, plan, c)
			return ds, levelError(err, c)
		},
		Change: func(ctx context.Context, c schedule.Change) error {
			if err := checkLevel(e.inUse(), c); err != nil {
				return levelError(err, c)
			}
			if err := e.store.AddChange(ctx, plan.ID, c); err != nil {
				return fmt.Errorf("record a changed level: %w", err)
			}
			return e.takeUp(ctx)
		},
		Channels: e.channelNames, Refused: e.unused.is,
	}
}

// of is where parts of a kind are read: the plan's files, or the tables of days off.
func (o *laidOver) of(kind string) fs.FS {
	if kind == schedule.EntryHolidays {
		return o.days
	}
	return o.files
}

func (e *engine) belowOf(kind string) fs.FS {
	if kind == schedule.EntryHolidays {
		return dayFiles(e.files)
	}
	return e.below()
}

// laid are what persons set over the files, with how each stands to them.
func (e *engine) laid(ctx context.Context) ([]web.Laid, error) {
	o, err := e.overlaid(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	now := e.business()
	out := make([]web.Laid, len(o.all))
	named := map[string]map[string]bool{} // by part: fields that a later entry names
	for i := len(o.all) - 1; i >= 0; i-- {
		x := o.all[i]
		l := web.Laid{Entry: x, Unfit: o.unfit[x.ID], Coming: x.From.After(now) && x.Kind != schedule.EntryHolidays}
		part, keys := x.Kind+"/"+x.Key, fieldsOf(x.Body)
		l.File = plans.Written(e.belowOf(x.Kind), e.written.ID, x.Kind, x.Key, keys...)
		l.Moved = plain(l.File) != plain(x.Base)
		l.Over = len(keys) > 0 && !slices.ContainsFunc(keys, func(k string) bool { return !named[part][k] })
		if l.Unfit == "" && !l.Coming {
			if named[part] == nil {
				named[part] = map[string]bool{}
			}
			for _, k := range keys {
				named[part][k] = true
			}
		}
		out[i] = l
	}
	return out, nil
}

// plain takes a part that the files do not have for one of which they say nothing.
func plain(text string) string {
	if text == "" {
		return "{}"
	}
	return text
}

// fieldsOf are the fields that an entry names, sorted.
func fieldsOf(body string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &fields) != nil {
		return nil
	}
	keys := make([]string, 0, len(fields))
	for k := range fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fields are what holds of a part, and what the files say of it; nil: no such part.
func (e *engine) fields(kind, key string) (now, file map[string]any, err error) {
	o, err := e.overlaid(e.app.ctx, time.Time{})
	if err != nil {
		return nil, nil, err
	}
	read := func(text string) (out map[string]any, err error) {
		if text != "" {
			err = json.Unmarshal([]byte(text), &out)
		}
		return out, err
	}
	if now, err = read(plans.Written(o.of(kind), e.written.ID, kind, key)); err != nil {
		return nil, nil, err
	}
	file, err = read(plans.Written(e.belowOf(kind), e.written.ID, kind, key))
	return now, file, err
}

// setEntry records a part of the plan's files as a person sets it, if the plan's
// own reader and the readers of pages take it, and makes the server go by it.
func (e *engine) setEntry(ctx context.Context, x schedule.Entry) error {
	o, err := e.overlaid(ctx, time.Time{})
	if err != nil {
		return err
	}
	x.Body = viet.NFC(x.Body)
	if x.Scope = e.written.Province; x.Kind == schedule.EntryWindows || x.Kind == schedule.EntrySession {
		x.Scope = e.written.ID
	}
	x.Base = plans.Written(e.belowOf(x.Kind), e.written.ID, x.Kind, x.Key, fieldsOf(x.Body)...)
	faults := web.Faults{}
	for _, f := range plans.Faults(e.below(), dayFiles(e.files), e.written.ID, partsOf(o.entries, x.Kind), x) {
		faults[f.Field] = append(faults[f.Field], f.Msg)
	}
	if len(faults) == 0 && x.Kind == schedule.EntrySource {
		e.sourceFaults(o, x, faults)
	}
	if len(faults) > 0 {
		return faults
	}
	if _, err := e.store.AddEntry(ctx, x); err != nil {
		return fmt.Errorf("record an entry: %w", err)
	}
	return e.takeUp(ctx)
}

// partsOf are the entries of those files that an entry of the kind lies over.
func partsOf(all []schedule.Entry, kind string) []schedule.Entry {
	return slices.DeleteFunc(slices.Clone(all), func(x schedule.Entry) bool {
		return (x.Kind == schedule.EntryHolidays) != (kind == schedule.EntryHolidays)
	})
}

// sourceFaults is what those who would read a source refuse of it.
func (e *engine) sourceFaults(o *laidOver, x schedule.Entry, faults web.Faults) {
	files, err := plans.Merged(e.below(), e.written.ID, append(partsOf(o.entries, x.Kind), x))
	if err != nil {
		return // told already
	}
	p, _, _ := plans.Load(files, e.written.ID)
	i := slices.IndexFunc(p.Sources, func(s media.Source) bool { return s.ID == p.Province+"/"+x.Key })
	if i < 0 {
		return
	}
	if _, err := fetch.Parse(p.Sources[i].URL); err != nil {
		faults["url"] = append(faults["url"], "địa chỉ này không đọc được: cần địa chỉ công khai, bắt đầu bằng http:// hoặc https://")
	}
	for _, err := range extract.CheckRule(p.Sources[i].Rule) {
		field := "rule"
		if bad, ok := err.(extract.RuleError); ok {
			field = "rule/" + bad.Field
		}
		faults[field] = append(faults[field], "chưa dùng được: bộ chọn hoặc biểu thức viết sai")
	}
}

var flagText = regexp.MustCompile(` \(--[a-z-]+\)|; xem loa [a-z ]+`)

// levelError is why a number is not changed, in a page's words.
func levelError(err error, c schedule.Change) error {
	err = deskError(err)
	refused, ok := err.(web.Refusal)
	if !ok {
		return err
	}
	text := flagText.ReplaceAllString(refused.Text, "")
	for _, f := range schedule.ChangeFields() {
		if f.Name == c.Field {
			text = strings.ReplaceAll(text, "«"+c.Field+"»", "«"+f.Doc+"»")
		}
	}
	return web.Refusal{Text: text}
}

// channelNames are where notices go, each with whom it is for, without secrets.
func (e *engine) channelNames() []string {
	if e.desks == nil {
		return nil
	}
	var out []string
	for _, of := range []struct {
		word string
		all  []deliver.Channel
	}{{"chuyên viên theo dõi", e.desks.officer}, {"an toàn thông tin", e.desks.security}, {"trực sự cố", e.desks.duty}, {"thư tới từng đầu mối", e.desks.mail}} {
		for _, c := range of.all {
			out = append(out, viet.Capital(of.word)+": "+c.ID())
		}
	}
	return out
}
