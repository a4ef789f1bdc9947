// Package storetest opens stores for tests, on SQLite in a temporary folder
// and on a PostgreSQL server that it starts itself when LOA_TEST_PG names none.
// A PostgreSQL that cannot be had fails the tests: they are not skipped.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"loa/store"
)

// Engines names both engines, for table tests.
func Engines() []string { return []string{"sqlite", "postgres"} }

// admin is the environment variable that holds an address on a PostgreSQL
// server with the right to make databases.
const admin = "LOA_TEST_PG"

// passing tells that the PostgreSQL server ends with the tests.
var passing bool

// Main runs the tests of a package that opens stores: it starts a PostgreSQL
// server unless LOA_TEST_PG is set, and stops it at the end. Use it as
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	if os.Getenv(admin) == "" {
		dsn, stop, err := startPostgres(inMemory(), unsynced()...)
		if err != nil {
			fmt.Fprintln(os.Stderr, "storetest: PostgreSQL is needed (install it, or set "+admin+"):", err)
			return 1
		}
		defer stop()
		passing = true
		os.Setenv(admin, dsn)
	}
	defer dropTemplate()
	return m.Run()
}

// template is a database that has the schema and nothing else, of PostgreSQL: it is copied for each store, for making the schema
// takes as long as most tests.
var template struct {
	once sync.Once
	name string
	err  error
}

// templated gives the name of the template on a server.
func templated(server string) (string, error) {
	t := &template
	t.once.Do(func() {
		name := "loa_template_" + strings.ToLower(rand.Text())
		if t.err = order(server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); t.err != nil {
			return
		}
		t.name = name
		s, err := store.Open(context.Background(), withDatabase(server, name), store.Options{})
		if err == nil {
			err = s.Close()
		}
		t.err = err
	})
	return t.name, t.err
}

func dropTemplate() {
	if template.name == "" || passing {
		return
	}
	if err := order(os.Getenv(admin), "DROP DATABASE "+template.name+" WITH (FORCE)"); err != nil {
		fmt.Fprintln(os.Stderr, "storetest: drop the template:", err)
	}
}

// Open opens an empty store of the engine; it is closed and removed with the test.
func Open(t testing.TB, engine string, opt store.Options) *store.Store {
	t.Helper()
	db := ""
	if engine == "postgres" {
		name, err := templated(server(t))
		if err != nil {
			t.Fatalf("make the template of test databases: %v", err)
		}
		db = database(t, name)
	} else {
		db = DB(t, engine)
	}
	s, err := store.Open(context.Background(), db, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// DB is the address of an empty database of the engine, for store.Open or
// --db; it is removed with the test.
func DB(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "loa.db")
	}
	return database(t, "template0")
}

func server(t testing.TB) string {
	t.Helper()
	server := os.Getenv(admin)
	if server == "" {
		t.Fatal("storetest: no PostgreSQL; the package's TestMain must call storetest.Main")
	}
	return server
}

// database makes a copy of a template, which is removed with the test.
func database(t testing.TB, template string) string {
	t.Helper()
	server := server(t)
	name := "loa_test_" + strings.ToLower(rand.Text())
	run := func(stmt string) error { return order(server, stmt) }
	if err := run("CREATE DATABASE " + name + " TEMPLATE " + template + " ENCODING 'UTF8'"); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return withDatabase(server, name)
}

// order has the server do one statement.
func order(server, stmt string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, stmt)
	return err
}

// Kept is the address of a database that outlives the test, empty the first time: for benchmarks whose world takes long
// to make. On SQLite it is a file in dir, on PostgreSQL a database of the server that LOA_TEST_PG names.
func Kept(t testing.TB, engine, dir, name string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(dir, name+".db")
	}
	server := os.Getenv(admin)
	if server == "" || passing {
		t.Fatal("storetest: a database that is kept needs a PostgreSQL server that stays: set " + admin)
	}
	var there *pgconn.PgError
	if err := order(server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil && !(errors.As(err, &there) && there.Code == "42P04") {
		t.Fatalf("make the database that is kept: %v", err)
	}
	return withDatabase(server, name)
}

// withDatabase is the address with another database's name.
func withDatabase(server, name string) string {
	if !strings.Contains(server, "://") {
		return server + " dbname=" + name // the last one counts
	}
	base, query, _ := strings.Cut(server, "?")
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	out := scheme + "://" + host + "/" + name
	if query != "" {
		out += "?" + query
	}
	return out
}
