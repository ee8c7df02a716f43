# Everything a person or a machine does with this repository. `make` alone lists it.

.DEFAULT_GOAL := help
.NOTPARALLEL:

CARGO ?= cargo

# Release speed without the long link; `make install` takes the release profile.
PROFILE ?= quick
TARGET = $(or $(CARGO_TARGET_DIR),target)
TRAILHOUND = $(TARGET)/$(PROFILE)/trailhound

# The same, as the tests have it.
PROGRAM = $(TARGET)/debug/trailhound

# The Python that runs the local AWS and speaks to the real one; tools/venv.sh makes it.
PY = target/venv/bin/python
STACK ?= trailhound
PARAMETERS ?= infra/sam/parameters.json

# How long each fuzz target runs.
FUZZ_SECONDS ?= 300

# Crates that judge, and must give the same answer wherever and whenever they are asked.
export PURE = yaml-tree sigma detect baseline pipeline catalog simulate query report trace integrity checkup forecast response watch

.PHONY: help
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: binary ## Write a month of logs with attacks in them to ./demo, and scan it
	@rm -rf demo/logs demo/state.redb
	$(TRAILHOUND) simulate --output demo/logs
	$(TRAILHOUND) scan demo/logs --state demo/state.redb

.PHONY: local
local: python ## Run the whole fleet on a local AWS, and read the mails about EVENTS=events/stolen-key-to-admin.json
	@tools/functions.sh here $(PROFILE)
	@$(PY) infra/local.py $(EVENTS)

.PHONY: invoke
invoke: python ## Run one function on one sample: EVENT=events/… [FUNCTION=s3-logs|eventbridge|alerts]
	@tools/functions.sh here $(PROFILE)
	@$(PY) infra/invoke.py $(EVENT) $(FUNCTION)

.PHONY: deploy
deploy: python ## Deploy the fleet to your AWS account: [STACK=trailhound] [PARAMETERS=…] [ARTIFACTS=bucket]
	@$(PY) infra/deploy.py $(STACK) $(PARAMETERS) $(ARTIFACTS)

.PHONY: destroy
destroy: python ## Remove the fleet from your AWS account, all but the logs
	@$(PY) infra/deploy.py --destroy $(STACK)

.PHONY: redrive
redrive: python ## Bring dead letters back: QUEUE=logs|events|findings|delivery|history|respond [STACK=trailhound] [MOST=…]
	@$(PY) infra/redrive.py $(STACK) $(QUEUE) $(MOST)

.PHONY: history
history: python ## Judge old log files, and mail nobody: DO='start PREFIX'|status|'take FILE' [STACK=trailhound]
	@$(PY) infra/history.py $(STACK) $(DO)

.PHONY: test
test: check unit rules flags page cdk infra fleet ## Run every check and every test
	@tools/tally.sh

# Program, functions and tests in one go: built one by one, much that they share would be built for each.
.PHONY: built
built:
	$(CARGO) build --locked --workspace --bins --tests

.PHONY: unit
unit: ## Run the tests of all crates
	@tools/unit.sh

.PHONY: rules
rules: built ## Lint the built-in rules, and run the tests that they carry
	$(PROGRAM) rules check rules --strict
	@tools/logged.sh rules $(PROGRAM) rules test rules

.PHONY: infra
infra: ## Test the templates, and the fleet on a local AWS
	@tools/infra.sh

.PHONY: cdk
cdk: ## Test what deploys the fleet for an organization; needs Node
	@tools/cdk.sh

.PHONY: fleet
fleet: python built ## Attack the functions on a local AWS that fails
	@tools/logged.sh fleet $(CARGO) test --locked --workspace --test fleet -- --ignored --skip figures --nocapture --test-threads 1

.PHONY: page
page: ## Open reports in a headless Chromium, and press what can be pressed
	@tools/page.sh

.PHONY: audit
audit: ## Ask checkov and sam what they think of the templates; slow
	@tools/audit.sh

.PHONY: python
python:
	@tools/venv.sh target/venv infra/requirements.txt

.PHONY: flags
flags: built
	@tools/flags.sh $(PROGRAM)

.PHONY: check
check: format lint document purity licences links ## Check all that can be checked without running

.PHONY: format
format:
	$(CARGO) fmt --all --check

.PHONY: lint
lint:
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

.PHONY: document
document:
	RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' $(CARGO) doc --workspace --no-deps --locked

.PHONY: purity
purity:
	@tools/purity.sh $(PURE)

.PHONY: licences
licences:
	@tools/licences.sh

.PHONY: links
links:
	@tools/links.sh

.PHONY: bench
bench: ## Measure a scan against reading and inflating alone, and print the figures
	$(CARGO) build --release --locked -p cli -p bench
	$(TARGET)/release/bench --trailhound $(TARGET)/release/trailhound

.PHONY: bench-fleet
bench-fleet: python ## Measure the functions: size, start, warm event, memory
	$(CARGO) build --profile small --locked -p lambda-s3-logs -p lambda-eventbridge -p lambda-alerts -p lambda-delivery
	TRAILHOUND_FUNCTIONS=$(abspath $(TARGET))/small $(CARGO) test --locked -p fleet -- --ignored figures --nocapture

.PHONY: quality
quality: ## Say what rules and baselines find, and what they cry about
	$(CARGO) test --profile $(PROFILE) --locked -p tests -- quality stories --nocapture --test-threads 1
	$(CARGO) test --profile $(PROFILE) --locked -p baseline --test months -- --nocapture --test-threads 1

.PHONY: fuzz
fuzz: ## Throw bytes at what reads strangers' files, FUZZ_SECONDS=300 each
	@tools/fuzz.sh $(FUZZ_SECONDS)

.PHONY: binary
binary:
	$(CARGO) build --profile $(PROFILE) --locked -p cli

.PHONY: install
install: ## Install the trailhound program with cargo
	$(CARGO) install --path crates/cli --locked

.PHONY: clean
clean: ## Remove what was built, and the demo
	$(CARGO) clean
	rm -rf demo
