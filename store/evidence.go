package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"loa/media"
	"loa/schedule"
)

// margin is how far outside the plan's span evidence is still read: reporting
// windows reach into the month before, and late pieces are named as late.
const margin = 31 * 24 * time.Hour

// sights reads what may be credited under one plan, as known at one time.
type sights struct {
	s                 *Store
	plan              *schedule.Plan
	agencies          map[string]bool
	channels          map[string]string // the plan's, with their agency
	bodies            func() schedule.Bodies
	from, to, knownAt time.Time
	listed            *map[string]document // what lists say, by item; nil until it is read
	since, until      time.Time            // only what was published in this part of it; zero: in all
}

func (s *Store) sights(plan *schedule.Plan, knownAt time.Time) sights {
	v := sights{s: s, plan: plan, agencies: make(map[string]bool, len(plan.Agencies)), channels: make(map[string]string, len(plan.Channels)),
		from: plan.From.Add(-margin), to: plan.To.Add(margin), knownAt: knownAt, listed: new(map[string]document), bodies: sync.OnceValue(plan.Bodies)}
	for _, a := range plan.Agencies {
		v.agencies[a.ID] = true
	}
	for _, c := range plan.Channels {
		v.channels[c.ID] = c.Agency
	}
	return v
}

// args are the first three parameters of every query here.
func (v sights) args() args {
	if v.since.IsZero() {
		return args{micros(v.from), micros(v.to), upTo(v.knownAt)}
	}
	return args{micros(v.since), micros(v.until), upTo(v.knownAt)}
}

// months cuts the items of many agencies into stretches of time: an index by
// agency would go through all of the plan's span for each of them in turn, and
// read anew what lies side by side in the database.
func (v sights) months(agencies int) []sights {
	const few = 4
	if agencies < few || !v.knownAt.IsZero() {
		return []sights{v}
	}
	var out []sights
	for v.since = v.from; v.since.Before(v.to); v.since = v.until {
		v.until = v.since.Add(margin)
		if v.to.Before(v.until) {
			v.until = v.to
		}
		out = append(out, v)
	}
	return out
}

// only narrows a query to rows whose column is one of values; the zero value
// does not narrow it.
type only struct {
	col    string
	values []string
}

func (o only) sql(alias string, a *args) string {
	if o.col == "" {
		return ""
	}
	return " AND " + alias + "." + o.col + " IN " + a.in(o.values)
}

// part is one query of several.
type part struct {
	what string
	read func(context.Context, only) ([]media.Evidence, error)
	by   only
}

func (v sights) all(ctx context.Context) ([]media.Evidence, error) {
	var out []media.Evidence
	for _, part := range []part{{"items", v.items, only{}}, {"airings", v.airings, only{}}, {"registers", v.registers, only{}}, {"questions", v.questions, only{}}, {"declared pieces", v.declared, only{}}} {
		ev, err := part.read(ctx, part.by)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", part.what, v.plan.ID, err)
		}
		out = append(out, ev...)
	}
	v.held(out)
	return inOrder(out), nil
}

// held gives what came out under an agency after its end to the one that took its duties over: a list is read on for some days,
// and a channel's log may still bear the old name.
func (v sights) held(ev []media.Evidence) {
	if !slices.ContainsFunc(v.plan.Agencies, func(a media.Agency) bool { return a.Successor != "" && !a.To.IsZero() && a.To.Before(v.to) }) {
		return
	}
	for i := range ev {
		ev[i].Agency = v.plan.Holder(ev[i].Agency, ev[i].At)
	}
}

