package web

import (
	"net/http"
	"net/url"
	"slices"

	"loa/media"
	"loa/schedule"
	"loa/viet"
	"loa/web/access"
)

// postsPage is the form on which many links of posts are pasted at once.
type postsPage struct {
	V        url.Values
	Agencies []media.Agency
	Duties   []dutyGroup
	Rows     []pastedLink
	Good     int
	Seen     bool // the rows were looked at
	Most     int
}

// postDuties are those to which posts can be counted: what the plan encourages.
func (s *site) postDuties(agencies []media.Agency) []dutyGroup {
	var out []dutyGroup
	for _, g := range s.duties(media.HandProof, agencies) {
		g.Rows = slices.DeleteFunc(g.Rows, func(d dutyOption) bool { return d.Class != schedule.Enc })
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (s *site) postsPage(r *http.Request) postsPage {
	p := postsPage{V: r.PostForm, Agencies: s.handers(s.actor(r), media.HandProof), Most: mostLines}
	if p.V == nil {
		p.V = url.Values{}
	}
	p.Duties = s.postDuties(p.Agencies)
	return p
}

func (s *site) postsForm(w http.ResponseWriter, r *http.Request) {
	if s.handingIn(w, r) {
		s.render(w, r, http.StatusOK, "posts", frame{Title: "Khai bài đăng mạng xã hội", Here: "/minh-chung", Page: s.postsPage(r)})
	}
}

// addPosts looks at what was pasted and, when asked to, records each line that can be as a piece of its own.
func (s *site) addPosts(w http.ResponseWriter, r *http.Request) {
	if !s.handingIn(w, r) || !s.form(w, r) {
		return
	}
	p := s.postsPage(r)
	base, err := s.handinBase(r, media.HandProof)
	base.Kind = media.HandPost
	if q := s.quotas[base.Quota]; err == nil && q.Class != schedule.Enc {
		err = Refusal{"Xin chọn nhiệm vụ."}
	}
	p.Rows = parseLinks(r.PostFormValue("duong-dan"), s.Business())
	if err == nil && len(p.Rows) == 0 {
		err = Refusal{"Xin dán đường dẫn các bài đăng, mỗi dòng một bài kèm ngày đăng."}
	}
	if err == nil {
		err = s.knownPosts(r, p.Rows)
	}
	var hs []media.Handin
	for _, row := range p.Rows {
		if row.Wrong != "" || row.Twice != "" {
			continue
		}
		h := base
		h.URL, h.Platform, h.From, h.Title, h.Grade, h.Amounts = row.URL, row.Platform, row.Day, row.Title, media.GradeC, map[string]int{"posts": 1}
		if h.Title == "" {
			h.Title = "Bài trên " + row.Platform
		}
		if slices.ContainsFunc(s.Plan.Forms, func(f schedule.Form) bool { return f.ID == "F6" }) {
			h.Form = "F6"
		}
		hs = append(hs, h)
	}
	p.Good, p.Seen = len(hs), err == nil
	if err == nil && field(r, "buoc") == "ghi" {
		if len(hs) == 0 {
			err = Refusal{"Không có dòng nào ghi được; xin xem cột «Kết quả»."}
		} else if hs, err = s.Handins.Add(r.Context(), hs, s.actor(r).String(), settles(s.actor(r), media.HandPost)); err == nil {
			said := "Đã ghi " + viet.Number(len(hs)) + " bài đăng."
			if left := len(p.Rows) - len(hs); left > 0 {
				said += " " + viet.Number(left) + " dòng không ghi (trùng hoặc chưa đủ)."
			}
			to := "/minh-chung?loai=post"
			if !s.actor(r).May(access.See) {
				to = "/minh-chung/duong-dan"
			}
			s.done(w, r, to, said)
			return
		}
	}
	f := frame{Title: "Khai bài đăng mạng xã hội", Here: "/minh-chung", Page: p}
	s.answer(w, r, "hand in posts", err, "posts", f)
}

// knownPosts marks what was declared before, by whomever.
func (s *site) knownPosts(r *http.Request, rows []pastedLink) error {
	var urls []string
	for _, row := range rows {
		if row.URL != "" {
			urls = append(urls, row.URL)
		}
	}
	if len(urls) == 0 {
		return nil
	}
	known, err := s.Handins.Known(r.Context(), urls)
	if err != nil {
		return err
	}
	for i := range rows {
		id, ok := known[rows[i].URL]
		if !ok || rows[i].Wrong != "" {
			continue
		}
		rows[i].Twice = "đã khai trước đây"
		h, found, err := s.Handins.One(r.Context(), id)
		if err != nil {
			return err
		}
		if found && s.actor(r).Sees(h.Owner) {
			rows[i].TwiceID = id
			rows[i].Twice += ", ngày " + viet.Day(h.Acts[0].At)
		} else if found {
			rows[i].Twice += " bởi đơn vị khác"
		}
	}
	return nil
}
