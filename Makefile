# The front door. Each target installs what it lacks (Debian, Ubuntu) and says what it does.
BUILD = build
PREFIX = /usr/local
MESON_FLAGS = --prefix=$(PREFIX)

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) tocsin web/app.js

$(BUILD)/build.ninja:
	@tools/install-needs build
	@meson setup $(BUILD) $(MESON_FLAGS) >/dev/null
	@echo "configured in $(BUILD)/"

# A whole case on samples/: mail read, secrets found, organisations told, a second wave.
demo: all
	@tools/install-needs demo || echo "The demo goes on, without its reading room."
	@tools/demo $(BUILD)/tocsin

# The reading room over the demo's case, on https://localhost:8443, until Ctrl-C; and a play of it in Chromium that leaves pictures.
demo-room: all
	@tools/install-needs demo
	@[ -d demo/drop ] || $(MAKE) -s demo
	@PATH=$$PATH:/usr/sbin node tools/demo-room.mjs $(BUILD)/tocsin demo/case demo/drop demo/room

demo-browser: all
	@tools/install-needs demo browser
	@tools/demo-browser $(BUILD)/tocsin

# Every test, and what finds memory errors once more under the address and undefined-behaviour sanitizers.
check:
	@tools/install-needs build test
	@tools/check-all

# The same with more of what is random, and more of the tests under the sanitizers: for the time before a release.
long:
	@tools/install-needs build test
	@tools/check-all long

# Beside the peers, on the same bytes, as ratios; bench/README says on what machine the committed table was made.
bench: all
	@tools/install-needs build bench demo
	@bench/run $(BUILD)/tocsin
	@bench/logs $(BUILD)/t/logs-dump
	@bench/serve $(BUILD)/tocsin
	@[ ! -d ../shared/data ] || bench/documents $(BUILD)
	@[ ! -d ../shared/data ] || bench/pst $(BUILD)/tocsin 10
	@bench/notices $(BUILD)/tocsin
	@bench/targets || true

asan:
	@tools/install-needs build test
	@tools/check-all asan

# Each fuzz target for a minute (FUZZ_SECONDS).
fuzz:
	@tools/install-needs build fuzz
	@tools/fuzz

# Below DESTDIR, if it is given; PREFIX is another one than /usr/local. What "uninstall" removes is what the last install wrote.
install: all
	@meson introspect --buildoptions $(BUILD) | grep -q '"prefix", "value": "$(PREFIX)"' || \
		{ meson configure $(BUILD) $(MESON_FLAGS) && ninja -C $(BUILD) tocsin web/app.js; } >/dev/null
	@meson install -C $(BUILD) --no-rebuild

uninstall:
	@ninja -C $(BUILD) uninstall

clean:
	rm -rf build build-asan build-fuzz demo

.PHONY: all demo demo-room demo-browser check long bench asan fuzz install uninstall clean