// of reads what all would of some agencies, and the pieces named, without
// looking at the rest.
func (v sights) of(ctx context.Context, owners, also []string) ([]media.Evidence, error) {
	mine, wanted, channels := set(owners), set(also), map[string]bool{}
	theirs := set(slices.Concat(owners, v.plan.Foregoers(owners...))) // whose pieces may be theirs by now
	for id, agency := range v.channels {
		if theirs[clean(agency)] {
			channels[clean(id)] = true
		}
	}
	var parts []part
	for ids := range slices.Chunk(sortedKeys(theirs), maxIn) {
		for _, month := range v.months(len(ids)) {
			parts = append(parts, part{"items", month.items, only{"agency", ids}})
		}
		parts = append(parts, part{"airings", v.airings, only{"agency", ids}}, part{"registers", v.registers, only{"agency", ids}}, part{"questions", v.questions, only{"agency", ids}}, part{"declared pieces", v.declared, only{"agency", ids}})
	}
	for ids := range slices.Chunk(sortedKeys(channels), maxIn) {
		parts = append(parts, part{"airings", v.airings, only{"channel", ids}})
	}
	for ids := range slices.Chunk(sortedKeys(wanted), maxIn) {
		parts = append(parts, part{"items", v.items, only{"id", ids}}, part{"airings", v.airings, only{"id", ids}}, part{"registers", v.registers, only{"entry", ids}}, part{"questions", v.questions, only{"id", ids}}, part{"declared pieces", v.declared, only{"id", ids}})
	}
	var out []media.Evidence
	had := map[string]bool{}
	for _, p := range parts {
		ev, err := p.read(ctx, p.by)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s in %s: %w", p.what, named(owners), v.plan.ID, err)
		}
		v.held(ev)
		for _, e := range ev {
			key := string(e.Kind) + " " + e.ID + " " + e.Source // a question may stand in a register and in a column
			if !had[key] && (mine[e.Agency] || wanted[e.ID]) {  // a channel may have changed hands
				had[key] = true
				out = append(out, e)
			}
		}
	}
	return inOrder(out), nil
}

// set is a list of keys as the database holds them.
func set(keys []string) map[string]bool {
	out := make(map[string]bool, len(keys))
	for _, k := range keys {
		out[clean(k)] = true
	}
	return out
}

// named names some owners in a message: the first, and how many more.
func named(owners []string) string {
	if len(owners) > 1 {
		return fmt.Sprintf("%s and %d more", owners[0], len(owners)-1)
	}
	return strings.Join(owners, "")
}

// inOrder sorts by date, moving each piece once: they are large.
func inOrder(ev []media.Evidence) []media.Evidence {
	place := make([]int, len(ev))
	for i := range place {
		place[i] = i
	}
	slices.SortStableFunc(place, func(i, j int) int {
		if c := ev[i].At.Compare(ev[j].At); c != 0 {
			return c
		}
		return strings.Compare(ev[i].ID, ev[j].ID)
	})
	var out []media.Evidence // nil of none
	if len(ev) > 0 {
		out = make([]media.Evidence, len(ev))
	}
	for i, p := range place {
		out[i] = ev[p]
	}
	return out
}

// itemsNow and itemsThen join items with text, verdict and review in force: as
// they are, and as they were known at $3.
const (
	itemsNow = ` FROM item i
	LEFT JOIN revision r ON r.id = i.revision
	LEFT JOIN verdict v ON v.revision = i.revision AND v.classifier = i.judged
	LEFT JOIN review w ON w.id = i.review
	WHERE i.at >= $1 AND i.at < $2 AND i.seen <= $3`

	itemsThen = ` FROM item i
	LEFT JOIN revision r ON r.id = (SELECT x.id FROM revision x WHERE x.item = i.id AND x.seen <= $3
		ORDER BY CASE WHEN x.from_kind = 'page' THEN 0 ELSE 1 END, x.seen DESC, x.id DESC LIMIT 1)
	LEFT JOIN verdict v ON v.revision = r.id AND v.classifier = (SELECT y.classifier FROM verdict y
		WHERE y.revision = r.id AND y.at <= $3 ORDER BY y.at DESC, y.classifier DESC LIMIT 1)
	LEFT JOIN review w ON w.id = (SELECT z.id FROM review z WHERE z.item = i.id AND z.at <= $3
		AND NOT EXISTS (SELECT 1 FROM review_undone u WHERE u.review = z.id AND u.at <= $3) ORDER BY z.at DESC, z.batch DESC, z.id DESC LIMIT 1)
	WHERE i.seen <= $3 AND (i.at >= $1 AND i.at < $2 OR i.seen >= $1 AND i.seen < $2)`
)

