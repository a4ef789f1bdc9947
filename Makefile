# Every target works on a fresh machine with Go and apt; see README.md.
GO ?= go
PKGS = ./...
# Rooms that do not link SQLite run under the race detector (it makes SQLite 15 times slower).
RACE = ./viet/... ./media/... ./schedule/... ./crawler/... ./monitor/... ./notify/... ./metrics/... ./report/... ./web/... ./plans/... ./sample/... ./bench/hostile/... ./bench/origin/... ./bench/year/...

.PHONY: cross bench-growth bench-upgrade bench-day bench-nation bench-nodes bench-size release release-check vuln test-faults hostile soak help run test check bench bench-desk deps fuzz race oracle polite

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: ## the demo: a sample province on loopback, the board in the browser
	$(GO) run ./cmd/loa demo

deps: ## install what the tests need and is missing (PostgreSQL, promtool, Chromium), by apt
	@sh deploy/test-deps.sh

# check has vetted everything: a second vetting by go test would look at every dependency again, and with -race once more.
# cmd/loa takes longest, mostly waiting for processes: it comes first, and what runs with the race detector has what it leaves.
test: deps check ## install what is missing, then every test on SQLite and PostgreSQL, plain and with the race detector
	@export CI=$${CI:-true}; said=$$(mktemp); trap 'kill 0' INT TERM; ok=0; \
	( nice -n 10 $(GO) test -vet=off -race -short -timeout 40m $(RACE) && \
	  nice -n 10 $(GO) test -vet=off -race -short -timeout 40m -run '/postgres$$' ./store ) >$$said 2>&1 & beside=$$!; \
	$(GO) test -vet=off -timeout 40m ./cmd/loa $(PKGS) || ok=1; \
	wait $$beside || ok=1; echo "with the race detector:"; cat $$said; rm -f $$said; exit $$ok

test-faults: deps ## nodes and servers killed 200 times, links cut, disks full, logs torn, standbys (15 min; `make test` has the short form)
	LOA_FAULTS=200 $(GO) test ./cmd/loa -run 'TestKilledNodes|TestCutLinks|TestCutCables|TestTornLog|TestFullDisk|TestFailover|TestRecoverPostgres|TestPoisonedDocument|TestKillAndStartAgain|TestSinceKillAndResume' -timeout 90m -v

soak: deps ## half an hour of hostile hosts and hostile clients at once, and 3 min of it on PostgreSQL (LOA_SOAK: another time; docs/SECURITY.md)
	LOA_SOAK=$${LOA_SOAK:-30m} $(GO) test ./cmd/loa -run 'TestSoak$$' -timeout 180m -v

check: ## formatting, vet, and the plan files
	@out=$$(gofmt -l .); test -z "$$out" || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }
	$(GO) vet $(PKGS)
	$(GO) run ./cmd/loa check

bench: deps ## how many feeds loa reads, beside its parts and common feed readers (4 min), then benchmarks of every room
	$(GO) run ./bench/rate
	$(GO) test -run '^$$' -bench . -benchmem $(PKGS)

bench-nodes: deps ## how much faster two and four nodes crawl than one, on an origin that waits 50 ms (10 min; docs/PERFORMANCE.md)
	$(GO) run ./bench/rate -nodes 1,2,4 -rounds 3 -feeds 2000 -hosts 1000 -latency 50ms

bench-nation: ## a country's sources in simulation: how soon they are seen, how often asked, by how many nodes (20 min; docs/SCALE.md)
	LOA_NATION="$${LOA_NATION:-country node season}" GOGC=300 $(GO) test ./bench/nation -run 'TestNation$$' -timeout 90m -v

bench-day: ## a day of 200 sources by loa serve on SQLite, with clocks that run 120 times as fast: memory, processor (20 min; docs/SCALE.md)
	$(GO) run ./bench/nation

bench-size: deps ## what a province's days leave in PostgreSQL, table by table (10 min; docs/SCALE.md)
	LOA_SIZE=60,10 $(GO) test ./bench/nation -run 'TestSize$$' -timeout 90m -v

bench-growth: deps ## what a look costs with 100 to 10,000 feeds, and with 10,000 to a million items kept before (15 min; docs/PERFORMANCE.md)
	$(GO) run ./bench/rate -growth all

bench-upgrade: deps ## a database of an early schema with a million items is brought up to date: time, locks and waits of every step (15 min)
	LOA_UPGRADE_ITEMS=1000000 $(GO) test ./store -run '^$$' -bench '^BenchmarkUpgrade$$' -benchtime 1x -timeout 90m

bench-desk: deps ## the desk's pages at the server with 300 agencies and a million items, on both engines (30 min; docs/DESK.md)
	$(GO) test ./cmd/loa -run '^$$' -bench '^BenchmarkDesk$$' -benchtime 50x -timeout 90m

cross: ## vet and build for Windows, macOS and other processors, without cgo
	@for to in windows/amd64 windows/arm64 darwin/arm64 linux/arm64; do echo $$to; \
		GOOS=$${to%/*} GOARCH=$${to#*/} CGO_ENABLED=0 $(GO) vet ./cmd/... ./web/... ./store/keep/... ./crawler/fetch/... && \
		GOOS=$${to%/*} GOARCH=$${to#*/} CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/loa || exit 1; done

release: ## static programs for Linux and Windows, Debian packages, what they are made of, hashes; into dist/
	sh deploy/release/release.sh dist

release-check: ## builds it twice and compares every byte
	sh deploy/release/release.sh dist
	sh deploy/release/release.sh dist-again
	diff dist/SHA256SUMS dist-again/SHA256SUMS
	rm -rf dist-again

vuln: ## known weaknesses of what is called of other modules (asks vuln.go.dev)
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

fuzz: ## 20 s of fuzzing for every parser
	@for pkg in $$($(GO) list $(PKGS)); do for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
		echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$pkg || exit 1; done; done

polite: ## two nodes against 1,000 hosts that want distance in every way, ten rounds, judged by the hosts
	LOA_POLITE=1000x10 $(GO) test ./cmd/loa -run 'TestPolite$$' -timeout 60m -v

hostile: ## one hostile host beside twenty honest ones, attack by attack: how much later and larger
	$(GO) test ./cmd/loa -run '^$$' -bench '^BenchmarkHostile$$' -benchtime 1x -timeout 120m

oracle: ## matching against a brute-force oracle on 100,000 random plans (a test does 2,000)
	LOA_ORACLE=100000 $(GO) test ./schedule -run 'TestOracle(Match|Notices)' -timeout 60m -v
