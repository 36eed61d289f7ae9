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
	static const span known[] = {S("\x89PNG"), S("\xff\xd8\xff"), S("GIF8"), S("BM"), S("II*\0"), S("MM\0*"), S("\xd7\xcd\xc6\x9a"), S("\1\0\0\0")};

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
	{0, S("bplist00"), "binary property list of Apple: the letters in it were read, not their order"},
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
		uint64_t n = 0;

		layout_group(l, false, "letters", SPAN_EMPTY);
		letters_put(l, span_first(s, at));
		if (file.n <= HEAD) {
			s = span_from(file, mark.n);
			continue;
		}
		for (unsigned i = 0; i < 8; i++)
			n |= (uint64_t)file.p[mark.n + i] << 8 * i;
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
			for (size_t i = 0; i < n; i += 2) {
				unsigned char c[4];

				layout_text(l, span_of(c, utf8_write(c, (uint32_t)s.p[i] | (uint32_t)s.p[i + 1] << 8)));
			}
			layout_line(l);
		} else {
			n = 1;
		}
		s = span_from(s, n);
	}
}
