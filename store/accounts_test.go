package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
	"loa/web/access"
)

// gateClock is a clock that a test sets.
type gateClock struct{ now time.Time }

func (c *gateClock) Now() time.Time { return c.now }

func (c *gateClock) on(d time.Duration) { c.now = c.now.Add(d) }

func eachGate(t *testing.T, do func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock)) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			s := storetest.Open(t, engine, store.Options{})
			c := &gateClock{time.Date(2023, 3, 10, 8, 0, 0, 0, time.UTC)}
			do(t, s, access.NewGate(s, c.Now, c.Now), c)
			if _, err := s.VerifyEvents(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

var root = access.Act{By: access.Actor{Name: "Quản trị", Login: "quantri", Role: access.Admin}, At: time.Date(2023, 3, 10, 8, 0, 0, 0, time.UTC)}

const goodPassword = "một câu dễ nhớ"

func made(t *testing.T, g *access.Gate, login string, role access.Role, agencies ...string) access.Account {
	t.Helper()
	a, err := g.New(context.Background(), access.Account{Login: login, Name: "Cán bộ " + login, Role: role, Agencies: agencies}, goodPassword, false, root)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A login makes a session that ends: unused, in any case, on request, and with the account.
func TestGateSessions(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		a := made(t, g, "lan.nguyen", access.Clerk, "mau/so-tu-phap")
		in := func() string {
			t.Helper()
			token, _, err := g.Login(ctx, " Lan.Nguyen ", goodPassword, "10.0.0.7", "trình duyệt")
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		who := func(token string) (access.Actor, bool) {
			t.Helper()
			x, _, ok, err := g.Who(ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			return x, ok
		}
		token := in()
		x, ok := who(token)
		if !ok || x.Login != "lan.nguyen" || x.Role != access.Clerk || !x.Sees("mau/so-tu-phap") || x.Sees("mau/bao") || x.Session != access.TokenID(token) {
			t.Fatalf("who: %+v %v", x, ok)
		}
		if _, ok := who(x.Session); ok {
			t.Error("the stored id of a session lets in")
		}
		for range 20 { // used now and then it goes on, to the seventh day
			c.on(8 * time.Hour)
			if _, ok := who(token); !ok {
				t.Fatalf("a session in use ended at %v", c.now)
			}
		}
		c.on(9 * time.Hour)
		if _, ok := who(token); ok {
			t.Error("a session outlives a week")
		}
		token = in()
		c.on(13 * time.Hour)
		if _, ok := who(token); ok {
			t.Error("a session outlives half a day without use")
		}
		first, second := in(), in()
		if err := s.EndSessions(ctx, a.ID, access.TokenID(first), c.now, root); err != nil {
			t.Fatal(err)
		}
		if _, ok := who(first); ok {
			t.Error("a session that was ended lets in")
		}
		if _, ok := who(second); !ok {
			t.Error("another session ended with it")
		}
		stored, _, err := s.FindAccount(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.SetPassword(ctx, stored, goodPassword+" khác", true, root); err != nil {
			t.Fatal(err)
		}
		if _, ok := who(second); ok {
			t.Error("a session outlives the password")
		}
		stored, _, _ = s.FindAccount(ctx, a.ID)
		if !stored.Renew {
			t.Error("a password set by somebody else need not be changed")
		}
		stored.Ended = c.now
		if err := g.Put(ctx, stored, root); err != nil {
			t.Fatal(err)
		}
		if _, _, err := g.Login(ctx, "lan.nguyen", goodPassword+" khác", "10.0.0.7", ""); !errors.Is(err, access.ErrEnded) {
			t.Errorf("an ended account: %v", err)
		}
		events, err := s.Events(ctx, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		for _, e := range events {
			kinds[e.Kind]++
			for _, secret := range []string{goodPassword, token, first, second, "argon2"} {
				if strings.Contains(e.Before+e.After+e.Subject, secret) {
					t.Errorf("the trail holds a secret: %+v", e)
				}
			}
		}
		if kinds["account.made"] != 1 || kinds["account.changed"] != 2 || kinds["login"] != 4 || kinds["logout"] != 2 {
			t.Errorf("events: %v", kinds)
		}
	})
}

// Failed logins are waited for: soon for one login from one address, later for an address, and nobody is locked out for good.
func TestGateThrottles(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		made(t, g, "canbo", access.Officer)
		try := func(login, password, from string) error {
			_, _, err := g.Login(ctx, login, password, from, "")
			return err
		}
		for i := range 5 {
			if err := try("canbo", "sai mật khẩu rồi", "10.0.0.1"); !errors.Is(err, access.ErrWrong) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		var w access.Wait
		if err := try("canbo", goodPassword, "10.0.0.1"); !errors.As(err, &w) || w.Until.Sub(c.now) != 30*time.Second {
			t.Fatalf("the sixth: %v", err)
		}
		if err := try("canbo", goodPassword, "10.0.0.2"); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
		c.on(31 * time.Second)
		if err := try("canbo", "sai mật khẩu rồi", "10.0.0.1"); !errors.Is(err, access.ErrWrong) {
			t.Fatal(err)
		}
		if err := try("canbo", goodPassword, "10.0.0.1"); !errors.As(err, &w) || w.Until.Sub(c.now) != time.Minute {
			t.Errorf("doubled: %v", err)
		}
		c.on(61 * time.Second)
		if err := try("canbo", goodPassword, "10.0.0.1"); err != nil {
			t.Errorf("after waiting: %v", err)
		}
		if err := try("canbo", "sai mật khẩu rồi", "10.0.0.1"); !errors.Is(err, access.ErrWrong) {
			t.Errorf("a right login forgets: %v", err)
		}
		c.on(2 * time.Hour)
		for i := range 38 { // many logins from one place; hashing them all would take long
			if err := s.AddFailure(ctx, []string{"from 10.9.9.9", fmt.Sprintf("login ten%d", i)}, c.now, c.now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		for _, login := range []string{"ten98", "ten99"} {
			if err := try(login, "sai mật khẩu rồi", "10.9.9.9"); !errors.Is(err, access.ErrWrong) {
				t.Fatalf("%s: %v", login, err)
			}
		}
		if err := try("canbo", goodPassword, "10.9.9.9"); !errors.As(err, &w) {
			t.Errorf("from an address that tries all names: %v", err)
		}
		c.on(2 * time.Hour)
		if err := try("canbo", goodPassword, "10.9.9.9"); err != nil {
			t.Errorf("forgotten in the end: %v", err)
		}
		if err := try("canbo", strings.Repeat("x", 5000), "10.0.0.3"); !errors.Is(err, access.ErrWrong) {
			t.Errorf("a password without end: %v", err)
		}
	})
}

// What is sent together is counted as if it came one after the other.
func TestGateThrottlesTogether(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		made(t, g, "canbo", access.Officer)
		const many = 20
		results := make(chan error, many)
		for range many {
			go func() {
				_, _, err := g.Login(context.Background(), "canbo", "sai mật khẩu rồi", "10.0.0.1", "")
				results <- err
			}()
		}
		compared := 0
		for range many {
			if err := <-results; errors.Is(err, access.ErrWrong) {
				compared++
			}
		}
		if compared > 6 { // five are free; two are hashed at once
			t.Errorf("%d of %d passwords were compared", compared, many)
		}
	})
}

func TestGateAccounts(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		boss := made(t, g, "quantri", access.Admin)
		for _, x := range []struct {
			a    access.Account
			pass string
			want error
		}{
			{access.Account{Login: "quantri", Name: "Hai", Role: access.Reader}, goodPassword, access.ErrTaken},
			{access.Account{Login: "có dấu", Name: "Ba", Role: access.Reader}, goodPassword, access.ErrLogin},
			{access.Account{Login: "bon", Name: " ", Role: access.Reader}, goodPassword, access.ErrName},
			{access.Account{Login: "nam", Name: "Năm", Role: "king"}, goodPassword, access.ErrRole},
			{access.Account{Login: "sau", Name: "Sáu", Role: access.Link}, goodPassword, access.ErrRole},
			{access.Account{Login: "bay", Name: "Bảy", Role: access.Clerk}, goodPassword, access.ErrAgency},
			{access.Account{Login: "tam", Name: "Tám", Role: access.Reader}, "ngắn quá", access.ErrShort},
			{access.Account{Login: "chinchin", Name: "Chín", Role: access.Reader}, "ChinChin-2023!", access.ErrGuess},
			{access.Account{Login: "muoi", Name: "Mười", Role: access.Reader}, "aaaaaaaaaaaaaaa", access.ErrGuess},
			{access.Account{Login: "muoi", Name: "Mười", Role: access.Reader}, "1234567890", access.ErrGuess},
			{access.Account{Login: "muoi", Name: "Mười", Role: access.Reader}, strings.Repeat("abcdefgh9", 40), access.ErrLong},
		} {
			if _, err := g.New(ctx, x.a, x.pass, false, root); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", x.a.Login, err, x.want)
			}
		}
		gone := boss
		gone.Ended = c.now
		if err := g.Put(ctx, gone, root); !errors.Is(err, access.ErrLastRoot) {
			t.Errorf("the last administrator ended: %v", err)
		}
		gone = boss
		gone.Role = access.Reader
		if err := g.Put(ctx, gone, root); !errors.Is(err, access.ErrLastRoot) {
			t.Errorf("the last administrator became a reader: %v", err)
		}
		made(t, g, "quantri2", access.Admin)
		if err := g.Put(ctx, gone, root); err != nil {
			t.Errorf("with another one: %v", err)
		}
		if err := g.Put(ctx, boss, root); !errors.Is(err, access.ErrMoved) {
			t.Errorf("changed from an older state: %v", err)
		}
		all, err := s.Accounts(ctx)
		if err != nil || len(all) != 2 || all[0].Login != "quantri" || all[0].Role != access.Reader {
			t.Errorf("accounts: %+v, %v", all, err)
		}
	})
}

