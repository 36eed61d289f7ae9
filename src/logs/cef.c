/*
 * ArcSight's Common Event Format, "CEF:0|vendor|product|version|id|name|severity|key=value ...", behind a header of a syslog or not: lines of
 * Microsoft 365, Office 365 and Exchange as records of the audit log. Keys of the format's dictionary stand for what they are there; a custom
 * one has its name in its label (cs1Label=InternetMessageId cs1=...). Lines of other products are passed over. ("ArcSight Common Event Format
 * (CEF) Implementation Standard": a backslash stands before '|' in the first part, before '=' in the second, before itself in both.)
 */
#include "base/utf8.h"
#include "logs/private.h"

enum { HEADS = 7, VENDOR = 1, PRODUCT = 2, NAME = 5 };

/* Of several keys for one name the first that is there: when it happened, before when it was received. */
static const struct { const char *key, *name; } keys[] = {
	{"start", "CreationTime"}, {"end", "CreationTime"}, {"rt", "CreationTime"}, {"suser", "UserId"}, {"duser", "MailboxOwnerUPN"},
	{"src", "ClientIPAddress"}, {"c6a2", "ClientIPAddress"}, {"act", "Operation"}, {"externalId", "Id"}, {"outcome", "ResultStatus"},
	{"requestClientApplication", "ClientInfoString"},
};

/* Without its backslashes; p NULL: no memory. */
static span plain(struct arena *a, span s)
{
	unsigned char *p;
	size_t k = 0;

	if (span_find_byte(s, '\\') == s.n)
		return s;
	if ((p = arena_alloc(a, s.n)) == NULL)
		return (span){NULL, 0};
	for (size_t i = 0; i < s.n; i++) {
		bool escaped = s.p[i] == '\\' && i + 1 < s.n;

		i += escaped;
		p[k++] = escaped && (s.p[i] == 'n' || s.p[i] == 'r') ? '\n' : s.p[i];
	}
	return span_of(p, k);
}

/* Where the key of the next pair begins: a word behind a space, with '=' behind it. s.n: no other follows. */
static size_t next_key(span s)
{
	for (size_t i = 0, word = 0; i < s.n; i++) {
		if (s.p[i] == ' ')
			word = i + 1;
		else if (s.p[i] == '=' && word != 0 && i > word)
			return word;
		else if (s.p[i] == '\\')
			i++, word = 0;
		else if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			word = 0;
	}
	return s.n;
}

/* The parts before the pairs, as they stand; false: not of a mail service. */
static bool take_heads(span line, span head[HEADS], span *pairs)
{
	*pairs = span_from(line, span_find(line, SPAN_LIT("CEF:")));
	for (size_t i = 0, n; i < HEADS; i++) {
		for (n = 0; n < pairs->n && pairs->p[n] != '|';)
			n += pairs->p[n] == '\\' && n + 1 < pairs->n ? 2 : 1;
		if (n == pairs->n)
			return false;
		head[i] = span_first(*pairs, n);
		*pairs = span_from(*pairs, n + 1);
	}
	return span_has_nocase(head[VENDOR], SPAN_LIT("microsoft")) &&
	    (span_has(head[PRODUCT], SPAN_LIT("365")) || span_has_nocase(head[PRODUCT], SPAN_LIT("exchange")));
}

bool cef_sniff(span s)
{
	struct lines l = {.file = s};
	span head[HEADS], line, pairs;
	struct raw raw;

	while (lines_next(&l, &raw, &line))
		if (take_heads(line, head, &pairs))
			return true;
	return false;
}

static bool add(struct arena *a, struct json_node *to, struct json_node **last, span key, span text)
{
	struct json_node *n = arena_zero(a, 1, sizeof *n);

	if (n == NULL || (text = utf8_clean(a, text)).p == NULL || (key = utf8_clean(a, key)).p == NULL)
		return false;
	*n = (struct json_node){.type = JSON_STRING, .key = key, .text = text};
	if (*last != NULL)
		(*last)->next = n;
	else
		to->child = n;
	*last = n;
	to->n++;
	return true;
}

static bool is_known(span key)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (span_eq(key, span_str(keys[i].key)))
			return true;
	return false;
}

/* What the label of a custom key says, or the key. */
static span name_of(const struct json_node *pairs, span key)
{
	for (const struct json_node *p = pairs->child; p != NULL; p = p->next)
		if (p->key.n == key.n + 5 && span_starts(p->key, key) && span_eq(span_from(p->key, key.n), SPAN_LIT("Label")))
			return p->text;
	return span_starts(key, SPAN_LIT("ad.")) ? span_from(key, 3) : key; /* additional data */
}

/* NULL: no memory. */
static struct json_node *record(struct arena *a, const span head[HEADS], span rest, unsigned *problems)
{
	struct json_node *pairs = arena_zero(a, 1, sizeof *pairs), *out = arena_zero(a, 1, sizeof *out), *last = NULL;
	enum when_zone zone;
	bool ambiguous;
	uint32_t nanos;
	int64_t when;
	span key, text;
	size_t n;

	if (pairs == NULL || out == NULL)
		return NULL;
	for (rest = span_trim(rest); rest.n != 0 && pairs->n < LIMIT_LOG_CEF_PAIRS; rest = span_from(rest, n)) {
		key = span_first(rest, span_find_byte(rest, '='));
		rest = span_from(rest, key.n + 1);
		n = next_key(rest);
		if ((text = plain(a, span_trim(span_first(rest, n)))).p == NULL && n != 0)
			return NULL;
		if (text.n != 0 && !add(a, pairs, &last, span_trim(key), text))
			return NULL;
	}
	*problems |= rest.n != 0 ? LOG_LIMITED : 0;
	out->type = pairs->type = JSON_OBJECT;
	last = NULL;
	for (const struct json_node *p = pairs->child; p != NULL; p = p->next)
		if (!is_known(p->key) && !add(a, out, &last, name_of(pairs, p->key), p->text))
			return NULL;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if ((text = json_get_text(pairs, keys[i].key)).n != 0 && json_get(out, keys[i].name) == NULL &&
		    !add(a, out, &last, span_str(keys[i].name), text))
			return NULL;
	if (when_parse(json_get_text(out, "CreationTime"), 0, &when, &nanos, &zone, &ambiguous) && zone != WHEN_SAID)
		*problems |= LOG_TIME_GUESSED;
	if (json_get(out, "Operation") == NULL && !add(a, out, &last, SPAN_LIT("Operation"), head[NAME]))
		return NULL;
	return out;
}

enum errc cef_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	span head[HEADS], line, pairs;

	do {
		if (!lines_next(l, raw, &line))
			return OK;
	} while (!take_heads(line, head, &pairs));
	return (raw->node = record(a, head, pairs, &raw->problems)) == NULL ? err_memory(e) : OK;
}
