#include "attribute/mentions.h"

#include "attribute/idn.h"
#include "attribute/title.h"
#include "base/bisect.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/quoted.h"

enum {
	AHEAD = LIMIT_NAME_TOKENS,
	BLOCK = 1024,         /* tokens at a time: they stay in the first-level cache */
	GAP_MAX = 12,         /* bytes between two words of a name, quote marks and all */
	LOCAL_LONGEST = 64,   /* RFC 5321 4.5.3.1.1 */
	LABEL_LONGEST = 24,
	DOMAIN_SHORTEST = 4, DOMAIN_LONGEST = 15, /* a NetBIOS name has no more; one of three letters is too many things */
};

struct reader {
	struct arena *a;
	const struct dictionary *d;
	const struct words *v;
	span text;
	struct mentions *out;
	size_t host_to;       /* end of the last dotted run looked at */
};

static enum errc put(struct reader *r, struct mention m, struct err *e)
{
	struct mentions *l = r->out;

	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? 2 * l->cap : 32;
		struct mention *more = arena_alloc(r->a, cap * sizeof *more);

		if (more == NULL)
			return err_memory(e);
		if (l->n != 0)
			memcpy(more, l->v, l->n * sizeof *more);
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = m;
	return OK;
}

/* ---- hosts -------------------------------------------------------------------------------------------------- */

/* Does the dictionary have the host or a parent of it, or is its first label that of somebody who may have it at a provider? */
static bool host_listed(const struct dictionary *d, span host)
{
	unsigned char lower[HOST_NAME_LONGEST];
	char ascii[HOST_NAME_LONGEST + 1];
	size_t labels = 1;
	bool several;
	uint32_t org;

	if (idn_is_wide(host))
		host = span_of(ascii, idn_ascii(host, ascii, sizeof ascii));
	if (host.n > sizeof lower)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		lower[i] = ascii_lower(host.p[i]);
		labels += lower[i] == '.';
	}
	several = labels > 2;
	for (size_t at = 0; labels >= 2; labels--) {
		struct found f = dictionary_find(d, dictionary_host_hash(span_of(lower + at, host.n - at)));

		if (f.class == ENTRY_DOMAIN || f.class == ENTRY_CONFLICT)
			return true;
		at += span_find_byte(span_of(lower + at, host.n - at), '.') + 1;
	}
	return several && dictionary_tenant(d, span_of(lower, host.n), &org);
}

static enum errc read_host(struct reader *r, size_t dot, struct err *e)
{
	UNFILLED char plain[HOST_NAME_LONGEST];
	size_t from, to;
	bool ok = host_name_around(r->text, dot, &from, &to);

	r->host_to = to > dot ? to : dot + 1;
	if (!ok || (from > 0 && r->text.p[from - 1] == '@') || (to < r->text.n && r->text.p[to] == '@') ||
	    !host_listed(r->d, host_name_plain(r->text, from, to - from, plain)))
		return OK;
	return put(r, (struct mention){MENTION_HOST, false, ORG_MASK, (uint32_t)from, (uint32_t)(to - from)}, e);
}

span mention_text(span text, const struct mention *m, char plain[HOST_NAME_LONGEST])
{
	return m->kind == MENTION_HOST ? host_name_plain(text, m->at, m->n, plain) : span_sub(text, m->at, m->n);
}

/* ---- names -------------------------------------------------------------------------------------------------- */

/* May this stand between two words of one name? A line end with quote marks may, a paragraph's end may not. */
static bool gap_is_narrow(span gap, size_t n_before, bool comma)
{
	size_t lines = 0;

	if (gap.n > GAP_MAX)
		return false;
	for (size_t i = 0; i < gap.n; i++)
		switch (gap.p[i]) {
		case '\n':
			if (++lines > 1)
				return false;
			break;
		case '.':
			if (n_before > 4 && i + 1 < gap.n) /* the end of a sentence, not of an abbreviation */
				return false;
			break;
		case ',':
			if (!comma)
				return false;
			break;
		case '>':
		case '|':
			if (lines == 0)
				return false;
			break;
		case '\t':
		case ';':
		case ':':
		case '?':
		case '@':
		case '"':
		case '=':
		case '\\':
		case '_':
			return false;
		default:
			break;
		}
	return true;
}

