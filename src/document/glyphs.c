#include "document/glyphs.h"

#include <stdlib.h>

#include "base/digest.h"

static const struct glyph { const char *name; uint16_t character; } glyphs[] = {
    {"AE", 0xc6}, {"Aacute", 0xc1}, {"Abreve", 0x102}, {"Acircumflex", 0xc2}, {"Adieresis", 0xc4}, {"Agrave", 0xc0},
    {"Alpha", 0x391}, {"Alphatonos", 0x386}, {"Amacron", 0x100}, {"Aogonek", 0x104}, {"Aring", 0xc5}, {"Atilde", 0xc3},
    {"Beta", 0x392}, {"Cacute", 0x106}, {"Ccaron", 0x10c}, {"Ccedilla", 0xc7}, {"Ccircumflex", 0x108}, {"Chi", 0x3a7},
    {"Dcaron", 0x10e}, {"Dcroat", 0x110}, {"Delta", 0x394}, {"Eacute", 0xc9}, {"Ecaron", 0x11a}, {"Ecircumflex", 0xca},
    {"Edieresis", 0xcb}, {"Edotaccent", 0x116}, {"Egrave", 0xc8}, {"Emacron", 0x112}, {"Eng", 0x14a}, {"Eogonek", 0x118},
    {"Epsilon", 0x395}, {"Epsilontonos", 0x388}, {"Eta", 0x397}, {"Etatonos", 0x389}, {"Eth", 0xd0}, {"Euro", 0x20ac},
    {"Gamma", 0x393}, {"Gbreve", 0x11e}, {"Gcircumflex", 0x11c}, {"Gcommaaccent", 0x122}, {"Hbar", 0x126}, {"Iacute", 0xcd},
    {"Icircumflex", 0xce}, {"Idieresis", 0xcf}, {"Idotaccent", 0x130}, {"Igrave", 0xcc}, {"Imacron", 0x12a},
    {"Iogonek", 0x12e}, {"Iota", 0x399}, {"Iotadieresis", 0x3aa}, {"Iotatonos", 0x38a}, {"Kappa", 0x39a},
    {"Kcommaaccent", 0x136}, {"Lacute", 0x139}, {"Lambda", 0x39b}, {"Lcaron", 0x13d}, {"Lcommaaccent", 0x13b},
    {"Lslash", 0x141}, {"Mu", 0x39c}, {"Nacute", 0x143}, {"Ncaron", 0x147}, {"Ncommaaccent", 0x145}, {"Ntilde", 0xd1},
    {"Nu", 0x39d}, {"OE", 0x152}, {"Oacute", 0xd3}, {"Ocircumflex", 0xd4}, {"Odieresis", 0xd6}, {"Ograve", 0xd2},
    {"Ohungarumlaut", 0x150}, {"Omacron", 0x14c}, {"Omega", 0x3a9}, {"Omegatonos", 0x38f}, {"Omicron", 0x39f},
    {"Omicrontonos", 0x38c}, {"Oslash", 0xd8}, {"Otilde", 0xd5}, {"Phi", 0x3a6}, {"Pi", 0x3a0}, {"Psi", 0x3a8},
    {"Racute", 0x154}, {"Rcaron", 0x158}, {"Rcommaaccent", 0x156}, {"Rho", 0x3a1}, {"Sacute", 0x15a}, {"Scaron", 0x160},
    {"Scedilla", 0x15e}, {"Scircumflex", 0x15c}, {"Scommaaccent", 0x218}, {"Sigma", 0x3a3}, {"Tau", 0x3a4},
    {"Tcaron", 0x164}, {"Tcedilla", 0x162}, {"Tcommaaccent", 0x162}, {"Theta", 0x398}, {"Thorn", 0xde}, {"Uacute", 0xda},
    {"Ubreve", 0x16c}, {"Ucircumflex", 0xdb}, {"Udieresis", 0xdc}, {"Ugrave", 0xd9}, {"Uhungarumlaut", 0x170},
    {"Umacron", 0x16a}, {"Uogonek", 0x172}, {"Upsilon", 0x3a5}, {"Upsilondieresis", 0x3ab}, {"Upsilontonos", 0x38e},
    {"Uring", 0x16e}, {"Wcircumflex", 0x174}, {"Xi", 0x39e}, {"Yacute", 0xdd}, {"Ycircumflex", 0x176}, {"Ydieresis", 0x178},
    {"Zacute", 0x179}, {"Zcaron", 0x17d}, {"Zdotaccent", 0x17b}, {"Zeta", 0x396}, {"aacute", 0xe1}, {"abreve", 0x103},
    {"acircumflex", 0xe2}, {"acute", 0xb4}, {"adieresis", 0xe4}, {"ae", 0xe6}, {"afii10017", 0x410}, {"afii10018", 0x411},
    {"afii10019", 0x412}, {"afii10020", 0x413}, {"afii10021", 0x414}, {"afii10022", 0x415}, {"afii10023", 0x401},
    {"afii10024", 0x416}, {"afii10025", 0x417}, {"afii10026", 0x418}, {"afii10027", 0x419}, {"afii10028", 0x41a},
    {"afii10029", 0x41b}, {"afii10030", 0x41c}, {"afii10031", 0x41d}, {"afii10032", 0x41e}, {"afii10033", 0x41f},
    {"afii10034", 0x420}, {"afii10035", 0x421}, {"afii10036", 0x422}, {"afii10037", 0x423}, {"afii10038", 0x424},
    {"afii10039", 0x425}, {"afii10040", 0x426}, {"afii10041", 0x427}, {"afii10042", 0x428}, {"afii10043", 0x429},
    {"afii10044", 0x42a}, {"afii10045", 0x42b}, {"afii10046", 0x42c}, {"afii10047", 0x42d}, {"afii10048", 0x42e},
    {"afii10049", 0x42f}, {"afii10050", 0x490}, {"afii10051", 0x402}, {"afii10052", 0x403}, {"afii10053", 0x404},
    {"afii10054", 0x405}, {"afii10055", 0x406}, {"afii10056", 0x407}, {"afii10057", 0x408}, {"afii10058", 0x409},
    {"afii10059", 0x40a}, {"afii10060", 0x40b}, {"afii10061", 0x40c}, {"afii10062", 0x40e}, {"afii10065", 0x430},
    {"afii10066", 0x431}, {"afii10067", 0x432}, {"afii10068", 0x433}, {"afii10069", 0x434}, {"afii10070", 0x435},
    {"afii10071", 0x451}, {"afii10072", 0x436}, {"afii10073", 0x437}, {"afii10074", 0x438}, {"afii10075", 0x439},
    {"afii10076", 0x43a}, {"afii10077", 0x43b}, {"afii10078", 0x43c}, {"afii10079", 0x43d}, {"afii10080", 0x43e},
    {"afii10081", 0x43f}, {"afii10082", 0x440}, {"afii10083", 0x441}, {"afii10084", 0x442}, {"afii10085", 0x443},
    {"afii10086", 0x444}, {"afii10087", 0x445}, {"afii10088", 0x446}, {"afii10089", 0x447}, {"afii10090", 0x448},
    {"afii10091", 0x449}, {"afii10092", 0x44a}, {"afii10093", 0x44b}, {"afii10094", 0x44c}, {"afii10095", 0x44d},
    {"afii10096", 0x44e}, {"afii10097", 0x44f}, {"afii10098", 0x491}, {"afii10099", 0x452}, {"afii10100", 0x453},
    {"afii10101", 0x454}, {"afii10102", 0x455}, {"afii10103", 0x456}, {"afii10104", 0x457}, {"afii10105", 0x458},
    {"afii10106", 0x459}, {"afii10107", 0x45a}, {"afii10108", 0x45b}, {"afii10109", 0x45c}, {"afii10110", 0x45e},
    {"afii10145", 0x40f}, {"afii10193", 0x45f}, {"afii61352", 0x2116}, {"agrave", 0xe0}, {"alpha", 0x3b1},
    {"alphatonos", 0x3ac}, {"amacron", 0x101}, {"ampersand", 0x26}, {"aogonek", 0x105}, {"approxequal", 0x2248},
    {"aring", 0xe5}, {"arrowleft", 0x2190}, {"arrowright", 0x2192}, {"asciicircum", 0x5e}, {"asciitilde", 0x7e},
    {"asterisk", 0x2a}, {"at", 0x40}, {"atilde", 0xe3}, {"backslash", 0x5c}, {"bar", 0x7c}, {"beta", 0x3b2},
    {"braceleft", 0x7b}, {"braceright", 0x7d}, {"bracketleft", 0x5b}, {"bracketright", 0x5d}, {"breve", 0x2d8},
    {"brokenbar", 0xa6}, {"bullet", 0x2022}, {"bulletoperator", 0x2219}, {"cacute", 0x107}, {"caron", 0x2c7},
    {"ccaron", 0x10d}, {"ccedilla", 0xe7}, {"ccircumflex", 0x109}, {"cedilla", 0xb8}, {"cent", 0xa2}, {"chi", 0x3c7},
    {"circumflex", 0x2c6}, {"colon", 0x3a}, {"comma", 0x2c}, {"copyright", 0xa9}, {"currency", 0xa4}, {"dagger", 0x2020},
    {"daggerdbl", 0x2021}, {"dcaron", 0x10f}, {"dcroat", 0x111}, {"degree", 0xb0}, {"delta", 0x3b4}, {"dieresis", 0xa8},
    {"divide", 0xf7}, {"dollar", 0x24}, {"dotaccent", 0x2d9}, {"dotlessi", 0x131}, {"dotlessj", 0x237}, {"eacute", 0xe9},
    {"ecaron", 0x11b}, {"ecircumflex", 0xea}, {"edieresis", 0xeb}, {"edotaccent", 0x117}, {"egrave", 0xe8}, {"eight", 0x38},
    {"ellipsis", 0x2026}, {"emacron", 0x113}, {"emdash", 0x2014}, {"emptyset", 0x2205}, {"endash", 0x2013}, {"eng", 0x14b},
    {"eogonek", 0x119}, {"epsilon", 0x3b5}, {"epsilontonos", 0x3ad}, {"equal", 0x3d}, {"estimated", 0x212e}, {"eta", 0x3b7},
    {"etatonos", 0x3ae}, {"eth", 0xf0}, {"exclam", 0x21}, {"exclamdown", 0xa1}, {"ff", 0xfb00}, {"ffi", 0xfb03},
    {"ffl", 0xfb04}, {"fi", 0xfb01}, {"five", 0x35}, {"fl", 0xfb02}, {"florin", 0x192}, {"four", 0x34},
    {"fraction", 0x2044}, {"gamma", 0x3b3}, {"gbreve", 0x11f}, {"gcircumflex", 0x11d}, {"gcommaaccent", 0x123},
    {"germandbls", 0xdf}, {"grave", 0x60}, {"greater", 0x3e}, {"greaterequal", 0x2265}, {"guillemotleft", 0xab},
    {"guillemotright", 0xbb}, {"guilsinglleft", 0x2039}, {"guilsinglright", 0x203a}, {"hbar", 0x127},
    {"hungarumlaut", 0x2dd}, {"hyphen", 0x2d}, {"iacute", 0xed}, {"icircumflex", 0xee}, {"idieresis", 0xef},
    {"igrave", 0xec}, {"imacron", 0x12b}, {"infinity", 0x221e}, {"integral", 0x222b}, {"iogonek", 0x12f}, {"iota", 0x3b9},
    {"iotadieresis", 0x3ca}, {"iotadieresistonos", 0x390}, {"iotatonos", 0x3af}, {"kappa", 0x3ba}, {"kcommaaccent", 0x137},
    {"kgreenlandic", 0x138}, {"lacute", 0x13a}, {"lambda", 0x3bb}, {"lcaron", 0x13e}, {"lcommaaccent", 0x13c},
    {"less", 0x3c}, {"lessequal", 0x2264}, {"logicalnot", 0xac}, {"lozenge", 0x25ca}, {"lslash", 0x142}, {"macron", 0xaf},
    {"minus", 0x2d}, {"mu", 0xb5}, {"multiply", 0xd7}, {"nacute", 0x144}, {"nbspace", 0xa0}, {"ncaron", 0x148},
    {"ncommaaccent", 0x146}, {"nine", 0x39}, {"nonbreakingspace", 0xa0}, {"notequal", 0x2260}, {"ntilde", 0xf1},
    {"nu", 0x3bd}, {"numbersign", 0x23}, {"oacute", 0xf3}, {"ocircumflex", 0xf4}, {"odieresis", 0xf6}, {"oe", 0x153},
    {"ogonek", 0x2db}, {"ograve", 0xf2}, {"ohungarumlaut", 0x151}, {"omacron", 0x14d}, {"omega", 0x3c9},
    {"omegatonos", 0x3ce}, {"omicron", 0x3bf}, {"omicrontonos", 0x3cc}, {"one", 0x31}, {"onehalf", 0xbd},
    {"onequarter", 0xbc}, {"onesuperior", 0xb9}, {"ordfeminine", 0xaa}, {"ordmasculine", 0xba}, {"oslash", 0xf8},
    {"otilde", 0xf5}, {"paragraph", 0xb6}, {"parenleft", 0x28}, {"parenright", 0x29}, {"partialdiff", 0x2202},
    {"percent", 0x25}, {"period", 0x2e}, {"periodcentered", 0xb7}, {"perthousand", 0x2030}, {"phi", 0x3c6}, {"pi", 0x3c0},
    {"plus", 0x2b}, {"plusminus", 0xb1}, {"product", 0x220f}, {"psi", 0x3c8}, {"question", 0x3f}, {"questiondown", 0xbf},
    {"quotedbl", 0x22}, {"quotedblbase", 0x201e}, {"quotedblleft", 0x201c}, {"quotedblright", 0x201d},
    {"quoteleft", 0x2018}, {"quoteright", 0x2019}, {"quotesinglbase", 0x201a}, {"quotesingle", 0x27}, {"racute", 0x155},
    {"radical", 0x221a}, {"rcaron", 0x159}, {"rcommaaccent", 0x157}, {"registered", 0xae}, {"rho", 0x3c1}, {"ring", 0x2da},
    {"sacute", 0x15b}, {"scaron", 0x161}, {"scedilla", 0x15f}, {"scircumflex", 0x15d}, {"scommaaccent", 0x219},
    {"section", 0xa7}, {"semicolon", 0x3b}, {"seven", 0x37}, {"sfthyphen", 0xad}, {"sigma", 0x3c3}, {"sigma1", 0x3c2},
    {"six", 0x36}, {"slash", 0x2f}, {"space", 0x20}, {"sterling", 0xa3}, {"summation", 0x2211}, {"tau", 0x3c4},
    {"tcaron", 0x165}, {"tcedilla", 0x163}, {"tcommaaccent", 0x163}, {"theta", 0x3b8}, {"thorn", 0xfe}, {"three", 0x33},
    {"threequarters", 0xbe}, {"threesuperior", 0xb3}, {"tilde", 0x2dc}, {"trademark", 0x2122}, {"two", 0x32},
    {"twosuperior", 0xb2}, {"uacute", 0xfa}, {"ubreve", 0x16d}, {"ucircumflex", 0xfb}, {"udieresis", 0xfc},
    {"ugrave", 0xf9}, {"uhungarumlaut", 0x171}, {"umacron", 0x16b}, {"underscore", 0x5f}, {"uogonek", 0x173},
    {"upsilon", 0x3c5}, {"upsilondieresis", 0x3cb}, {"upsilondieresistonos", 0x3b0}, {"upsilontonos", 0x3cd},
    {"uring", 0x16f}, {"wcircumflex", 0x175}, {"xi", 0x3be}, {"yacute", 0xfd}, {"ycircumflex", 0x177}, {"ydieresis", 0xff},
    {"yen", 0xa5}, {"zacute", 0x17a}, {"zcaron", 0x17e}, {"zdotaccent", 0x17c}, {"zero", 0x30}, {"zeta", 0x3b6},
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
		int digit = hex_value(s.p[i]);

		if (digit < 0)
			return 0;
		v = v * 16 + (uint32_t)digit;
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

size_t glyph_spell(span name, uint32_t out[GLYPH_LETTERS])
{
	span rest = span_first(name, name.n > 0 && name.p[0] != '.' ? span_find_byte(name, '.') : name.n);
	size_t n = 0;
	uint32_t c;

	if (span_starts(rest, SPAN_LIT("uni")) && rest.n > 7 && rest.n % 4 == 3) {
		for (rest = span_from(rest, 3); rest.n >= 4 && n < GLYPH_LETTERS; rest = span_from(rest, 4))
			if ((out[n++] = hex_of(span_first(rest, 4))) == 0)
				return 0;
		return n;
	}
	if ((c = glyph_character(name)) != 0) {
		out[0] = c;
		return 1;
	}
	while (rest.n > 0 && span_find_byte(name, '_') < name.n && n < GLYPH_LETTERS) {
		span one = span_first(rest, span_find_byte(rest, '_'));

		if ((out[n++] = glyph_character(one)) == 0)
			return 0;
		rest = span_from(rest, one.n + 1);
	}
	return n;
}
