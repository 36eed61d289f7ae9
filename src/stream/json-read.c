#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/limits.h"
#include "base/utf8.h"
#include "stream/json-read.h"

#define BLOCK 128 /* nodes that are taken from the arena together */

struct reader {
	struct arena *a;
	span s;
	size_t at;
	unsigned problems;
	bool ran_out; /* the end was met while looking for something */
	struct json_node *block;
	size_t left, total, most;
};

/* Bytes before the next quote, backslash or, where that counts, control character. */
static inline size_t run_before(const unsigned char *p, size_t n, bool control)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x1f);

	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, back));
		unsigned mask;

		if (control)
			hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
		if ((mask = (unsigned)_mm_movemask_epi8(hit)) != 0)
			return i + (size_t)__builtin_ctz(mask);
	}
#endif
	while (i < n && p[i] != '"' && p[i] != '\\' && (!control || p[i] > 0x1f))
		i++;
	return i;
}

size_t json_string_extent(span s)
{
	for (size_t i = 1; i < s.n;) {
		i += run_before(s.p + i, s.n - i, false);
		if (i >= s.n)
			return 0;
		if (s.p[i] == '"')
			return i + 1;
		i += s.n - i > 1 ? 2 : 1; /* a backslash, and what it is before */
	}
	return 0;
}

static bool ends_scalar(unsigned char c)
{
	return c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' || c == '{' || ascii_is_space(c);
}

/* Bytes before the next quote or bracket. */
static size_t until_structure(const unsigned char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}'),
	    bit = _mm_set1_epi8(0x20);

	/* '[' and ']' are '{' and '}' without the bit 0x20. */
	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i)), l = _mm_or_si128(v, bit);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote),
		    _mm_or_si128(_mm_cmpeq_epi8(l, open), _mm_cmpeq_epi8(l, close)));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);

		if (mask != 0)
			return i + (size_t)__builtin_ctz(mask);
	}
#endif
	while (i < n && p[i] != '"' && (p[i] | 0x20) != '{' && (p[i] | 0x20) != '}')
		i++;
	return i;
}

size_t json_extent(span s)
{
	size_t i = 0, n, depth = 0;

	while (i < s.n && ascii_is_space(s.p[i]))
		i++;
	if (i >= s.n || s.p[i] == ']' || s.p[i] == '}' || s.p[i] == ',' || s.p[i] == ':')
		return 0;
	if (s.p[i] != '"' && s.p[i] != '{' && s.p[i] != '[') {
		while (i < s.n && !ends_scalar(s.p[i]))
			i++;
		return i;
	}
	do {
		i += until_structure(s.p + i, s.n - i);
		if (i >= s.n)
			return 0;
		if (s.p[i] == '"') {
			if ((n = json_string_extent(span_from(s, i))) == 0)
				return 0;
			i += n;
			continue;
		}
		if ((s.p[i] | 0x20) == '{')
			depth++;
		else if (depth > 0)
			depth--;
		i++;
	} while (depth != 0);
	return i;
}

static enum errc not_json(const struct reader *r, struct err *e, const char *why)
{
	return err_set(e, ERR_EVIDENCE, "not JSON at byte %zu of the record: %s", r->at, why);
}

static enum errc ends_early(struct reader *r, struct err *e, const char *why)
{
	r->ran_out = true;
	return not_json(r, e, why);
}

static void skip_space(struct reader *r)
{
	while (r->at < r->s.n && (r->s.p[r->at] == ' ' || r->s.p[r->at] == '\n' || r->s.p[r->at] == '\r' ||
	                             r->s.p[r->at] == '\t'))
		r->at++;
}

