/*
 * Whose secret might it be: the host or account that stands nearest, in the same paragraph of the same mail. A host counts more
 * than an address, and what stands before the secret more than what stands behind it.
 */
#include "mail/aside.h"
#include "mail/hostname.h"
#include "mail/quoted.h"
#include "scan/private.h"

#define LOOK_BACK 400
#define LOOK_AHEAD 160

static bool in_token(unsigned char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '@' || c == '+';
}

/* "notes.txt" looks like a host and is none. */
static bool is_file_ending(span s)
{
	static const char *const ends[] = {"txt", "doc", "docx", "xls", "xlsx", "ppt", "pdf", "exe", "zip", "jpg", "gif", "png",
	    "html", "htm", "php", "asp", "aspx", "jsp", "js", "py", "c", "h", "cfg", "ini", "conf", "xml", "json", "csv", "yml",
	    "yaml", "log", "bat", "ps1", "sql", "dll", "java", "cpp", "eml", "msg", "properties", "env", "key", "pem"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_eq_nocase(s, span_str(ends[i])))
			return true;
	return false;
}

/* 0: neither; 1: mail address; 2: host name or IPv4 address */
static int host_kind(span t)
{
	size_t at = span_find_byte(t, '@'), dot = t.n, dots = 0, digits = 0;
	span host = at < t.n ? span_from(t, at + 1) : t;

	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '.') {
			if (i == 0 || host.p[i - 1] == '.')
				return 0;
			dot = i;
			dots++;
		} else if (!ascii_is_alnum(host.p[i]) && host.p[i] != '-' && host.p[i] < 0x80) {
			return 0;
		}
		digits += ascii_is_digit(host.p[i]);
	}
	if (dots == 0 || host.n > 253 || dot + 1 >= host.n || at == 0)
		return 0;
	if (digits + dots == host.n)
		return dots == 3 && host.n >= 7 && host.n <= 15 && at == t.n ? 2 : 0;
	host = span_from(host, dot + 1);
	for (size_t i = 0; i < host.n; i++)
		if (!ascii_is_alpha(host.p[i]) && host.p[i] < 0x80)
			return 0;
	if (host.n < 2 || host.n > 18 || is_file_ending(host))
		return 0;
	if (span_starts_nocase(t, SPAN_LIT("a.m.")) || span_starts_nocase(t, SPAN_LIT("p.m."))) /* "10:00 a.m.CDT" */
		return 0;
	/* "please.Thanks": the end of one sentence and the start of the next */
	if (at == t.n && dots == 1 && host.p[0] >= 'A' && host.p[0] <= 'Z' && host.n > 1 && host.p[1] >= 'a')
		return 0;
	return at < t.n ? 1 : 2;
}

/* The byte at i, or the letter past ASCII there, if it can be of a host or an address; else 0. */
static size_t token_step(span text, size_t i) { return in_token(text.p[i]) ? 1 : host_name_letter(span_from(text, i)); }

/* In text[from, to), for the secret at text[at, at + n_secret). */
static void best_in(span text, size_t from, size_t to, size_t at, size_t n_secret, bool last_wins, int *best, size_t *host_at, size_t *host_n)
{
	size_t i = from;

	while (i < to) {
		size_t start, n;
		bool is_id;
		int kind;

		while (i < to && token_step(text, i) == 0)
			i++;
		start = i;
		while (i < to && (n = token_step(text, i)) != 0)
			i += n;
		start += host_name_escape(text, start, i);
		if (host_name_of_address(text, start))
			continue; /* "user%40b.example" in a link */
		span t = span_sub(text, start, i - start);
		while (t.n > 0 && (t.p[t.n - 1] == '.' || t.p[t.n - 1] == '-'))
			t.n--;
		if (t.n < 4 || (kind = host_kind(t)) == 0)
			continue;
		/* whom a quoted mail was from is not whose the secret below is, and what stands on the other side of its header is of other mail */
		if (kind == 1 && in_quoted_header(text, start, start + t.n, &is_id)) {
			if (!last_wins)
				return;
			*best = 0;
			*host_n = 0;
			continue;
		}
		if ((kind == 1 && is_id) || in_other_row(text, start, at))
			continue;
		if ((kind == 2 ? link_is_aside : address_is_aside)(text, start, at, at + n_secret) || (kind == 2 && host_name_is_account(text, start, t.n)))
			continue;
		if (kind > *best || (kind == *best && last_wins)) {
			*best = kind;
			*host_at = start;
			*host_n = t.n;
		}
	}
}

