package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/viet"
)

// PutUploads stores what a list of uploads says, all of it or nothing, durably.
// Only what says something else than is known of the same upload adds a row;
// fresh counts those. file is the list's bytes as kept, sender who handed it in.
func (s *Store) PutUploads(ctx context.Context, ups []media.Upload, file *media.Kept, sender string, now time.Time) (fresh int, err error) {
	if now.IsZero() {
		return 0, errors.New("put uploads: the time is needed")
	}
	channels := map[string]bool{}
	for i, u := range ups {
		if u.ID == "" || u.Channel == "" || u.Title == "" || u.At.IsZero() {
			return 0, fmt.Errorf("put uploads: number %d has no id, channel, title or date", i+1)
		}
		channels[clean(u.Channel)] = true
	}
	err = s.writeDurable(ctx, "put uploads", func(t *tx) error {
		n, err := t.putUploads(ctx, ups, file, now)
		if fresh = n; err != nil || n == 0 {
			return err
		}
		if err := t.putKept(ctx, keptAs{file, classEvidence}); err != nil {
			return err
		}
		sha := ""
		if file != nil {
			sha = file.SHA256
		}
		for _, c := range sortedKeys(channels) {
			t.happened(Event{At: now, ActorKind: "person", Actor: nfc(sender), Kind: "uploads.imported", Subject: c,
				After: pack(map[string]any{"file": sha, "rows": len(ups)})}, sha, c)
		}
		return nil
	})
	return fresh, err
}

// putUploads adds what is new about uploads.
func (t *tx) putUploads(ctx context.Context, ups []media.Upload, file *media.Kept, now time.Time) (int, error) {
	kept := ""
	if file != nil {
		kept = file.SHA256
	}
	said := map[string]media.Upload{}
	for _, u := range ups {
		u.Source, u.Channel, u.Column, u.URL = clean(u.Source), clean(u.Channel), clean(u.Column), clean(u.URL)
		u.Title, u.Duration = viet.Clean(u.Title), u.Duration.Truncate(time.Microsecond)
		said[clean(u.ID)] = u
	}
	known := map[string]media.Upload{}
	err := chunk(sortedKeys(said), maxIn, func(ids []string) error {
		a := args{micros(now)}
		return each(ctx, t, func(r *sql.Rows) error {
			u, err := scanUpload(r)
			known[u.ID] = u
			return err
		}, "SELECT "+uploadColumns+" FROM upload u WHERE u.seen <= $1 AND u.id IN "+a.in(ids)+" ORDER BY u.id, u.seen", a...)
	})
	if err != nil {
		return 0, fmt.Errorf("read uploads: %w", err)
	}
	v := values{cols: []string{"id TEXT", "seen BIGINT", "source TEXT", "channel TEXT", "at BIGINT", "dated TEXT", "title TEXT", "col TEXT", "url TEXT",
		"duration BIGINT", "kept TEXT"}}
	for _, id := range sortedKeys(said) {
		u := said[id]
		if was, ok := known[id]; ok {
			// A feed knows no length, a list may: what was said stands until something else is.
			if u.Duration == 0 {
				u.Duration = was.Duration
			}
			if u.Precision == media.ToDay && was.Precision != media.ToDay && localDay(u.At) == localDay(was.At) { // a list knows the day, a feed the moment
				u.At, u.Precision = was.At, was.Precision
			}
			if u.Title == was.Title && u.Column == was.Column && u.Duration == was.Duration && micros(u.At) == micros(was.At) {
				continue
			}
		}
		v.rows = append(v.rows, []any{id, micros(now), u.Source, u.Channel, micros(u.At), string(u.Precision), u.Title, u.Column, u.URL, u.Duration.Microseconds(), kept})
		t.changed("upload", u.Channel)
	}
	_, err = t.insert(ctx, "upload", v, `ON CONFLICT (id, seen) DO UPDATE SET at = excluded.at, dated = excluded.dated, title = excluded.title,
		col = excluded.col, duration = excluded.duration, kept = excluded.kept`)
	return len(v.rows), err
}

const uploadColumns = "u.id, u.source, u.channel, u.at, u.dated, u.title, u.col, u.url, u.duration, u.seen, u.kept"

func scanUpload(r *sql.Rows) (u media.Upload, err error) {
	var length int64
	err = r.Scan(&u.ID, &u.Source, &u.Channel, at(&u.At), &u.Precision, &u.Title, &u.Column, &u.URL, &length, at(&u.Seen), &u.Kept)
	u.Duration = time.Duration(length) * time.Microsecond
	return u, err
}

// Uploads lists what channels put on the network in a span (to exclusive) as it
// was last said, with knownAt as it was said then, in the order of their dates.
func (s *Store) Uploads(ctx context.Context, from, to, knownAt time.Time) ([]media.Upload, error) {
	var out []media.Upload
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		u, err := scanUpload(r)
		out = append(out, u)
		return err
	}, "SELECT "+uploadColumns+` FROM upload u WHERE u.at >= $1 AND u.at < $2 AND u.seen <= $3
		AND NOT EXISTS (SELECT 1 FROM upload n WHERE n.id = u.id AND n.seen > u.seen AND n.seen <= $3) ORDER BY u.at, u.channel, u.id`,
		micros(from), micros(to), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read uploads: %w", err)
	}
	return out, nil
}
