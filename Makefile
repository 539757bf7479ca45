# Bare `make` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help up test test-long race lint fuzz bench compose compose-test dist zipkin pictures measure-house measure-flicker measure-up measure-failures measure-overhead measure-store measure-store-warm measure-store-sets measure-soak measure-store-growth measure-store-stalls measure-load measure-faults measure-flight measure-exec measure-decoders measure-explain measure-why measure-compare measure-pages measure-viewer

zipkin_version := 3.6.1
zipkin_dir     := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/zipkin
zipkin_jar     := $(zipkin_dir)/zipkin-server-$(zipkin_version)-exec.jar

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## the whole stack on this machine
	go run ./cmd/tracelab up

test: ## all tests, of all modules; those whose server is missing are skipped
	go test work

test-long: ## the long forms of tests that measure nothing: what faults leave behind, attendees at their pages (5 minutes)
	go test ./services/fetcher -count=1 -timeout 30m -run LeaveNothingBehind -times 300
	go test ./services/writer -count=1 -timeout 30m -run TestWhatIsAskedFor -rounds 100
	go test ./interop/browser -count=1 -timeout 30m -run TestAttendeesByPage -attendees 30

race: ## the same with the race detector
	go test -race work

lint: ## formatting, vet, shell scripts
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet work
	shellcheck -x scripts/*.sh .ci/run findings/*.sh findings/lib.bash

fuzz: ## every fuzzer in turn, for FUZZTIME each (10s)
	@grep -roE '^func Fuzz[A-Za-z0-9]+' --include='*_test.go' . | sed 's/:func / /' | while read -r file name; do \
	  (cd "$$(dirname "$$file")" && go test -run '^$$' -fuzz "^$$name\$$" -fuzztime "$${FUZZTIME:-10s}" -fuzzminimizetime 10x .) || exit 1; \
	done

bench: ## all benchmarks
	go test -run '^$$' -bench . -benchmem work

compose: ## the stack in containers, with a real Zipkin and a real Redis
	docker compose -f deploy/docker-compose.yml up --build

compose-test: ## the same, judged by scripts/smoke.sh, and taken down again
	scripts/compose-smoke.sh

dist: ## archives of the program for Linux, macOS and Windows, and their sums, in dist/
	go run ./deploy/dist

zipkin: $(zipkin_jar) ## fetch the released Zipkin server for the tests (needs mvn), and print its path
	@echo $(zipkin_jar)

# Standard output is for the path alone.
$(zipkin_jar):
	mvn -B -q dependency:copy -Dartifact=io.zipkin:zipkin-server:$(zipkin_version):jar:exec -DoutputDirectory=$(zipkin_dir) >&2

pictures: ## make docs/pictures anew, from the running program (needs chromium)
	go test ./interop/browser -count=1 -run TestPictures -update

measure-house: ## how large the pieces of this repository are, and were at BASE=REVISION
	go test . -count=1 -v -run TestHouse -house -base "$(BASE)"

measure-flicker: ## every test ROUNDS times (5) on this machine, and as often with all of its cores kept busy (hours)
	scripts/flicker.sh

measure-up: ## memory and time to ready of the whole stack
	go test ./e2e -run '^$$' -bench BenchmarkUp -benchtime 5x

measure-overhead: ## what tracing costs a request, ours beside its peers, and a visit of ten spans (8 minutes)
	go test ./interop/overhead -count=1 -v -timeout 30m -run 'TestCost|TestVisit' -rounds 12

measure-store: ## the embedded store beside the Zipkin server (10 minutes; needs ZIPKIN_JAR)
	go test ./interop/store -count=1 -v -timeout 30m -run TestBesideZipkin -rounds 8

measure-store-warm: ## the same beside a Zipkin that has had 1.5 million spans, with 512 MB of heap and with 2 GB, for spans alike and not (1 hour; needs ZIPKIN_JAR)
	go test ./interop/store -count=1 -v -timeout 180m -run TestBesideWarmZipkin -warmup 1500000 -rounds 6

measure-store-sets: ## what questions and memory cost with 500,000 spans that are alike, of random trees, and of 100,000 services (5 minutes)
	go test ./internal/store -count=1 -timeout 60m -run '^$$' -bench DataSets -benchtime 50x -spans 500000

measure-store-growth: ## what each operation of the store costs as it grows (5 minutes)
	go test ./internal/store -count=1 -v -timeout 30m -run TestGrowth -growth 1000000

measure-store-stalls: ## how long callers of a full store wait for each other
	go test ./internal/store -count=1 -timeout 30m -run '^$$' -bench BenchmarkStalls

measure-soak: ## the embedded store at its bound, under load (10 minutes)
	go test ./interop/store -count=1 -v -timeout 30m -run TestSoak -soak 10m

measure-failures: ## what failing collectors cost a traced service (10 minutes)
	go test ./e2e/collector -count=1 -v -timeout 30m -run TestCollectorFailures -duration 20s

measure-load: ## what tracelab load, hey and wrk say of a server that stalls (3 minutes)
	go test ./interop/load -count=1 -v -timeout 30m -duration 20s

measure-faults: ## what each fault does to its request, and to others (10 minutes)
	go test ./e2e/faults -count=1 -v -timeout 30m -long

measure-why: ## what tracelab why names, for each fault, at three loads, asked at once and eleven seconds later (20 minutes)
	go test ./e2e/faults -count=1 -v -timeout 30m -run TestWhyNamesTheFault -long

measure-compare: ## what tracelab compare names for faults of known effect, beside simpler ways, in our stack and in others (1 hour)
	go test ./e2e/compare -count=1 -v -timeout 90m -run TestMatrix -long
	go test ./interop/compare -count=1 -v -timeout 30m -run TestKnownChanges -long
	go test ./internal/analysis/compare -count=1 -v -timeout 90m -run TestMatrix -long

measure-flight: ## what the flight recorder and unasked explanations cost, alone and under load, and how soon there is an explanation (12 minutes)
	go test ./internal/flight -count=1 -v -timeout 30m -run TestIdleGoroutines -goroutines 100000 -bench 'Sample|Root'
	go test ./e2e/flight -count=1 -v -timeout 30m -run 'Cost|Load|Explanation' -rounds 30

measure-exec: ## what reading large execution traces costs, beside go tool trace, and programs of earlier in the directory BASELINE (20 minutes)
	go test ./interop/gotool -count=1 -v -timeout 120m -run TestCost -rounds 5 -long -baseline "$(BASELINE)"

measure-viewer: ## what the pages of large execution traces cost, beside go tool trace (5 minutes)
	go test ./interop/gotool -count=1 -v -timeout 60m -run TestViewer -rounds 1

measure-decoders: ## every event of execution traces beside Go's own decoder, of all releases from Go 1.22 on (15 minutes)
	go test ./interop/exectraces -count=1 -v -timeout 60m -long

measure-explain: ## what is said of injected waits, of who is to blame and of stolen CPU time, beside the truth (5 minutes)
	go test ./exectrace -count=1 -v -timeout 30m -run 'TestInjectedWaits|TestBlame|TestSegmentsAddUp|TestCPUTakenAway' -rounds 30

measure-pages: ## what opening a large trace costs a browser, beside Zipkin Lens, and what pages cost the server (15 minutes; needs ZIPKIN_JAR)
	go test ./interop/browser -count=1 -v -timeout 60m -run 'TestBesideLens|TestTimelineOfManySpans' -lens 3
	go test ./internal/web/find ./internal/web/waterfall -run '^$$' -bench . -cpu 1
