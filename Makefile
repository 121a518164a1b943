# What the project is worked on with. Go is all it needs; the race detector also wants a
# C compiler.

GO      ?= go
MODULES  = . ./cmd/asyncgen ./cmd/loadgen ./bench ./examples/jsonhttp ./internal/conformance ./internal/linear ./serve/fasthttphandler

# All their packages, for one command: go.work has them all.
PACKAGES = $(addsuffix /...,$(MODULES))

# The other platforms that must build: each system, and each size of word.
PLATFORMS = linux/arm64 linux/386 freebsd/amd64 darwin/arm64 windows/amd64

# The packages with models for the explorer.
MODELS   = ./internal/waitlist ./waker ./future ./future/stream ./future/coord ./future/aio ./future/tlsio ./deque ./reactor ./reactor/netio ./internal/forkjoin ./sched ./serve ./serve/kv ./serve/web ./serve/ws

# What is tested in the builds that are not the usual one: those, and what stands on them.
PKGSTAGS = ./waker ./deque ./future/... ./reactor/... ./sched/... ./internal/waitlist ./internal/forkjoin \
           ./internal/spin ./internal/gid ./internal/cpu

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0

# How long make soak goes on.
SOAK    ?= 5m

.PHONY: help demo test unit race tags prove prove-short mutate soak fuzz bench peers lint parity vet cross cross-build fmt

help:         ## this list
	@sed -n 's/^\([a-z-]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo:         ## a magpie server and its load generator in one process, with a report
	@$(GO) run ./cmd/loadgen demo

test: lint unit race tags prove-short cross ## everything that has to pass, as CI runs it

unit:         ## the tests of all modules
	$(GO) test $(PACKAGES)

# The compiler's tests build programs and run them, which the detector would not see.
RACED    = $(filter-out ./cmd/asyncgen/...,$(PACKAGES))

race:         ## the same under the race detector, with fewer rounds where there are many
	$(GO) test -race -short -vet=off $(RACED)

tags:         ## the builds that are not the usual one: no assembly, no epoll, 32 bits, one P
	$(GO) test -short -tags purego ./waker ./deque ./future ./reactor ./sched ./internal/waitlist ./internal/forkjoin ./internal/spin ./internal/gid ./internal/cpu
	$(GO) test -short -tags portable $(PKGSTAGS) ./serve/...
	@if GOARCH=386 $(GO) test -count=1 -run '^$$' ./internal/spin >/dev/null 2>&1; then what=test; \
	else what=vet; echo "this kernel runs no 386 programs: they are built and vetted only"; fi; \
	echo "GOARCH=386 $$what"; GOARCH=386 $(GO) $$what $(PKGSTAGS)
	GOMAXPROCS=1 $(GO) test -short ./sched

prove-short:  ## the explorer's models and the quickest mutants
	$(GO) test -short -tags explore ./internal/explore ./internal/word
	$(GO) test -short -tags explore -run '^TestModel' $(MODELS)
	$(GO) run ./internal/mutants -short

prove:        ## every model, all of Go's own programs as async functions, every mutant, and 20 mutants made by the machine, a line each
	@summary=$$(mktemp); \
	EXPLORE_SUMMARY=$$summary $(GO) test -count=1 -tags explore -run '^TestModel' $(MODELS); status=$$?; \
	sort $$summary; rm $$summary; [ $$status = 0 ]
	cd cmd/asyncgen && $(GO) test -count=1 -timeout 2h ./internal/corpus -all
	cd cmd/asyncgen && $(GO) test -count=1 -timeout 2h ./internal/random -args -n 2000
	$(GO) run ./internal/mutants
	$(GO) run ./internal/mutate

mutate:       ## N (20) mutants made by the machine in PKG (all), chosen by SEED (the day)
	$(GO) run ./internal/mutate $(if $(PKG),-pkg="$(PKG)") $(if $(SEED),-seed=$(SEED)) $(if $(N),-n=$(N))

soak:         ## the runtime under injected faults, for SOAK (5m)
	$(GO) test -tags faults -count=1 -timeout 0 -run Soak ./internal/soak -soak=$(SOAK) -v

fuzz:         ## each fuzz target for half a minute
	@for f in $$(grep -rl --include=*_test.go '^func Fuzz' . ); do \
	  for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$f); do \
	    echo "$$f $$t"; (cd $$(dirname $$f) && $(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime 30s .) || exit 1; \
	  done; done

peers:        ## build tokio, rayon, gnet and the others that bench measures beside magpie
	@bench/peers/run build

bench:        ## the benchmarks, goroutines and what make peers has built beside them
	$(GO) run ./bench

lint: vet parity ## gofmt, go mod tidy, go vet, staticcheck, the tables of cases, and that generated files are not stale
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	  if [ -n "$$files" ]; then echo "not gofmt-ed:"; echo "$$files"; exit 1; fi
	$(GO) run $(STATICCHECK) $(PACKAGES)
	$(GO) run ./internal/arity -check
	$(GO) run github.com/magpie-go/magpie/cmd/asyncgen -check ./examples/... ./examples/jsonhttp ./bench/internal/onmagpie

parity:       ## check docs/parity: what covers the cases of tokio and futures-rs, and what is missing
	$(GO) run ./internal/parity

vet:
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || exit 1; done
	$(GO) vet $(PACKAGES)
	$(GO) vet -tags explore ./internal/explore ./internal/word $(MODELS)
	$(GO) vet -tags faults ./internal/faults ./internal/sys ./internal/soak ./reactor

cross:        ## the types of everything on every platform, and the assembly of the other processor
	$(GO) run ./cmd/asyncgen/internal/platforms "$(PLATFORMS)" ./... ./cmd/loadgen/...
	GOARCH=arm64 $(GO) build ./internal/cpu ./internal/gid

cross-build:  ## compile and vet it for PLATFORMS, which takes a while: before a release, with more of them
	@for t in $(PLATFORMS); do \
	  echo "$$t"; \
	  for m in . ./cmd/loadgen; do \
	    (cd $$m && export GOOS=$${t%/*} GOARCH=$${t#*/} && $(GO) list -export ./... >/dev/null && $(GO) vet ./...) || exit 1; done; done

fmt:          ## gofmt everything
	gofmt -w $$(git ls-files -co --exclude-standard '*.go')
