package store

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestInheritedTables: a new table is either made of what was crawled, or what people handed in, decided or set: whoever adds one says
// which (readTables, or here).
func TestInheritedTables(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "loa.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var got []string
	crawled := readTables()
	err = each(t.Context(), s.pools.read, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		if !crawled[name] {
			got = append(got, name)
		}
		delete(crawled, name)
		return err
	}, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'item_fts%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(`airing case_act closing closing_row collect_note decision declaration declared_file declared_piece delivery delivery_act
		dispute_act draft episode handed handin handin_act handin_amount handin_file import_map kept_closing log_file note notice notice_about
		notice_answer notice_release paper_act paper_file paper_issue plan_entry plan_override plan_version programme proposal_refusal
		radio_check radio_sample receipt register register_of register_row score_basis`)
	if !slices.Equal(got, want) {
		t.Errorf("inherited are\n%s\nwant\n%s", strings.Join(got, " "), strings.Join(want, " "))
	}
	if len(crawled) > 0 {
		t.Errorf("no tables of this schema: %v", crawled)
	}
}
