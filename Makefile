# Drive-In: everything one does with a checkout. `make` alone lists it.

# One thing after the other: cargo uses all cores by itself, and output stays readable.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo run build test lint advisories bench fuzz clean

# More arguments for `make demo` and `make run`, as in: make demo ARGS='--films /srv/films'
ARGS ?=
# More arguments for `make test`, as in: make test TESTS=playback::
TESTS ?=
# How long `make fuzz` spends on each target.
SECONDS_EACH ?= 60
FUZZ_TARGETS = $(patsubst fuzz/fuzz_targets/%.rs,%,$(wildcard fuzz/fuzz_targets/*.rs))

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | while IFS='|' read -r name words; do \
		printf '  make %-12s%s\n' "$$name" "$$words"; done

# The debug build: it is ready in half the time of the release build, and plays as well.
demo: node_modules/.package-lock.json ## build and start over sample films; no account needed
	cargo run --locked -- demo $(ARGS)

run: node_modules/.package-lock.json ## build for release and start the server with drivein.toml
	cargo run --release --locked -- serve $(ARGS)

build: node_modules/.package-lock.json ## target/release/drivein, one self-contained binary
	cargo build --release --locked

test: node_modules/.package-lock.json ## every test; installs the players and browsers they need (Debian)
	scripts/install-test-tools
	cargo test --locked $(TESTS)

lint: node_modules/.package-lock.json ## format, clippy, API documentation, layers, documents, licences
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
	node scripts/check-rooms.mjs
	node scripts/check-docs.mjs
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked check bans licenses sources; \
		else echo 'lint: cargo-deny is not installed, so licences and sources were not checked (cargo install --locked cargo-deny)'; fi

# Not part of lint: what is known of our dependencies changes without any change of ours.
advisories: ## known weaknesses of our dependencies (needs cargo-deny and the network)
	cargo deny check advisories

bench: node_modules/.package-lock.json ## benchmarks
	cargo bench --locked

# cargo-fuzz wants nightly for its sanitizers; without them stable does, with its unstable flags allowed.
fuzz: node_modules/.package-lock.json ## every fuzz target for a minute (needs cargo-fuzz); SECONDS_EACH=3600 for longer
	@set -e; for target in $(FUZZ_TARGETS); do echo "fuzz: $$target"; mkdir -p fuzz/corpus/$$target; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
		-max_total_time=$(SECONDS_EACH) -max_len=16384 -timeout=10 -print_final_stats=1; done

clean: ## forget everything that was built or fetched
	cargo clean
	rm -rf node_modules

# npm writes this file last. It fetches hls.js, which the binary contains, and what drives the
# browser in tests; no script of a package is run.
node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	@touch $@
