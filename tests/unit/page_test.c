/* Unit test of web/page.h: every page with the full models of
 * tests/pages/models, what values of others become, the names that browser
 * drivers rely on, and that every problem has its words. Runs in the project's
 * folder.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "web/page.h"
#include "web/page_value.h"
#include "web/problem.h"

#define MODELS "tests/pages/models/"

/* The page as a C string in out. */
static const char *draw(struct buf *out, enum page p, json_t *model, enum lang lang)
{
	const char *missing = page_render(out, p, model, lang);

	if (missing != NULL)
		fail_msg("%s has no %s", page_names[p], missing);
	buf_byte(out, '\0');
	return out->p;
}

static const char *draw_file(struct buf *out, enum page p, const char *file, enum lang lang)
{
	json_t *model = json_load_file(file, JSON_REJECT_DUPLICATES, NULL);
	const char *html;

	assert_non_null(model);
	html = draw(out, p, model, lang);
	json_decref(model);
	return html;
}

static enum page page_of(const char *file)
{
	struct str rest, name = str_cut(str_of(strrchr(file, '/') + 1), '.', &rest);

	for (int p = 0; p < PAGE_COUNT; p++)
		if (str_is(name, page_names[p]))
			return (enum page)p;
	fail_msg("no page for %s", file);
	return PAGE_COUNT;
}

static void assert_has(const char *html, const char *part)
{
	if (strstr(html, part) == NULL)
		fail_msg("not in the page: %s", part);
}

static void assert_lacks(const char *html, const char *part)
{
	if (strstr(html, part) != NULL)
		fail_msg("in the page: %s", part);
}

static void assert_value(json_t *v, enum page_place place, enum lang lang,
			 const char *expected)
{
	AUTO(buf) struct buf out = { 0 };

	assert_non_null(v);
	assert_true(page_value(&out, v, place, lang, false));
	buf_byte(&out, '\0');
	assert_string_equal(out.p, expected);
	json_decref(v);
}

static void every_page_renders_whole_in_every_language_within_30_KiB(void **state)
{
	bool seen[PAGE_COUNT] = { false };
	glob_t models;

	(void)state;
	assert_int_equal(glob(MODELS "*.json", 0, NULL, &models), 0);
	for (size_t i = 0; i < models.gl_pathc; i++)
		for (int l = 0; l < LANG_COUNT; l++) {
			AUTO(buf) struct buf out = { 0 };
			enum page p = page_of(models.gl_pathv[i]);
			const char *html = draw_file(&out, p, models.gl_pathv[i],
						     (enum lang)l);

			seen[p] = true;
			assert_true(strlen(html) <= (30u << 10));
			assert_has(html, l == LANG_JA ? "<html lang=\"ja\">" :
							"<html lang=\"en\">");
			assert_has(html, "</html>");
			assert_has(html, PAGE_CSS_PATH);
		}
	for (int p = 0; p < PAGE_COUNT; p++)
		assert_true(seen[p]);
	globfree(&models);
}

static void a_value_that_the_model_lacks_is_named(void **state)
{
	AUTO(buf) struct buf out = { 0 };
	json_t *model = json_load_file(MODELS "sign_in.card.json", 0, NULL);
	const char *missing;

	(void)state;
	json_object_del(model, "digits");
	missing = page_render(&out, PAGE_SIGN_IN, model, LANG_JA);
	assert_non_null(missing);
	assert_string_equal(missing, "digits");
	json_decref(model);
}

static void the_names_that_browser_drivers_use_are_there(void **state)
{
	AUTO(buf) struct buf a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	const char *html = draw_file(&a, PAGE_SIGN_IN, MODELS "sign_in.sandbox.json",
				     LANG_JA);

	(void)state;
	assert_has(html, "<form id=\"card-form\" method=\"post\"");
	assert_has(html, "name=\"return_code\"");
	assert_has(html, "<button id=\"card-continue\"");
	assert_has(html, "<button id=\"persona-hanako\" type=\"submit\" name=\"persona\" "
			 "value=\"hanako\"");
	html = draw_file(&b, PAGE_SIGN_IN, MODELS "sign_in.card.json", LANG_JA);
	assert_lacks(html, "persona");
	html = draw_file(&c, PAGE_CONSENT, MODELS "consent.child.json", LANG_JA);
	assert_has(html, "<form id=\"consent\" method=\"post\"");
	assert_has(html, "name=\"optional_item\" value=\"4-6\"");
	assert_has(html, "name=\"beneficiary\" value=\"c1\"");
	assert_has(html, "<button id=\"consent-allow\" type=\"submit\" name=\"decision\" "
			 "value=\"allow\">");
	assert_has(html, "<button id=\"consent-deny\" type=\"submit\" name=\"decision\" "
			 "value=\"deny\">");
	html = draw_file(&d, PAGE_ERROR, MODELS "error.retry.json", LANG_JA);
	assert_has(html, "id=\"error_code\" translate=\"no\">access_denied<");
}