static span between(span text, const struct token *one, const struct token *two)
{
	return span_sub(text, one->at + one->n, two->at - one->at - one->n);
}

static bool is_blank(unsigned char c) { return ascii_is_space(c) || c == '(' || c == ')' || c == '"'; }

/* "@Acme", "#Acme", "Zephyr/Acme", behind a blank: who is called, what it is about, one or the other. Not "a/b/Acme", "a@Acme". */
static bool mark_joins(span text, size_t mark)
{
	size_t from = mark;

	if (text.p[mark] == '/')
		while (from > 0 && mark - from < LABEL_LONGEST && ascii_is_alpha(text.p[from - 1]))
			from--;
	return (text.p[mark] != '/' || (text.p[from] >= 'A' && text.p[from] <= 'Z')) && (from == 0 || is_blank(text.p[from - 1]));
}

/* "Acme/Zephyr": another name; not "acme/zephyr.txt" */
static bool goes_on_as_name(span text, size_t at)
{
	size_t to = at;

	while (to < text.n && to - at < LABEL_LONGEST && ascii_is_alpha(text.p[to]))
		to++;
	return text.p[at] >= 'A' && text.p[at] <= 'Z' && (to == text.n || is_blank(text.p[to]) ||
	    (!ascii_is_alnum(text.p[to]) && (to + 1 == text.n || is_blank(text.p[to + 1]))));
}

/* A part of an address, a host or a path is not a name. */
static bool stands_alone(span text, size_t from, size_t to, bool capital)
{
	unsigned char before = from > 0 ? text.p[from - 1] : ' ', after = to < text.n ? text.p[to] : ' ';
	bool host_goes_on = to + 1 < text.n && ascii_is_alnum(text.p[to + 1]);

	if (before == '\\' || before == '=' || before == '%')
		return false;
	if ((before == '@' || before == '/' || before == '#') && !(capital && mark_joins(text, from - 1)))
		return false;
	if (before == '.' && from > 1 && ascii_is_alnum(text.p[from - 2]))
		return false;
	if (after == '/' && host_goes_on)
		return capital && goes_on_as_name(text, to + 1);
	return !(after == '@' || after == '=' || ((after == '.' || after == '\\') && host_goes_on));
}

/* "S:\Customers\Acme Rockets\offer.pdf": nobody's account has blanks in it, and no host. */
static bool is_folder(span text, size_t from, size_t to)
{
	span name = span_sub(text, from, to - from);
	bool within = from > 0 && (text.p[from - 1] == '\\' || text.p[from - 1] == '/');

	return within && span_find_byte(name, ' ') < name.n && (to == text.n || text.p[to] == '\\' || text.p[to] == '/' || text.p[to] == '\n' || text.p[to] == '\r');
}

/* "ACME\svc-backup", behind a blank: the domain of Windows that an account is in, which its owner named. Not a path's beginning. */
static bool is_login_domain(span text, size_t from, size_t to)
{
	size_t end = to + 1;

	if (to >= text.n || text.p[to] != '\\' || to - from < DOMAIN_SHORTEST || to - from > DOMAIN_LONGEST ||
	    (from > 0 && !is_blank(text.p[from - 1]) && !ascii_is_one_of(text.p[from - 1], ":'\"[,")))
		return false;
	while (end < text.n && (ascii_is_alnum(text.p[end]) || ascii_is_one_of(text.p[end], "_.$-")))
		end++;
	/* one letter is an escape of a program's text ("Acme\n"), a short ending a file's ("Acme\offer.pdf") */
	return end > to + 2 && (end == text.n || is_blank(text.p[end]) || ascii_is_one_of(text.p[end], ",;/:|'\"")) &&
	    span_find_byte(span_sub(text, to + 1, end - to - 1), '.') != end - to - 5;
}

