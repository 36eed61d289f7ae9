#include "mail/hostname.h"

#include "base/digest.h"
#include "base/utf8.h"

static bool in_host(unsigned char c) { return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_'; }

static bool is_outer(unsigned char c) { return ascii_is_alnum(c) || c >= 0x80; }

/* Not those of East Asia, where words are written together. */
size_t host_name_letter(span s)
{
	size_t n;
	uint32_t c;

	if (s.n == 0 || s.p[0] < 0x80)
		return 0;
	c = utf8_get(s, &n);
	return c < 0x2e80 && (utf8_is_letter(c) || (c >= 0x300 && c < 0x370)) ? n : 0;
}

static size_t wide_letter_before(span text, size_t at)
{
	size_t n = 1;

	while (n < 4 && n < at && (text.p[at - n] & 0xc0) == 0x80)
		n++;
	return at >= n && host_name_letter(span_sub(text, at - n, n)) == n ? n : 0;
}

static size_t host_begin(span text, size_t dot)
{
	size_t a = dot, n;

	while (a > 0 && dot - a < HOST_NAME_LONGEST && (n = in_host(text.p[a - 1]) ? 1 : wide_letter_before(text, a)) != 0)
		a -= n;
	return a;
}

static size_t host_run(span text, size_t at)
{
	size_t b = at, n;

	while (b < text.n && b - at < HOST_NAME_LONGEST && (n = in_host(text.p[b]) ? 1 : host_name_letter(span_from(text, b))) != 0)
		b += n;
	return b;
}

size_t host_name_end(span text, size_t at)
{
	size_t to = host_run(text, at);

	while (to > at && !is_outer(text.p[to - 1]))
		to--;
	return to;
}

/* Of the escape "%XX" whose mark ends before `at`: its value; -1 when there is none. */
static int escaped(span text, size_t at, size_t to)
{
	return at > 0 && to - at >= 2 && text.p[at - 1] == '%' && hex_value(text.p[at]) >= 0 && hex_value(text.p[at + 1]) >= 0
	    ? hex_value(text.p[at]) * 16 + hex_value(text.p[at + 1]) : -1;
}

size_t host_name_escape(span text, size_t at, size_t to)
{
	int value = escaped(text, at, to);
	size_t n = value >= 0 ? 2 : 0;

	while (value == '%' && to - at - n >= 2 && hex_value(text.p[at + n]) >= 0 && hex_value(text.p[at + n + 1]) >= 0) { /* escaped again */
		value = hex_value(text.p[at + n]) * 16 + hex_value(text.p[at + n + 1]);
		n += 2;
	}
	return value < 0x80 ? n : to - at; /* a letter past ASCII: the host began before it */
}

bool host_name_of_address(span text, size_t at)
{
	return (at > 0 && text.p[at - 1] == '@') || (at > 2 && span_eq(span_sub(text, at - 2, 2), SPAN_LIT("40")) &&
	    (text.p[at - 3] == '%' || (at > 4 && span_eq(span_sub(text, at - 5, 3), SPAN_LIT("%25")))));
}

static const span proofpoint = {(const unsigned char *)"-3A__", 5};

span host_name_plain(span text, size_t at, size_t n, char out[HOST_NAME_LONGEST])
{
	span host = span_sub(text, at, n);
	size_t used = 0;

	if (at < proofpoint.n || text.p[at - 1] != '_' || !span_ends_nocase(span_first(text, at), proofpoint) || n > HOST_NAME_LONGEST)
		return host;
	for (size_t i = 0; i < host.n; i++) {
		out[used++] = (char)host.p[i];
		if (span_starts_nocase(span_from(host, i), SPAN_LIT("-2D")))
			i += 2;
	}
	return span_of(out, used);
}

/* "https-3A__b-2Dc.example-3A8443_x": what stands for "://", for "-", and for what follows the host. */
static void proofpoint_cut(span text, size_t *from, size_t *to)
{
	span run = span_sub(text, *from, *to - *from);
	size_t colon = span_starts_nocase(run, SPAN_LIT("http")) ? span_find_nocase(run, proofpoint) : run.n, end;

	if (colon == run.n)
		return;
	*from += colon + proofpoint.n;
	run = span_from(run, colon + proofpoint.n);
	end = span_find_byte(run, '_');
	end = span_find_nocase(span_first(run, end), SPAN_LIT("-3A"));
	*to = *from + end;
}

bool host_name_around(span text, size_t dot, size_t *from, size_t *to)
{
	size_t a = host_begin(text, dot), b = host_run(text, dot), last;

	if (a > 0 && text.p[a - 1] == '%')
		a += host_name_escape(text, a, dot);
	while (a < dot && !is_outer(text.p[a]))
		a++;
	while (b > dot && !is_outer(text.p[b - 1]))
		b--;
	*to = b;
	if ((text.p[a] | 32) == 'h' && b - a > proofpoint.n && (text.p[a + 1] | 32) == 't')
		proofpoint_cut(text, &a, &b);
	*from = a;
	if (a >= dot || b <= dot + 1)
		return false;
	*to = b;
	for (last = b; text.p[last - 1] != '.'; last--)
		;
	return b - last >= 2 && (ascii_is_alpha(text.p[last]) || text.p[last] >= 0x80);
}

/* The last word of s, which is cut before it; marks around it are no part of it. */
static span word_before(span *s)
{
	size_t end, at;

	for (end = s->n; end > 0 && (s->p[end - 1] == ' ' || s->p[end - 1] == '\t'); end--)
		;
	for (at = end; at > 0 && (ascii_is_alpha(s->p[at - 1]) || s->p[at - 1] == '-' || s->p[at - 1] >= 0x80); at--)
		;
	*s = span_first(*s, at);
	return span_sub(span_of(s->p, end), at, end - at);
}

/* Do people call hosts this, so that "Login: portal.b.example" is one? */
static bool looks_of_a_host(span name)
{
	static const char *const common[] = {"com", "net", "org", "info", "biz", "edu", "gov", NULL};
	size_t dots = 0, last = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '.') {
			dots++;
			last = i + 1;
		}
	return dots > 1 || name.n - last <= 2 || span_is_one_of_nocase(span_from(name, last), common);
}

