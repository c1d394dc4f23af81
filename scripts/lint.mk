# lint.mk: the parts of `make lint` that look at each C file, read again only when
# it or a header of it has changed. Called by scripts/lint, from the top folder:
#   make -f scripts/lint.mk analyse    gcc -fanalyzer (build/lint/obj, .../tests)
#   make -f scripts/lint.mk tidy       clang-tidy     (build/lint/tidy)
# Objects are compiled as always, with -fanalyzer; a tidy mark takes its headers
# from the .d file of its object.
# SPDX-License-Identifier: Apache-2.0
CC_lint := gcc
FLAGS_lint := -O1 -g -fanalyzer
VARIANT := lint

default: analyse tidy
include Makefile

SOURCES := $(wildcard src/*/*.c) $(wildcard tests/*.c tests/*/*.c)
OBJECTS := $(patsubst src/%.c,$(B)/obj/%.o,$(filter src/%,$(SOURCES))) \
	$(patsubst tests/%.c,$(B)/tests/%.o,$(filter tests/%,$(SOURCES)))
MARKS := $(patsubst %.c,$(B)/tidy/%.ok,$(SOURCES))

analyse: $(OBJECTS)
tidy: $(MARKS)

# Headers of other packages are not ours to mend: -isystem.
TIDY_FLAGS = $(patsubst -I/%,-isystem/%,$(filter-out $(FLAGS_lint) -MMD -MP,$(OUR_CFLAGS)))

# Nothing stands on standard error but how many warnings of system headers were left out.
define run_tidy
@mkdir -p $(@D)
$(Q)clang-tidy --quiet $< -- $(TIDY_FLAGS) -Itests \
	-Itests/card 2>$@.log || { grep -v 'generated.$$' $@.log; false; }
$(Q)sed 's,^[^ ]*\.o:,$@:,' $(|:.o=.d) >$@.d
$(Q)mv $@.log $@
endef
$(B)/tidy/src/%.ok: src/%.c .clang-tidy | $(B)/obj/%.o
	$(run_tidy)
$(B)/tidy/tests/%.ok: tests/%.c .clang-tidy tests/.clang-tidy | $(B)/tests/%.o
	$(run_tidy)
.PHONY: default analyse tidy
