/* enc: one coder for both base64 alphabets, hex and UUID text.
 * RFC 4648; a decoder refuses what its encoder would not have written.
 * Called by every room.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char std_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void enc_hex(struct buf *out, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++) {
		buf_byte(out, digit[b[i] >> 4]);
		buf_byte(out, digit[b[i] & 15]);
	}
}

static void encode(struct buf *out, const uint8_t *b, size_t n, const char *alphabet)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8) | b[i];
		have += 8;
		while (have >= 6) {
			have -= 6;
			buf_byte(out, alphabet[(bits >> have) & 63]);
		}
	}
	if (have > 0)
		buf_byte(out, alphabet[(bits << (6 - have)) & 63]);
}

void enc_b64url(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, url_alphabet);
}

void enc_b64(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, std_alphabet);
	for (size_t i = n % 3; i > 0 && i < 3; i++)
		buf_byte(out, '=');
}

static struct str in_arena(struct arena *a, struct buf *b)
{
	struct str s = arena_str(a, buf_str(b));

	buf_wipe(b);
	buf_free(b);
	return s;
}

struct str enc_b64url_in(struct arena *a, const void *p, size_t n)
{
	struct buf b = { 0 };

	enc_b64url(&b, p, n);
	return in_arena(a, &b);
}

struct str enc_hex_in(struct arena *a, const void *p, size_t n)
{
	struct buf b = { 0 };

	enc_hex(&b, p, n);
	return in_arena(a, &b);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int dec_hex_digit(char c)
{
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : hex_value(c);
}

bool dec_hex(struct str s, void *out, size_t n)
{
	uint8_t *b = out;

	if (s.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_value(s.p[2 * i]), low = hex_value(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		b[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int b64_value(char c, const char *alphabet)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == alphabet[62])
		return 62;
	if (c == alphabet[63])
		return 63;
	return -1;
}

static bool decode(struct str s, uint8_t *out, size_t n, const char *alphabet)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t at = 0;

	if (s.n != ENC_B64URL_LEN(n))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int v = b64_value(s.p[i], alphabet);

		if (v < 0)
			return false;
		bits = (bits << 6) | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[at++] = (uint8_t)(bits >> have);
		}
	}
	return at == n && (bits & ((1u << have) - 1)) == 0;
}

bool dec_b64url(struct str s, void *out, size_t n)
{
	return decode(s, out, n, url_alphabet);
}

static struct str decode_in(struct arena *a, struct str s, const char *alphabet)
{
	size_t n = s.n / 4 * 3 + (s.n % 4 > 0 ? s.n % 4 - 1 : 0);
	uint8_t *out;

	if (s.p == NULL || s.n % 4 == 1)
		return STR_NONE;
	out = arena_alloc(a, n + 1);
	if (!decode(s, out, n, alphabet))
		return STR_NONE;
	return (struct str){ (const char *)out, n };
}

struct str dec_b64url_in(struct arena *a, struct str s)
{
	return decode_in(a, s, url_alphabet);
}

struct str dec_b64_in(struct arena *a, struct str s)
{
	if (s.p == NULL || s.n % 4 != 0)
		return STR_NONE;
	for (int i = 0; i < 2 && s.n > 0 && s.p[s.n - 1] == '='; i++)
		s.n--;
	return decode_in(a, s, std_alphabet);
}

void enc_uuid(const uint8_t id[16], char out[UUID_TEXT + 1])
{
	static const char digit[] = "0123456789abcdef";
	char *p = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digit[id[i] >> 4];
		*p++ = digit[id[i] & 15];
	}
	*p = '\0';
}

bool dec_uuid(struct str s, uint8_t out[16])
{
	char hex[32];
	size_t n = 0;

	if (s.n != UUID_TEXT)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (s.p[i] == '-'))
			return false;
		if (!dash)
			hex[n++] = s.p[i];
	}
	return dec_hex((struct str){ hex, n }, out, 16);
}
