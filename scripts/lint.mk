# lint.mk: the parts of `make lint` that look at each C file, read again only when
# it or a header of it has changed. Called by scripts/lint, from the top folder:
#   make -f scripts/lint.mk analyse    gcc -fanalyzer (build/lint/obj, .../tests)
#   make -f scripts/lint.mk tidy       clang-tidy     (build/lint/tidy)
# Objects are compiled as always, with -fanalyzer; a tidy mark is younger than its
# object, so both know the headers from the compiler's .d files.
# SPDX-License-Identifier: Apache-2.0
CC_lint := gcc
FLAGS_lint := -O1 -g -fanalyzer
VARIANT := lint

default: analyse tidy
include Makefile

# SIZE_MAX / n of a calloc'ed array, malloc'ed text handed to a library that frees
# it and the like are followed; what gcc 12 cannot follow is answered in the code.
SOURCES := $(wildcard src/*/*.c) $(wildcard tests/*.c tests/*/*.c)
OBJECTS := $(patsubst src/%.c,$(B)/obj/%.o,$(filter src/%,$(SOURCES))) \
	$(patsubst tests/%.c,$(B)/tests/%.o,$(filter tests/%,$(SOURCES)))
MARKS := $(patsubst %.c,$(B)/tidy/%.ok,$(SOURCES))

analyse: $(OBJECTS)
tidy: $(MARKS)

TIDY = @mkdir -p $(@D)
define run_tidy
@echo "  TIDY $<"
$(Q)clang-tidy --quiet $< -- $(filter-out -MMD -MP $(FLAGS_lint),$(OUR_CFLAGS)) -Itests -Itests/card 2>$@.log || { \
	grep -v 'warnings* generated' $@.log; false; }
$(Q)rm -f $@.log
$(Q)touch $@
endef
$(B)/tidy/src/%.ok: src/%.c $(B)/obj/%.o .clang-tidy
	$(TIDY)
	$(run_tidy)
$(B)/tidy/tests/%.ok: tests/%.c $(B)/tests/%.o .clang-tidy tests/.clang-tidy
	$(TIDY)
	$(run_tidy)
.PHONY: default analyse tidy
