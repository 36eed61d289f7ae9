#include "mail/header.h"

#include "base/limits.h"
#include "mail/words.h"

/* One mailbox as it is read: ranges of the field's raw value. */
struct mailbox {
	size_t begin, end;             /* the phrase, or the bare address */
	size_t angle_at, angle_end;    /* within < and >; angle_at 0 when there is none */
	size_t angle_next;             /* behind the > */
	bool angled;                   /* an "@" stands within them */
	size_t comment_at, comment_end; /* the last comment, without its parentheses */
	bool any;                      /* something but white space and comments stands in the phrase */
	bool at_sign;                  /* an "@" does, outside quotes */
};

struct walker {
	struct arena *arena;
	span in, charset;
	size_t at;
	span group;
	bool no_close;  /* no ">" comes any more */
	bool decoded;   /* what is read stood in encoded words */
	struct address_list *list;
};

static size_t quoted_end(span s, size_t at) /* behind the closing quote */
{
	for (at++; at < s.n; at++) {
		if (s.p[at] == '\\')
			at++;
		else if (s.p[at] == '"')
			return at + 1;
	}
	return s.n;
}

/* A quote that opens nothing: none closes it, or what closes it begins another name ("Ann <a@b>, "Bo" <c@d>). */
static bool is_stray_quote(span s, size_t at)
{
	size_t end = quoted_end(s, at);
	span in = span_sub(s, at + 1, end - at - 1);

	if (in.n == 0 || in.p[in.n - 1] != '"' || end - at < 2)
		return true;
	return end < s.n && ascii_is_alnum(s.p[end]) && span_find_byte(in, '@') < in.n && span_find_byte(in, '>') < in.n;
}

/* Without quotes (and what they escape), white space as one space; then decoded. Comments stay as they are. */
static span phrase_text(struct arena *a, span raw, span charset)
{
	struct text t = {.arena = a};
	bool plain = true;

	raw = span_trim(raw);
	for (size_t i = 0; plain && i < raw.n; i++)
		plain = raw.p[i] != '"' && raw.p[i] != '\\' && raw.p[i] != '\n' && raw.p[i] != '\r';
	if (plain)
		return header_text(a, raw, charset);
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = raw.p[i];

		if (c == '"')
			continue;
		if (c == '\\' && raw.n - i > 1) {
			text_byte(&t, raw.p[++i]);
		} else if (ascii_is_space(c)) {
			if (t.n != 0 && t.p[t.n - 1] != ' ')
				text_byte(&t, ' ');
		} else {
			text_byte(&t, c);
		}
	}
	return t.failed ? SPAN_EMPTY : header_text(a, text_span(&t), charset);
}