func (v sights) itemQuery(by only) (string, args) {
	from, a := itemsNow, v.args()
	if !v.knownAt.IsZero() {
		from = itemsThen
	}
	return `SELECT i.id, i.agency, i.source, i.url, i.title, i.lead, i.section, i.col, i.credit,
		i.claimed_at, i.claimed_precision, i.claimed_known, i.seen, i.verified,
		r.title, r.lead, r.section, r.credit, r.kept, r.from_kind, i.page_state, ` + verdictColumns + from + by.sql("i", &a), a
}

func (v sights) items(ctx context.Context, by only) ([]media.Evidence, error) {
	var out []media.Evidence
	query, a := v.itemQuery(by)
	// One place to scan every row to, filled anew: there may be thousands.
	var e media.Evidence
	var judged verdictScan
	var known, claimed time.Time
	var title, lead, section, credit, kept, textFrom sql.NullString
	var listed string // lead of the listing
	var precision string
	var page int
	dest := append([]any{
		&e.ID, &e.Agency, &e.Source, &e.URL, &e.Title, &listed, &e.Section, &e.Column, &e.Credit,
		at(&claimed), &precision, at(&known), at(&e.Seen), at(&e.Verified),
		&title, &lead, &section, &credit, &kept, &textFrom, &page,
	}, judged.dest()...)
	err := each(ctx, v.s.pools.read, func(rows *sql.Rows) error {
		e, judged = media.Evidence{Kind: media.EvItem, Grade: media.GradeC}, verdictScan{}
		err := rows.Scan(dest...)
		e.Precision = media.Precision(precision)
		if err != nil || !v.agencies[e.Agency] {
			return err
		}
		e.Kept = kept.String
		if title.String != "" {
			e.Title = title.String
		}
		if section.String != "" {
			e.Section = section.String
		}
		if credit.String != "" {
			e.Credit = credit.String
		}
		e.Unread = page != pageNone && textFrom.String == fromEntry
		e.Repost = e.Credit != "" && v.plan.Reposts(e.Agency, e.Credit)
		e.At = claimed
		if !v.knownAt.IsZero() && known.After(v.knownAt) {
			e.Precision = media.NoDate
		}
		if e.Precision == media.NoDate {
			e.At = e.Seen
		}
		if e.At.Before(v.from) || !e.At.Before(v.to) {
			return nil
		}
		if !v.knownAt.IsZero() && e.Verified.After(v.knownAt) {
			e.Verified = v.knownAt // seen since; what was known is no later than this
		}
		e.Verdict, e.Decided = judged.inForce()
		if e.Verdict != nil && (e.Verdict.Reform || schedule.Waits(e)) { // an answer that waits is weighed too
			e.Elsewhere = v.bodies().Elsewhere(e.Agency, e.Title, cmp.Or(lead.String, listed))
		}
		out = append(out, e)
		return nil
	}, query, a...)
	if err != nil || len(out) == 0 {
		return out, err
	}
	if err := v.documents(ctx, out); err != nil {
		return nil, err
	}
	return out, v.copies(ctx, out)
}

// copies tells of pieces about reform, or that may be, how they stand to others
// that say the same, as far as those were known.
func (v sights) copies(ctx context.Context, out []media.Evidence) error {
	var ids []string
	for i := range out {
		if e := &out[i]; e.Decided != "" || e.Verdict != nil && (e.Verdict.Reform || e.Verdict.Review) {
			ids = append(ids, e.ID)
		}
	}
	of, err := v.s.copies(ctx, ids, upTo(v.knownAt))
	for i := range out {
		out[i].Copy = of[out[i].ID]
	}
	return err
}

func (v sights) airingQuery(by only) (string, args) {
	a := v.args()
	return `SELECT a.id, a.file_hash, a.row_no, a.agency, a.channel, a.medium, a.programme, a.episode, a.name, a.title, a.col,
			a.start_at, a.duration, a.first_run, a.grade, a.recorded, COALESCE(k.sha256, '')
		FROM airing a JOIN log_file f ON f.hash = a.file_hash LEFT JOIN kept k ON k.sha256 = CASE WHEN f.proof <> '' THEN f.proof ELSE f.hash END
		WHERE a.start_at >= $1 AND a.start_at < $2 AND a.recorded <= $3 AND (a.superseded_by = '' OR a.superseded_at > $3)` + by.sql("a", &a), a
}

