#include "document/glyphs.h"

#include <stdlib.h>

static const struct glyph { const char *name; uint16_t character; } glyphs[] = {
    {"AE", 0xc6}, {"Aacute", 0xc1}, {"Abreve", 0x102}, {"Acircumflex", 0xc2}, {"Adieresis", 0xc4}, {"Agrave", 0xc0},
    {"Amacron", 0x100}, {"Aogonek", 0x104}, {"Aring", 0xc5}, {"Atilde", 0xc3}, {"Cacute", 0x106}, {"Ccaron", 0x10c},
    {"Ccedilla", 0xc7}, {"Dcaron", 0x10e}, {"Dcroat", 0x110}, {"Eacute", 0xc9}, {"Ecaron", 0x11a}, {"Ecircumflex", 0xca},
    {"Edieresis", 0xcb}, {"Edotaccent", 0x116}, {"Egrave", 0xc8}, {"Emacron", 0x112}, {"Eogonek", 0x118}, {"Eth", 0xd0},
    {"Euro", 0x20ac}, {"Gbreve", 0x11e}, {"Iacute", 0xcd}, {"Icircumflex", 0xce}, {"Idieresis", 0xcf},
    {"Idotaccent", 0x130}, {"Igrave", 0xcc}, {"Lacute", 0x139}, {"Lslash", 0x141}, {"Nacute", 0x143}, {"Ncaron", 0x147},
    {"Ntilde", 0xd1}, {"OE", 0x152}, {"Oacute", 0xd3}, {"Ocircumflex", 0xd4}, {"Odieresis", 0xd6}, {"Ograve", 0xd2},
    {"Ohungarumlaut", 0x150}, {"Oslash", 0xd8}, {"Otilde", 0xd5}, {"Racute", 0x154}, {"Rcaron", 0x158}, {"Sacute", 0x15a},
    {"Scaron", 0x160}, {"Scedilla", 0x15e}, {"Tcaron", 0x164}, {"Thorn", 0xde}, {"Uacute", 0xda}, {"Ucircumflex", 0xdb},
    {"Udieresis", 0xdc}, {"Ugrave", 0xd9}, {"Uhungarumlaut", 0x170}, {"Umacron", 0x16a}, {"Uring", 0x16e},
    {"Yacute", 0xdd}, {"Ydieresis", 0x178}, {"Zacute", 0x179}, {"Zcaron", 0x17d}, {"Zdotaccent", 0x17b}, {"aacute", 0xe1},
    {"abreve", 0x103}, {"acircumflex", 0xe2}, {"acute", 0xb4}, {"adieresis", 0xe4}, {"ae", 0xe6}, {"agrave", 0xe0},
    {"amacron", 0x101}, {"ampersand", 0x26}, {"aogonek", 0x105}, {"aring", 0xe5}, {"arrowleft", 0x2190},
    {"arrowright", 0x2192}, {"asciicircum", 0x5e}, {"asciitilde", 0x7e}, {"asterisk", 0x2a}, {"at", 0x40},
    {"atilde", 0xe3}, {"backslash", 0x5c}, {"bar", 0x7c}, {"braceleft", 0x7b}, {"braceright", 0x7d}, {"bracketleft", 0x5b},
    {"bracketright", 0x5d}, {"brokenbar", 0xa6}, {"bullet", 0x2022}, {"cacute", 0x107}, {"caron", 0x2c7},
    {"ccaron", 0x10d}, {"ccedilla", 0xe7}, {"cedilla", 0xb8}, {"cent", 0xa2}, {"circumflex", 0x2c6}, {"colon", 0x3a},
    {"comma", 0x2c}, {"copyright", 0xa9}, {"currency", 0xa4}, {"dagger", 0x2020}, {"daggerdbl", 0x2021}, {"dcaron", 0x10f},
    {"dcroat", 0x111}, {"degree", 0xb0}, {"dieresis", 0xa8}, {"divide", 0xf7}, {"dollar", 0x24}, {"dotlessi", 0x131},
    {"eacute", 0xe9}, {"ecaron", 0x11b}, {"ecircumflex", 0xea}, {"edieresis", 0xeb}, {"edotaccent", 0x117},
    {"egrave", 0xe8}, {"eight", 0x38}, {"ellipsis", 0x2026}, {"emacron", 0x113}, {"emdash", 0x2014}, {"endash", 0x2013},
    {"eogonek", 0x119}, {"equal", 0x3d}, {"eth", 0xf0}, {"exclam", 0x21}, {"exclamdown", 0xa1}, {"ff", 0xfb00},
    {"ffi", 0xfb03}, {"ffl", 0xfb04}, {"fi", 0xfb01}, {"five", 0x35}, {"fl", 0xfb02}, {"florin", 0x192}, {"four", 0x34},
    {"fraction", 0x2044}, {"gbreve", 0x11f}, {"germandbls", 0xdf}, {"grave", 0x60}, {"greater", 0x3e},
    {"guillemotleft", 0xab}, {"guillemotright", 0xbb}, {"guilsinglleft", 0x2039}, {"guilsinglright", 0x203a},
    {"hyphen", 0x2d}, {"iacute", 0xed}, {"icircumflex", 0xee}, {"idieresis", 0xef}, {"igrave", 0xec}, {"lacute", 0x13a},
    {"less", 0x3c}, {"logicalnot", 0xac}, {"lslash", 0x142}, {"macron", 0xaf}, {"minus", 0x2d}, {"mu", 0xb5},
    {"multiply", 0xd7}, {"nacute", 0x144}, {"nbspace", 0xa0}, {"ncaron", 0x148}, {"nine", 0x39},
    {"nonbreakingspace", 0xa0}, {"ntilde", 0xf1}, {"numbersign", 0x23}, {"oacute", 0xf3}, {"ocircumflex", 0xf4},
    {"odieresis", 0xf6}, {"oe", 0x153}, {"ograve", 0xf2}, {"ohungarumlaut", 0x151}, {"one", 0x31}, {"onehalf", 0xbd},
    {"onequarter", 0xbc}, {"onesuperior", 0xb9}, {"ordfeminine", 0xaa}, {"ordmasculine", 0xba}, {"oslash", 0xf8},
    {"otilde", 0xf5}, {"paragraph", 0xb6}, {"parenleft", 0x28}, {"parenright", 0x29}, {"percent", 0x25}, {"period", 0x2e},
    {"periodcentered", 0xb7}, {"perthousand", 0x2030}, {"plus", 0x2b}, {"plusminus", 0xb1}, {"question", 0x3f},
    {"questiondown", 0xbf}, {"quotedbl", 0x22}, {"quotedblbase", 0x201e}, {"quotedblleft", 0x201c},
    {"quotedblright", 0x201d}, {"quoteleft", 0x2018}, {"quoteright", 0x2019}, {"quotesinglbase", 0x201a},
    {"quotesingle", 0x27}, {"racute", 0x155}, {"rcaron", 0x159}, {"registered", 0xae}, {"sacute", 0x15b},
    {"scaron", 0x161}, {"scedilla", 0x15f}, {"section", 0xa7}, {"semicolon", 0x3b}, {"seven", 0x37}, {"sfthyphen", 0xad},
    {"six", 0x36}, {"slash", 0x2f}, {"space", 0x20}, {"sterling", 0xa3}, {"tcaron", 0x165}, {"thorn", 0xfe},
    {"three", 0x33}, {"threequarters", 0xbe}, {"threesuperior", 0xb3}, {"tilde", 0x2dc}, {"trademark", 0x2122},
    {"two", 0x32}, {"twosuperior", 0xb2}, {"uacute", 0xfa}, {"ucircumflex", 0xfb}, {"udieresis", 0xfc}, {"ugrave", 0xf9},
    {"uhungarumlaut", 0x171}, {"umacron", 0x16b}, {"underscore", 0x5f}, {"uring", 0x16f}, {"yacute", 0xfd},
    {"ydieresis", 0xff}, {"yen", 0xa5}, {"zacute", 0x17a}, {"zcaron", 0x17e}, {"zdotaccent", 0x17c}, {"zero", 0x30},
};

static int by_name(const void *key, const void *element)
{
	const struct glyph *g = element;

	return span_cmp(*(const span *)key, span_str(g->name));
}

static uint32_t hex_of(span s)
{
	uint32_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = ascii_lower(s.p[i]);

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return 0;
		v = v * 16 + (uint32_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return v < 0x110000 ? v : 0;
}

uint32_t glyph_character(span name)
{
	const struct glyph *g;

	/* "a.sc" is a form of "a" (AGL specification, section 2). */
	name = span_first(name, name.n > 0 && name.p[0] != '.' ? span_find_byte(name, '.') : name.n);
	if (name.n == 1 && ascii_is_alpha(name.p[0]))
		return name.p[0];
	if (span_starts(name, SPAN_LIT("uni")) && name.n >= 7)
		return hex_of(span_sub(name, 3, 4));
	if ((g = bsearch(&name, glyphs, sizeof glyphs / sizeof *glyphs, sizeof *glyphs, by_name)) != NULL)
		return g->character;
	return name.n >= 5 && name.n <= 7 && name.p[0] == 'u' ? hex_of(span_from(name, 1)) : 0;
}