static bool is_atext(unsigned char c) /* RFC 5322 3.2.3, and RFC 6532 */
{
	return ascii_is_alnum(c) || c >= 0x80 || ascii_is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

/* The local part without quotes where they are not needed. */
static void put_local(struct text *t, span local)
{
	span inner;
	bool dot = true;

	if (local.n > 2 && span_starts(local, SPAN_LIT("\"\""))) /* <""jane@host.example> */
		local = span_from(local, 2);
	if (local.n > 1 && local.p[0] == '"' && span_find_byte(span_from(local, 1), '"') == local.n - 1) /* <"jane@host.example> */
		local = span_from(local, 1);
	if (local.n < 2 || local.p[0] != '"' || local.p[local.n - 1] != '"') {
		text_put(t, local);
		return;
	}
	inner = span_sub(local, 1, local.n - 2);
	for (size_t i = 0; i < inner.n; i++) {
		if (inner.p[i] != '.' && !is_atext(inner.p[i])) {
			text_put(t, local);
			return;
		}
		if (inner.p[i] == '.' && dot) {
			text_put(t, local);
			return;
		}
		dot = inner.p[i] == '.';
	}
	text_put(t, dot ? local : inner);
}

/* White space (outside quotes) and comments taken out. */
static span squeezed(struct arena *a, span raw)
{
	struct text t = {.arena = a};
	bool plain = true;

	raw = span_trim(raw);
	for (size_t i = 0; plain && i < raw.n; i++)
		plain = !ascii_is_space(raw.p[i]) && raw.p[i] != '(' && raw.p[i] != '"';
	if (plain)
		return raw;
	for (size_t i = 0; i < raw.n;) {
		size_t next = i + 1;

		if (raw.p[i] == '"')
			next = quoted_end(raw, i);
		else if (raw.p[i] == '(')
			next = comment_end(raw, i);
		if (raw.p[i] != '(' && !ascii_is_space(raw.p[i]))
			text_put(&t, span_sub(raw, i, next - i));
		i = next;
	}
	return text_span(&t);
}

static span without_prefix(span s)
{
	static const char *const prefixes[] = {"mailto:", "smtp:", "internet:"};

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (span_starts_nocase(s, span_str(prefixes[i])))
			return span_from(s, strlen(prefixes[i]));
	return s;
}

enum { IN_LOCAL = 1, IN_DOMAIN = 2 };

static const unsigned char ordinary[256] = {
    ['a' ... 'z'] = IN_LOCAL | IN_DOMAIN, ['0' ... '9'] = IN_LOCAL | IN_DOMAIN, ['.'] = IN_LOCAL | IN_DOMAIN,
    ['-'] = IN_LOCAL | IN_DOMAIN, ['A' ... 'Z'] = IN_LOCAL, ['_'] = IN_LOCAL, ['+'] = IN_LOCAL,
};

/* What nearly all addresses are: ordinary ASCII, one "@", a domain in lower case. They are borrowed as they stand. */
static bool is_ordinary(span s, span *domain)
{
	size_t at = 0, i;

	while (at < s.n && (ordinary[s.p[at]] & IN_LOCAL) != 0)
		at++;
	if (at == 0 || at == s.n || s.p[at] != '@')
		return false;
	for (i = at + 1; i < s.n && (ordinary[s.p[i]] & IN_DOMAIN) != 0; i++)
		;
	*domain = span_from(s, at + 1);
	return i == s.n && domain->n != 0 && s.p[s.n - 1] != '.';
}

/* raw: what stands between < and >, or the bare address. *domain within *address. p NULL: memory. */
static span address_clean(struct arena *a, span raw, span charset, span *domain)
{
	struct text t = {.arena = a};
	size_t at, colon;
	span s;

	if (is_ordinary(raw, domain))
		return raw;
	s = squeezed(a, raw);
	if (raw.n != 0 && s.p == NULL)
		return SPAN_EMPTY;
	s = without_prefix(s);
	if (s.n != 0 && s.p[0] == '@' && (colon = span_find_byte(s, ':')) < s.n) /* route, RFC 5322 4.4 */
		s = span_from(s, colon + 1);
	while (s.n > 2 && s.p[0] == '\'' && s.p[s.n - 1] == '\'')
		s = span_sub(s, 1, s.n - 2);
	at = span_find_last(s, '@');
	while (at < s.n && s.p[s.n - 1] == '.')
		s.n--;
	put_local(&t, span_first(s, at));
	if (at + 1 < s.n)
		for (size_t i = at; i < s.n; i++)
			text_byte(&t, ascii_lower(s.p[i]));
	s = t.failed ? SPAN_EMPTY : words_raw(a, text_span(&t), charset);
	*domain = at + 1 < raw.n && span_find_last(s, '@') < s.n ? span_from(s, span_find_last(s, '@') + 1) : SPAN_EMPTY;
	return s;
}

/* "Undisclosed-Recipient:;" where an address should be. */
static bool is_undisclosed(span address)
{
	if (address.p[0] == '"')
		address = span_from(address, 1);
	return span_starts_nocase(address, SPAN_LIT("undisclosed")) &&
	       (span_find_byte(address, '@') == address.n || span_find_byte(address, ':') < address.n);
}

static enum errc list_add(struct walker *w, span name, span address, span domain, struct err *e)
{
	struct address_list *l = w->list;
	struct address *to, *grown;

	if (l->n >= LIMIT_ADDRESSES)
		return OK;
	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? l->cap * 2 : 8;

		if ((grown = arena_alloc(w->arena, cap * sizeof *grown)) == NULL)
			return err_memory(e);
		if (l->n != 0)
			memcpy(grown, l->v, l->n * sizeof *grown);
		l->v = grown;
		l->cap = cap;
	}
	to = &l->v[l->n++];
	*to = (struct address){.address = address, .domain = domain, .group = w->group};
	if ((to->name = phrase_text(w->arena, name, w->charset)).p == NULL)
		return err_memory(e);
	return OK;
}

