package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
)

func TestByPlace(t *testing.T) {
	for _, c := range []struct {
		query, text string
		places      []int
	}{
		{"SELECT 1", "SELECT 1", nil},
		{"SELECT $1, $2 WHERE $1 < $10", "SELECT ?, ? WHERE ? < ?", []int{1, 2, 1, 10}},
		{"SELECT '$1', 'it''s $2', $3", "SELECT '$1', 'it''s $2', ?", []int{3}},
		{"SELECT $, 'đ'||$1", "SELECT $, 'đ'||?", []int{1}},
	} {
		if text, places := byPlace(c.query); text != c.text || !slices.Equal(places, c.places) {
			t.Errorf("%s: %s %v, want %s %v", c.query, text, places, c.text, c.places)
		}
	}
}

// Statements are prepared once for each text, not above a number, and one that
// is at work is not run a second time meanwhile.
func TestPreparedStatements(t *testing.T) {
	s, ctx := opened(t), context.Background()
	err := s.write(ctx, "test", func(x *tx) error {
		const q = "SELECT value FROM json_each($1) WHERE value >= $2 AND value >= $2"
		var got []int
		err := each(ctx, x, func(r *sql.Rows) error {
			var outer int
			if err := r.Scan(&outer); err != nil {
				return err
			}
			return each(ctx, x, func(r *sql.Rows) error {
				var inner int
				err := r.Scan(&inner)
				got = append(got, 10*outer+inner)
				return err
			}, q, "[1,2,3]", 2)
		}, q, "[1,2]", 1)
		if want := []int{12, 13, 22, 23}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; want %v", got, err, want)
		}
		for i := range 3 * mostPrepared {
			if _, err := x.exec(ctx, fmt.Sprintf("UPDATE chore SET until = %d WHERE name = $1", i), "x"); err != nil {
				return err
			}
		}
		if _, err := x.exec(ctx, "UPDATE chore SET until = $2 WHERE name = $3", "x", 1); err == nil {
			t.Error("an argument is missing")
		}
		if _, err := x.exec(ctx, "UPDATE nothing SET until = $1", 1); err == nil {
			t.Error("no such table")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.pools.write.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		if n := len(c.(*preparedConn).idle); n != mostPrepared {
			t.Errorf("%d statements are kept, want %d", n, mostPrepared)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
