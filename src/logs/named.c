/*
 * What a file names that no reader here knows: addresses, Message-IDs, GUIDs. How it is written is not known: what stands around an @ is
 * taken with and without the signs that may belong to it, escapes of JSON, URLs and HTML are seen through, and so is base64, in which queues
 * pass on what they were given. A name too many costs little.
 */
#include "base/digest.h"
#include "base/limits.h"
#include "logs/private.h"
#include "stream/decode.h"

/* So many beginnings of a name are looked for before an @ (the last sign may add two, the ends one each), REACH bytes at most; of an id, in which any sign may stand, only the nearest. */
enum { TOKEN = 1024, REACH = 256, PATH_REACH = 96, STARTS = 32, MOST_STARTS = STARTS + 3, ID_STARTS = 4, GUID = 36, NET = 60, NETBIOS_NAME = 15,
	CODED_SHORTEST = 40 }; /* letters of base64 */

struct token {
	struct log_names *names;
	unsigned char b[TOKEN], bracket[LIMIT_LOG_NAME];
	size_t n, n_bracket;
	bool in_bracket;
};

static bool grow(struct log_names *l)
{
	size_t room = l->n_slots != 0 ? 2 * l->n_slots : 256, i;
	uint32_t *slots = arena_zero(l->a, room, sizeof *slots);

	if (slots == NULL)
		return false;
	for (size_t k = 0; k < l->n; k++) {
		for (i = span_hash_own(l->v[k]) & (room - 1); slots[i] != 0;)
			i = (i + 1) & (room - 1);
		slots[i] = (uint32_t)k + 1;
	}
	l->slots = slots;
	l->n_slots = room;
	return true;
}

static void add(struct log_names *l, const unsigned char *p, size_t n)
{
	unsigned char lower[LIMIT_LOG_NAME];
	span s = span_of(lower, n), kept, *v;
	size_t i;

	if (l->over || n > sizeof lower)
		return;
	for (size_t k = 0; k < n; k++)
		lower[k] = ascii_lower(p[k]);
	l->over = 2 * l->n >= l->n_slots && !grow(l);
	if (l->over)
		return;
	for (i = span_hash_own(s) & (l->n_slots - 1); l->slots[i] != 0; i = (i + 1) & (l->n_slots - 1))
		if (span_eq(l->v[l->slots[i] - 1], s))
			return;
	l->over = l->n == LIMIT_LOG_NAMES || (v = arena_grow(l->a, l->v, l->n, &l->cap, sizeof *v, 64)) == NULL ||
	    (kept = arena_copy(l->a, s)).p == NULL;
	if (l->over)
		return;
	l->v = v;
	l->v[l->n++] = kept;
	l->slots[i] = (uint32_t)l->n;
}

/* ---- names in what stands between two separators ---- */

static bool is_plain(unsigned char c) { return ascii_is_alnum(c) || c == '.' || c == '_' || c == '-'; }
static bool is_edge(unsigned char c) { return c == '.' || c == '_' || c == '-'; }

/* Where a name may begin, the nearest to the @ first. */
static size_t starts_of(const unsigned char *b, size_t from, size_t at, size_t starts[MOST_STARTS])
{
	size_t n = 0, least = at > from + REACH ? at - REACH : from;

	for (size_t i = at; i-- > least && n < STARTS;) {
		if (is_plain(b[i]))
			continue;
		/* The n of "\n", or the first letter behind the name of a domain of Windows. */
		if (b[i] == '\\' && i + 2 < at && ascii_is_one_of(b[i + 1], "nrtbf"))
			starts[n++] = i + 2;
		if (i + 1 < at)
			starts[n++] = i + 1;
	}
	if (from < at)
		starts[n++] = from;
	for (least = n != 0 ? starts[0] : at; least < at && is_edge(b[least]);)
		least++;
	if (least < at && least != starts[0])
		starts[n++] = least;
	return n;
}

static void address(struct token *t, size_t from, size_t at)
{
	const unsigned char *b = t->b;
	size_t starts[MOST_STARTS], n_starts = starts_of(b, from, at, starts), ends[4], n_ends = 0, end;

	/* The end of a domain, in ASCII or not; and of an id, with or without the marks behind it. */
	for (end = at + 1; end < t->n && is_plain(b[end]);)
		end++;
	ends[n_ends++] = end;
	while (end < t->n && (is_plain(b[end]) || b[end] >= 0x80))
		end++;
	ends[n_ends++] = end;
	ends[n_ends++] = t->n;
	for (end = t->n; end > at && ascii_is_one_of(b[end - 1], ".:!?)}]'");)
		end--;
	ends[n_ends++] = end;
	for (size_t e = 0; e < n_ends; e++) {
		while (e < 2 && ends[e] > at && is_edge(b[ends[e] - 1]))
			ends[e]--;
		if (ends[e] <= at + 1 || ends[e] > at + REACH || (e != 0 && ends[e] == ends[e - 1]))
			continue;
		for (size_t k = 0; k < n_starts && (e < 2 || k < ID_STARTS); k++)
			add(t->names, b + starts[k], ends[e] - starts[k]);
	}
}

