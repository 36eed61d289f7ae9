/*
 * Fonts in the Compact Font Format (Adobe Technical Note 5176), as PDF embeds them: which character each code is, by the encoding and
 * the names of its glyphs. The shapes are passed over.
 */
#include "base/cursor.h"
#include "document/glyphs.h"
#include "document/pdf.h"

enum { STANDARD = 391, GLYPHS = 1024 /* whose names are looked for */ };
enum { OP_CHARSET = 15, OP_ENCODING = 16, OP_CHARSTRINGS = 17, OP_ROS = 0x0c1e };

/* By number, the strings that every font has (appendix A), as characters: small capitals as what they stand for. */
static const uint16_t standard[STANDARD] = {
    0, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x2019, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33,
    0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d,
    0x5e, 0x5f, 0x2018, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72,
    0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0xa1, 0xa2, 0xa3, 0x2044, 0xa5, 0x192, 0xa7, 0xa4,
    0x27, 0x201c, 0xab, 0x2039, 0x203a, 0xfb01, 0xfb02, 0x2013, 0x2020, 0x2021, 0xb7, 0xb6, 0x2022, 0x201a, 0x201e, 0x201d, 0xbb,
    0x2026, 0x2030, 0xbf, 0x60, 0xb4, 0x2c6, 0x2dc, 0xaf, 0x2d8, 0x2d9, 0xa8, 0x2da, 0xb8, 0x2dd, 0x2db, 0x2c7, 0x2014, 0xc6, 0xaa,
    0x141, 0xd8, 0x152, 0xba, 0xe6, 0x131, 0x142, 0xf8, 0x153, 0xdf, 0xb9, 0xac, 0xb5, 0x2122, 0xd0, 0xbd, 0xb1, 0xde, 0xbc, 0xf7,
    0xa6, 0xb0, 0xfe, 0xbe, 0xb2, 0xae, 0x2d, 0xf0, 0xd7, 0xb3, 0xa9, 0xc1, 0xc2, 0xc4, 0xc0, 0xc5, 0xc3, 0xc7, 0xc9, 0xca, 0xcb,
    0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0xd1, 0xd3, 0xd4, 0xd6, 0xd2, 0xd5, 0x160, 0xda, 0xdb, 0xdc, 0xd9, 0xdd, 0x178, 0x17d, 0xe1,
    0xe2, 0xe4, 0xe0, 0xe5, 0xe3, 0xe7, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xf1, 0xf3, 0xf4, 0xf6, 0xf2, 0xf5, 0x161,
    0xfa, 0xfb, 0xfc, 0xf9, 0xfd, 0xff, 0x17e, 0x21, 0, 0x24, 0x24, 0x26, 0, 0x28, 0x29, 0x2025, 0x2024, 0x30, 0x31, 0x32, 0x33,
    0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2c, 0x2014, 0x2e, 0x3f, 0x61, 0x62, 0xa2, 0x64, 0x65, 0x69, 0x6c, 0x6d, 0x6e, 0x6f, 0x72,
    0x73, 0x74, 0xfb00, 0xfb03, 0xfb04, 0x28, 0x29, 0, 0x2d, 0, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b,
    0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x20a1, 0, 0, 0, 0xa1, 0xa2, 0x142,
    0x161, 0x17e, 0, 0, 0, 0, 0, 0x2012, 0x2d, 0, 0, 0, 0xbf, 0x215b, 0x215c, 0x215d, 0x215e, 0x2153, 0x2154, 0x2070, 0x2074,
    0x2075, 0x2076, 0x2077, 0x2078, 0x2079, 0x2080, 0x2081, 0x2082, 0x2083, 0x2084, 0x2085, 0x2086, 0x2087, 0x2088, 0x2089, 0xa2,
    0x24, 0x2e, 0x2c, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1,
    0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0x153, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

struct cff { span file; span strings; uint32_t charset, encoding, charstrings; bool by_cid; uint16_t names[GLYPHS]; size_t n_glyphs; };

static uint32_t be(span s, size_t at, size_t n)
{
	span v = span_sub(s, at, n);
	uint32_t x = 0;

	for (size_t i = 0; i < v.n; i++)
		x = x << 8 | v.p[i];
	return v.n == n ? x : 0;
}

/* Element i of the index (5) that begins there; *end is behind all of it. */
static span element(span file, size_t at, uint32_t i, size_t *n, size_t *end)
{
	uint32_t count = be(file, at, 2), size = be(file, at + 2, 1), from, to;
	size_t data = at + 2 + ((size_t)count + 1) * size;

	*n = count;
	*end = at + 2;
	if (count == 0 || size == 0 || size > 4)
		return SPAN_EMPTY;
	*end = data + be(file, at + 3 + (size_t)count * size, size);
	from = be(file, at + 3 + (size_t)i * size, size);
	to = be(file, at + 3 + ((size_t)i + 1) * size, size);
	return i < count && from > 0 && to > from ? span_sub(file, data + from, to - from) : SPAN_EMPTY;
}

/* 4: numbers, then the operator that they are for. Only whole numbers are asked for. */
static void dictionary(struct cff *c, span d)
{
	uint32_t last = 0;

	for (size_t i = 0; i < d.n;) {
		unsigned b = d.p[i];

		if (b <= 21) {
			unsigned op = b == 12 ? 0x0c00 | be(d, i + 1, 1) : b;

			c->charset = op == OP_CHARSET ? last : c->charset;
			c->encoding = op == OP_ENCODING ? last : c->encoding;
			c->charstrings = op == OP_CHARSTRINGS ? last : c->charstrings;
			c->by_cid |= op == OP_ROS;
			i += b == 12 ? 2 : 1;
		} else if (b == 28) {
			last = be(d, i + 1, 2);
			i += 3;
		} else if (b == 29) {
			last = be(d, i + 1, 4);
			i += 5;
		} else if (b == 30) {
			while (++i < d.n && (d.p[i] & 15) != 15 && d.p[i] >> 4 != 15)
				;
			i++;
		} else if (b <= 246) {
			last = b - 139;
			i++;
		} else {
			last = b <= 250 ? (b - 247) * 256 + be(d, i + 1, 1) + 108 : 0;
			i += 2;
		}
	}
}

/* 13: the number of the name of each glyph; the first is .notdef. */
static void names_read(struct cff *c)
{
	unsigned format = be(c->file, c->charset, 1);
	size_t at = c->charset + 1, n = 1;

	if (c->charset == 0) {
		for (; n < c->n_glyphs && n <= 228; n++)
			c->names[n] = (uint16_t)n;
		return;
	}
	while (c->charset > 2 && n < c->n_glyphs && at < c->file.n) {
		uint32_t first = be(c->file, at, 2), more = format == 1 ? be(c->file, at + 2, 1) : format == 2 ? be(c->file, at + 2, 2) : 0;

		at += format == 0 ? 2 : format == 1 ? 3 : 4;
		for (; n < c->n_glyphs && first < 0x10000; n++, first++) {
			c->names[n] = (uint16_t)first;
			if (more-- == 0) {
				n++;
				break;
			}
		}
	}
}

static uint32_t character(const struct cff *c, uint32_t name)
{
	size_t n, end;

	if (name < STANDARD)
		return standard[name];
	return glyph_character(element(c->strings, 0, name - STANDARD, &n, &end));
}

static void code_is(const struct cff *c, uint32_t simple[256], uint32_t code, uint32_t name)
{
	uint32_t is = name > 0 ? character(c, name) : 0;

	if (code < 256 && is != 0)
		simple[code] = is;
}

/* 12 */
static void encoding_read(const struct cff *c, uint32_t simple[256])
{
	uint32_t format = be(c->file, c->encoding, 1), n = be(c->file, c->encoding + 1, 1), glyph = 1;
	size_t at = c->encoding + 2;

	for (uint32_t i = 0; i < n && at < c->file.n; i++) {
		uint32_t code = be(c->file, at, 1), more = (format & 0x7f) == 1 ? be(c->file, at + 1, 1) : 0;

		at += (format & 0x7f) == 1 ? 2 : 1;
		for (; glyph < c->n_glyphs && code < 256; code++, glyph++) {
			code_is(c, simple, code, c->names[glyph]);
			if (more-- == 0) {
				glyph++;
				break;
			}
		}
	}
	for (uint32_t i = 0, more = (format & 0x80) != 0 ? be(c->file, at++, 1) : 0; i < more; i++, at += 3)
		code_is(c, simple, be(c->file, at, 1), be(c->file, at + 1, 2));
}

void pdf_cff_encoding(span file, uint32_t simple[256])
{
	struct cff c = {.file = file};
	size_t n, end;
	span top;

	/* OpenType has it in a table. */
	for (uint32_t i = 0; span_starts(file, SPAN_LIT("OTTO")) && i < be(file, 4, 2); i++)
		if (span_eq(span_sub(file, 12 + 16 * (size_t)i, 4), SPAN_LIT("CFF ")))
			c.file = span_sub(file, be(file, 12 + 16 * (size_t)i + 8, 4), be(file, 12 + 16 * (size_t)i + 12, 4));
	if (be(c.file, 0, 1) != 1)
		return;
	(void)element(c.file, be(c.file, 2, 1), 0, &n, &end);
	top = element(c.file, end, 0, &n, &end);
	c.strings = span_from(c.file, end);
	dictionary(&c, top);
	(void)element(c.file, c.charstrings, 0, &n, &end);
	if (c.by_cid || c.charstrings == 0)
		return;
	c.n_glyphs = n < GLYPHS ? n : GLYPHS;
	names_read(&c);
	if (c.encoding > 1)
		encoding_read(&c, simple);
	else if (c.encoding == 0)
		for (size_t i = 0; i < sizeof glyph_standard / sizeof *glyph_standard; i++)
			simple[glyph_standard[i].code] = glyph_standard[i].character;
}