/* Do the words stand as the entry's class demands? */
static bool stands_as(span text, const struct token *t, size_t n, enum entry_class class)
{
	switch (class) {
	case ENTRY_PLAIN:
		return true;
	case ENTRY_CAPITALS:
	case ENTRY_WEAK:
		for (size_t i = 0; i < n; i++)
			if ((i == 0 || t[i].n > 3) && !token_is_capital(text, &t[i]))
				return false;
		return true;
	case ENTRY_UPPER:
		for (size_t i = 0; i < n; i++)
			if (!token_is_upper(text, &t[i]))
				return false;
		return true;
	case ENTRY_NONE:
	case ENTRY_DOMAIN:
	case ENTRY_ADDRESS:
	case ENTRY_CONFLICT:
	case ENTRY_SHARED:
		break;
	}
	return false;
}

/* "Dr." and its kin do not end a sentence, as a given name with a full stop does. */
static bool is_salutation(span before)
{
	static const char *const words[] = {"Mr", "Mrs", "Ms", "Dr", "Prof", "Hr", "Fr", "Sr", "Sra"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);

		if (span_ends_nocase(before, span_str(words[i])) && (before.n == n || !ascii_is_alnum(before.p[before.n - n - 1])))
			return true;
	}
	return false;
}

/* The word before a name, one space apart, or shortened ("Dr. "): false when there is none. */
static bool word_before(span text, size_t at, struct token *t)
{
	size_t end = at - 1, from;

	if (at < 2 || text.p[end] != ' ')
		return false;
	if (text.p[end - 1] == '.' && is_salutation(span_first(text, end - 1)))
		end--;
	for (from = end; from > 0 && end - from < LABEL_LONGEST && ascii_is_alnum(text.p[from - 1]); from--)
		;
	if (tokens_read(span_first(text, end), &from, t, 1) != 1)
		return false;
	return t->n > 1;
}

/* "Dear Target Inc", "Customer Target Inc", "Login Target Inc": no part of the name, for all its capital. */
static bool addresses(span text, const struct token *t)
{
	static const char *const words[] = {"dear", "from", "with", "hello", "attn", "client", "customer", "supplier", "company", "kunde", "kunden", "firma",
	    "liebe", "bonjour", "cliente", NULL};

	return span_is_one_of_nocase(span_sub(text, t->at, t->n), words) || is_about_access(span_sub(text, t->at, t->n));
}

/* "Hess, Anna": alone on a line, in a list of addresses, or a cell. The name is t[0]. */
static bool is_family_name_first(const struct reader *r, const struct token *t, size_t left)
{
	span before = span_first(r->text, t[0].at), after;

	while (before.n > 0 && (before.p[before.n - 1] == ' ' || before.p[before.n - 1] == '\t'))
		before.n--;
	if (left < 2 || (words_kinds(r->v, t[1].hash) & WORD_GIVEN) == 0 || !token_is_capital(r->text, &t[1]) ||
	    !span_eq(between(r->text, &t[0], &t[1]), SPAN_LIT(", ")) ||
	    (before.n > 0 && !ascii_is_one_of(before.p[before.n - 1], "\n;:|<>\"'")))
		return false;
	after = span_from(r->text, (size_t)t[1].at + t[1].n);
	if (after.n > 0 && after.p[0] == ' ')
		after = span_from(after, 1);
	return after.n == 0 || ascii_is_one_of(after.p[0], "\r\n;|<\"'(");
}

/* A name of one word needs another sign when it is a common word, or a person's family name. */
static bool is_weak(const struct reader *r, size_t from, bool common, bool legal)
{
	struct token before;
	bool named = word_before(r->text, from, &before);

	/* "Van Acme" may be a person; "het portaal van Acme" is none. */
	if (named && token_is_capital(r->text, &before) && (words_kinds(r->v, before.hash) & WORD_GIVEN) != 0 && !legal)
		return true;
	/* "Northern Star Ltd" does not name the Star Ltd of the directory. */
	return common && !(legal && !(named && before.n > 3 && token_is_capital(r->text, &before) && !addresses(r->text, &before)));
}

