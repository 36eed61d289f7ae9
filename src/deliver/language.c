#include "deliver/language.h"

/* Small words that are frequent in a notice and are no words of the other three languages ("was", "die", "les", "y" are). */
static const struct { const char *code, *words[14]; } languages[] = {
    {"en", {"you", "it", "we", "that", "the", "and", "what", "this", "your", "not", "from", "our", "with", "of"}},
    {"fr", {"vous", "nous", "ce", "qui", "des", "est", "et", "dans", "pas", "avons", "cette", "votre", "ou", "sur"}},
    {"de", {"sie", "wir", "und", "nicht", "oder", "ist", "haben", "ihnen", "diese", "der", "von", "auf", "uns", "wurde"}},
    {"es", {"por", "el", "este", "una", "su", "con", "los", "para", "del", "lo", "se", "mensajes", "usted", "nos"}},
};
enum { N_LANGUAGES = sizeof languages / sizeof languages[0], N_WORDS = sizeof languages[0].words / sizeof languages[0].words[0] };
/* A notice of ten lines has dozens; names and addresses in a text of another language make a few. */
enum { ENOUGH_WORDS = 8 };

static bool is_letter(unsigned char c) { return ascii_is_alnum(c) || c == '_' || c >= 0x80; }

static void count_word(span word, size_t *n)
{
	for (size_t i = 0; i < N_LANGUAGES; i++)
		for (size_t k = 0; k < N_WORDS; k++)
			n[i] += span_eq_nocase(word, span_str(languages[i].words[k]));
}

const char *language_of(span text)
{
	size_t n[N_LANGUAGES] = {0}, most = 0, others = 0;

	for (size_t at = 0, end; at < text.n; at = end + 1) {
		for (end = at; end < text.n && is_letter(text.p[end]); end++)
			;
		if (end != at)
			count_word(span_sub(text, at, end - at), n);
	}
	for (size_t i = 1; i < N_LANGUAGES; i++)
		if (n[i] > n[most])
			most = i;
	for (size_t i = 0; i < N_LANGUAGES; i++)
		others += i == most ? 0 : n[i];
	/* Languages beside these share some of the words of several of them. */
	return n[most] >= ENOUGH_WORDS && n[most] / 2 >= others ? languages[most].code : NULL;
}

bool language_is(span tag, const char *code)
{
	return span_eq_nocase(span_first(tag, span_find_byte(tag, '-')), span_str(code));
}

bool language_known(span tag)
{
	for (size_t i = 0; i < N_LANGUAGES; i++)
		if (language_is(tag, languages[i].code))
			return true;
	return false;
}
