#!/bin/sh
# The requests that HTTP/1.1 forbids, byte by byte and behind right ones: faults
# section 5, over the running daemon.
# SPDX-License-Identifier: Apache-2.0
exec scripts/node tests/story/http/run.mjs