/* Is what stands around t[0, n) in capitals, too? */
static bool is_shouted(const struct reader *r, const struct token *t, size_t n, size_t left)
{
	struct token before;

	return (word_before(r->text, t[0].at, &before) && token_is_upper(r->text, &before)) ||
	    (n < left && t[n].n > 1 && token_is_upper(r->text, &t[n]) && gap_is_narrow(between(r->text, &t[n - 1], &t[n]), 0, true));
}

/* "Apple Inc", "IBQ AG", "Apple AS"; not "Apple as", nor "APPLE AS" where all is in capitals. The form is t[n]. */
static bool is_legal_form(const struct reader *r, const struct token *t, size_t n, size_t left)
{
	const struct token *name = &t[n - 1], *form = &t[n];

	return (words_kinds(r->v, form->hash) & WORD_LEGAL) != 0 && token_is_capital(r->text, form) &&
	       gap_is_narrow(between(r->text, name, form), 0, true) &&
	       !(form->n <= 2 && token_is_upper(r->text, form) && token_is_upper(r->text, name) && is_shouted(r, t, n + 1, left));
}

/* "A D V E R T": a word in letter-spacing names neither V&E nor anybody. */
static bool is_spaced_out(span text, const struct token *t, size_t n)
{
	size_t from = t[0].at, to = t[n - 1].at + t[n - 1].n;

	for (size_t i = 0; i < n; i++)
		if (t[i].n > 1)
			return false;
	return (from >= 2 && text.p[from - 1] == ' ' && ascii_is_alpha(text.p[from - 2]) && (from == 2 || text.p[from - 3] == ' ')) ||
	    (to + 1 < text.n && text.p[to] == ' ' && ascii_is_alpha(text.p[to + 1]) && (to + 2 == text.n || text.p[to + 2] == ' '));
}

/* "Jan van der Hoeven": a family name that begins as those do, behind a given one. */
static bool is_family_name(const struct reader *r, const struct token *t)
{
	static const char *const particles[] = {"van", "von", "vom", "zu", "zur", "de", "den", "der", "del", "della", "di", "da", "dos", "du", "la", "le", "ten", "ter", NULL};
	struct token before;

	return span_is_one_of_nocase(span_sub(r->text, t->at, t->n), particles) && word_before(r->text, t->at, &before) &&
	    token_is_capital(r->text, &before) && (words_kinds(r->v, before.hash) & WORD_GIVEN) != 0;
}

/* A hit in the table of n tokens at t (`left` follow in all): is it a mention? */
static bool is_mention(const struct reader *r, const struct token *t, size_t n, size_t left, struct found f,
    struct mention *m)
{
	size_t from = t[0].at, to = t[n - 1].at + t[n - 1].n;
	bool formed = n == 2 && f.class == ENTRY_CAPITALS && is_legal_form(r, t, 1, left); /* "Target Inc" is the common word with a form */
	bool common = f.class == ENTRY_WEAK || formed, legal = formed || (n < left && is_legal_form(r, t, n, left)), weak;

	if (!stands_as(r->text, t, n, f.class) || is_spaced_out(r->text, t, n) ||
	    !(stands_alone(r->text, from, to, token_is_capital(r->text, &t[0])) || is_folder(r->text, from, to) ||
	    (n == 1 && is_login_domain(r->text, from, to))))
		return false;
	/* "KPX-2200" is a thing's name */
	if (n == 1 && to + 1 < r->text.n && r->text.p[to] == '-' && ascii_is_digit(r->text.p[to + 1]))
		return false;
	for (size_t i = 0; i + 1 < n; i++)
		if (!gap_is_narrow(between(r->text, &t[i], &t[i + 1]), t[i].n,
		    n > 2 || (words_kinds(r->v, t[i + 1].hash) & WORD_LEGAL) != 0))
			return false;
	weak = ((n == 1 || common) && is_weak(r, from, common, legal)) || (n == 1 ? is_family_name_first(r, t, left) : !legal && is_family_name(r, t));
	*m = (struct mention){MENTION_NAME, weak, f.org, (uint32_t)from, (uint32_t)(to - from)};
	return true;
}