static enum errc put(struct walker *w, span name, span raw, struct err *e)
{
	span domain, address;

	if (span_starts(raw, SPAN_LIT("=?")) && span_find_last(raw, '@') == raw.n && (raw = header_text(w->arena, raw, w->charset)).p == NULL)
		return err_memory(e);
	address = address_clean(w->arena, raw, w->charset, &domain);
	if (address.p == NULL)
		return err_memory(e);
	return address.n == 0 || is_undisclosed(address) ? OK : list_add(w, name, address, domain, e);
}

/* Within text without angle brackets: where the address with its "@" stands, blanks around "@" and "." allowed. */
static span bare_address(span s)
{
	size_t at = span_find_last(s, '@'), begin = at, end = at + 1;

	while (begin != 0 && ascii_is_space(s.p[begin - 1]))
		begin--;
	if (begin != 0 && s.p[begin - 1] == '"') {
		for (begin--; begin != 0 && s.p[begin - 1] != '"'; begin--)
			;
		begin -= begin != 0;
	}
	for (; begin != 0; begin--) {
		if (ascii_is_space(s.p[begin - 1])) {
			size_t i = begin;

			while (i != 0 && ascii_is_space(s.p[i - 1]))
				i--;
			if (s.p[begin] != '.' && (i == 0 || s.p[i - 1] != '.'))
				break;
			begin = i + 1;
		} else if (ascii_is_one_of(s.p[begin - 1], "<>()[]\\\"")) {
			break;
		}
	}
	while (end < s.n && ascii_is_space(s.p[end]))
		end++;
	for (; end < s.n; end++) {
		if (ascii_is_space(s.p[end])) {
			size_t i = end;

			while (i < s.n && ascii_is_space(s.p[i]))
				i++;
			if (s.p[end - 1] != '.' && (i == s.n || s.p[i] != '.'))
				break;
			end = i - 1;
		} else if (ascii_is_one_of(s.p[end], "<>()\\\"")) {
			break;
		}
	}
	if (end > begin && s.p[end - 1] == ']' && span_find_byte(span_sub(s, at, end - at), '[') == end - at)
		end--; /* "Jane [mailto:jane@host.example]" */
	if (end - begin > 2 && s.p[begin] == '{' && s.p[end - 1] == '}')
		begin++, end--;
	return span_sub(s, begin, end - begin);
}

/* "jane at host.example", as list archives write it: the address put together, or p NULL when it is none. */
static span spelled_address(struct arena *a, span s)
{
	size_t at = span_find(s, SPAN_LIT(" at "));
	span local = span_trim(span_first(s, at)), domain = span_trim(span_from(s, at + 4));
	struct text t = {.arena = a};

	if (at == s.n || local.n == 0 || span_find_byte(domain, '.') == domain.n)
		return SPAN_EMPTY;
	for (size_t i = 0; i < local.n + domain.n; i++)
		if (ascii_is_space(i < local.n ? local.p[i] : domain.p[i - local.n]))
			return SPAN_EMPTY;
	text_put(&t, local);
	text_byte(&t, '@');
	text_put(&t, domain);
	return text_span(&t);
}

static bool parts_addresses(unsigned char c) { return ascii_is_space(c) || c == ',' || c == ';'; }

