#include "mail/quoted.h"

enum {
	LINE_LOOK = 200,   /* how far back the beginning of a line is looked for */
	BEHIND_LOOK = 80,  /* how far behind an address "wrote:" is looked for */
	LABEL_LONGEST = 24,
};

/* The beginning of the line that `at` is in, without quote marks and bullets; *n its length up to `at`. */
static span line_before(span text, size_t at)
{
	size_t from = at;

	while (from > 0 && at - from < LINE_LOOK && text.p[from - 1] != '\n')
		from--;
	while (from < at && (ascii_is_space(text.p[from]) || text.p[from] == '>' || text.p[from] == '|' || text.p[from] == '*'))
		from++;
	return span_sub(text, from, at - from);
}

/* One of a list, apart by '|', that begins and ends with it. s has none. */
static bool is_listed(span s, const char *list)
{
	const char *p = list;

	while (*p == '|' && p[1] != '\0') {
		size_t n = strcspn(++p, "|");

		if (n == s.n && span_eq_nocase(s, span_of(p, n)))
			return true;
		p += n;
	}
	return false;
}

static const char header_names[] = "|from|to|cc|bcc|sender|sent by|reply-to|von|an|kopie|gesendet von|antwort an|de|a|"
    "\xc3\xa0|\xc3\x80|copie \xc3\xa0|cci|envoy\xc3\xa9 par|para|da|van|aan|fra|til|resent-from|resent-to|delivered-to|"
    "return-path|";
static const char id_names[] = "|message-id|in-reply-to|references|content-id|resent-message-id|x-original-message-id|";

/* "... wrote:", "a écrit :", "schrieb:" behind the address, on its line or the next. */
static bool is_wrote(span behind)
{
	static const char *const verbs[] = {"wrote", "writes", "schrieb", "\xc3\xa9\x63rit", "escribi\xc3\xb3", "scritto"};
	size_t line = span_find_byte(behind, '\n'), colon;

	behind = span_first(behind, line + 16);
	if ((colon = span_find_byte(behind, ':')) == behind.n)
		return false;
	behind = span_first(behind, colon);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (span_find_nocase(behind, span_str(verbs[i])) < behind.n)
			return true;
	return false;
}

bool in_quoted_header(span text, size_t at, size_t to, bool *is_id)
{
	span line = line_before(text, at);
	size_t colon = span_find_byte(span_first(line, LABEL_LONGEST), ':');

	*is_id = false;
	if (colon < line.n && colon < LABEL_LONGEST) {
		span label = span_trim(span_first(line, colon));

		while (label.n != 0 && label.p[label.n - 1] == '*')
			label.n--;
		if ((*is_id = is_listed(label, id_names)))
			return false;
		if (is_listed(label, header_names))
			return true;
	}
	return is_wrote(span_sub(text, to, BEHIND_LOOK));
}