/* pages-P19, P21: nothing is preset. */
static void nothing_is_ticked_or_chosen_unless_the_model_says_so(void **state)
{
	AUTO(buf) struct buf out = { 0 };
	json_t *model = json_load_file(MODELS "consent.child.json", 0, NULL);
	json_t *optional = json_object_get(model, "optional_items");

	(void)state;
	json_object_del(json_array_get(optional, 1), "ticked");
	assert_lacks(draw(&out, PAGE_CONSENT, model, LANG_JA), " checked");
	json_decref(model);
}

/* The text of the user code is the plain code, whatever groups the eye sees. */
static void the_user_code_can_be_pasted(void **state)
{
	AUTO(buf) struct buf out = { 0 };

	(void)state;
	assert_has(draw_file(&out, PAGE_SIGN_IN, MODELS "sign_in.card.json", LANG_EN),
		   "><span>K7M2</span><span>QX9P</span></p>");
}

/* pages-P3: markup, bidi overrides and zero-width characters are harmless. */
static void hostile_values_stay_text(void **state)
{
	(void)state;
	for (int l = 0; l < LANG_COUNT; l++) {
		AUTO(buf) struct buf out = { 0 };
		const char *html = draw_file(&out, PAGE_CONSENT,
					     MODELS "consent.hostile.json", (enum lang)l);

		assert_lacks(html, "<script");
		assert_lacks(html, "<img");
		assert_lacks(html, "<b>");
		assert_lacks(html, "javascript:");
		assert_lacks(html, "action=\"//");
		assert_lacks(html, "\xE2\x80\xAE"); /* right-to-left override */
		assert_lacks(html, "\xE2\x81\xA6"); /* isolate */
		assert_lacks(html, "\xE2\x80\x8B"); /* zero-width space */
	}
}

static void rare_characters_stay_whole(void **state)
{
	(void)state;
	/* a variation selector (IVS) and a character of four bytes */
	assert_value(json_string("葛\xF3\xA0\x84\x80城の𠮷野"), PLACE_TEXT, LANG_JA,
		     "葛\xF3\xA0\x84\x80城の𠮷野");
}

static void a_pair_shows_in_the_language_of_the_page(void **state)
{
	(void)state;
	assert_value(json_pack("{s:s, s:s}", "ja", "あ", "en", "a"), PLACE_TEXT, LANG_EN,
		     "<bdi>a</bdi>");
	assert_value(json_pack("{s:s, s:s}", "ja", "あ", "en", "a"), PLACE_PLAIN, LANG_JA,
		     "あ");
}

/* WCAG 3.1.2: the language of each part can be told. */
static void what_is_only_in_the_other_language_says_so(void **state)
{
	(void)state;
	assert_value(json_pack("{s:s}", "en", "a < b"), PLACE_TEXT, LANG_JA,
		     "<bdi lang=\"en\">a &lt; b</bdi>");
	assert_value(json_pack("{s:s}", "en", "a"), PLACE_PLAIN, LANG_JA, "a");
}

static void a_date_becomes_a_time_element(void **state)
{
	(void)state;
	assert_value(json_pack("{s:s}", "date", "2026-11-24"), PLACE_TEXT, LANG_JA,
		     "<time datetime=\"2026-11-24\">令和8年11月24日(2026年)</time>");
	assert_value(json_pack("{s:s, s:s}", "date", "2026-11-24", "time", "09:05"),
		     PLACE_TEXT, LANG_EN,
		     "<time datetime=\"2026-11-24T09:05\">24 November 2026, 09:05</time>");
	assert_value(json_pack("{s:s}", "date", "2026-11-24"), PLACE_PLAIN, LANG_EN,
		     "24 November 2026");
}

static void what_no_page_can_show_is_refused(void **state)
{
	static const char *const wrong[] = {
		"{\"date\":\"2026-02-30\"}",
		"{\"date\":\"2026-11-24\",\"time\":\"24:00\"}",
		"{\"date\":\"2026-11-24\",\"time\":\"9:00\"}",
		"{\"date\":7}",
		"{}",
		"[]",
		"{\"ja\":7}",
		"null",
		"true",
		"1.5",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(buf) struct buf out = { 0 };
		json_t *v = json_loads(wrong[i], JSON_DECODE_ANY, NULL);

		assert_non_null(v);
		assert_false(page_value(&out, v, PLACE_TEXT, LANG_JA, false));
		assert_int_equal(out.n, 0);
		json_decref(v);
	}
}

static void numbers_are_grouped_for_readers_alone(void **state)
{
	(void)state;
	assert_value(json_integer(0), PLACE_TEXT, LANG_JA, "0");
	assert_value(json_integer(999), PLACE_TEXT, LANG_JA, "999");
	assert_value(json_integer(1234), PLACE_TEXT, LANG_JA, "1,234");
	assert_value(json_integer(-1234567), PLACE_TEXT, LANG_EN, "-1,234,567");
	assert_value(json_integer(1234), PLACE_PLAIN, LANG_JA, "1234");
}

