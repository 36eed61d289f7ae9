# The front door. Each target installs what it lacks (Debian, Ubuntu) and says what it does.
BUILD = build
PREFIX = /usr/local
MESON_FLAGS = --prefix=$(PREFIX)

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) tocsin

$(BUILD)/build.ninja:
	@tools/install-needs build
	@meson setup $(BUILD) $(MESON_FLAGS) >/dev/null
	@echo "configured in $(BUILD)/"

# A whole case on samples/: mail read, secrets found, organisations told, a second wave.
demo: all
	@tools/demo $(BUILD)/tocsin

# Every test, and the unit and seed tests once more under the address and undefined-behaviour sanitizers.
check:
	@tools/install-needs build test
	@tools/check-all

# Beside the peers, on the same bytes, as ratios; bench/README says on what machine the committed table was made.
bench: all
	@tools/install-needs build bench
	@bench/run $(BUILD)/tocsin
	@bench/logs $(BUILD)/t/logs-dump
	@bench/notices $(BUILD)/tocsin

asan:
	@tools/install-needs build test
	@tools/check-all asan

# Each fuzz target for a minute (FUZZ_SECONDS).
fuzz:
	@tools/install-needs build fuzz
	@tools/fuzz

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-asan build-fuzz demo

.PHONY: all demo check bench asan fuzz install clean