/* Where the word at `from` ends. A slash or bar parts words too, but not within a local part ("a/b@c.example"). */
static size_t address_word_end(span s, size_t from)
{
	bool at_sign = false;
	size_t end;

	for (end = from; end < s.n && !parts_addresses(s.p[end]); end++) {
		if ((s.p[end] == '/' || s.p[end] == '|') && (at_sign || end + 1 == s.n || parts_addresses(s.p[end + 1])))
			break;
		at_sign |= s.p[end] == '@';
	}
	return end;
}

/* "a@b.example c@d.example", or with commas or slashes where those part no mailboxes: addresses and nothing else, or false. */
static bool put_several(struct walker *w, span s, enum errc *rc, struct err *e)
{
	size_t n = 0, n_words = 0, end;

	for (size_t i = 0; i < s.n; i = end) {
		end = address_word_end(s, i);
		if (span_find_byte(span_sub(s, i, end - i), '"') < end - i)
			return false;
		n_words += end != i;
		n += end - i > 2 && span_find_byte(span_sub(s, i + 1, end - i - 2), '@') < end - i - 2;
		end += end < s.n;
	}
	if (n < 2 || n != n_words)
		return false;
	for (size_t i = 0; i < s.n && *rc == OK; i = end + 1) {
		end = address_word_end(s, i);
		if (end != i)
			*rc = put(w, SPAN_EMPTY, span_sub(s, i, end - i), e);
	}
	return true;
}

static enum errc addresses_read(struct walker *w, struct err *e);

/* Encoded words that hold the address too, as no RFC has them. */
static enum errc put_encoded(struct walker *w, span words, struct err *e)
{
	struct walker in = {.arena = w->arena, .charset = w->charset, .group = w->group, .list = w->list, .decoded = true};

	if ((in.in = header_text(w->arena, words, w->charset)).p == NULL)
		return err_memory(e);
	return w->decoded || span_find_last(in.in, '@') == in.in.n ? OK : addresses_read(&in, e);
}

/* A mailbox without angle brackets. */
static enum errc put_bare(struct walker *w, const struct mailbox *m, struct err *e)
{
	span s = span_sub(w->in, m->begin, m->end - m->begin), trimmed = span_trim(s), address, name, domain;
	span comment = span_sub(w->in, m->comment_at, m->comment_end - m->comment_at);
	enum errc rc = OK;

	if (trimmed.n == 0)
		return OK;
	if (is_ordinary(trimmed, &domain))
		return list_add(w, comment, trimmed, domain, e);
	if (!m->at_sign && trimmed.n > 2 && trimmed.p[0] == '"' && trimmed.p[trimmed.n - 1] == '"' &&
	    span_find_byte(trimmed, '@') < trimmed.n) /* all of it in quotes */
		return put(w, comment, span_trim(span_sub(trimmed, 1, trimmed.n - 2)), e);
	if (m->at_sign && put_several(w, trimmed, &rc, e))
		return rc;
	if (m->at_sign) {
		address = bare_address(trimmed);
		name = span_trim(span_first(trimmed, (size_t)(address.p - trimmed.p)));
		while (name.n != 0 && ascii_is_one_of(name.p[name.n - 1], "[<({"))
			name.n--;
		return put(w, comment.n != 0 || name.n == 0 ? comment : name, address, e);
	}
	if (is_ordinary(span_trim(comment), &domain)) /* "Jane Doe (jane@host.example)" */
		return put(w, trimmed, span_trim(comment), e);
	if ((address = spelled_address(w->arena, trimmed)).p != NULL)
		return put(w, comment, address, e);
	if (span_starts(trimmed, SPAN_LIT("=?")))
		return put_encoded(w, trimmed, e);
	/* Without "@": an Exchange name, or one word, which may be a local user. */
	if (trimmed.p[0] == '/' || span_starts_nocase(trimmed, SPAN_LIT("imceaex"))) {
		return put(w, comment, trimmed, e);
	}
	for (size_t i = 0; i < trimmed.n; i++)
		if (!is_atext(trimmed.p[i]) && trimmed.p[i] != '.')
			return OK;
	return put(w, comment, trimmed, e);
}

