#include "mail/quoted.h"

enum {
	LINE_LOOK = 200,   /* how far back the beginning of a line is looked for */
	BEHIND_LOOK = 80,  /* how far behind an address "wrote:" is looked for */
	LABEL_LONGEST = 24,
};

/* The beginning of the line that `at` is in, without quote marks and bullets; *n its length up to `at`. */
static span line_before(span text, size_t at)
{
	size_t from = span_line_begin(text, at, LINE_LOOK);

	while (from < at && (ascii_is_space(text.p[from]) || text.p[from] == '>' || text.p[from] == '|' || text.p[from] == '*'))
		from++;
	return span_sub(text, from, at - from);
}

struct label { unsigned char n; char text[27]; };
#define LABEL(s) {sizeof(s) - 1, s}

/* In the languages of mail programs; past ASCII as they write it. */
static const struct label header_names[] = {
    LABEL("from"), LABEL("to"), LABEL("cc"), LABEL("bcc"), LABEL("sender"), LABEL("sent by"), LABEL("reply-to"),
    LABEL("von"), LABEL("an"), LABEL("kopie"), LABEL("gesendet von"), LABEL("antwort an"), LABEL("de"), LABEL("a"),
    LABEL("\xc3\xa0"), LABEL("\xc3\x80"), LABEL("copie \xc3\xa0"), LABEL("cci"), LABEL("envoy\xc3\xa9 par"), LABEL("para"),
    LABEL("da"), LABEL("van"), LABEL("aan"), LABEL("fra"), LABEL("til"), LABEL("resent-from"), LABEL("resent-to"),
    LABEL("delivered-to"), LABEL("return-path"), LABEL("od"), LABEL("do"), LABEL("dw"), LABEL("komu"), LABEL("kopia"),
    LABEL("kopi"), LABEL("kopio"), LABEL("fr\xc3\xa5n"), LABEL("till"), LABEL("l\xc3\xa4hett\xc3\xa4j\xc3\xa4"),
    LABEL("vastaanottaja"), LABEL("kimden"), LABEL("kime"), LABEL("bilgi"), LABEL("felad\xc3\xb3"), LABEL("c\xc3\xadmzett"),
    LABEL("de la"), LABEL("c\xc4\x83tre"), LABEL("\xce\xb1\xcf\x80\xcf\x8c"), LABEL("\xce\x91\xcf\x80\xcf\x8c"),
    LABEL("\xcf\x80\xcf\x81\xce\xbf\xcf\x82"), LABEL("\xce\xa0\xcf\x81\xce\xbf\xcf\x82"), LABEL("\xd0\xbe\xd1\x82"),
    LABEL("\xd0\x9e\xd1\x82"), LABEL("\xd0\xba\xd0\xbe\xd0\xbc\xd1\x83"), LABEL("\xd0\x9a\xd0\xbe\xd0\xbc\xd1\x83"),
    LABEL("\xd0\xba\xd0\xbe\xd0\xbf\xd0\xb8\xd1\x8f"), LABEL("\xd0\x9a\xd0\xbe\xd0\xbf\xd0\xb8\xd1\x8f"),
    LABEL("\xd0\xb2\xd1\x96\xd0\xb4"), LABEL("\xd0\x92\xd1\x96\xd0\xb4"), LABEL("per a"), LABEL("za"), LABEL("prima"),
    LABEL("saatja"), LABEL("dari"), LABEL("kepada"), LABEL("\xe5\xb7\xae\xe5\x87\xba\xe4\xba\xba"),
    LABEL("\xe5\xae\x9b\xe5\x85\x88"), LABEL("\xe5\x8f\x91\xe4\xbb\xb6\xe4\xba\xba"),
    LABEL("\xe6\x94\xb6\xe4\xbb\xb6\xe4\xba\xba"), LABEL("\xe6\x8a\x84\xe9\x80\x81"),
    LABEL("\xe5\xaf\x84\xe4\xbb\xb6\xe8\x80\x85"), LABEL("\xe6\x94\xb6\xe4\xbb\xb6\xe8\x80\x85"),
    LABEL("\xeb\xb3\xb4\xeb\x82\xb8 \xec\x82\xac\xeb\x9e\x8c"), LABEL("\xeb\xb0\x9b\xeb\x8a\x94 \xec\x82\xac\xeb\x9e\x8c"),
    LABEL("\xec\xb0\xb8\xec\xa1\xb0"),
};
static const struct label id_names[] = {
    LABEL("message-id"), LABEL("in-reply-to"), LABEL("references"), LABEL("content-id"), LABEL("resent-message-id"),
    LABEL("x-original-message-id"),
};
static const struct label verbs[] = {
    LABEL("wrote"), LABEL("writes"), LABEL("schrieb"), LABEL("\xc3\xa9" "crit"), LABEL("escribi\xc3\xb3"), LABEL("scritto"),
    LABEL("schreef"), LABEL("skrev"), LABEL("skreiv"), LABEL("escreveu"), LABEL("napisa\xc5\x82"), LABEL("napsal"),
    LABEL("kirjoitti"), LABEL("yazd\xc4\xb1"), LABEL("\xd0\xbd\xd0\xb0\xd0\xbf\xd0\xb8\xd1\x81\xd0\xb0\xd0\xbb"),
    LABEL("\xd0\xbf\xd0\xb8\xd1\x88\xd0\xb5\xd1\x82"), LABEL("\xd0\xbf\xd0\xb8\xd1\x88\xd0\xb5"), LABEL("\xc3\xadrta"),
    LABEL("a scris"), LABEL("\xce\xad\xce\xb3\xcf\x81\xce\xb1\xcf\x88\xce\xb5"), LABEL("\xe5\x86\x99\xe9\x81\x93"),
    LABEL("\xe6\x9b\xb8\xe3\x81\x8d\xe3\x81\xbe\xe3\x81\x97\xe3\x81\x9f"), LABEL("\xe4\xbd\x9c\xe6\x88\x90"),
};

