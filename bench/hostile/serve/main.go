// Command serve runs the hostile origin on loopback, to be tried by hand:
//
//	go run ./bench/hostile/serve -plan /some/folder
//	loa crawl --plans DIR --plan xau/2023 --at 2023-06-01 --allow-loopback --spacing 0s --resolve-file DIR/resolve.txt
//	loa try --allow-loopback --resolve-file DIR/resolve.txt http://html-soup.xau.example/doc
//
// It refuses any other address than one of loopback.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"loa/bench/hostile"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	addr := fs.String("addr", "127.0.0.1:7071", "loopback address and port to listen on")
	plan := fs.String("plan", "", "write a plans folder and resolve.txt here")
	honest := fs.Int("honest", 20, "honest hosts beside the hostile ones")
	if err := fs.Parse(args); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(*addr)
	if err != nil {
		return fmt.Errorf("read -addr: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("refuse to listen on %q: want a loopback address such as 127.0.0.1", host)
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	attacks := hostile.Attacks()
	if *plan != "" {
		resolve, err := hostile.Plan(*plan, ln.Addr().String(), attacks, *honest)
		if err == nil {
			err = os.WriteFile(filepath.Join(*plan, "resolve.txt"), []byte(resolve), 0o644)
		}
		if err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
	}
	for _, a := range attacks {
		fmt.Printf("%-24s %-5s %s\n", a.Name, a.Kind, a.URL())
	}
	fmt.Fprintf(os.Stderr, "hostile: %d attacks and %d honest hosts at %s\n", len(attacks), *honest, ln.Addr())
	srv := &http.Server{Handler: hostile.New(), ReadHeaderTimeout: 30 * time.Second}
	defer context.AfterFunc(ctx, func() { srv.Close() })()
	if err := srv.Serve(ln); ctx.Err() == nil {
		return err
	}
	return nil
}