bool host_name_is_account(span text, size_t at, size_t n)
{
	enum { FAR = 48 };
	static const char *const copulas[] = {"is", "ist", "lautet", "est", "es", NULL};
	static const char *const names[] = {"user", "username", "userid", "user-id", "uid", "benutzer", "benutzername", "benutzerkennung", "kennung", "nutzer", "nutzername",
	    "anmeldename", "utilisateur", "identifiant", "usuario", "usu\xc3\xa1rio", "utente", "gebruiker", "gebruikersnaam", "inlognaam", "utilizador",
	    "anv\xc3\xa4ndarnamn", "bruker", "brukernavn", "brugernavn", NULL};
	static const char *const logins[] = {"login", "logon", "log-in", NULL};
	span before = span_first(text, at), word;
	bool mark = false;

	before = span_from(before, before.n > FAR ? before.n - FAR : 0);
	for (size_t i = before.n; i > 0; i--)
		if (before.p[i - 1] == '\n') {
			before = span_from(before, i);
			break;
		}
	while (before.n > 0 && ascii_is_one_of(before.p[before.n - 1], " \t:=\"'*_`<>")) {
		mark = mark || before.p[before.n - 1] == ':' || before.p[before.n - 1] == '=';
		before.n--;
	}
	word = word_before(&before);
	if (span_is_one_of_nocase(word, copulas))
		word = word_before(&before);
	/* "Usuario VPN:", "User ID:" */
	if (mark && !span_is_one_of_nocase(word, names) && !span_is_one_of_nocase(word, logins))
		word = word_before(&before);
	return span_is_one_of_nocase(word, names) || (span_is_one_of_nocase(word, logins) && !looks_of_a_host(span_sub(text, at, n)));
}

bool host_name_next(span text, size_t *from, size_t to, size_t *at, size_t *n)
{
	while (*from < to) {
		size_t dot = *from + span_find_byte(span_sub(text, *from, to - *from), '.'), a, b;

		if (dot >= to)
			break;
		*from = dot + 1;
		if (dot == 0 || !is_outer(text.p[dot - 1]) || dot + 1 >= text.n || !is_outer(text.p[dot + 1]))
			continue;
		if (!host_name_around(text, dot, &a, &b)) {
			*from = b > dot ? b : dot + 1;
			continue;
		}
		*from = b;
		*at = a;
		*n = b - a;
		return true;
	}
	*from = to;
	return false;
}
