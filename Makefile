# gemba. `make demo` shows the running plant, `make test` proves it; both install what is missing. `make help` lists the rest.
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CFLAGS ?= -O2 -g
BUILD ?= build
V ?= 0

# Layers, lowest first: a folder may include only folders to its left (`make layers` checks), and links only with them.
FOLDERS := spc config storage acquisition reports tui
LIBRARIES := libmodbus sqlite3 ncursesw yaml-0.1 gsl pangocairo cairo libcrypto
BUILD_PACKAGES := gcc make pkg-config libmodbus-dev libsqlite3-dev libncurses-dev libyaml-dev libcsv-dev libgsl-dev \
    libcairo2-dev libpango1.0-dev libssl-dev fonts-dejavu-core tzdata
TEST_PACKAGES := check libvterm-dev python3-minimal python3-pymodbus python3-serial-asyncio \
    poppler-utils tmux sqlite3 mbpoll

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla -Werror
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread -I. $(WARNINGS) $(PACKAGE_CFLAGS) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -pthread $(LDFLAGS) $(SANITIZE)
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-5s %s\n' $(1) $(2)

sources = $(wildcard $(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
archive = $(BUILD)/lib$(1).a
# The archives of the folders up to and including $(1), highest first, as the linker wants them.
upto = $(if $(filter $(1),$(firstword $(FOLDERS))),$(call archive,$(1)),$(call archives_to,$(1),$(FOLDERS)))
archives_to = $(if $(2),$(call archives_to,$(1),$(wordlist 2,99,$(2))) $(if $(filter $(1),$(2)),$(call archive,$(firstword $(2)))))
ARCHIVES := $(call archives_to,tui,$(FOLDERS))
LIBS = $(PACKAGE_LIBS) -lcsv -lm

GOALS := $(or $(MAKECMDGOALS),all)
ifneq (,$(filter-out deps demo test clean help format layers install-deps,$(GOALS)))
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null)
endif

all: gemba

gemba: $(BUILD)/gemba
	$(Q)cp -f $< $@

$(BUILD)/gemba: $(BUILD)/gemba.o $(ARCHIVES)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(BUILD)/gemba.o -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

define folder_rule
$(call archive,$(1)): $(call objects,$(1))
	$(call say,AR,$$@)
	$(Q)rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach folder,$(FOLDERS),$(eval $(call folder_rule,$(folder))))

# --- tests: one runner a folder, linked only with that folder and those below it; tests/system drives the program itself
RUNNERS := $(addprefix $(BUILD)/tests/run-,$(FOLDERS) system)
$(BUILD)/tests/%.o: WARNINGS += -Wno-missing-prototypes
define runner_rule
$(BUILD)/tests/run-$(1): $(call objects,tests/$(1)) $(BUILD)/tests/harness.o $(2)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $(2) -Wl,--end-group $$(LIBS) $$(shell pkg-config --libs check vterm yaml-0.1)
endef
$(foreach folder,$(FOLDERS),$(eval $(call runner_rule,$(folder),$(call archives_to,$(folder),$(FOLDERS)))))
$(eval $(call runner_rule,system,$(ARCHIVES)))

deps: ; $(Q).ci/deps $(BUILD_PACKAGES) $(TEST_PACKAGES)
build-deps: ; $(Q).ci/deps $(BUILD_PACKAGES)

demo: build-deps
	$(Q)$(MAKE) --no-print-directory gemba
	$(Q)./gemba demo

test: deps
	$(Q)$(MAKE) --no-print-directory check

runners: $(RUNNERS) $(BUILD)/gemba

check: runners
	$(Q)status=0; for runner in $(RUNNERS); do GEMBA=$(abspath $(BUILD))/gemba $$runner || status=1; done; \
	    [ $$status = 0 ] && echo "all tests passed" || echo "some tests FAILED"; exit $$status

check-%: $(BUILD)/tests/run-% ; $(Q)GEMBA=$(abspath $(BUILD))/gemba $<

