/* status: what the daemon says of itself, trouble first. The answer is an
 * object; "trouble" is a list of {"what", "cure"}, all else is shown as it
 * stands, nested names joined by a dot. Called by main.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl.h"

static void print_value(struct arena *a, const char *name, json_t *j)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(j)) {
		json_object_foreach(j, key, value) print_value(
			a, arena_printf(a, "%s%s%s", name, name[0] ? "." : "", key).p,
			value);
		return;
	}
	if (json_is_array(j)) {
		json_array_foreach(j, i, value)
			print_value(a, arena_printf(a, "%s.%zu", name, i + 1).p, value);
		return;
	}
	printf("%-32s ", name);
	if (json_is_string(j))
		printf("%s\n", json_string_value(j));
	else if (json_is_integer(j))
		printf("%lld\n", (long long)json_integer_value(j));
	else if (json_is_real(j))
		printf("%g\n", json_real_value(j));
	else
		printf("%s\n", json_is_true(j) ? "yes" : json_is_false(j) ? "no" : "-");
}

static const char *word(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s ? s : "";
}

static void print_trouble(json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		printf("TROUBLE  %s\n",
		       json_is_string(one) ? json_string_value(one) : word(one, "what"));
		if (word(one, "cure")[0])
			printf("         %s\n", word(one, "cure"));
	}
}

enum exit_code ctl_status(struct ctl *c)
{
	json_t *question, *answer;
	enum exit_code code = ctl_config(c);

	if (code != EXIT_OK)
		return code;
	question = json_pack("{s:s}", "command", "status");
	must(question != NULL);
	code = ctl_ask(c, question, &answer);
	json_decref(question);
	if (code != EXIT_OK)
		return code;
	json_object_del(answer, "ok");
	if (c->o.json) {
		ctl_print_json(answer);
	} else {
		print_trouble(json_object_get(answer, "trouble"));
		json_object_del(answer, "trouble");
		print_value(c->a, "", answer);
	}
	json_decref(answer);
	return EXIT_OK;
}
