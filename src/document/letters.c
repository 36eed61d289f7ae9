/*
 * What is left where a format is not known: runs of letters, as strings(1) finds them, in bytes and in UTF-16. A name and a password
 * in a OneNote section or a drawing are found so, though not in the order in which a person would read them.
 */
#include "base/utf8.h"
#include "document/legacy.h"

#define S(s) {(const unsigned char *)(s), sizeof(s) - 1}
enum { RUN = 6 };

static bool is_text(uint32_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || (c >= 0xa1 && c < 0x250);
}

/* In UTF-16 also those of Greek, Cyrillic, Hebrew and Arabic, and what a text processor makes of quotes; of Chinese every other pair of bytes is one. */
static bool is_wide_text(uint32_t c) { return is_text(c) || (c >= 0x370 && c < 0x700) || (c >= 0x2010 && c < 0x2027); }

/* Length in bytes of the run of UTF-16 that begins here. */
static size_t wide_run(span s)
{
	size_t n = 0;

	while (n + 1 < s.n && is_wide_text((uint32_t)s.p[n] | (uint32_t)s.p[n + 1] << 8))
		n += 2;
	return n;
}

/* A line of it; the NUL that may end it is none. */
static void wide_put(struct layout *l, span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t c = (uint32_t)s.p[i] | (uint32_t)s.p[i + 1] << 8;
		unsigned char out[4];

		if (c != 0)
			layout_text(l, span_of(out, utf8_write(out, c)));
	}
	layout_line(l);
}

static size_t narrow_run(span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] < 0x80 && is_text(s.p[n]))
		n++;
	return n;
}

bool letters_only(span s)
{
	span head = span_first(s, 4096);
	size_t wide = 0;

	if (s.n == 0)
		return false;
	if (span_starts(s, SPAN_LIT("\xff\xfe")) || span_starts(s, SPAN_LIT("\xfe\xff")))
		return true;
	for (size_t i = 0; i < head.n; i++) {
		if (head.p[i] == 0)
			wide++;
		else if (head.p[i] < 0x20 && !ascii_is_space(head.p[i]))
			return false;
	}
	return wide == 0 || (wide >= head.n / 2 - 1 && wide_run(head) + 4 >= head.n);
}

bool letters_wide(span bytes)
{
	size_t zero = 0;

	for (size_t i = 1; i < bytes.n; i += 2)
		zero += bytes.p[i] == 0;
	return zero > bytes.n / 4;
}

bool is_picture(span s)
{
	static const span known[] = {S("\x89PNG"), S("\xff\xd8\xff"), S("GIF8"), S("BM"), S("VCLMTF"), S("II*\0"), S("MM\0*"), S("\xd7\xcd\xc6\x9a"), S("\1\0\0\0")};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_starts(s, known[i]))
			return true;
	return false;
}

/* Each of which people send, and none of which is read as what it is. */
static const struct format { size_t at; span magic; const char *says; } formats[] = {
	{0, S("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"), "OneNote section: the letters and files in it were read, not their order"},
	{4, S("Standard Jet DB"), "Access database: the letters in it were read, not its tables"},
	{4, S("Standard ACE DB"), "Access database: the letters in it were read, not its tables"},
	{0, S("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"), "shortcut of Windows: the letters in it were read"},
	{0, S("ElfFile\0"), "event log of Windows: the letters in it were read, not their order"},
};

static const struct format *format_of(span s)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (span_eq(span_sub(s, formats[i].at, formats[i].magic.n), formats[i].magic))
			return &formats[i];
	return NULL;
}

bool letters_kind(span s) { return format_of(s) != NULL; }

/* Of a text in UTF-16 whose length is said, in any script: one that the bytes only happen to be has mostly some other character. */
static bool is_counted_text(uint32_t c)
{
	return is_wide_text(c) || (c >= 0x900 && c < 0x1100) || (c >= 0x3000 && c < 0xa000) || (c >= 0xac00 && c < 0xd7b0) || c == 0x20ac;
}

enum { COUNTED_MAX = 64 * 1024 };

/*
 * Bytes of the text that a length stands before at `at`, as in properties of OneNote (MS-ONESTORE 2.6.9), also of few letters; 0: there is
 * none. A NUL may end it. bad: by whether its place is odd, the last pair of bytes that is no letter: nothing is looked at twice.
 */
static size_t counted(span s, size_t at, size_t bad[2])
{
	size_t from = at + 4, *known = &bad[at & 1];
	uint32_t n = le32_at(s, at);
	bool latin = true;

	if (n < 6 || n > COUNTED_MAX || n % 2 != 0 || n > s.n - from || (*known >= from && *known + 2 < from + n))
		return 0;
	for (size_t i = from; i < from + n; i += 2) {
		uint32_t c = (uint32_t)s.p[i] | (uint32_t)s.p[i + 1] << 8;

		if (!is_counted_text(c) && !(c == 0 && i + 2 == from + n)) {
			*known = i;
			return 0;
		}
		latin &= c < 0x250;
	}
	return latin || n >= 8 ? n : 0;
}

/* Those of a section of OneNote. */
static void note_letters(struct layout *l, span s)
{
	size_t from = 0, bad[2] = {0}, n;

	for (size_t at = 0; at < s.n && !l->text.failed; at++) {
		if ((n = counted(s, at, bad)) == 0)
			continue;
		letters_put(l, span_sub(s, from, at - from));
		wide_put(l, span_sub(s, at + 4, n));
		from = at + 4 + n;
		at = from - 1;
	}
	letters_put(l, span_from(s, from));
}

/*
 * Files in a section of OneNote, which lie in it as they are (FileDataStoreObject, MS-ONESTORE 2.6.13): a mark, how many bytes, 12 that say nothing,
 * the file. What lies between them is letters.
 */
static enum errc note_read(struct layout *l, span s, struct err *e)
{
	static const span mark = S("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac");
	enum { HEAD = 36 };
	enum errc rc = OK;

	while (s.n > 0 && rc == OK && !l->text.failed) {
		size_t at = span_find(s, mark);
		span file = span_from(s, at);
		uint64_t n = le64_at(file, mark.n);

		layout_group(l, false, "letters", SPAN_EMPTY);
		note_letters(l, span_first(s, at));
		if (file.n <= HEAD) {
			s = span_from(file, mark.n);
			continue;
		}
		file = span_from(file, HEAD);
		if (n > file.n) {
			layout_problem(l, "damaged: a file in it is cut off");
			n = file.n;
		}
		if (n > 0)
			rc = embedded_read(l, SPAN_LIT("of OneNote"), span_first(file, (size_t)n), e);
		s = span_from(file, (size_t)n);
	}
	return rc;
}

enum errc letters_read(struct layout *l, span s, struct err *e)
{
	const struct format *f = format_of(s);

	if (f == NULL)
		return OK;
	layout_problem(l, f->says);
	s = span_from(s, f->at + f->magic.n);
	if (f == formats)
		return note_read(l, s, e);
	layout_group(l, false, "letters", SPAN_EMPTY);
	letters_put(l, s);
	return OK;
}

void letters_put(struct layout *l, span s)
{
	while (s.n > 0 && !l->text.failed) {
		size_t n = narrow_run(s);

		if (n >= RUN) {
			layout_text(l, span_first(s, n));
			layout_line(l);
		} else if ((n = wide_run(s)) >= 2 * (size_t)RUN) {
			wide_put(l, span_first(s, n));
		} else {
			n = 1;
		}
		s = span_from(s, n);
	}
}