static enum errc put_angle(struct walker *w, const struct mailbox *m, struct err *e)
{
	span raw = span_sub(w->in, m->angle_at, m->angle_end - m->angle_at);
	span name = span_trim(span_sub(w->in, m->begin, m->end - m->begin));
	enum errc rc = OK;

	if (span_trim(raw).n == 0 && m->at_sign) /* "jane@host.example <>" */
		return put_bare(w, m, e);
	if (span_find_last(raw, '@') != span_find_byte(raw, '@') && put_several(w, raw, &rc, e)) /* "<a@b.example,c@d.example>" */
		return rc;
	if (!m->any)
		name = span_sub(w->in, m->comment_at, m->comment_end - m->comment_at);
	return put(w, name, raw, e);
}

/* Where the address that begins at `from` ends when a "<" stands at `at` within it: before what parts it off, or at `at`. */
static size_t unclosed_end(span s, size_t from, size_t at)
{
	for (size_t i = from + span_find_byte(span_sub(s, from, at - from), '@'); i < at; i++)
		if (s.p[i] == ',' || s.p[i] == ';')
			return i;
	return at;
}

/* "<" at w->at: its content, quotes and comments within passed over; the end is ">", or a separator when it lacks. */
static void read_angle(struct walker *w, struct mailbox *m)
{
	size_t i = w->at + 1;

	m->angle_at = i;
	while (!w->no_close && i < w->in.n && w->in.p[i] != '>') {
		if (w->in.p[i] == '<') {
			size_t end = unclosed_end(w->in, m->angle_at, i);

			if (end != i) { /* "<a@b, <c@d>" */
				m->angle_end = w->at = m->angle_next = end;
				m->angled = true;
				return;
			}
			m->angle_at = i + 1; /* "<<a@b>>": the innermost */
		}
		if (w->in.p[i] == '"' && !is_stray_quote(w->in, i))
			i = quoted_end(w->in, i);
		else /* a quote behind a backslash opens nothing either, and is not looked at again for each that comes before it */
			i += w->in.p[i] == '\\' && w->in.n - i > 1 && w->in.p[i + 1] == '"' ? 2 : 1;
	}
	if (w->no_close || i >= w->in.n) {
		w->no_close = true;
		for (i = m->angle_at; i < w->in.n && w->in.p[i] != ',' && w->in.p[i] != ';'; i++)
			;
	}
	m->angle_end = i < w->in.n ? i : w->in.n;
	w->at = m->angle_next = i < w->in.n && w->in.p[i] == '>' ? i + 1 : m->angle_end;
	m->angled = memchr(w->in.p + m->angle_at, '@', m->angle_end - m->angle_at) != NULL;
}

/* An address was read in angle brackets, and at w->at stands what begins or is in another one, though nothing parts them. */
static bool begins_another(const struct walker *w, const struct mailbox *m)
{
	return m->angled && (w->in.p[w->at] == '<' || (w->in.p[w->at] == '@' && !ascii_is_space(w->in.p[w->at - 1])));
}

/* "mailto", "Jane [mailto", "smtp": what stands before the colon names no group. */
static bool is_scheme(span before)
{
	before = span_trim(before);
	return span_ends_nocase(before, SPAN_LIT("mailto")) || span_eq_nocase(before, SPAN_LIT("smtp")) ||
	       span_eq_nocase(before, SPAN_LIT("internet"));
}

