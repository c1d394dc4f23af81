/* retrieval: what an app's back end calls with its access token: the records
 * under a grant, the grant itself, and the public catalogue.
 * Callers: selfinfod hands the routes to web and calls retrieval_init.
 * Source: api.md 2.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef RETRIEVAL_RETRIEVAL_H
#define RETRIEVAL_RETRIEVAL_H

#include "store/catalogue.h"
#include "web/endpoint.h"

extern const struct route retrieval_routes[];

void retrieval_init(const struct catalogue *c); /* borrowed for ever */

#endif
