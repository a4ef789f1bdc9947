// Command origin is a load origin: synthetic news sites on loopback for
// measuring how fast a crawler or feed reader reads many feeds. Everything it
// serves is a function of the feed and item number, so two readers do the same
// work on the same bytes.
//
//	go run ./bench/origin -addr 127.0.0.1:7070 -hosts 50 -feeds 1000 -items 20 -plan /some/folder
//
//	/f/{n}.rss          newest items of feed n
//	/f/{n}/             the same as an HTML list
//	/f/{n}/{id}.html    article, about 20 KiB
//	/advance?by=M       every feed gets M newer items
//	/stats              {"requests":…,"not_modified":…,"bytes":…,"feeds":…,"articles":…,"first":…}
//	/reset              the counts begin anew; first is when the first request then came
//
// Feed n is known as h{1+n mod hosts}.tai.example. With -plan it writes a plans
// folder for province "tai" whose sources are these feeds, and resolve.txt with
// a host and its address on each line:
//
//	loa crawl --plans DIR --plan tai/2023 --at 2023-06-01 --allow-loopback --spacing 0s \
//	    --resolve-file DIR/resolve.txt
//
// It listens on loopback and refuses any other address.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"
)

// options are the size of the load.
type options struct {
	addr    string
	hosts   int
	feeds   int
	items   int           // shown per feed
	latency time.Duration // added to every answer
	spread  bool          // one loopback address per host instead of one for all
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "origin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o options
	fs := flag.NewFlagSet("origin", flag.ContinueOnError)
	fs.StringVar(&o.addr, "addr", "127.0.0.1:7070", "loopback address and port to listen on")
	fs.IntVar(&o.hosts, "hosts", 50, "host names to spread the feeds over")
	fs.IntVar(&o.feeds, "feeds", 1000, "feeds")
	fs.IntVar(&o.items, "items", 20, "items shown per feed")
	fs.DurationVar(&o.latency, "latency", 0, "added to every answer")
	fs.BoolVar(&o.spread, "spread", false, "give every host its own address 127.0.x.y (Linux)")
	plan := fs.String("plan", "", "write a plans folder and resolve.txt here")
	articles := fs.Bool("articles", true, "in the plan, follow entries to their pages")
	kind := fs.String("kind", "feed", "in the plan, read the feeds (feed) or the lists (list)")
	if err := fs.Parse(args); err != nil {
		return err
	}
	lns, err := listen(o)
	if err != nil {
		return err
	}
	if *plan != "" {
		if err := writePlan(*plan, o, lns, *kind, *articles); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "origin: %d feeds on %d hosts at %s, %d address(es)\n", o.feeds, o.hosts, lns[0].Addr(), len(lns))
	return serve(ctx, newOrigin(o), lns)
}

// listen opens one listener, or one per host with -spread.
func listen(o options) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(o.addr)
	if err != nil {
		return nil, fmt.Errorf("read -addr: %w", err)
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("refuse to listen on %q: want a loopback address such as 127.0.0.1", host)
	}
	if o.hosts < 1 || o.feeds < 1 || o.items < 1 {
		return nil, errors.New("want at least one host, one feed and one item")
	}
	n := 1
	if o.spread {
		if ip.To4() == nil || o.hosts > 60000 {
			return nil, errors.New("-spread wants an IPv4 address and at most 60000 hosts")
		}
		n = o.hosts
	}
	var lns []net.Listener
	for i := range n {
		at := net.JoinHostPort(host, port)
		if i > 0 {
			at = net.JoinHostPort(fmt.Sprintf("127.1.%d.%d", i/250, i%250+1), port)
		}
		ln, err := net.Listen("tcp", at)
		if err != nil {
			for _, l := range lns {
				l.Close()
			}
			return nil, fmt.Errorf("listen on %s: %w", at, err)
		}
		if i == 0 { // a port 0 is chosen once, for all
			if _, port, err = net.SplitHostPort(ln.Addr().String()); err != nil {
				return nil, fmt.Errorf("read own address: %w", err)
			}
		}
		lns = append(lns, ln)
	}
	return lns, nil
}

// serve answers on all listeners until ctx ends.
func serve(ctx context.Context, h http.Handler, lns []net.Listener) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 30 * time.Second}
	defer context.AfterFunc(ctx, func() { srv.Close() })()
	failed := make(chan error, len(lns))
	for _, ln := range lns {
		go func() { failed <- srv.Serve(ln) }()
	}
	var first error
	for range lns {
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) && first == nil {
			first = fmt.Errorf("serve: %w", err)
			srv.Close()
		}
	}
	return first
}
