package main

import (
	"fmt"
	"strings"

	"loa/crawler/classify"
	"loa/viet"
)

type classifySuggestCmd struct {
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Since moment `help:"Chỉ xét tin, bài đăng từ ngày này."`
	N     int    `short:"n" default:"40" help:"In bao nhiêu từ."`
}

// Run prints terms that stand more often in what is accepted than in the rest and
// that no phrase of the lexicon has. Of pieces that say the same one counts.
func (c *classifySuggestCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	s := e.judge.Suggester()
	counted := map[bool]int{}
	for _, accepted := range []bool{true, false} {
		groups := map[string]bool{}
		err := e.store.EachDecided(a.ctx, c.Since.Time, func(item, title, lead, group string, reform bool) error {
			if reform != accepted || group != "" && groups[group] {
				return nil
			}
			groups[group] = true
			counted[reform]++
			if doc := (classify.Doc{ID: item, Title: title, Lead: lead}); reform {
				s.Accept(doc)
			} else {
				s.Other(doc)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("đọc tin, bài đã phân loại: %w", err)
		}
	}
	terms := s.Terms(max(c.N, 0))
	if len(terms) == 0 {
		fmt.Fprintf(a.Out, "Chưa thấy từ nào đáng xem trong %d tin, bài về CCHC và %d tin, bài khác (cần ít nhất năm tin, bài về CCHC có từ ấy).\n", counted[true], counted[false])
		return nil
	}
	fmt.Fprintf(a.Out, "Từ hay gặp trong %d tin, bài về CCHC hơn trong %d tin, bài khác, từ điển chưa có. Chỉ để chuyên gia xem: thêm vào từ điển thì chạy lại loa classify evaluate.\n", counted[true], counted[false])
	fmt.Fprintln(a.Out, "TỪ\tVỀ CCHC\tKHÁC\tGẤP\tVÍ DỤ")
	for _, t := range terms {
		fmt.Fprintf(a.Out, "%s\t%d\t%d\t%s\t%s\n", t.Term, t.Accepted, t.Others, viet.Decimal(float64(int(t.Lift*10))/10), strings.Join(t.Examples, " "))
	}
	return nil
}