static void guids(struct token *t)
{
	for (size_t i = 8; i + GUID - 8 <= t->n; i++) {
		span guid = span_of(t->b + i - 8, GUID);

		if (t->b[i] == '-' && span_is_guid(guid))
			add(t->names, guid.p, guid.n);
	}
}

/* CORP\ada, as servers of Windows have who signed in, with one backslash or escaped; kept as \ada. A path has a colon or more of them. */
static void windows_name(struct token *t)
{
	size_t domain = 0, name;

	while (domain < t->n && domain <= NETBIOS_NAME && is_plain(t->b[domain]))
		domain++;
	for (name = domain; name < t->n && t->b[name] == '\\';)
		name++;
	if (domain == 0 || domain > NETBIOS_NAME || name == domain || name == t->n)
		return;
	for (size_t i = name; i < t->n; i++)
		if (!is_plain(t->b[i]))
			return;
	add(t->names, t->b + name - 1, t->n - name + 1);
}

/* Addresses of the net, as ip_parse has them. Times have two colons. */
static void nets(struct token *t)
{
	char out[64];

	for (size_t i = 0, n; i < t->n; i += n + 1) {
		size_t dots = 0, colons = 0;
		bool gap = false;
		span ip;

		for (n = 0; i + n < t->n && (hex_value(t->b[i + n]) >= 0 || t->b[i + n] == '.' || t->b[i + n] == ':'); n++) {
			dots += t->b[i + n] == '.';
			colons += t->b[i + n] == ':';
			gap |= n > 0 && t->b[i + n] == ':' && t->b[i + n - 1] == ':';
		}
		if (n < 3 || n > NET || !(dots >= 3 || colons == 7 || gap))
			continue;
		ip = span_of(t->b + i, n);
		while (ip.n > 0 && (ip.p[ip.n - 1] == '.' || (ip.p[ip.n - 1] == ':' && !gap)))
			ip.n--;
		if ((ip = ip_parse(ip, out)).n != 0)
			add(t->names, ip.p, ip.n);
	}
}

static void token_end(struct token *t)
{
	size_t from = 0;
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		if (t->b[i] != '@')
			continue;
		address(t, from, i);
		from = i + 1;
		any = true;
	}
	if (any)
		add(t->names, t->b, t->n);
	if (t->n >= GUID)
		guids(t);
	if (!any)
		windows_name(t);
	nets(t);
	t->n = 0;
}

/* An id in angle brackets, whatever stands in it. */
static void bracket(struct token *t, unsigned char c)
{
	if (c == '<') {
		t->in_bracket = true;
		t->n_bracket = 0;
	} else if (c == '>' && t->in_bracket) {
		span s = span_trim(span_of(t->bracket, t->n_bracket));

		if (span_find_byte(s, '@') < s.n)
			add(t->names, s.p, s.n);
		t->in_bracket = false;
	} else if (c == '\n' || t->n_bracket == sizeof t->bracket) {
		t->in_bracket = false;
	} else if (t->in_bracket) {
		t->bracket[t->n_bracket++] = c;
	}
}

/* ---- escapes ---- */

