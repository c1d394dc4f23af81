/* http: libcurl with everything switched off that the agent does not need
 * (agent/http.h). Nothing of the environment is heard: no proxy, no .netrc, no
 * key log. Called by gateway; one handle, one request at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/http.h"

#include <stdlib.h>

#include <curl/curl.h>

enum { CONNECT_SECONDS = 10, ANSWER_SECONDS = 30 };

struct agent_http {
	CURL *curl;
	struct curl_slist *headers, *no_body_headers;
	bool too_large;
};

struct sink {
	struct agent_http *http;
	struct buf *body;
};

static size_t take(char *p, size_t size, size_t count, void *to)
{
	struct sink *sink = to;
	size_t n = size * count; /* size is always 1 */

	if (n > HTTP_ANSWER_MAX - sink->body->n) {
		sink->http->too_large = true;
		return 0;
	}
	buf_add(sink->body, (struct str){ p, n });
	return n;
}

static bool set_up(struct agent_http *h, const char *ca)
{
	CURL *c = h->curl;
	CURLcode wrong = CURLE_OK;

	wrong |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	wrong |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	wrong |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	wrong |= curl_easy_setopt(c, CURLOPT_PROXY, "");
	wrong |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	wrong |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	wrong |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	wrong |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	wrong |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	wrong |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	wrong |= curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)ANSWER_SECONDS);
	wrong |= curl_easy_setopt(c, CURLOPT_USERAGENT, "selfinfo-card/" SELFINFO_VERSION);
	wrong |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	wrong |= curl_easy_setopt(c, CURLOPT_POST, 1L);
	if (ca != NULL) {
		wrong |= curl_easy_setopt(c, CURLOPT_CAINFO, ca);
		wrong |= curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	return wrong == CURLE_OK;
}

static struct curl_slist *headers(const char *content_type)
{
	struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
	struct curl_slist *longer = curl_slist_append(list, content_type);

	if (list == NULL || longer == NULL) {
		curl_slist_free_all(list);
		return NULL;
	}
	return longer;
}

struct agent_http *http_open(const char *ca)
{
	struct agent_http *h = must_alloc(sizeof(*h));

	*h = (struct agent_http){ 0 };
	unsetenv("SSLKEYLOGFILE");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		return NULL;
	}
	h->curl = curl_easy_init();
	h->headers = headers("Content-Type: application/json");
	h->no_body_headers = headers("Content-Type:"); /* none */
	if (h->curl == NULL || h->headers == NULL || h->no_body_headers == NULL ||
	    !set_up(h, ca)) {
		http_close(h);
		return NULL;
	}
	return h;
}

void http_close(struct agent_http *h)
{
	if (h == NULL)
		return;
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->no_body_headers);
	curl_easy_cleanup(h->curl);
	curl_global_cleanup();
	free(h);
}

static enum agent_fault fault_of(const struct agent_http *h, CURLcode code,
				 const char **why)
{
	*why = curl_easy_strerror(code); /* fixed texts of the library */
	switch (code) {
	case CURLE_OK:
		return FAULT_NONE;
	case CURLE_OPERATION_TIMEDOUT:
		return FAULT_GATEWAY_SLOW;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return FAULT_GATEWAY_TLS;
	default:
		break;
	}
	if (!h->too_large)
		return FAULT_GATEWAY_DOWN;
	*why = "too large";
	return FAULT_GATEWAY_SHAPE;
}

/* application/problem+json; charset=utf-8 -> application/problem+json */
static void copy_type(struct agent_http *h, struct http_answer *out)
{
	char *type = NULL;
	struct str s, rest;

	out->type[0] = '\0';
	if (curl_easy_getinfo(h->curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK ||
	    type == NULL)
		return;
	s = str_trim(str_cut(str_of(type), ';', &rest));
	if (s.n >= sizeof(out->type))
		return;
	for (size_t i = 0; i < s.n; i++)
		out->type[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 :
								       s.p[i]);
	out->type[s.n] = '\0';
}

enum agent_fault http_post(struct agent_http *h, const char *url, struct str json,
			   struct http_answer *out, const char **why)
{
	struct sink sink = { h, &out->body };
	bool has_body = json.p != NULL;
	CURLcode code = CURLE_OK;
	enum agent_fault fault;

	out->status = 0;
	h->too_large = false;
	code |= curl_easy_setopt(h->curl, CURLOPT_URL, url);
	code |= curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER,
				 has_body ? h->headers : h->no_body_headers);
	code |= curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE, (long)json.n);
	code |= curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, has_body ? json.p : "");
	code |= curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &sink);
	must(code == CURLE_OK);
	fault = fault_of(h, curl_easy_perform(h->curl), why);
	if (fault != FAULT_NONE)
		return fault;
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &out->status);
	copy_type(h, out);
	return FAULT_NONE;
}