/* An empty line, or where other mail is quoted, or ends. */
static bool paragraph_ends_at(span text, size_t i)
{
	return text.p[i] == '\n' && (i + 1 >= text.n || text.p[i + 1] == '\n' ||
	    (text.p[i + 1] == '\r' && i + 2 < text.n && text.p[i + 2] == '\n') || quote_changes(text, i));
}

void host_near(span text, size_t at, size_t n, size_t *host_at, size_t *host_n)
{
	size_t from = at, to = at + n;
	int best = 0;

	while (from > 0 && at - from < LOOK_BACK && !paragraph_ends_at(text, from - 1))
		from--;
	/* A token cut by the edge of the window is no host. */
	if (at - from == LOOK_BACK)
		while (from < at && in_token(text.p[from]))
			from++;
	best_in(text, from, at, at, n, true, &best, host_at, host_n);
	if (best == 2)
		return;
	while (to < text.n && to - at - n < LOOK_AHEAD && !paragraph_ends_at(text, to) && !signature_begins(text, to))
		to++;
	if (to - at - n == LOOK_AHEAD)
		while (to > at + n && in_token(text.p[to - 1]))
			to--;
	best_in(text, at + n, to, at, n, false, &best, host_at, host_n);
}

/* "admin@nas2": who logs in where */
static bool is_login_at_host(span v)
{
	static const char *const names[] = {"admin@", "administrator@", "root@", "user@", "ubuntu@", "pi@", "postgres@", "oracle@", "deploy@", "git@"};
	size_t i = span_find_byte(v, '@') + 1;
	bool named = false;

	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		named |= span_starts_nocase(v, span_str(names[k]));
	while (named && i < v.n && (ascii_is_alnum(v.p[i]) || v.p[i] == '-' || v.p[i] == '.'))
		i++;
	return named && i + 1 >= v.n && (i == v.n || ascii_is_one_of(v.p[i], ".,;:)"));
}

/* "Wifi: BTHub6-K2QF, password on its back": the network, not its key */
static bool is_network(span text, size_t at, size_t end)
{
	static const char *const before[] = {"wifi: ", "wi-fi: ", "wlan: ", "ssid: ", "ssid ", "network ", "network: ", "netzwerk ", "r\xc3\xa9seau ", "hotspot "};

	for (size_t i = 0; end < text.n && text.p[end - 1] == ',' && i < sizeof before / sizeof *before; i++)
		if (span_ends_nocase(span_first(text, at), span_str(before[i])))
			return true;
	return false;
}

bool host_told(span text, size_t at, size_t n)
{
	static const char *const before[] = {"for ", "on ", "of ", "at ", "f\xc3\xbcr ", "auf ", "pour ", "sur ", "para ", "en ", "per ", "su ", "voor ", "op "};
	size_t dashes = 0, digits = 0;

	if (is_login_at_host(span_sub(text, at, n)) || is_network(text, at, at + n))
		return true;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = text.p[at + i];

		if (c != '-' && !ascii_is_digit(c) && (c < 'a' || c > 'z'))
			return false;
		dashes += c == '-';
		digits = ascii_is_digit(c) ? digits + 1 : 0;
	}
	if (dashes == 0 || digits == 0 || digits > 3)
		return false;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		span w = span_str(before[i]);

		if (span_ends_nocase(span_first(text, at), w) && (at == w.n || !is_letter(text.p[at - w.n - 1])))
			return true;
	}
	return false;
}
