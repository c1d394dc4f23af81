#!/bin/sh
# What api-spec/openapi.yaml says is what the daemon answers: each operation that
# needs no token, each item, each problem's page.
# SPDX-License-Identifier: Apache-2.0
exec scripts/node tests/api-spec/check.mjs
