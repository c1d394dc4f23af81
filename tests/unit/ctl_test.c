/* ctl_test: the parts of selfinfoctl that read what people wrote: redirect URIs
 * (oauth F7) and the offset of the sandbox clock. What needs a database is in
 * tests/ctl/run.sh.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/selfinfoctl/offset.c"
#include "../../src/selfinfoctl/url.c"

static void good_redirects_are_taken(void **state)
{
	static const char *const good[] = {
		"https://app.example",
		"https://app.example/cb",
		"https://app.example/cb?dummy1=lorem&dummy2=ipsum",
		"https://app.example:8443/a/b;c=d/%E3%81%82",
		"https://app.example?x",
		"https://127.0.0.1:1/cb",
		"https://[::1]:65535/cb",
		"https://xn--eckwd4c7c.example/",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (redirect_uri_wrong(str_of(good[i])))
			fail_msg("%s: %s", good[i], redirect_uri_wrong(str_of(good[i])));
}

/* RFC 9700 section 2.1 and 4.1.3: nothing that two readers read differently */
static void bad_redirects_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"https",
		"https://",
		"https:///cb",
		"//app.example/cb",
		"/cb",
		"http://app.example/cb",
		"http://localhost/cb",
		"http://127.0.0.1/cb",
		"HTTPS://app.example/",
		"javascript:alert(1)",
		"com.example.app:/cb",
		"https://app.example/cb#",
		"https://app.example/cb#x",
		"https://app.example#@evil.example/",
		"https://a@app.example/",
		"https://a:b@app.example/",
		"https://APP.example/",
		"https://\xd0\xb0pp.example/",
		"https://app.example/\xd0\xb0",
		"https://app..example/",
		"https://.app.example/",
		"https://app.example./",
		"https://-app.example/",
		"https://app_x.example/",
		"https://*.example/",
		"https://app.example/*",
		"https://app.example:/",
		"https://app.example:0/",
		"https://app.example:443/",
		"https://app.example:65536/",
		"https://app.example:08443/",
		"https://app.example:8443x/",
		"https://app.example\\@evil.example/",
		"https://app.example/a b",
		"https://app.example/\t",
		"https://app.example/\n",
		"https://app.example/%",
		"https://app.example/%2",
		"https://app.example/%zz",
		"https://app.example/\"x",
		"https://app.example/<x>",
		"https://[::1",
		"https://[::g]/",
		"https://[::1]x/",
		"https://::1/",
	};
	char large[REDIRECT_URI_MAX + 20] = "https://app.example/";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (!redirect_uri_wrong(str_of(bad[i])))
			fail_msg("%s was taken", bad[i]);
	memset(large + strlen(large), 'a', sizeof(large) - strlen(large) - 1);
	assert_non_null(redirect_uri_wrong((struct str){ large, REDIRECT_URI_MAX + 1 }));
	assert_null(redirect_uri_wrong((struct str){ large, REDIRECT_URI_MAX }));
	assert_non_null(redirect_uri_wrong((struct str){ "https://app.example/\0x", 22 }));
}

static void offsets_are_read(void **state)
{
	static const struct {
		const char *text;
		bool ok, set;
		int64_t ms;
	} row[] = {
		{ "+7d", true, false, INT64_C(7) * 86400000 },
		{ "-1h", true, false, -3600000 },
		{ "=0", true, true, 0 },
		{ "=90min", true, true, 5400000 },
		{ "+250ms", true, false, 250 },
		{ "show", true, false, 0 },
		{ "+36525d", true, false, INT64_C(36525) * 86400000 },
		{ "+36526d", false, false, 0 },
		{ "+9223372036854775807d", false, false, 0 },
		{ "+99999999999999999999d", false, false, 0 },
		{ "+7", false, false, 0 },
		{ "7d", false, false, 0 },
		{ "+7m", false, false, 0 },
		{ "+", false, false, 0 },
		{ "", false, false, 0 },
		{ "+d", false, false, 0 },
		{ "+-7d", false, false, 0 },
		{ "+07d", false, false, 0 },
		{ "=0x", false, false, 0 },
		{ "+1.5h", false, false, 0 },
	};
	struct offset o;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (offset_read(str_of(row[i].text), &o) != row[i].ok)
			fail_msg("%s", row[i].text);
		if (row[i].ok) {
			assert_int_equal(o.set, row[i].set);
			assert_int_equal(o.ms, row[i].ms);
		}
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(good_redirects_are_taken),
		cmocka_unit_test(bad_redirects_are_refused),
		cmocka_unit_test(offsets_are_read),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
