# The commands of Gramworks. Each first makes the virtual environment with pinned packages.
USABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for python in python3.12 python3.11 python3; do \
  "$$python" -c '$(USABLE)' 2>/dev/null && { echo "$$python"; break; }; done)
PY := .venv/bin/python
INSTALLED := .venv/installed

.PHONY: help demo up test check lock format compose-test styles page-pictures settings-page openapi messages screenshots stress bench chaos clean

help: ## show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## style a sample, or CONTENT=… STYLE=…, into OUT=…
	@$(PY) -m local demo

up: $(INSTALLED) ## serve the whole system at http://127.0.0.1:8000 until Ctrl-C
	@$(PY) -m local up

# Tests of whole processes watch the clock: they run alone. All others share the cores, a file at a time; those
# of browsers apart, since Playwright keeps an event loop running.
ALONE := tests/compose tests/faults tests/local tests/system
BROWSER := tests/web/browser
test: $(INSTALLED) ## every test, over a real Redis and real worker processes
	$(PY) -m pytest -n 2 --dist loadfile $(ALONE:%=--ignore=%) --ignore=$(BROWSER)
	$(PY) -m pytest -n 2 --dist loadfile $(BROWSER)
	$(PY) -m pytest $(ALONE)

check: $(INSTALLED) ## lint, format, types, import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: $(INSTALLED) ## format the code
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

compose-test: $(INSTALLED) ## the same through docker compose, where there is one
	$(PY) -m pytest tests/compose --run-compose

# Measure on an idle machine: whatever else runs changes the numbers.
BENCH := .gramworks/bench
MEMORY_ROWS ?= 200 400 800 1600
bench: export TF_CPP_MIN_LOG_LEVEL := 2
bench: $(INSTALLED) ## measure the engine against its reference; draw the results
	$(PY) -m bench.engine --json $(BENCH)/engine.json
	$(PY) -m bench.alone --json $(BENCH)/alone.json
	$(PY) -m bench.evaluation --json $(BENCH)/evaluation.json
	$(PY) -m bench.precision --json $(BENCH)/precision.json
	$(PY) -m bench.checkpoint --json $(BENCH)/checkpoint.json
	$(PY) -m bench.cold --json $(BENCH)/cold.json
	$(PY) -m bench.claim --json $(BENCH)/claim.json
	$(PY) -m bench.submissions --json $(BENCH)/submissions.json
	$(PY) -m bench.batches --json $(BENCH)/batches.json
	$(PY) -m bench.wakeup --json $(BENCH)/wakeup.json
	$(PY) -m bench.quotas --json $(BENCH)/quotas.json
	$(PY) -m bench.minimum --json $(BENCH)/minimum.json
	$(PY) -m bench.quality --json $(BENCH)/quality.json
	$(PY) -m bench.memory --rows $(MEMORY_ROWS) --json $(BENCH)/memory.json
	$(PY) -m bench.web --json $(BENCH)/web.json
	$(PY) -m bench.curve $(BENCH)/engine.json
	$(PY) -m bench.sheet $(BENCH)/engine.json

styles: $(INSTALLED) ## paint the built-in styles again
	@$(PY) -m samples

page-pictures: $(INSTALLED) ## paint the presets' cards, the sample and the sheets of README and docs that are stale
	@$(PY) -m bench.page_pictures
	@$(PY) -m bench.style_sheet
	@$(PY) -m bench.preset_sheets

settings-page: $(INSTALLED) ## write docs/settings.md, and paint its pictures that are stale
	@$(PY) -m bench.settings_page

openapi: $(INSTALLED) ## print the description of the HTTP API (OpenAPI 3.1)
	@$(PY) -m web.openapi

messages: $(INSTALLED) ## list the sentences that are not translated, and translations that are stale
	@$(PY) -m web.messages

screenshots: $(INSTALLED) ## write each page as a picture into .gramworks/screenshots; DOCS=--docs also those of the README
	$(PY) -m bench.screenshots $(DOCS)

# It takes hours and most of the machine's memory.
STRESS := .gramworks/stress
stress: export TF_CPP_MIN_LOG_LEVEL := 2
stress: $(INSTALLED) ## what takes longer than a test may: 300 jobs, damaged uploads, 2,000 odd requests, 16 megapixels
	$(PY) -m pytest tests/stress --run-stress -s
	$(PY) -m bench.large --json $(STRESS)/large.json

# It takes 45 minutes. Faults of the object store need root, since they mount a small file system.
CHAOS := .gramworks/chaos
chaos: export TF_CPP_MIN_LOG_LEVEL := 2
chaos: $(INSTALLED) ## inject faults into the running system; report what was lost and how fast it recovered
	-$(PY) -m tests.faults --jobs 2000 --faults 500 --json $(CHAOS)/scripted.json
	-$(PY) -m tests.faults --calm --only pool-kill,worker-kill,parent-kill,worker-term,worker-stop \
	  --workers 4 --jobs 50 --faults 40 --json $(CHAOS)/calm.json
	-$(PY) -m tests.faults --engine real --jobs 20 --faults 20 --workers 2 --json $(CHAOS)/real.json
	-$(PY) -m tests.faults.broken --json $(CHAOS)/broken.json
	$(PY) -m tests.faults.plain --json $(CHAOS)/plain.json
	@$(PY) -m tests.faults.summary --plain $(CHAOS)/plain.json --broken $(CHAOS)/broken.json \
	  $(CHAOS)/scripted.json $(CHAOS)/calm.json $(CHAOS)/real.json

# One resolution for all; the servers' locks are parts of it. With hashes, without an index.
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header
lock: $(INSTALLED) ## resolve the dependencies again
	$(COMPILE) --upgrade --group all pyproject.toml -o locks/all.txt
	for group in web worker worker-gpu; do \
	  $(COMPILE) -c locks/all.txt --group pyproject.toml:$$group -o locks/$$group.txt || exit 1; done

$(INSTALLED): locks/all.txt
	@"$(PYTHON)" -c '$(USABLE)' 2>/dev/null || { echo "Gramworks needs Python 3.11 or 3.12 with venv (on\
	 Debian: apt-get install python3-venv). Name one with PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Installing into .venv (about 2 GB, once) …"
	@"$(PYTHON)" -m venv .venv
	@$(PY) -m pip install --quiet --require-hashes -r locks/all.txt
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean: ## remove the virtual environment and all data of jobs
	rm -rf .venv .gramworks
