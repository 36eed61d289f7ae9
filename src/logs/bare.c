/*
 * JSON whose quotes a spreadsheet or a shell has lost: {Id:1,Folders:[{Path:\\Inbox,FolderItems:[{InternetMessageId:<a@b>}]}]}. Where a text
 * ends is not said any more. Here a comma ends one only before a name and a colon, or before an object; and only records of MailItemsAccessed
 * are read, which hold no text that others than the provider and the owner wrote but Message-IDs. A member that stands twice, a Subject, a
 * quote that is left, or brackets that do not fit: then it is not known what it said.
 */
#include "base/buf.h"
#include "logs/private.h"

struct bare { span s; size_t at; struct buf *out; unsigned depth; bool bad; };

enum { NAME_MAX_BYTES = 64, DEPTH_MAX = 16, MEMBERS_MAX = 128 };

static unsigned char peek(const struct bare *b) { return b->at < b->s.n ? b->s.p[b->at] : 0; }

static void pass_space(struct bare *b)
{
	while (peek(b) == ' ')
		b->at++;
}

/* A name that has a colon behind it, at `at`; empty when there is none. */
static span name_at(span s, size_t at)
{
	size_t n = 0;

	while (at < s.n && s.p[at] == ' ')
		at++;
	while (at + n < s.n && n < NAME_MAX_BYTES && (ascii_is_alnum(s.p[at + n]) || s.p[at + n] == '_'))
		n++;
	return at + n < s.n && n > 0 && !ascii_is_digit(s.p[at]) && s.p[at + n] == ':' ? span_sub(s, at, n) : SPAN_EMPTY;
}

static bool ends_text(const struct bare *b)
{
	unsigned char c = peek(b);
	size_t behind = b->at + 1;

	if (c == '}' || c == ']' || c == 0)
		return true;
	while (c == ',' && behind < b->s.n && b->s.p[behind] == ' ')
		behind++;
	return c == ',' && (name_at(b->s, b->at + 1).n != 0 || (behind < b->s.n && b->s.p[behind] == '{'));
}

static void put_text(struct bare *b)
{
	size_t from = b->at;

	while (!ends_text(b)) {
		b->bad = b->bad || peek(b) == '"' || peek(b) == '{' || peek(b) == '[' || peek(b) < 0x20;
		b->at++;
	}
	buf_byte(b->out, '"');
	buf_put(b->out, span_trim(span_sub(b->s, from, b->at - from)));
	buf_byte(b->out, '"');
}

static void put_value(struct bare *b);

static bool stands_twice(const span *names, size_t n, span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(names[i], name))
			return true;
	return false;
}

static void put_members(struct bare *b)
{
	span names[MEMBERS_MAX], name;
	size_t n = 0;

	for (pass_space(b); !b->bad && peek(b) != '}'; pass_space(b)) {
		name = name_at(b->s, b->at);
		b->bad = name.n == 0 || n == MEMBERS_MAX || stands_twice(names, n, name) || span_eq_nocase(name, SPAN_LIT("Subject"));
		if (b->bad)
			return;
		names[n++] = name;
		b->at += name.n + 1;
		buf_str(b->out, n > 1 ? ",\"" : "\"");
		buf_put(b->out, name);
		buf_str(b->out, "\":");
		put_value(b);
		pass_space(b);
		if (peek(b) == ',')
			b->at++;
		else
			b->bad = b->bad || peek(b) != '}';
	}
}

static void put_elements(struct bare *b)
{
	for (size_t n = 0; !b->bad && peek(b) != ']'; n++) {
		buf_str(b->out, n > 0 ? "," : "");
		put_value(b);
		pass_space(b);
		if (peek(b) == ',')
			b->at++;
		else
			b->bad = b->bad || peek(b) != ']';
	}
}

static void put_value(struct bare *b)
{
	unsigned char open;

	pass_space(b);
	open = peek(b);
	if (open != '{' && open != '[') {
		put_text(b);
		return;
	}
	b->bad = b->bad || ++b->depth > DEPTH_MAX;
	b->at++;
	buf_byte(b->out, open);
	if (open == '{')
		put_members(b);
	else
		put_elements(b);
	b->at++;
	buf_byte(b->out, open == '{' ? '}' : ']');
	b->depth--;
}

bool bare_sniff(span s) { return s.n > 0 && s.p[0] == '{' && name_at(s, 1).n != 0; }

enum errc bare_quoted(struct arena *a, span s, span *out, size_t *used, struct err *e)
{
	struct buf text;
	struct bare b = {.s = s, .out = &text};
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	buf_init(&text, 2 * LIMIT_LOG_RECORD_BYTES);
	put_value(&b);
	*used = b.at;
	if (text.failed || (!b.bad && b.at <= s.n && span_has(buf_span(&text), SPAN_LIT("\"Operation\":\"MailItemsAccessed\"")) &&
	        (*out = arena_copy(a, buf_span(&text))).p == NULL))
		rc = err_memory(e);
	buf_free(&text);
	return rc;
}