func (v sights) airings(ctx context.Context, by only) ([]media.Evidence, error) {
	var out []media.Evidence
	query, params := v.airingQuery(by)
	err := each(ctx, v.s.pools.read, func(r *sql.Rows) error {
		var a media.Airing
		var agency, kept string
		var length int64
		e := media.Evidence{Kind: media.EvAiring, Precision: media.ToSecond}
		err := r.Scan(&a.ID, &a.FileHash, &a.Row, &agency, &a.Channel, &a.Medium, &a.ProgrammeID, &a.EpisodeID, &a.Programme, &a.Title,
			&a.Column, at(&a.Start), &length, &a.FirstRun, &a.Grade, at(&e.Seen), &kept)
		if o := v.channels[a.Channel]; o != "" {
			agency = o
		}
		if err != nil || !v.agencies[agency] && v.channels[a.Channel] == "" {
			return err
		}
		a.Duration = time.Duration(length) * time.Microsecond
		e.ID, e.Agency, e.Source, e.At, e.Verified = a.ID, agency, "log:"+a.Channel, a.Start, e.Seen
		e.Title, e.Grade, e.Column, e.Kept = a.Programme, a.Grade, a.Column, kept
		if a.Title != "" {
			e.Title += ": " + a.Title
		}
		e.Airing = &a
		out = append(out, e)
		return nil
	}, query, params...)
	return out, err
}

// registerKind is the kind of a register's rows as evidence.
func registerKind(k media.RegisterKind) media.EvidenceKind {
	switch k {
	case media.RegPrint:
		return media.EvPrint
	case media.RegProcedures:
		return media.EvProcedure
	case media.RegSegments:
		return media.EvSegment
	case media.RegRadioLog, media.RegRadioForm:
		return media.EvBulletin
	}
	return media.EvQuestion
}

func (v sights) registerQuery(by only) (string, args) {
	a := v.args()
	return `SELECT r.entry, r.kind, r.agency, r.number, r.title, r.page, r.section, r.col, r.asked_at, r.answered_at, r.at, r.dated, r.first_at,
			COALESCE(k.sha256, ''), r.detail
		FROM register_row r JOIN register g ON g.id = r.register LEFT JOIN kept k ON k.sha256 = g.file_hash
		WHERE r.at >= $1 AND r.at < $2 AND r.recorded <= $3 AND (r.superseded_by = '' OR r.superseded_at > $3)` + by.sql("r", &a), a
}

func (v sights) registers(ctx context.Context, by only) ([]media.Evidence, error) {
	var out []media.Evidence
	query, a := v.registerQuery(by)
	err := each(ctx, v.s.pools.read, func(r *sql.Rows) error {
		e := media.Evidence{Precision: media.ToDay, Grade: media.GradeB}
		var kind media.RegisterKind
		var dated bool
		var more string
		err := r.Scan(&e.ID, &kind, &e.Agency, &e.Document, &e.Title, &e.Page, &e.Section, &e.Column, at(&e.Asked), at(&e.Answered),
			at(&e.At), &dated, at(&e.Seen), &e.Kept, &more)
		if err != nil || !v.agencies[e.Agency] {
			return err
		}
		if !dated {
			e.Precision = media.NoDate
		}
		e.Kind, e.Source, e.Verified = registerKind(kind), schedule.RegisterSource(kind, e.Agency), e.Seen
		d, err := readDetail(more)
		switch e.Segment, e.Bulletin = d.Segment, d.Bulletin; {
		case d.Segment != nil && d.Segment.Timed:
			e.Precision = media.ToMinute
		case d.Bulletin != nil:
			e.Grade = d.Bulletin.Grade()
			if !d.Bulletin.Form {
				e.Precision = media.ToMinute
			}
		}
		out = append(out, e)
		return err
	}, query, a...)
	return out, err
}