/* The longest name that begins with t[0]. Returns its number of tokens, 0 for none. */
static size_t name_at(const struct reader *r, const struct token *t, size_t left, bool single, struct mention *m)
{
	size_t longest = 0, max = left < AHEAD ? left : AHEAD;
	uint64_t hash = t[0].hash;
	struct mention one;

	for (size_t n = 1; n <= max; n++) {
		struct found f;

		if (n > 1 && !dictionary_may(r->d, hash = token_chain(hash, t[n - 1].hash)))
			break;
		if (n == 1 && !single)
			continue;
		f = dictionary_find(r->d, hash);
		if (f.class != ENTRY_NONE && f.class < ENTRY_DOMAIN && is_mention(r, t, n, left, f, &one)) {
			longest = n;
			*m = one;
		}
	}
	return longest;
}

/* Do two tokens stand as the labels of a host, with a dot between them and nothing else? */
static bool is_dotted(span text, const struct token *t)
{
	return (text.p[t[0].at + t[0].n] == '.') & (t[1].at == t[0].at + t[0].n + 1);
}

/* Can a name begin with t[0]? So the filter says of it alone, and of it and the next. */
static bool begins_alone(const struct reader *r, const struct token *t) { return dictionary_may(r->d, t[0].hash); }
static bool begins_pair(const struct reader *r, const struct token *t) { return dictionary_may(r->d, token_chain(t[0].hash, t[1].hash)); }

/*
 * Which of t[0, n) are to be looked at. Few are, so nothing is decided here, and the processor asks memory for many words of the
 * filter at once.
 */
static size_t candidates(const struct reader *r, const struct token *t, size_t n, size_t left, uint16_t *out)
{
	size_t k = 0, i = 0, pairs = left <= n ? left - 1 : n;

	for (; i < pairs; i++) {
		out[k] = (uint16_t)i;
		k += begins_alone(r, t + i) | begins_pair(r, t + i) | is_dotted(r->text, t + i);
	}
	for (; i < n; i++) {
		out[k] = (uint16_t)i;
		k += begins_alone(r, t + i);
	}
	return k;
}

/* t[0, n) can begin a name or a host; `left` tokens may be looked at. *skip: tokens that a name reached into. */
static enum errc read_tokens(struct reader *r, const struct token *t, size_t n, size_t left, size_t *skip,
    struct err *e)
{
	UNFILLED uint16_t looked_at[BLOCK + AHEAD];
	size_t n_looked_at = n != 0 ? candidates(r, t, n, left, looked_at) : 0, next = *skip;
	enum errc rc = OK;

	for (size_t k = 0; k < n_looked_at && rc == OK; k++) {
		size_t i = looked_at[k], end = (size_t)t[i].at + t[i].n, taken;
		bool single = begins_alone(r, t + i), pair = i + 1 < left;
		struct mention m;

		if (i < next)
			continue;
		if (pair && is_dotted(r->text, t + i) && end >= r->host_to)
			rc = read_host(r, end, e);
		if (!single && !(pair && begins_pair(r, t + i)))
			continue;
		if (rc == OK && (taken = name_at(r, t + i, left - i, single, &m)) != 0) {
			rc = put(r, m, e);
			next = i + taken;
		}
	}
	*skip = next > n ? next - n : 0;
	return rc;
}

static enum errc read_names(struct reader *r, struct err *e)
{
	UNFILLED struct token t[BLOCK + AHEAD];
	size_t from = 0, n = 0, skip = 0;
	enum errc rc = OK;

	for (bool more = true; more && rc == OK;) {
		size_t got = tokens_read(r->text, &from, t + n, BLOCK + AHEAD - n), ready;

		more = got == BLOCK + AHEAD - n;
		n += got;
		ready = more ? n - AHEAD : n;
		rc = read_tokens(r, t, ready, n, &skip, e);
		n -= ready;
		memmove(t, t + ready, n * sizeof *t);
	}
	return rc;
}

