#include "mail/header.h"

#include "base/digest.h"
#include "mail/words.h"
#include "stream/charset.h"

/* One "name*0*=value" as it stands; several with one name make one parameter (RFC 2231 3). */
struct piece {
	span name;      /* lower case, without * and number */
	span value;     /* quotes undone */
	unsigned number; /* of its section */
	bool numbered, extended, quoted;
};

static bool is_blank(unsigned char c) { return ascii_is_space(c); }

static span lower(struct arena *a, span s)
{
	unsigned char *p;
	size_t i = 0;

	while (i < s.n && ascii_lower(s.p[i]) == s.p[i])
		i++;
	if (i == s.n)
		return s.p != NULL ? s : SPAN_LIT("");
	if ((p = arena_alloc(a, s.n)) == NULL)
		return SPAN_EMPTY;
	for (i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	return span_of(p, s.n);
}

static size_t skip_blank(span s, size_t at)
{
	while (at < s.n && (is_blank(s.p[at]) || s.p[at] == '('))
		at = s.p[at] == '(' ? comment_end(s, at) : at + 1;
	return at;
}

/* A quoted string from behind its quote on: only \" and \\ are undone, for the sake of Windows paths. */
static enum errc read_quoted(struct arena *a, span s, size_t *at, span *value, struct err *e)
{
	size_t from = *at, end = from, n = 0;
	bool plain = true;
	unsigned char *p;

	while (end < s.n && s.p[end] != '"') {
		if (s.p[end] == '\\' && s.n - end > 1 && (s.p[end + 1] == '"' || s.p[end + 1] == '\\')) {
			plain = false;
			end++;
		} else if (s.p[end] == '\r' || s.p[end] == '\n') {
			plain = false;
		}
		end++;
	}
	*at = end < s.n ? end + 1 : end;
	*value = span_sub(s, from, end - from);
	if (plain)
		return OK;
	if ((p = arena_alloc(a, value->n)) == NULL)
		return err_memory(e);
	for (size_t i = from; i < end; i++) {
		if (s.p[i] == '\r' || s.p[i] == '\n')
			continue;
		if (s.p[i] == '\\' && s.n - i > 1 && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		p[n++] = s.p[i];
	}
	*value = span_of(p, n);
	return OK;
}

/* What stands behind a word before the parameters, or between those: colons and commas in the place of semicolons too. */
static bool ends_word(unsigned char c) { return c == ';' || c == ':' || c == ',' || c == '(' || is_blank(c); }

/* Does "token=" stand at `at`: the next parameter, though no ';' came before it? */
static bool param_begins(span s, size_t at)
{
	size_t i = at;

	while (i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '*' || s.p[i] == '_'))
		i++;
	return i != at && i < s.n && s.p[i] == '=';
}

/* A value without quotes: up to the ';', with its spaces, unless a comment or another parameter follows. */
static span read_token(span s, size_t *at)
{
	size_t from = *at, end = from, i;

	for (i = from; i < s.n && s.p[i] != ';'; i++) {
		if (!is_blank(s.p[i])) {
			end = i + 1;
			continue;
		}
		if (s.n - i > 1 && s.p[i + 1] == '(') {
			size_t after = skip_blank(s, i);

			if (after >= s.n || s.p[after] == ';') {
				i = after;
				break;
			}
			i = after - 1; /* "report (1).pdf" */
			end = after;
			continue;
		}
		if (param_begins(s, i + 1))
			break;
	}
	*at = i;
	return span_sub(s, from, end - from);
}

/* name, name*, name*3, name*3* taken apart. */
static enum errc piece_name(struct arena *a, span name, struct piece *p, struct err *e)
{
	size_t star;

	name = span_trim(span_first(name, span_find_byte(name, '(')));
	star = span_find_byte(name, '*');
	if ((p->name = lower(a, span_first(name, star))).p == NULL)
		return err_memory(e);
	if (star == name.n)
		return OK;
	name = span_from(name, star + 1);
	p->extended = name.n == 0 || name.p[name.n - 1] == '*';
	for (size_t i = 0; i < name.n && i < 4 && ascii_is_digit(name.p[i]); i++) {
		p->number = p->number * 10 + (unsigned)(name.p[i] - '0');
		p->numbered = true;
	}
	return OK;
}

static enum errc read_piece(struct arena *a, span s, size_t *at, struct piece *p, struct err *e)
{
	size_t from = *at, i = from, after;
	enum errc rc;

	*p = (struct piece){0};
	while (i < s.n && s.p[i] != '=' && s.p[i] != ';')
		i++;
	*at = i;
	if (i == s.n || s.p[i] == ';')
		return OK;
	if ((rc = piece_name(a, span_sub(s, from, i - from), p, e)) != OK)
		return rc;
	i++;
	while (i < s.n && is_blank(s.p[i]))
		i++;
	if (i < s.n && s.p[i] == '(' && (after = skip_blank(s, i)) < s.n && s.p[after] == '"') /* a name without quotes may begin so */
		i = after;
	*at = i;
	if (i == s.n || s.p[i] != '"') {
		p->value = read_token(s, at);
		return OK;
	}
	p->quoted = true;
	++*at;
	if ((rc = read_quoted(a, s, at, &p->value, e)) != OK)
		return rc;
	for (i = *at; i < s.n && s.p[i] != ';' && ends_word(s.p[i]);)
		i = s.p[i] == '(' ? comment_end(s, i) : i + 1;
	if (param_begins(s, i))
		*at = i;
	else
		*at += span_find_byte(span_from(s, *at), ';');
	return OK;
}

static void put_percent(struct text *t, span s)
{
	unsigned char b;

	for (size_t i = 0; i < s.n; i++) {
		if (percent_read(s, i, &b)) {
			text_byte(t, b);
			i += 2;
		} else {
			text_byte(t, s.p[i]);
		}
	}
}

/* "charset'language'" off the value of a first extended piece. */
static span take_charset(span *value)
{
	size_t one = span_find_byte(*value, '\''), two;
	span charset = span_first(*value, one);

	if (one == value->n)
		return SPAN_EMPTY;
	two = span_find_byte(span_from(*value, one + 1), '\'');
	if (two == value->n - one - 1) { /* the language was forgotten, or it is a name with an apostrophe in it */
		if (charset.n == 0 || charset_find(charset) == NULL)
			return SPAN_EMPTY;
		*value = span_from(*value, one + 1);
		return charset;
	}
	*value = span_from(*value, one + 1 + two + 1);
	return charset;
}

/* The piece of v[first]'s name with the least number from `from` on; n when there is none. */
static size_t piece_next(const struct piece *v, size_t n, size_t first, uint64_t from)
{
	size_t best = n;

	for (size_t i = first; i < n; i++)
		if (v[i].numbered && v[i].number >= from && span_eq(v[i].name, v[first].name) && (best == n || v[i].number < v[best].number))
			best = i;
	return best;
}

/* The parameter whose first piece is v[first]; pieces are put together by their numbers, in whatever order, whatever is missing. */
static enum errc param_make(struct arena *a, struct piece *v, size_t n, size_t first, span body, struct param *out, struct err *e)
{
	struct text t = {.arena = a}, raw = {.arena = a}; /* raw: pieces in percent signs, one of which may be cut within a sign */
	span charset = SPAN_EMPTY;
	bool extended = false;

	out->name = v[first].name;
	if (!v[first].numbered && !v[first].extended) {
		/* A boundary is bytes: nothing in it is an encoded word, and its spaces count. */
		out->value = span_eq(out->name, SPAN_LIT("boundary")) && v[first].value.n != 0 ? v[first].value : header_text(a, v[first].value, body);
		return out->value.p != NULL ? OK : err_memory(e);
	}
	for (size_t i = v[first].numbered ? piece_next(v, n, first, 0) : first, found = 0; i < n; found++) {
		if (v[i].extended && found == 0)
			charset = take_charset(&v[i].value);
		extended |= v[i].extended;
		if (v[i].extended) {
			text_put(&raw, v[i].value);
		} else {
			put_percent(&t, text_span(&raw));
			raw.n = 0;
			text_put(&t, v[i].value);
		}
		i = v[i].numbered ? piece_next(v, n, first, (uint64_t)v[i].number + 1) : n;
	}
	put_percent(&t, text_span(&raw));
	if (t.failed || raw.failed)
		return err_memory(e);
	out->value = extended ? words_charset(a, charset, text_span(&t), body) : header_text(a, text_span(&t), body);
	return out->value.p != NULL ? OK : err_memory(e);
}

static bool name_seen(const struct param *params, size_t n, span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(params[i].name, name))
			return true;
	return false;
}