// Who covers another has their role and agencies only while it holds, and is named as themselves.
func TestGateCovers(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		made(t, g, "quantri", access.Admin)
		away, who := made(t, g, "dai", access.Planner, "mau/dai-ptth"), made(t, g, "tu", access.Reader)
		token, _, err := g.Login(ctx, "tu", goodPassword, "10.0.0.1", "")
		if err != nil {
			t.Fatal(err)
		}
		cover := access.Cover{ID: "c1", Account: who.ID, Away: away.ID, Since: c.now.AddDate(0, 0, 1), Until: c.now.AddDate(0, 0, 3), Reason: "nghỉ phép"}
		if err := s.PutCover(ctx, cover, root); err != nil {
			t.Fatal(err)
		}
		role := func() access.Actor {
			t.Helper()
			if err := s.SeeSession(ctx, access.TokenID(token), c.now, "c1"); err != nil {
				t.Fatal(err)
			}
			x, _, ok, err := g.Who(ctx, token)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			return x
		}
		if x := role(); x.Role != access.Reader || x.For != "" {
			t.Errorf("before: %+v", x)
		}
		c.on(30 * time.Hour)
		if x := role(); x.Role != access.Planner || !x.Sees("mau/dai-ptth") || x.Sees("mau/bao") || x.String() != "Cán bộ tu (tu), thay Cán bộ dai" {
			t.Errorf("while it holds: %+v, %s", x, x)
		}
		for _, change := range []func(*access.Account){func(a *access.Account) { a.Role, a.Agencies = access.Admin, nil }, func(a *access.Account) { a.Ended = c.now }} {
			was, _, err := s.FindAccount(ctx, away.ID)
			if err != nil {
				t.Fatal(err)
			}
			now := was
			change(&now)
			if err := s.PutAccount(ctx, now, root); err != nil {
				t.Fatal(err)
			}
			if x := role(); x.Role != access.Reader || x.For != "" {
				t.Errorf("the duties of an administrator, or of who left, are done: %+v", x)
			}
			now.Version++
			now.Role, now.Agencies, now.Ended = was.Role, was.Agencies, was.Ended
			if err := s.PutAccount(ctx, now, root); err != nil {
				t.Fatal(err)
			}
		}
		cover.Ended = c.now
		if err := s.PutCover(ctx, cover, root); err != nil {
			t.Fatal(err)
		}
		if x := role(); x.Role != access.Reader {
			t.Errorf("taken back: %+v", x)
		}
		list, err := s.Covers(ctx, away.ID)
		if err != nil || len(list) != 1 || list[0].Reason != "nghỉ phép" || list[0].Ended.IsZero() {
			t.Errorf("covers: %+v, %v", list, err)
		}
	})
}

