package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// sizes reads numbers with commas between, each greater than the one before.
func sizes(list string) ([]int, error) {
	var out []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 || len(out) > 0 && n <= out[len(out)-1] {
			return nil, fmt.Errorf("%q: want growing numbers with commas between, such as 100,1000,10000", list)
		}
		out = append(out, n)
	}
	return out, nil
}

// exponent is how a figure grew from one size to the next: 0 not at all, 1 as the size did, 2 as its square.
func exponent(was, is float64, from, to int) string {
	if was <= 0 || is <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", math.Log(is/was)/math.Log(float64(to)/float64(from)))
}

// growFeeds runs loa on PostgreSQL with ever more feeds, ten on a host, and tells what a look costs: where nothing grows faster than the
// feeds do, the columns stay as they are.
func (w *world) growFeeds(ctx context.Context, list string, out io.Writer) error {
	counts, err := sizes(list)
	if err != nil {
		return fmt.Errorf("-growth-feeds %w", err)
	}
	fmt.Fprintf(out, "Feeds, ten on a host, %d items each, PostgreSQL; a look's milliseconds of processor, loa's and the server's\n\n", w.items)
	fmt.Fprintln(out, "| feeds | first read, looks/s | loa | server | nothing changed, looks/s | loa | server | one new item each, looks/s | loa | server | peak resident |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|---|---|")
	for _, n := range counts {
		was := w.load
		w.feeds, w.hosts = n, max(1, n/10)
		res, err := w.onPostgres(ctx)
		w.load = was
		if err != nil {
			return fmt.Errorf("%d feeds: %w", n, err)
		}
		fmt.Fprintf(out, "| %d |", n)
		for _, r := range res {
			fmt.Fprintf(out, " %.0f | %.2f | %.2f |", r.rate(), ms(r.cpu)/float64(n), ms(r.server)/float64(n))
		}
		fmt.Fprintf(out, " %.0f MiB |\n", mib(res[oneNew].peak))
	}
	return nil
}

// onPostgres runs loa alone through all cases.
func (w *world) onPostgres(ctx context.Context) (res [cases]result, err error) {
	db, site, leave, err := w.ground(ctx)
	if err != nil {
		return res, err
	}
	defer leave()
	res, _, _, err = w.loa(ctx, site, "pgx", db, db)
	return res, err
}

// growth is what -growth asks for.
func (w *world) growth(ctx context.Context, what, feeds, items string, out io.Writer) error {
	switch what {
	case "feeds":
		return w.growFeeds(ctx, feeds, out)
	case "items":
		return w.growItems(ctx, items, out)
	case "all":
		err := w.growFeeds(ctx, feeds, out)
		if err == nil {
			_, err = io.WriteString(out, "\n")
		}
		return errors.Join(err, w.growItems(ctx, items, out))
	}
	return fmt.Errorf("-growth %q: want feeds, items or all", what)
}