/* ---- addresses ---------------------------------------------------------------------------------------------- */

static bool in_local(unsigned char c)
{
	return ascii_is_alnum(c) || c >= 0x80 || ascii_is_one_of(c, "!#$%&'*+-/=?^_`{|}~.");
}

/* A Message-ID or a tracking address, by its looks: nobody writes to it. */
static bool looks_made(span local)
{
	size_t digits = 0;

	for (size_t i = 0; i < local.n; i++)
		digits += ascii_is_digit(local.p[i]);
	return digits >= 10 || local.n > 40 || (local.n > 12 && digits * 2 > local.n);
}

static enum errc read_address(struct reader *r, size_t sign, struct err *e)
{
	span text = r->text;
	size_t from = sign, to = host_name_end(text, sign + 1), dots = 0;
	enum mention_kind kind;
	bool is_id;

	while (from > 0 && sign - from <= LOCAL_LONGEST && in_local(text.p[from - 1]))
		from--;
	while (from < sign && !ascii_is_alnum(text.p[from]) && text.p[from] < 0x80 && text.p[from] != '_')
		from++;
	for (size_t i = sign + 1; i < to; i++)
		dots += text.p[i] == '.';
	if (from == sign || to == sign + 1 || dots == 0 || (to < text.n && text.p[to] == '@'))
		return OK;
	if (from > 0 && (text.p[from - 1] == ':' || text.p[from - 1] == '@' || text.p[from - 1] == '/')) {
		size_t look = from > 16 ? from - 16 : 0;
		span before = span_sub(text, look, from - look);

		if (span_ends_nocase(before, SPAN_LIT("cid:")) || span_ends_nocase(before, SPAN_LIT("mid:")))
			return OK;
		/* "user:secret@host", "user@host" of a URL */
		if (span_has(before, SPAN_LIT("//")) && span_find_byte(span_sub(text, from, sign - from), '/') == sign - from)
			return host_listed(r->d, span_sub(text, sign + 1, to - sign - 1))
			    ? put(r, (struct mention){MENTION_HOST, false, ORG_MASK, (uint32_t)sign + 1, (uint32_t)(to - sign - 1)}, e)
			    : OK;
	}
	kind = in_quoted_header(text, from, to, &is_id) ? MENTION_QUOTED : MENTION_ADDRESS;
	if (is_id || (kind == MENTION_ADDRESS && looks_made(span_sub(text, from, sign - from))))
		return OK;
	return put(r, (struct mention){kind, false, ORG_MASK, (uint32_t)from, (uint32_t)(to - from)}, e);
}

/* Names and hosts stand in v[0, names), addresses behind them, each in the order of the text: into one order. */
static enum errc merge(struct arena *a, struct mention *v, size_t names, size_t n, struct err *e)
{
	struct mention *first = arena_alloc(a, names * sizeof *first);
	size_t i = 0, j = names, out = 0;

	if (first == NULL)
		return err_memory(e);
	memcpy(first, v, names * sizeof *first);
	while (i < names)
		v[out++] = j < n && v[j].at < first[i].at ? v[j++] : first[i++];
	return OK;
}

enum errc mentions_read(struct arena *a, const struct dictionary *d, const struct words *v, span text,
    struct mentions *out, struct err *e)
{
	struct reader r = {a, d, v, text, out, 0};
	size_t before = out->n, names;
	enum errc rc = read_names(&r, e);

	assert(text.n <= UINT32_MAX);
	names = out->n;
	for (size_t at = 0; rc == OK && at < text.n; at++) {
		at += span_find_byte(span_from(text, at), '@');
		if (at < text.n)
			rc = read_address(&r, at, e);
	}
	if (rc == OK && names != before && out->n != names)
		rc = merge(a, out->v + before, names - before, out->n - before, e);
	return rc;
}

size_t mentions_behind(const struct mentions *l, size_t from)
{
	size_t low;

	BISECT(low, l->n, (size_t)l->v[low].at + HOST_NAME_LONGEST < from);
	return low;
}