static bool hex4(span s, size_t at, uint32_t *out)
{
	*out = 0;
	if (at > s.n || s.n - at < 4)
		return false;
	for (size_t i = at; i < at + 4; i++) {
		unsigned char c = ascii_lower(s.p[i]);

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*out = *out << 4 | (uint32_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* The escape at in.p[*i] == '\\'; *i behind it. A lone surrogate and what is no escape are noted. */
static size_t unescape_one(struct reader *r, span in, size_t *i, unsigned char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	unsigned char c = *i + 1 < in.n ? in.p[*i + 1] : 0;
	const char *known = c != 0 ? strchr(from, c) : NULL;
	uint32_t u, low;

	if (known != NULL) {
		*i += 2;
		out[0] = (unsigned char)to[known - from];
		return 1;
	}
	if (c != 'u' || !hex4(in, *i + 2, &u)) {
		r->problems |= JSON_LENIENT;
		out[0] = '\\';
		(*i)++;
		return 1;
	}
	*i += 6;
	if (u >= 0xd800 && u < 0xdc00 && in.n - *i >= 6 && in.p[*i] == '\\' && in.p[*i + 1] == 'u' &&
	    hex4(in, *i + 2, &low) && low >= 0xdc00 && low < 0xe000) {
		*i += 6;
		u = 0x10000 + ((u - 0xd800) << 10 | (low - 0xdc00));
	} else if ((u >= 0xd800 && u < 0xe000) || u == 0) { /* U+0000 cannot be kept in text that goes to SQL */
		r->problems |= JSON_BAD_UTF8;
		u = 0xfffd;
	}
	return utf8_write(out, u);
}

/* No escape becomes longer than it was. */
static enum errc unescape(struct reader *r, span in, span *out, struct err *e)
{
	unsigned char *p = arena_alloc(r->a, in.n);
	size_t n = 0;

	if (p == NULL)
		return err_memory(e);
	for (size_t i = 0; i < in.n;) {
		span rest = span_from(in, i);
		size_t run = span_find_byte(rest, '\\');

		memcpy(p + n, rest.p, run);
		n += run;
		i += run;
		if (i < in.n)
			n += unescape_one(r, in, &i, p + n);
	}
	arena_shrink(r->a, p, in.n, n);
	*out = span_of(p, n);
	return OK;
}

/* The string at r->at, which is a quote. */
static enum errc read_string(struct reader *r, span *out, struct err *e)
{
	size_t i = r->at + 1;
	bool escaped = false, odd = false;
	span raw;

	for (;;) {
		i += run_before(r->s.p + i, r->s.n - i, true);
		if (i >= r->s.n)
			return ends_early(r, e, "a string does not end");
		if (r->s.p[i] == '"')
			break;
		if (r->s.p[i] == '\\') {
			escaped = true;
			i += r->s.n - i > 1 ? 2 : 1;
		} else {
			r->problems |= JSON_LENIENT; /* RFC 8259 7: control characters must be escaped */
			odd |= r->s.p[i] == 0;
			i++;
		}
	}
	raw = span_of(r->s.p + r->at + 1, i - r->at - 1);
	r->at = i + 1;
	if (odd || (!span_is_ascii(raw) && utf8_valid(raw) != raw.n)) {
		r->problems |= JSON_BAD_UTF8;
		if ((raw = utf8_clean(r->a, raw)).p == NULL)
			return err_memory(e);
	}
	if (!escaped) {
		*out = raw;
		return OK;
	}
	return unescape(r, raw, out, e);
}

static enum errc new_node(struct reader *r, struct json_node **out, struct err *e)
{
	if (r->left == 0) {
		if (r->total >= r->most)
			return err_set(e, ERR_LIMIT, "more than %zu values in one record", r->most);
		if ((r->block = arena_alloc(r->a, BLOCK * sizeof *r->block)) == NULL)
			return err_memory(e);
		r->left = BLOCK;
		r->total += BLOCK;
	}
	*out = r->block++;
	r->left--;
	**out = (struct json_node){0};
	return OK;
}

static bool is_number(span s)
{
	size_t i = 0, digits;

	i += i < s.n && s.p[i] == '-';
	for (digits = i; i < s.n && ascii_is_digit(s.p[i]); i++)
		;
	if (i == digits || (s.p[digits] == '0' && i - digits > 1))
		return false;
	if (i < s.n && s.p[i] == '.') {
		for (digits = ++i; i < s.n && ascii_is_digit(s.p[i]); i++)
			;
		if (i == digits)
			return false;
	}
	if (i < s.n && (s.p[i] | 32) == 'e') {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		for (digits = i; i < s.n && ascii_is_digit(s.p[i]); i++)
			;
		if (i == digits)
			return false;
	}
	return i == s.n;
}

static enum errc read_scalar(struct reader *r, struct json_node *n, size_t depth, struct err *e)
{
	static const struct { const char *text; enum json_type type; bool exact; } words[] = {
		{"null", JSON_NULL, true}, {"true", JSON_TRUE, true}, {"false", JSON_FALSE, true},
		{"nan", JSON_NULL, false}, {"infinity", JSON_NULL, false}, {"-infinity", JSON_NULL, false},
		{"undefined", JSON_NULL, false}, {"none", JSON_NULL, false},
	};
	size_t from = r->at;
	span s;

	while (r->at < r->s.n && !ends_scalar(r->s.p[r->at]))
		r->at++;
	if (r->at == r->s.n && depth > 1) /* half a number is another number */
		return ends_early(r, e, "the record ends early");
	s = span_of(r->s.p + from, r->at - from);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(s, span_str(words[i].text))) {
			n->type = words[i].type;
			if (!words[i].exact || !span_eq(s, span_str(words[i].text)))
				r->problems |= JSON_LENIENT;
			return OK;
		}
	if (s.n == 0 || (!ascii_is_digit(s.p[0]) && s.p[0] != '-' && s.p[0] != '+' && s.p[0] != '.') ||
	    utf8_valid(s) != s.n) {
		r->at = from;
		return not_json(r, e, "no value here");
	}
	if (!is_number(s))
		r->problems |= JSON_LENIENT;
	n->type = JSON_NUMBER;
	n->text = s;
	return OK;
}

/* ',' or the closing bracket behind a value; *closed says which. */
static enum errc after_value(struct reader *r, unsigned char close, bool *closed, struct err *e)
{
	skip_space(r);
	if (r->at >= r->s.n)
		return ends_early(r, e, "the record ends early");
	*closed = r->s.p[r->at] == close;
	if (!*closed && r->s.p[r->at] != ',')
		return not_json(r, e, close == '}' ? "neither ',' nor '}'" : "neither ',' nor ']'");
	r->at++;
	if (*closed)
		return OK;
	for (skip_space(r); r->at < r->s.n && r->s.p[r->at] == ','; skip_space(r)) {
		r->problems |= JSON_LENIENT;
		r->at++;
	}
	if (r->at < r->s.n && r->s.p[r->at] == close) {
		r->problems |= JSON_LENIENT;
		r->at++;
		*closed = true;
	}
	return OK;
}

static enum errc read_key(struct reader *r, span *key, struct err *e)
{
	enum errc rc;

	skip_space(r);
	if (r->at >= r->s.n)
		return ends_early(r, e, "the record ends early");
	if (r->s.p[r->at] != '"')
		return not_json(r, e, "no member name here");
	if ((rc = read_string(r, key, e)) != OK)
		return rc;
	skip_space(r);
	if (r->at >= r->s.n || r->s.p[r->at] != ':')
		return r->at >= r->s.n ? ends_early(r, e, "the record ends early") : not_json(r, e, "no ':' behind a name");
	r->at++;
	return OK;
}

/* What begins at r->at into n; *opened when it is an object or array that has something in it. */
static enum errc read_begin(struct reader *r, struct json_node *n, size_t depth, bool *opened, struct err *e)
{
	unsigned char c;
	size_t skip;

	*opened = false;
	skip_space(r);
	if (r->at >= r->s.n)
		return ends_early(r, e, "the record ends early");
	c = r->s.p[r->at];
	if (c == '"') {
		n->type = JSON_STRING;
		return read_string(r, &n->text, e);
	}
	if (c != '{' && c != '[')
		return read_scalar(r, n, depth, e);
	if (depth == LIMIT_JSON_DEPTH) {
		if ((skip = json_extent(span_from(r->s, r->at))) == 0)
			return ends_early(r, e, "the record ends early");
		r->problems |= JSON_LEFT_OUT;
		r->at += skip;
		return OK;
	}
	n->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
	r->at++;
	skip_space(r);
	if (r->at < r->s.n && r->s.p[r->at] == (c == '{' ? '}' : ']'))
		r->at++;
	else
		*opened = true;
	return OK;
}

static enum errc read_value(struct reader *r, struct json_node **out, struct err *e)
{
	struct { struct json_node *n, **tail; } stack[LIMIT_JSON_DEPTH];
	struct json_node *n = NULL, root = {0}, *at;
	size_t depth = 0;
	bool opened, closed;
	enum errc rc;

	stack[0].n = &root;
	stack[0].tail = out;
	for (;;) {
		at = stack[depth].n;
		if ((rc = new_node(r, &n, e)) != OK ||
		    (at->type == JSON_OBJECT && (rc = read_key(r, &n->key, e)) != OK) ||
		    (rc = read_begin(r, n, depth + 1, &opened, e)) != OK)
			return rc;
		*stack[depth].tail = n;
		stack[depth].tail = &n->next;
		at->n++;
		if (opened) {
			depth++;
			stack[depth].n = n;
			stack[depth].tail = &n->child;
			continue;
		}
		for (closed = true; depth > 0 && closed; depth -= closed)
			if ((rc = after_value(r, stack[depth].n->type == JSON_OBJECT ? '}' : ']', &closed, e)) != OK)
				return rc;
		if (depth == 0)
			return OK;
	}
}

enum errc json_read(struct arena *a, span s, struct json_node **out, size_t *used, unsigned *problems, struct err *e)
{
	return json_read_most(a, s, LIMIT_JSON_NODES, out, used, problems, e);
}

enum errc json_read_most(struct arena *a, span s, size_t most, struct json_node **out, size_t *used, unsigned *problems,
    struct err *e)
{
	struct reader r = {.a = a, .s = s, .most = most};
	enum errc rc;

	*out = NULL;
	rc = read_value(&r, out, e);
	*used = r.ran_out ? s.n : r.at;
	*problems |= r.problems;
	return rc;
}

const struct json_node *json_get(const struct json_node *n, const char *name)
{
	const struct json_node *found = NULL;
	span want = span_str(name);

	if (n == NULL || n->type != JSON_OBJECT)
		return NULL;
	for (const struct json_node *c = n->child; c != NULL; c = c->next)
		if (c->key.n == want.n && span_eq_nocase(c->key, want))
			found = c;
	return found;
}

span json_text(const struct json_node *n)
{
	if (n == NULL)
		return SPAN_EMPTY;
	switch (n->type) {
	case JSON_STRING:
	case JSON_NUMBER: return n->text;
	case JSON_TRUE: return SPAN_LIT("true");
	case JSON_FALSE: return SPAN_LIT("false");
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT: return SPAN_EMPTY;
	}
	return SPAN_EMPTY;
}