static bool is_listed(span s, const struct label *list, size_t n)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].n == s.n && ((unsigned char)list[i].text[0] ^ s.p[0]) % 0x20 == 0 && span_eq_nocase(s, span_of(list[i].text, list[i].n)))
			return true;
	return false;
}

static bool has_verb(span s)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (span_has_nocase(s, span_of(verbs[i].text, verbs[i].n)))
			return true;
	return false;
}

static bool has_year(span s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		digits = ascii_is_digit(s.p[i]) ? digits + 1 : 0;
		if (digits == 4 && (i + 1 == s.n || !ascii_is_digit(s.p[i + 1])) && (s.p[i - 3] == '1' || s.p[i - 3] == '2'))
			return true;
	}
	return false;
}

/*
 * "... wrote:", "a écrit :", "schrieb:" behind the address, on its line or the next; or a colon alone behind it in brackets, with the verb or a
 * date before it: "schreef Jan <jan@b.example>:".
 */
static bool is_wrote(span line, span behind)
{
	size_t end = span_find_byte(behind, '\n'), colon;
	span rest = span_trim(span_first(behind, end));

	if (rest.n != 0 && span_find_byte(rest, ':') < rest.n)
		return has_verb(rest) || (rest.n <= 3 && (rest.p[0] == '>' || rest.p[0] == ')') && rest.p[rest.n - 1] == ':' &&
		    (has_year(line) || has_verb(line)));
	behind = span_first(span_from(behind, end), 16);
	if ((colon = span_find_byte(behind, ':')) == behind.n)
		return false;
	behind = span_trim(span_first(behind, colon));
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (span_ends_nocase(behind, span_of(verbs[i].text, verbs[i].n)))
			return true;
	return false;
}

/* Where a label ends, at ":" or that of East Asia. */
static size_t label_colon(span line)
{
	size_t colon = span_find_byte(line, ':');

	return colon < line.n ? colon : span_find(line, SPAN_LIT("\xef\xbc\x9a"));
}

bool in_quoted_header(span text, size_t at, size_t to, bool *is_id)
{
	span line = line_before(text, at);
	size_t colon = label_colon(span_first(line, LABEL_LONGEST));

	*is_id = false;
	if (colon < line.n && colon < LABEL_LONGEST) {
		span label = span_trim(span_first(line, colon));

		while (label.n != 0 && label.p[label.n - 1] == '*')
			label.n--;
		if ((*is_id = is_listed(label, id_names, sizeof id_names / sizeof *id_names)))
			return false;
		if (is_listed(label, header_names, sizeof header_names / sizeof *header_names))
			return true;
	}
	return is_wrote(line, span_sub(text, to, BEHIND_LOOK));
}

bool says_who_wrote(span line) { return line.n != 0 && line.p[line.n - 1] == ':' && has_verb(line); }