func TestGatePasses(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		token, id := access.NewToken()
		p := access.Pass{ID: id, Plan: "mau/2023", Agency: "mau/xa-lung-may", Period: "2023-03", Made: c.now, Maker: "Huyện", Until: c.now.AddDate(0, 0, 2)}
		if err := s.PutPasses(ctx, []access.Pass{p}, root); err != nil {
			t.Fatal(err)
		}
		x, got, ok, err := g.Holder(ctx, token)
		if err != nil || !ok || x.Role != access.Link || x.Period != "2023-03" || !x.Sees(p.Agency) || x.Sees("mau/xa-khe-trang") || got.Agency != p.Agency {
			t.Fatalf("holder: %+v %v %v", x, ok, err)
		}
		if err := s.UsePass(ctx, id, c.now, access.Act{By: x, At: c.now}); err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string]string{"none": "", "its id": id, "another": "AAAA", "long": strings.Repeat("A", 500)} {
			if _, _, ok, err := g.Holder(ctx, bad); ok || err != nil {
				t.Errorf("%s: %v %v", name, ok, err)
			}
		}
		list, err := s.Passes(ctx, "mau/2023", "2023-03")
		if err != nil || len(list) != 1 || list[0].Uses != 1 || !list[0].Used.Equal(c.now) {
			t.Errorf("passes: %+v, %v", list, err)
		}
		c.on(49 * time.Hour)
		if _, _, ok, _ := g.Holder(ctx, token); ok {
			t.Error("a link outlives its day")
		}
		c.on(-49 * time.Hour)
		if err := s.EndPass(ctx, id, root); err != nil {
			t.Fatal(err)
		}
		if _, _, ok, _ := g.Holder(ctx, token); ok {
			t.Error("a link that was taken back lets in")
		}
	})
}