static int hex(span s)
{
	int v = 0;

	for (size_t i = 0; i < s.n; i++) {
		int digit = hex_value(s.p[i]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

/* What the escape at the beginning of s stands for, if it is a letter of ASCII; else its first byte. */
static unsigned char unescape(span s, size_t *used)
{
	static const struct { const char *text; unsigned char c; } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&#64;", '@'}, {"&#x40;", '@'}};
	size_t skip = s.p[0] == '%' ? 1 : 2, digits = s.p[0] == '\\' && s.n > 1 && ascii_lower(s.p[1]) == 'u' ? 4 : 2;
	int v;

	*used = 1;
	for (size_t i = 0; s.p[0] == '&' && i < sizeof entities / sizeof *entities; i++)
		if (span_starts_nocase(s, span_str(entities[i].text))) {
			*used = strlen(entities[i].text);
			return entities[i].c;
		}
	if (s.n < skip + digits || (s.p[0] != '%' && (s.p[0] != '\\' || !ascii_is_one_of(ascii_lower(s.p[1]), "ux"))) ||
	    (v = hex(span_sub(s, skip, digits))) < 0 || v >= 0x80)
		return s.p[0];
	*used = skip + digits;
	return (unsigned char)v;
}

static bool separates(unsigned char c) { return c <= ' ' || c == 0x7f || ascii_is_one_of(c, "\"<>,;|"); }

static bool is_coded(unsigned char c) { return ascii_is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_'; }

static bool is_packed(span s)
{
	return span_starts(s, SPAN_LIT("\x1f\x8b\x08")) || span_starts(s, SPAN_LIT("PK\x03\x04")) || span_starts(s, SPAN_LIT("\x28\xb5\x2f\xfd"));
}

static void read_text(struct log_names *l, span text, unsigned within);

/* Room for what comes out of n letters; of each depth its own. NULL: no memory. */
static unsigned char *coded_room(struct log_names *l, size_t n, unsigned within)
{
	if (l->coded_room[within] < n) {
		l->coded[within] = arena_alloc(l->a, 2 * n);
		l->coded_room[within] = 2 * n;
	}
	l->over |= l->coded[within] == NULL;
	return l->coded[within];
}

static bool begins_as_text(span s)
{
	for (size_t i = 0; i < s.n && i < CODED_SHORTEST / 2; i++)
		if (s.p[i] >= 0x7f || (s.p[i] < ' ' && !ascii_is_space(s.p[i])))
			return false;
	return true;
}

/* What the letters of base64 stand for. Where they were cut off before, they may begin within a group of four. */
static void read_coded(struct log_names *l, span letters, bool cut, unsigned within)
{
	unsigned char *out = coded_room(l, letters.n, within);
	unsigned problems = 0;

	for (size_t from = 0; from < (cut ? 4u : 1u) && !l->over; from++) {
		span s = span_of(out, base64_decode_either(span_from(letters, from), out, &problems));

		l->over |= is_packed(s); /* so that it cannot be looked at */
		if (begins_as_text(s) || span_find_byte(s, '@') < s.n)
			read_text(l, s, within + 1);
	}
}

/* Each run of such letters, also over line ends. */
static void read_all_coded(struct log_names *l, span text, unsigned within)
{
	for (size_t i = 0, n; i < text.n && !l->over; i += n + 1) {
		for (n = 0; i + n < text.n && (is_coded(text.p[i + n]) || (n > 0 && (text.p[i + n] == '\r' || text.p[i + n] == '\n')));)
			n++;
		if (n >= CODED_SHORTEST)
			read_coded(l, span_sub(text, i, n), i == 0, within);
	}
}

static void read_text(struct log_names *l, span text, unsigned within)
{
	struct token t = {.names = l};
	size_t used;

	if (within < LOG_CODED_WITHIN)
		read_all_coded(l, text, within);
	for (size_t i = 0; i < text.n && !l->over; i += used) {
		unsigned char c = text.p[i];

		used = 1;
		if (c == '\\' || c == '%' || c == '&')
			c = unescape(span_from(text, i), &used);
		if (t.in_bracket || c == '<')
			bracket(&t, c);
		if (separates(c)) {
			token_end(&t);
			continue;
		}
		if (t.n == TOKEN) {
			unsigned char last[REACH];

			memcpy(last, t.b + TOKEN - REACH, REACH);
			token_end(&t);
			memcpy(t.b, last, REACH);
			t.n = REACH;
		}
		t.b[t.n++] = c;
	}
	token_end(&t);
}

void log_names_take_path(struct log_names *l, span path)
{
	for (size_t at = 0; at < path.n; at++)
		for (size_t i = at; path.p[at] == '@' && i > 0 && at - i < PATH_REACH && path.p[i - 1] != '/' && path.p[i - 1] != '@'; i--) {
			if (i > 1 && ascii_is_alnum(path.p[i - 2]))
				continue;
			for (size_t end = at + 2; end <= path.n && end - at < PATH_REACH && path.p[end - 1] != '/' && path.p[end - 1] != '@'; end++)
				if (end == path.n || !ascii_is_alnum(path.p[end]))
					add(l, path.p + i - 1, end - (i - 1));
		}
}

void log_names_take(struct log_names *l, span text)
{
	unsigned char *p;
	size_t n = 0;

	read_text(l, text, 0);
	/* UTF-16 with every second byte left out; what that makes of other bytes names nobody. */
	if (l->over || span_find_byte(text, '\0') == text.n)
		return;
	if (l->room < text.n) {
		l->scratch = arena_alloc(l->a, text.n);
		l->room = text.n;
	}
	if ((p = l->scratch) == NULL) {
		l->over = true;
		return;
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\0')
			p[n++] = text.p[i];
	read_text(l, span_of(p, n), 0);
}
