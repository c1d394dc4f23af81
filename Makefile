# selfinfo: `make demo` runs the main job, `make check` passes the tests.
# Programs lie in build/VARIANT; VARIANT is release (default), asan or clang.
# Our flags are in OUR_CFLAGS; CFLAGS and LDFLAGS belong to the packager.
# SPDX-License-Identifier: Apache-2.0

VERSION := 0.1.0
VARIANT ?= release
B := build/$(VARIANT)
GEN := build/gen
Q := $(if $(V),,@)

CC_release := gcc
CC_asan := gcc
CC_clang := clang
CC_coverage := gcc
CC := $(CC_$(VARIANT))
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2
FLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_clang := -O1 -g
FLAGS_coverage := -O0 -g --coverage

PACKAGES := libevent_core libevent_extra openssl jansson cjose libpq libutf8proc
OUR_CFLAGS := -std=c17 -D_GNU_SOURCE -DSELFINFO_VERSION='"$(VERSION)"' \
	-Iinclude -I$(GEN) -Wall -Wextra -Wshadow -Wconversion -Werror \
	-Wstrict-prototypes -Wmissing-prototypes -fstack-protector-strong -fPIE \
	-MMD -MP $(FLAGS_$(VARIANT)) $(shell pkg-config --cflags $(PACKAGES) libpcsclite)
OUR_LDFLAGS := -pie -Wl,-z,relro,-z,now $(FLAGS_$(VARIANT))
LIBS := $(shell pkg-config --libs $(PACKAGES))

ROOMS := base os conf flow keep net jose db web store card agency access disclose \
	signin oauth retrieval ops
room_objects = $(patsubst src/%.c,$(B)/obj/%.o,$(foreach r,$(1),$(wildcard src/$(r)/*.c)))
GEN_SOURCES := $(GEN)/store/statements.c $(GEN)/web/pages_data.c
GEN_HEADERS := $(GEN)/store/statements.h $(GEN)/web/pages_data.h
GEN_OBJECTS := $(patsubst $(GEN)/%.c,$(B)/gen/%.o,$(GEN_SOURCES))
LIB_OBJECTS := $(call room_objects,$(ROOMS)) $(GEN_OBJECTS)
SQL := $(sort $(wildcard src/*/*.sql))
PAGES := $(sort $(wildcard src/*/pages/*.html src/*/text.ja src/*/text.en src/web/style.css))

PROGRAMS := $(B)/selfinfod $(B)/selfinfoctl $(B)/selfinfo-card
all: $(PROGRAMS) $(B)/card-emulator

$(B)/selfinfod: $(call room_objects,selfinfod) $(LIB_OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/selfinfoctl: $(call room_objects,selfinfoctl) $(LIB_OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/selfinfo-card: $(call room_objects,agent base)
	@echo "  LD $@"
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libpcsclite libcurl jansson libcrypto)

EMULATOR_OBJECTS := $(patsubst tests/card/%.c,$(B)/tests/card/%.o,$(wildcard tests/card/*.c))
$(B)/card-emulator: $(EMULATOR_OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libcrypto)

$(B)/obj/%.o: src/%.c $(GEN_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/gen/%.o: $(GEN)/%.c $(GEN_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/tests/%.o: tests/%.c $(GEN_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(OUR_CFLAGS) $(CFLAGS) -Itests -Itests/card -c -o $@ $<

$(GEN)/store/statements.h $(GEN)/store/statements.c &: $(SQL) scripts/sqlgen
	@mkdir -p $(GEN)/store
	$(Q)scripts/sqlgen $(GEN)/store/statements $(SQL)

$(GEN)/web/pages_data.h $(GEN)/web/pages_data.c &: $(PAGES) scripts/pagegen scripts/pagegen.awk
	@mkdir -p $(GEN)/web
	$(Q)scripts/pagegen $(GEN)/web/pages_data $(PAGES)

# Unit tests: one program a file, linked with every room.
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))
$(B)/unit/%: $(B)/tests/unit/%.o $(LIB_OBJECTS) $(filter-out %/main.o,$(EMULATOR_OBJECTS)) $(filter-out %/main.o,$(call room_objects,agent))
	@mkdir -p $(@D)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka $(shell pkg-config --libs libpcsclite libcurl)

unit: $(UNIT)
	$(Q)scripts/run-unit $(UNIT)

# What other tests are driven with, and the tests beside a database server.
TOOLS := $(addprefix $(B)/tools/,jose/driver catalogue/screen-lines pages/render)
$(B)/tools/%: $(B)/tests/%.o $(LIB_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

DB_TESTS := $(patsubst tests/db/%.c,$(B)/db/%,$(wildcard tests/db/*_test.c) tests/db/describe.c)
$(B)/db/%: $(B)/tests/db/%.o $(B)/tests/db/database.o $(LIB_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

tools: $(TOOLS) $(DB_TESTS)

# Measured beside nginx and pgbench; nothing fails because of a time.
BENCH := $(addprefix $(B)/bench/,load jose_bench screen_bench)
$(B)/bench/load: $(patsubst %,$(B)/tests/bench/%.o,load client proof usage)
$(B)/bench/jose_bench: $(B)/tests/bench/jose_bench.o
$(B)/bench/screen_bench: $(B)/tests/bench/screen_bench.o
$(BENCH): $(LIB_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

bench:
	$(Q)scripts/setup bench
	$(Q)$(MAKE) --no-print-directory all $(BENCH)
	$(Q)tests/bench/run --variant $(B:build/%=%)

clean:
	rm -rf build/release build/asan build/clang build/coverage build/gen

# What `make help` would say: the demo, a sandbox to work with, the tests.
setup:
	$(Q)scripts/setup
sandbox:
	$(Q)scripts/setup demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/sandbox start --variant $(VARIANT)
sandbox-stop:
	$(Q)scripts/sandbox stop
demo:
	$(Q)scripts/setup demo
	$(Q)$(MAKE) --no-print-directory -j2 all
	$(Q)demo/run
check:
	$(Q)scripts/setup check
	$(Q)scripts/check $(PARTS)
lint:
	$(Q)scripts/setup lint
	$(Q)scripts/lint

# Lines reached by unit tests and stories, in build/coverage/report.
coverage:
	$(Q)scripts/setup check lint
	$(Q)scripts/coverage

PREFIX ?= /usr
SHARE := $(DESTDIR)$(PREFIX)/share/selfinfo
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(SHARE)/schemas $(DESTDIR)/etc/selfinfo
	install -m 755 $(B)/selfinfod $(B)/selfinfoctl $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(B)/selfinfo-card $(DESTDIR)$(PREFIX)/bin/
	cp -R schemas/. $(SHARE)/schemas/
	cp -R sandbox $(SHARE)/
	install -m 640 conf/selfinfo.conf $(DESTDIR)/etc/selfinfo/selfinfo.conf.sample
	for page in $(wildcard conf/*.[1-8] docs/*.[1-8]); do \
		section=$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
		install -d $$section && install -m 644 $$page $$section/; done

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all unit tools bench clean setup sandbox sandbox-stop demo check lint coverage install
.SECONDARY:
