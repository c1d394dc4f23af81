/* ask: reads one private key and ties it to the arena. Called once a key at
 * start by net and oauth; refuses files others could read, and what is no
 * private key without ever asking for a passphrase.
 * The file is looked at through its descriptor, so that what was checked is
 * what is read. SPDX-License-Identifier: Apache-2.0 */
#include "keep/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE_AT_MOST = 0640, KEY_FILE_MAX = 65536 };

static int no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool may_be_read(struct arena *a, int fd, const char *file, struct str *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		*why = arena_printf(a, "%s: not a plain file", file);
		return false;
	}
	if ((st.st_mode & 07777 & ~(mode_t)MODE_AT_MOST) != 0) {
		*why = arena_printf(a,
				    "%s: mode %04o lets others in, at most "
				    "0640 is allowed",
				    file, (unsigned)(st.st_mode & 07777));
		return false;
	}
	if (st.st_size > KEY_FILE_MAX) {
		*why = arena_printf(a, "%s: too large for a key", file);
		return false;
	}
	return true;
}

/* Takes fd over. */
static EVP_PKEY *read_key(int fd)
{
	FILE *f = fdopen(fd, "r");
	EVP_PKEY *key;

	must(f != NULL);
	setvbuf(f, NULL, _IONBF, 0); /* no copy of the key stays in a buffer */
	key = PEM_read_PrivateKey(f, NULL, no_passphrase, NULL);
	fclose(f);
	ERR_clear_error();
	return key;
}

static void free_key(void *key)
{
	EVP_PKEY_free(key);
}

EVP_PKEY *keep_private_key(struct arena *a, const char *file, struct str *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	EVP_PKEY *key;

	if (fd < 0) {
		*why = arena_printf(a, "%s: %s", file, strerror(errno));
		return NULL;
	}
	if (!may_be_read(a, fd, file, why)) {
		close(fd);
		return NULL;
	}
	key = read_key(fd);
	if (key == NULL) {
		*why = arena_printf(a,
				    "%s: no private key in PEM, or one with "
				    "a passphrase",
				    file);
		return NULL;
	}
	arena_own(a, key, free_key);
	return key;
}
