# The book's commands. README lists the same as plain commands, for Windows.
PYTHON ?= $(shell command -v python3 || command -v python || echo python3)
PORT ?= 8000
IN_VENV := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python

# Kernels run in book/, so a relative data folder must become an absolute one here.
ifneq ($(NNLIB_DATA_DIR),)
override NNLIB_DATA_DIR := $(shell case '$(NNLIB_DATA_DIR)' in (/* | ?:*) ;; (*) printf '%s/' '$(CURDIR)' ;; esac)$(NNLIB_DATA_DIR)
export NNLIB_DATA_DIR
endif

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\#.*/\1/p' $(firstword $(MAKEFILE_LIST)))  # every target is a command

book: environment  ## Build the site and print its address
	@$(IN_VENV) tools/build_book.py

serve: book  ## Serve the site on a local port until Ctrl-C
	@$(IN_VENV) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

pdf: book  ## Print the whole book as one PDF; needs Chromium
	@$(IN_VENV) tools/print_book.py

epub: book  ## Write the whole book as one EPUB, which epubcheck checks if it is here
	@$(IN_VENV) tools/epub.py

offline: book  ## Pack the site for a stick, with what serves it (BOOK_PYODIDE=folder: and Python for its pages)
	@$(IN_VENV) tools/offline.py

lab: environment  ## Open copies of the chapters, made for it in lab/, in JupyterLab
	@$(IN_VENV) tools/plain.py lab
	$(IN_VENV) -m jupyterlab lab/contents.ipynb

notebooks: environment  ## Run the chapters and store their outputs (CHAPTERS="book/backpropagation.ipynb" for some)
	@$(IN_VENV) tools/run_notebooks.py $(CHAPTERS)

contents: environment  ## Write what follows from _toc.yml: README's table, the first page's map, contents.ipynb
	@$(IN_VENV) tools/contents.py

test: environment  ## Every check
	@$(IN_VENV) tools/check.py

test-long: environment  ## Read 100,000 changed files, and kill what writes files 100 times (about an hour)
	@$(IN_VENV) -m pytest tests/nnlib/test_fuzz.py tests/nnlib/test_interrupted.py tests/nnlib/test_bad_luck.py --long

test-oracles:  ## Compare nnlib with PyTorch, JAX, Keras and scikit-learn, in an environment of their own
	@$(PYTHON) tools/environment.py _build/oracles locks/oracles.lock
	@$(IN_VENV:.venv/%=_build/oracles/%) -m pytest tests/oracles

test-browser: environment  ## Run live pages in a browser, with NumPy for it (LONG=--long for every page, half an hour)
	@$(IN_VENV) tools/pyodide.py
	@BOOK_PYODIDE='$(CURDIR)/_build/pyodide' $(IN_VENV) tools/build_book.py
	@$(IN_VENV) -m pytest tests/browser/test_live_chapters.py tests/browser/test_live_solved.py tests/browser/test_offline.py $(LONG)

test-browsers: environment  ## Try every page, interactive and kind of exercise in Firefox and in WebKit, as far as they are here (some 20 minutes on two busy cores)
	@$(IN_VENV) tools/pyodide.py
	@BOOK_PYODIDE='$(CURDIR)/_build/pyodide' $(IN_VENV) tools/build_book.py
	@$(IN_VENV) -m pytest tests/other_browsers

bridge: environment  ## Set up Keras, PyTorch and JAX for the chapter that compares them, in _build/bridge
	@$(PYTHON) tools/environment.py _build/bridge locks/bridge.lock locks/torch.lock

machines: environment  ## Set up Dask and PyTorch for the chapter on many machines, in _build/machines
	@$(PYTHON) tools/environment.py _build/machines locks/machines.lock locks/torch.lock

test-optional: bridge machines  ## Run the chapters and the tests that need these two
	@$(IN_VENV) tools/check.py optional

mutation:  ## Change nnlib's core in a thousand small ways, and see that its tests notice (ONLY="losses training" for some)
	@$(PYTHON) tools/environment.py _build/mutation/env locks/mutation.lock
	@$(IN_VENV:.venv/%=_build/mutation/env/%) tools/mutation.py $(ONLY)

lint: environment  ## The quick checks alone
	@$(IN_VENV) tools/check.py ruff formatting scripts spelling workflows

results: environment  ## Train the networks of the chapter on digits over five seeds and store their results
	@$(IN_VENV) -m measure.results

batches: environment  ## Compare batch sizes on the digits, each at its own best rate, at equal images and at equal time (about 2 minutes)
	@$(IN_VENV) -m measure.batches

race: environment  ## Race the optimisers on the digits, each at its own best rate (about 5 minutes)
	@$(IN_VENV) -m measure.race

depth: environment  ## Train 20 layers on the digits with one remedy or several, each at its own best rate (about 10 minutes)
	@$(IN_VENV) -m measure.depth

norm: environment  ## Train them with normalisation and residuals, alone and together, each at its own best rate (about 10 minutes)
	@$(IN_VENV) -m measure.norm

generalisation: environment  ## Train on 100, 1,000 and 10,000 labels of MNIST with one remedy or another, each at its own best strength (about 6 minutes)
	@$(IN_VENV) -m measure.generalisation

convolution: environment  ## Train kernels and dense layers on a part of MNIST, and move the test images (about 10 minutes)
	@$(IN_VENV) -m measure.convolution

memory: environment  ## Measure how far back recurrent networks remember, and what a missing transpose costs (about 10 minutes)
	@$(IN_VENV) -m measure.memory

shakespeare: environment  ## Train a small transformer to write Shakespeare's lines, whole and with a part left out (about 30 minutes)
	@$(IN_VENV) -m measure.shakespeare

shards: machines  ## Measure what it costs and brings to share a batch out, and kill workers meanwhile (about 10 minutes)
	@$(IN_VENV:.venv/%=_build/machines/%) -m measure.shards

controls: environment  ## See which ingredient of those networks did it, each side at its own best rate (about ten minutes)
	@$(IN_VENV) -m measure.controls

tape: environment  ## Time the tape that finds slopes by itself beside hand-written layers (about a minute)
	@$(IN_VENV) -m measure.tape

museum: environment  ## Train the tutorial of the bug museum on MNIST, with its slips and mended, over six seeds (about 25 minutes)
	@$(IN_VENV) -m measure.museum

hall: environment  ## Train the exhibits of the second hall as found and mended, over five seeds (about 5 minutes)
	@$(IN_VENV) -m measure.second_hall

study: environment  ## Measure what a case study shows (STUDY=spam), by its own program in measure/studies
	@$(IN_VENV) -m measure.studies $(STUDY)

records: environment  ## See how far dense layers and kernels come on MNIST (ON=--validation, ON=--ablation, ON=--kernels)
	@$(IN_VENV) -m measure.records $(ON)

bench:  ## Time nnlib beside its peers, in an environment of their own (ONLY="parts growth" for some)
	@$(PYTHON) tools/environment.py _build/bench/env locks/bench.lock
	@$(IN_VENV:.venv/%=_build/bench/env/%) -m measure.bench $(if $(ONLY),--only $(ONLY))

libraries: bridge  ## Measure what Keras, PyTorch and JAX cost and bring beside nnlib (about 3 minutes)
	@$(IN_VENV:.venv/%=_build/bridge/%) -m measure.libraries

pages: book  ## See what Lighthouse says of five pages; needs Chromium and a quiet machine
	@$(IN_VENV) -m measure.pages

live: environment  ## Measure how long live pages take in Chromium, each cell of every chapter (half an hour; needs a quiet machine)
	@$(IN_VENV) tools/pyodide.py
	@BOOK_PYODIDE='$(CURDIR)/_build/pyodide' $(IN_VENV) tools/build_book.py
	@$(IN_VENV) -m measure.live
	@$(IN_VENV) -m measure.live --cells

lock: environment  ## Pin anew what the environments install (UPGRADE=--upgrade for the newest that the ranges allow)
	@$(IN_VENV) tools/lock.py $(UPGRADE)

environment:  ## Set up .venv, or bring it up to date
	@$(PYTHON) tools/environment.py

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
