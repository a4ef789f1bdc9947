package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"loa/media"
	"loa/viet"
	"loa/web/access"
)

// Quarantine is the door to what the program did not get on with.
type Quarantine struct {
	// All is what waits and, after it, what was released or is over, the newest first.
	All func(ctx context.Context) ([]media.Quarantined, error)
	// Open counts what waits, by stage.
	Open func(ctx context.Context) (map[string]int, error)
	// Items tells which items' current text the classifier could not read.
	Items func(ctx context.Context, ids []string) (map[string]bool, error)
	// Release lets the stage try again; false: there is no such key.
	Release func(ctx context.Context, key, actor string) (bool, error)
}

const quarantinePath = "/nguon/cach-ly"

func (s *site) quarantineRoutes() []route {
	if s.Quarantine == nil {
		return nil
	}
	return []route{
		{"GET", quarantinePath, access.See, false, s.quarantine},
		{"POST", quarantinePath + "/{key}/thu-lai", access.Settings, false, s.release},
	}
}

// quarantinePage lists what waits and what is over.
type quarantinePage struct {
	Open, Over []quarantineRow
	May        bool // the reader may release
}

type quarantineRow struct {
	media.Quarantined
	Name string // of what it is, as people read it
	Path string // its page on the desk, "" if there is none
	Text string // page of its kept bytes as text, "" if there is none
}

func (s *site) quarantineRow(q media.Quarantined) quarantineRow {
	row := quarantineRow{Quarantined: q, Name: q.URL}
	switch q.Kind {
	case "revision", "page":
		row.Path = "/tin-bai/" + q.Item
		if q.Kind == "revision" && q.Kept != "" && s.Reviewing.Kept != nil {
			row.Text = row.Path + "/ban-luu/" + q.Kept
		}
	case "source":
		if i := slices.IndexFunc(s.Plan.Sources, func(x media.Source) bool { return x.ID == q.Source }); i >= 0 && s.Sourcing != nil {
			row.Path = "/nguon/" + s.slug(q.Source)
		}
	case "owner":
		row.Name, row.Path = viet.Capital(s.names.Agency(q.ID)), "/co-quan/"+s.slug(q.ID)
	case "host":
		row.Name = "Máy chủ " + q.ID
	case "chore":
		row.Name = "Việc định kỳ " + q.ID
	}
	return row
}

func (s *site) quarantine(w http.ResponseWriter, r *http.Request) { s.quarantineWith(w, r, nil) }

func (s *site) quarantineWith(w http.ResponseWriter, r *http.Request, wrong error) {
	list, err := s.Quarantine.All(r.Context())
	if err != nil {
		s.fail(w, r, "read the quarantine", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.quarantineSheet(list), nil }) {
		return
	}
	p := quarantinePage{May: s.actor(r).May(access.Settings)}
	for _, q := range list {
		if q.Open {
			p.Open = append(p.Open, s.quarantineRow(q))
		} else {
			p.Over = append(p.Over, s.quarantineRow(q))
		}
	}
	s.answer(w, r, "release from quarantine", wrong, "quarantine", frame{Title: "Tài liệu máy không đọc được", Here: "/nguon", Page: p})
}

func (s *site) quarantineSheet(list []media.Quarantined) sheet {
	sh := sheet{Name: "tai-lieu-may-khong-doc-duoc", Title: "Tài liệu máy không đọc được",
		Head: []string{"Bước xử lý", "Tài liệu", "Địa chỉ", "Lỗi", "Ở đâu trong chương trình", "Lần đầu", "Gần nhất", "Số lần", "Bản lưu (SHA-256)", "Phiên bản", "Tình trạng", "Người cho thử lại"}}
	for _, q := range list {
		row := s.quarantineRow(q)
		sh.Rows = append(sh.Rows, []any{viet.Stage(q.Stage), row.Name, q.URL, q.Words, q.Frames, q.First, q.At, q.Times, q.Kept, q.Version, stateOf(q), q.By})
	}
	return sh
}

// stateOf words how what is quarantined stands.
func stateOf(q media.Quarantined) string {
	switch {
	case q.Open:
		return "đang chờ"
	case q.By == "":
		return "đã tự hết"
	}
	return "đã cho thử lại"
}

func (s *site) release(w http.ResponseWriter, r *http.Request) {
	ok, err := s.Quarantine.Release(r.Context(), r.PathValue("key"), s.actor(r).String())
	if err != nil {
		s.quarantineWith(w, r, err)
		return
	}
	if !ok {
		s.missing(w, r, "Không có tài liệu này trong danh sách.")
		return
	}
	s.done(w, r, quarantinePath, "Máy sẽ thử lại ở lượt tới; nếu vẫn lỗi, tài liệu trở lại danh sách này.")
}

// unreadable reports whether the classifier could not read the item's current text.
func (s *site) unreadable(ctx context.Context, item string) (bool, error) {
	if s.Quarantine == nil {
		return false, nil
	}
	of, err := s.Quarantine.Items(ctx, []string{item})
	return of[item], err
}

// stuck is what every page says while the standings of some agencies are those of an earlier evaluation, "" otherwise.
func (s *site) stuck(ctx context.Context) string {
	if s.Quarantine == nil {
		return ""
	}
	open, err := s.Quarantine.Open(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.WarnContext(ctx, "count the quarantine", "error", err)
		}
		return ""
	}
	if n := open[media.StageEvaluate]; n > 0 {
		return fmt.Sprintf("Do lỗi phần mềm chưa tính lại được tiến độ của %s cơ quan, đơn vị; đang hiện kết quả của lần tính trước.", viet.Number(n))
	}
	return ""
}

// trying says what trying again is, of stages that do so anyway.
func trying(stage string) string {
	switch stage {
	case media.StageEvaluate, media.StageChore:
		return "tự thử lại ở mỗi lượt"
	case media.StageJudge:
		return "chờ người duyệt"
	case media.StageCompare:
		return "được xem là bài riêng"
	case media.StageRead:
		return "tự thử lại ở lần đọc sau"
	}
	return ""
}
