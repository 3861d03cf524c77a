# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The few words to type; the work is in CMakePresets.json and tools/dev.

PRESET ?= dev
BUILD := $(if $(filter dev,$(PRESET)),build,build-$(PRESET))
PYTHON := .venv/bin/python

# Precompiled headers are cacheable only with these two.
export CCACHE_SLOPPINESS ?= pch_defines,time_macros

.PHONY: help setup build demo test check check-full conformance docs bench figures clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: ## install packages and the Python environment .venv (nothing to do when done)
	@tools/dev/setup

$(BUILD)/build.ninja: CMakePresets.json | setup
	cmake --preset $(PRESET)

build: setup $(BUILD)/build.ninja ## compile everything into build/bin
	cmake --build $(BUILD)

demo: build ## compile and run a real trained network, side by side with ONNX Runtime
	@$(PYTHON) tools/dev/demo

test: build ## all tests; the last line is "N passed, N failed"
	@tools/dev/run-tests --build $(BUILD)

check: setup ## lint and structure: format, arrows, budgets, labels, links
	@tools/dev/check --build $(BUILD)

check-full: test check ## what is too long for every change: sanitizers, fuzzing, random graphs, the whole of ONNX
	@tools/dev/check-full

# DATA adds cases in the form of ONNX's own: a folder or a .tar.xz.
conformance: build ## the published ONNX test cases, compiled and run; writes docs/conformance.md
	@tools/dev/conformance $(DATA:%=--data %) --report docs/conformance.md

docs: setup ## regenerate docs/dialects and docs/passes.md
	@tools/dev/gen-docs

# MODELS, PEERS, THREADS and BATCH narrow it (lists with commas); MODELS_DIR adds the models of a folder.
bench: build ## Weft beside five peers over the model suite: what is missing in docs/performance/cpu.md
	@$(PYTHON) tools/bench/bench $(MODELS:%=--models %) $(PEERS:%=--peers %) $(THREADS:%=--threads %) $(BATCH:%=--batch %) \
	  $(MODELS_DIR:%=--models-dir %)

figures: build ## sizes, compile time, memory and latency of the light networks, beside ONNX Runtime
	@$(PYTHON) tools/bench/figures

clean: ## remove the build folder
	rm -rf $(BUILD)