/* Characters that read_mailbox must look at one by one. */
static const bool special[256] = {
    ['"'] = true, ['('] = true, ['<'] = true, ['>'] = true, ['['] = true, [','] = true, [';'] = true, [':'] = true,
    ['@'] = true, ['\\'] = true, [' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true, ['\f'] = true, ['\v'] = true,
};

/* Does the character at w->at part mailboxes, or a group's name from them? */
static bool is_separator(const struct walker *w, const struct mailbox *m)
{
	unsigned char c = w->in.p[w->at];

	if (c != ',' && c != ';' && (c != ':' || m->angle_at != 0 || m->at_sign || is_scheme(span_sub(w->in, m->begin, w->at - m->begin))))
		return false;
	/* Behind an "@" it parts addresses, as most do. */
	return !m->any || m->angle_at != 0 || m->at_sign || !in_encoded_word(w->in, m->begin, w->at);
}

/* What begins with a special character at w->at; true when it belongs to the phrase or the bare address. */
static bool read_special(struct walker *w, struct mailbox *m)
{
	span s = w->in;
	size_t from = w->at;
	unsigned char c = s.p[from];

	if (c == '"') {
		w->at = is_stray_quote(s, from) ? from + 1 : quoted_end(s, from);
	} else if (c == '(') {
		w->at = comment_end(s, from);
		m->comment_at = from + 1;
		m->comment_end = w->at - (s.p[w->at - 1] == ')' && w->at - from > 1);
		return false;
	} else if (c == '<') {
		read_angle(w, m);
		return false;
	} else if (c == '[' && m->at_sign) { /* a domain literal */
		w->at += span_find_byte(span_from(s, from), ']');
		w->at += w->at < s.n;
	} else {
		w->at += c == '\\' && s.n - from > 1 ? 2 : 1;
		m->at_sign |= c == '@' && m->angle_at == 0;
		return !ascii_is_space(c) && c != '>';
	}
	return true;
}

/* Reads up to the next separator and returns it: ',' ';' ':' or 0 at the end. */
static unsigned char read_mailbox(struct walker *w, struct mailbox *m)
{
	span s = w->in;

	while (w->at < s.n) {
		size_t from = w->at;
		bool phrase = true;

		if (is_separator(w, m))
			return s.p[w->at++];
		if (begins_another(w, m)) {
			w->at = m->angle_next;
			return ',';
		}
		if (special[s.p[from]])
			phrase = read_special(w, m);
		else
			while (w->at < s.n && !special[s.p[w->at]])
				w->at++;
		if (!phrase || m->angle_at != 0)
			continue;
		if (!m->any)
			m->begin = from;
		m->any = true;
		m->end = w->at;
	}
	return 0;
}

static enum errc addresses_read(struct walker *w, struct err *e)
{
	struct mailbox m, held = {0};
	enum errc rc = OK;
	unsigned char end;

	do {
		m = (struct mailbox){.begin = w->at, .end = w->at};
		end = read_mailbox(w, &m);
		if (end == ':') {
			if (held.any && (rc = put_bare(w, &held, e)) != OK)
				return rc;
			held.any = false;
			if ((w->group = phrase_text(w->arena, span_sub(w->in, m.begin, m.end - m.begin), w->charset)).p == NULL)
				return err_memory(e);
			continue;
		}
		/* "Doe, Jane <jane@host.example>": what stands before the comma is held back until it is clear. */
		if (held.any && m.angle_at != 0 && m.any && !m.at_sign)
			m.begin = held.begin;
		else if (held.any && (rc = put_bare(w, &held, e)) != OK)
			return rc;
		held.any = false;
		if (m.angle_at != 0)
			rc = put_angle(w, &m, e);
		else if (end == ',' && m.any && !m.at_sign && w->in.p[m.begin] != '"' && w->in.p[m.begin] != '/')
			held = m;
		else if (m.any)
			rc = put_bare(w, &m, e);
		if (rc != OK)
			return rc;
		if (end == ';')
			w->group = SPAN_EMPTY;
	} while (end != 0);
	return OK;
}

enum errc header_addresses(struct arena *a, span value, span charset, struct address_list *list, struct err *e)
{
	struct walker w = {.arena = a, .in = value, .charset = charset, .list = list};

	/* In other charsets half a letter looks like a quote, a backslash or an "@". */
	if (words_are_raw(value) && (w.in = words_raw(a, value, charset)).p == NULL)
		return err_memory(e);
	if (span_find_last(w.in, '@') == w.in.n) /* one that is damaged took it along */
		w.in = value;
	return addresses_read(&w, e);
}