/* RFC 2231's form is preferred to a plain one of the same name that stands beside it for old readers. */
static size_t preferred(const struct piece *v, size_t n, size_t first)
{
	for (size_t i = first; i < n; i++)
		if ((v[i].extended || v[i].numbered) && span_eq(v[i].name, v[first].name))
			return i;
	return first;
}

/* What else a file is called: the plain one beside RFC 2231's, and a second. Of other parameters nobody needs it. */
static bool is_name(span name) { return span_eq(name, SPAN_LIT("filename")) || span_eq(name, SPAN_LIT("name")); }

/* "text / plain", with blanks or comments where there should be none. */
static span spaced_type(struct arena *a, span s, span type, size_t *at)
{
	struct text t = {.arena = a};
	size_t from = skip_blank(s, *at + 1), end = from;

	while (end < s.n && !ends_word(s.p[end]))
		end++;
	*at = end;
	text_put(&t, type);
	text_byte(&t, '/');
	text_put(&t, span_sub(s, from, end - from));
	return t.failed ? SPAN_EMPTY : lower(a, text_span(&t));
}

enum { PIECES = 64 }; /* more parameters than that are nobody's; further ones are not looked at */

/* The first word, and the parameters in pieces. */
struct pieces { span first; struct piece v[PIECES]; size_t n; };