static void a_url_is_our_path_or_https(void **state)
{
	(void)state;
	assert_value(json_string("/sign-in?a=1&b=2"), PLACE_URL, LANG_JA,
		     "/sign-in?a=1&amp;b=2");
	assert_value(json_string("https://app.example/x"), PLACE_URL, LANG_JA,
		     "https://app.example/x");
	assert_value(json_string("javascript:alert(1)"), PLACE_URL, LANG_JA, "#");
	assert_value(json_string("//evil.example/"), PLACE_URL, LANG_JA, "#");
	assert_value(json_string("/\\evil.example/"), PLACE_URL, LANG_JA, "#");
	assert_value(json_string("/\t/evil.example/"), PLACE_URL, LANG_JA, "#");
	assert_value(json_string("HTTPS:evil"), PLACE_URL, LANG_JA, "#");
	assert_value(json_string("a\"b/あ"), PLACE_URL_PART, LANG_JA, "a%22b%2F%E3%81%82");
}

static void every_problem_has_its_words(void **state)
{
	(void)state;
	for (int id = 0; id < PROBLEM_COUNT; id++) {
		const struct problem *p = problem_of((enum problem_id)id);

		for (int l = 0; l < LANG_COUNT; l++) {
			AUTO(buf) struct buf page = { 0 }, error = { 0 };
			json_t *m = json_pack(
				"{s:s, s:{s:s, s:s}, s:i, s:s, s:s, s:s, s:s}", "slug",
				p->slug, "title", "ja", p->title_ja, "en", p->title_en,
				"status", p->status, "side", p->side, "type",
				"https://gateway.example/problems/x", "number", "K7M2QX9P",
				"code", p->error ? p->error : p->slug);

			draw(&page, PAGE_PROBLEM, m, (enum lang)l);
			draw(&error, PAGE_ERROR, m, (enum lang)l);
			json_decref(m);
		}
	}
}

/* pages-P31: what a citizen can meet is explained in words of its own. */
static void the_catalogue_of_errors_is_whole(void **state)
{
	static const char *const met[] = {
		"request_uri",
		"request_expired",
		"request_used",
		"bad_request",
		"no_session",
		"cookie_refused",
		"csrf",
		"card_revoked",
		"card_expired",
		"card_untrusted",
		"no_linkage",
		"no_child",
		"revocation_unknown",
		"too_many_tries",
		"card_transaction_expired",
		"card_transaction_used",
		"app_stopped",
		"not_found",
		"too_many",
		"unavailable",
		"internal",
	};
	char key[64];

	(void)state;
	for (size_t i = 0; i < COUNT(met); i++) {
		snprintf(key, sizeof(key), "error_%s_title", met[i]);
		assert_true(page_has_text(str_of(key)));
	}
	assert_false(page_has_text(STR("error_nothing_title")));
}

static void the_style_sheet_is_small_and_its_path_follows_its_bytes(void **state)
{
	(void)state;
	assert_true(page_css().n > 0 && page_css().n <= (24u << 10));
	assert_true(str_starts(page_css_path(), "/style-"));
	assert_true(str_ends(page_css_path(), ".css"));
}

static void the_first_known_language_is_chosen(void **state)
{
	(void)state;
	assert_int_equal(lang_choose(STR("en")), LANG_EN);
	assert_int_equal(lang_choose(STR("en-GB,en;q=0.9,ja;q=0.8")), LANG_EN);
	assert_int_equal(lang_choose(STR("ja,en-US;q=0.9")), LANG_JA);
	assert_int_equal(lang_choose(STR("fr-CA EN ja")), LANG_EN);
	assert_int_equal(lang_choose(STR("fr, zh-Hant")), LANG_JA);
	assert_int_equal(lang_choose(STR("enm,xen")), LANG_JA);
	assert_int_equal(lang_choose(STR_NONE), LANG_JA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_renders_whole_in_every_language_within_30_KiB),
		cmocka_unit_test(a_value_that_the_model_lacks_is_named),
		cmocka_unit_test(the_names_that_browser_drivers_use_are_there),
		cmocka_unit_test(nothing_is_ticked_or_chosen_unless_the_model_says_so),
		cmocka_unit_test(the_user_code_can_be_pasted),
		cmocka_unit_test(hostile_values_stay_text),
		cmocka_unit_test(rare_characters_stay_whole),
		cmocka_unit_test(a_pair_shows_in_the_language_of_the_page),
		cmocka_unit_test(what_is_only_in_the_other_language_says_so),
		cmocka_unit_test(a_date_becomes_a_time_element),
		cmocka_unit_test(what_no_page_can_show_is_refused),
		cmocka_unit_test(numbers_are_grouped_for_readers_alone),
		cmocka_unit_test(a_url_is_our_path_or_https),
		cmocka_unit_test(every_problem_has_its_words),
		cmocka_unit_test(the_catalogue_of_errors_is_whole),
		cmocka_unit_test(the_style_sheet_is_small_and_its_path_follows_its_bytes),
		cmocka_unit_test(the_first_known_language_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