# What CI does a little of, at length: kills, damaged files, every call that can fail, a minute's lock. Some twenty minutes.
faults: runners
	$(Q)export GEMBA=$(abspath $(BUILD))/gemba GEMBA_TEST_KILLS=200 GEMBA_TEST_MUTATIONS=2000 GEMBA_TEST_EVERY_CALL=1 GEMBA_TEST_LOCK_S=60 CK_TIMEOUT_MULTIPLIER=30; \
	    status=0; for suite in kill damage outage; do CK_RUN_SUITE=$$suite $(BUILD)/tests/run-system || status=1; done; \
	    for suite in fault 'fault each' fuzz; do CK_RUN_SUITE="$$suite" $(BUILD)/tests/run-storage || status=1; done; exit $$status

# Modbus servers and clients of npm, where node and npm are; from then on the tests find them there.
peers: runners
	$(Q)npm install --silent --no-audit --no-fund --prefix build/peers modbus-serial@8.0.25 || echo "modbus-serial cannot be installed: left out"
	$(Q)CK_RUN_SUITE=foreign $(BUILD)/tests/run-acquisition && CK_RUN_SUITE=clients GEMBA=$(abspath $(BUILD))/gemba $(BUILD)/tests/run-system

asan:  ; $(Q)LSAN_OPTIONS=suppressions=$(CURDIR)/tests/leaks:print_suppressions=0 $(MAKE) --no-print-directory BUILD=build/asan SANITIZE="-fsanitize=address -fno-omit-frame-pointer" check
ubsan: ; $(Q)$(MAKE) --no-print-directory BUILD=build/ubsan SANITIZE="-fsanitize=undefined -fno-sanitize-recover=all" check
tsan:  ; $(Q)TSAN_OPTIONS="suppressions=$(CURDIR)/tests/races die_after_fork=0" CK_TIMEOUT_MULTIPLIER=5 $(MAKE) --no-print-directory BUILD=build/tsan SANITIZE="-fsanitize=thread" check
bench: gemba ; $(Q)tests/bench/run $(BUILD) && tests/bench/store $(BUILD)
soak: gemba ; $(Q)tests/bench/run $(BUILD) soak
bench-small: gemba ; $(Q)tests/bench/store $(BUILD) 2000000
layers: ; $(Q).ci/layers $(FOLDERS)
format: ; $(Q)clang-format -i gemba.c $(foreach folder,$(FOLDERS),$(folder)/*.[ch] tests/$(folder)/*.c) tests/*.[ch] tests/system/*.c tests/bench/*.c

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)
$(addprefix $(BUILD)/bench/,saturate store fill query pack): $(call archives_to,acquisition,$(FOLDERS))
$(BUILD)/bench/judge: $(call archive,spc)

# The manual with the configuration's keys, which come from the schema.
$(BUILD)/gemba.1: gemba.1 $(BUILD)/gemba
	$(Q)$(BUILD)/gemba check --manual >$(BUILD)/keys.1 && sed '/^\.\\" keys$$/r $(BUILD)/keys.1' $< >$@

install: gemba $(BUILD)/gemba.1
	install -Dm755 gemba $(DESTDIR)$(PREFIX)/bin/gemba
	install -Dm644 $(BUILD)/gemba.1 $(DESTDIR)$(PREFIX)/share/man/man1/gemba.1
	install -Dm644 config/demo.yaml $(DESTDIR)$(PREFIX)/share/gemba/demo.yaml
	install -d $(DESTDIR)/etc/systemd/system
	for unit in gemba.service gemba-retain.service gemba-retain.timer; do \
	    sed 's|/usr/local|$(PREFIX)|' config/$$unit >$(DESTDIR)/etc/systemd/system/$$unit; done

clean: ; $(Q)rm -rf build gemba

help:
	@printf '%s\n' 'make demo    show the running plant' 'make test    build and pass all tests' 'make         build ./gemba' \
	    'make check-FOLDER   the tests of one folder (spc, config, ..., system)' 'make asan | ubsan | tsan   all tests under a sanitizer' \
	    'make bench   measure against baselines in the same run' 'make soak    40 minutes of a busy plant: does packing keep up' 'make peers   install npm modbus-serial into build/peers and talk to it' 'make bench-small   the store of 2 million values: are its answers right' 'make faults   kills, damaged files, failing calls at length' 'make layers  who includes whom' 'make deps    install what is missing' \
	    'make format  clang-format' 'make install PREFIX=/usr/local DESTDIR='

.PHONY: all deps build-deps demo test check runners faults peers asan ubsan tsan bench soak bench-small layers format install clean help
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
