# Drive-In: everything one does with a checkout. `make` alone lists it.

# One thing after the other: cargo uses all cores by itself, and output stays readable.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo run build test lint advisories bench fuzz clean

# More arguments for `make demo` and `make run`, as in: make demo ARGS='--films /srv/films'
ARGS ?=
# More arguments for `make test`, as in: make test TESTS=playback::
TESTS ?=
# How long `make fuzz` and `make test` spend on each fuzz target.
SECONDS_EACH ?= 60

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

# With TESTS, those alone. Without, what comes from outside is fuzzed for a minute each as well.
test: node_modules/.package-lock.json ## every test; installs the players and browsers they need (Debian)
	scripts/install-test-tools
	$(if $(TESTS),,scripts/fuzz $(SECONDS_EACH))
	cargo test --locked $(TESTS)

lint: node_modules/.package-lock.json ## format, clippy, API documentation, layers, documents, licences
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
	node scripts/check-imports.mjs
	node scripts/check-docs.mjs
	node scripts/check-words.mjs
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked --workspace check bans licenses sources; \
		else echo 'lint: cargo-deny is not installed, so licences and sources were not checked (cargo install --locked cargo-deny)'; fi

# Not part of lint: what is known of our dependencies changes without any change of ours.
advisories: ## known weaknesses of our dependencies (needs cargo-deny and the network)
	cargo deny check advisories

bench: node_modules/.package-lock.json ## benchmarks
	cargo bench --locked

fuzz: node_modules/.package-lock.json ## every fuzz target for a minute; SECONDS_EACH=3600 for longer
	scripts/fuzz $(SECONDS_EACH)

clean: ## forget everything that was built or fetched
	cargo clean
	rm -rf node_modules

# npm writes this file last. It fetches hls.js, which the binary contains, and what drives the
# browser in tests; no script of a package is run.
node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	@touch $@
