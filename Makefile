# Drive-In: all tasks of a checkout. `make` alone lists them.

# One recipe at a time: cargo uses all cores by itself, and output stays readable.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo run build check fmt test lint lint-texts advisories bench fuzz soak pictures completions clean

# More arguments for `make demo` and `make run`, as in: make demo ARGS='--films /srv/films'
ARGS ?=
# More arguments for `make test`, as in: make test TESTS=playback::
TESTS ?=
# Seconds that `make fuzz` spends on each fuzz target.
SECONDS_EACH ?= 60
# Seconds that `make soak` takes.
SECONDS ?= 600

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | while IFS='|' read -r name words; do \
		printf '  make %-12s%s\n' "$$name" "$$words"; done

# The debug build takes half the time of the release build, and plays as well.
demo: node_modules/.package-lock.json ## build and start over sample films; no account needed
	cargo run --locked -- demo $(ARGS)

run: node_modules/.package-lock.json ## build for release and start the server with drivein.toml
	cargo run --release --locked -- serve $(ARGS)

build: node_modules/.package-lock.json ## target/release/drivein, one self-contained binary
	cargo build --release --locked

# A minute when warm: what an editor does not show.
check: node_modules/.package-lock.json ## format, clippy and unit tests
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings
	RUST_TEST_THREADS=$$(($$(nproc) * 2)) cargo test --locked --lib
	npm test --silent

fmt: node_modules/.package-lock.json ## format Rust, JavaScript and CSS
	cargo fmt --all
	npm run --silent format

test: node_modules/.package-lock.json ## every test; installs the players and browsers they need (Debian)
	scripts/install-test-tools
	$(if $(TESTS),,npm test --silent)
	cargo test --locked $(TESTS)

lint: lint-texts ## format, clippy, documentation, imports, words, documents, licences
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' cargo doc --locked --no-deps --document-private-items

# The part of lint that compiles nothing.
lint-texts: node_modules/.package-lock.json
	cargo fmt --all --check
	npm run --silent lint
	node scripts/check-imports.mjs
	node scripts/check-docs.mjs
	node scripts/check-words.mjs
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked --workspace check bans licenses sources; \
		else echo 'lint: cargo-deny is not installed, so licences and sources were not checked (cargo install --locked cargo-deny)'; fi

# Not part of lint: advisories change without any change of the code.
advisories: ## known vulnerabilities of dependencies (needs cargo-deny and the network)
	cargo deny check advisories

# Not part of test: it takes ten minutes, mounts a small disk if it may, and moves the clock if the Debian package faketime is installed.
soak: node_modules/.package-lock.json ## many viewers over an upstream that fails
	SOAK_SECONDS=$(SECONDS) cargo test --locked --test it soak:: -- --ignored --nocapture

# Not part of test: it writes into the tree.
pictures: node_modules/.package-lock.json ## pictures of every page at three sizes, in docs/pictures
	@fc-list :lang=ja | grep -q . || \
		echo 'pictures: names in Chinese, Japanese and Korean become boxes without such a font (on Debian fonts-noto-cjk)'
	cargo test --locked --test it browser::pictures_of_every_page -- --ignored

bench: node_modules/.package-lock.json ## benchmarks
	cargo bench --locked

fuzz: node_modules/.package-lock.json ## every fuzz target for a minute; SECONDS_EACH=3600 for longer
	scripts/fuzz $(SECONDS_EACH)

completions: node_modules/.package-lock.json ## completions and manual pages, in target/assets/
	mkdir -p target/assets/completions
	cargo run --release --locked --quiet -- man target/assets/man
	cargo run --release --locked --quiet -- completions bash > target/assets/completions/drivein.bash
	cargo run --release --locked --quiet -- completions zsh > target/assets/completions/_drivein
	cargo run --release --locked --quiet -- completions fish > target/assets/completions/drivein.fish

clean: ## delete everything that was built or fetched
	cargo clean
	rm -rf node_modules

# npm writes this file last. It fetches hls.js, which the binary contains, and development tools such as the browser's
# driver for tests. No script of a package is run.
node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	@touch $@