// An identity is tied to the account of its name once, and never to another's.
func TestGateSignedOn(t *testing.T) {
	eachGate(t, func(t *testing.T, s *store.Store, g *access.Gate, c *gateClock) {
		ctx := context.Background()
		a, err := g.New(ctx, access.Account{Login: "mai", Name: "Mai", Role: access.Officer}, "", false, root)
		if err != nil {
			t.Fatal(err)
		}
		made(t, g, "quantri", access.Admin)
		if _, err := g.SignedOn(ctx, access.Confirmed{Subject: "https://sso 9", Logins: []string{"quantri"}}, "", ""); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("an account with a password is taken by its name: %v", err)
		}
		if _, err := g.SignedOn(ctx, access.Confirmed{Subject: "https://sso 1", Logins: []string{"la"}}, "", ""); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("nobody's: %v", err)
		}
		if _, err := g.SignedOn(ctx, access.Confirmed{Subject: "https://sso 2", Logins: []string{"mai"}}, "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := g.SignedOn(ctx, access.Confirmed{Subject: "https://sso 3", Logins: []string{"mai"}}, "", ""); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("another identity with the same name: %v", err)
		}
		token, err := g.SignedOn(ctx, access.Confirmed{Subject: "https://sso 2", Logins: []string{"renamed"}}, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if x, _, ok, _ := g.Who(ctx, token); !ok || x.Account != a.ID {
			t.Errorf("who: %+v %v", x, ok)
		}
	})
}

// TestLastRootOnTwoNodes: two nodes take away one another's administrator at the same time; one stays.
func TestLastRootOnTwoNodes(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			db := storetest.DB(t, engine)
			var gates [2]*access.Gate
			var nodes [2]*store.Store
			for i := range gates {
				s, err := store.Open(ctx, db, store.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				clock := func() time.Time { return day0 }
				nodes[i], gates[i] = s, access.NewGate(s, clock, clock)
			}
			for round := range 8 {
				var admins [2]access.Account
				for i := range admins {
					a := access.Account{ID: fmt.Sprintf("%d-%d", round, i), Login: fmt.Sprintf("quantri%d%d", round, i), Name: "Quản trị", Role: access.Admin, Made: day0}
					if err := nodes[0].PutAccount(ctx, a, root); err != nil {
						t.Fatal(err)
					}
					admins[i] = a
					admins[i].Version = 1
				}
				all, err := nodes[0].Accounts(ctx)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range all { // who stayed of the round before goes
					if a.Role == access.Admin && a.Ended.IsZero() && a.ID != admins[0].ID && a.ID != admins[1].ID {
						a.Ended = day0
						if err := nodes[1].PutAccount(ctx, a, root); err != nil {
							t.Fatal(err)
						}
					}
				}
				ready, errs := make(chan struct{}), make(chan error, 2)
				for i := range gates {
					go func() {
						a := admins[i]
						a.Ended = day0.Add(time.Hour)
						<-ready
						errs <- gates[i].Put(ctx, a, root)
					}()
				}
				close(ready)
				refused := 0
				for range gates {
					if err := <-errs; errors.Is(err, access.ErrLastRoot) {
						refused++
					} else if err != nil {
						t.Fatal(err)
					}
				}
				if refused != 1 {
					t.Fatalf("round %d: %d of 2 were refused: no administrator is left", round, refused)
				}
			}
		})
	}
}