static enum errc read_pieces(struct arena *a, span value, struct pieces *out, struct err *e)
{
	size_t at = skip_blank(value, 0), from = at, end;
	enum errc rc;

	out->n = 0;
	while (at < value.n && !ends_word(value.p[at]))
		at++;
	end = at;
	if (end - from > 2 && value.p[from] == '"' && value.p[end - 1] == '"')
		from++, end--;
	at = skip_blank(value, at);
	if ((out->first = lower(a, span_sub(value, from, end - from))).p == NULL ||
	    (at < value.n && value.p[at] == '/' && (out->first = spaced_type(a, value, out->first, &at)).p == NULL))
		return err_memory(e);
	if (param_begins(value, from)) { /* nothing before the parameters */
		out->first = SPAN_LIT("");
		at = from;
	}
	while (at < value.n && out->n < PIECES) {
		while (at < value.n && ends_word(value.p[at]))
			at = value.p[at] == '(' ? comment_end(value, at) : at + 1;
		if (at == value.n)
			break;
		if ((rc = read_piece(a, value, &at, &out->v[out->n], e)) != OK)
			return rc;
		out->n += out->v[out->n].name.n != 0;
	}
	return OK;
}

enum errc header_params(struct arena *a, span value, span charset, span *first, struct param **params, size_t *n, struct err *e)
{
	UNFILLED struct pieces p;
	enum errc rc = read_pieces(a, value, &p, e);

	*n = 0;
	*params = NULL;
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < p.n; i++)
		if (span_eq(p.v[i].name, SPAN_LIT("charset")))
			charset = p.v[i].value;
	/* In other charsets half a letter looks like a quote or a backslash. */
	if (words_are_raw(value) && ((value = words_raw(a, value, charset)).p == NULL || (rc = read_pieces(a, value, &p, e)) != OK))
		return rc != OK ? rc : err_memory(e);
	*first = p.first;
	if (p.n == 0)
		return OK;
	if ((*params = arena_alloc(a, 2 * p.n * sizeof **params)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < p.n; i++) {
		bool plain = !p.v[i].extended && !p.v[i].numbered, seen = name_seen(*params, *n, p.v[i].name);
		size_t best = seen ? i : preferred(p.v, p.n, i);

		if (!seen && (rc = param_make(a, p.v, p.n, best, charset, &(*params)[(*n)++], e)) != OK)
			return rc;
		if (plain && is_name(p.v[i].name) && (seen || best != i) && (rc = param_make(a, p.v, p.n, i, charset, &(*params)[(*n)++], e)) != OK)
			return rc;
	}
	return OK;
}

span param_get(const struct param *params, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(params[i].name, span_str(name)))
			return params[i].value;
	return SPAN_EMPTY;
}
