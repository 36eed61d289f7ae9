/* The charsets and their names: those of IANA and of the WHATWG Encoding Standard, and what mailers write. */
#include <stdio.h>

#include "base/bisect.h"
#include "stream/charset-private.h"

#include "charset-tables.h"

static const struct charset others[] = {
	{"unknown", "unknown", CHARSET_GUESS},
	{"utf-8", "utf8", CHARSET_UTF8},
	{"utf-16", "utf16", CHARSET_UTF16},
	{"utf-16le", "utf16le", CHARSET_UTF16LE},
	{"utf-16be", "utf16be", CHARSET_UTF16BE},
	{"utf-32", "utf32", CHARSET_UTF32},
	{"utf-32le", "utf32le", CHARSET_UTF32LE},
	{"utf-32be", "utf32be", CHARSET_UTF32BE},
	{"utf-7", "utf7", CHARSET_UTF7},
	/* The larger charset of each family reads the smaller ones as well. */
	{"gb18030", "gb18030", CHARSET_ICONV, .iconv_name = "GB18030", .slot = SLOT_GB18030},
	{"big5", "big5", CHARSET_ICONV, .iconv_name = "BIG5-HKSCS", .slot = SLOT_BIG5, .remembers = true},
	{"shift_jis", "shiftjis", CHARSET_ICONV, .iconv_name = "CP932", .slot = SLOT_CP932},
	{"euc-jp", "eucjp", CHARSET_ICONV, .iconv_name = "EUC-JP-MS", .slot = SLOT_EUC_JP},
	{"johab", "johab", CHARSET_ICONV, .iconv_name = "JOHAB", .slot = SLOT_JOHAB},
	{"euc-kr", "euckr", CHARSET_ICONV, .iconv_name = "CP949", .slot = SLOT_CP949},
	{"iso-2022-kr", "iso2022kr", CHARSET_ICONV, .iconv_name = "ISO-2022-KR", .slot = SLOT_2022KR, .shifts = true},
	/* Mail has characters in it that iconv's ISO-2022-JP does not know: NEC's row 13, half-width katakana. */
	{"iso-2022-jp", "iso2022jp", CHARSET_2022JP, .slot = SLOT_EUC_JP},
	{"euc-jis-2004", "eucjis2004", CHARSET_EUC_0213},
	{"shift_jis-2004", "shiftjis2004", CHARSET_SJIS_0213},
	{"hz-gb-2312", "hzgb2312", CHARSET_HZ, .slot = SLOT_GB18030},
};

/* Letters and digits only, lower case, without a leading "cs" or "x"; in byte order, for they are searched by halves. */
static const struct { const char *key, *of; } aliases[] = {
	{"1250", "windows1250"},
	{"1251", "windows1251"},
	{"1252", "windows1252"},
	{"1253", "windows1253"},
	{"1254", "windows1254"},
	{"1255", "windows1255"},
	{"1256", "windows1256"},
	{"1257", "windows1257"},
	{"1258", "windows1258"},
	{"437", "ibm437"},
	{"646", "windows1252"},
	{"737", "ibm737"},
	{"775", "ibm775"},
	{"850", "ibm850"},
	{"852", "ibm852"},
	{"855", "ibm855"},
	{"857", "ibm857"},
	{"858", "ibm858"},
	{"860", "ibm860"},
	{"861", "ibm861"},
	{"862", "ibm862"},
	{"863", "ibm863"},
	{"864", "ibm864"},
	{"865", "ibm865"},
	{"866", "ibm866"},
	{"869", "ibm869"},
	{"874", "windows874"},
	{"8bit", "unknown"},
	{"932", "shiftjis"},
	{"936", "gb18030"},
	{"949", "euckr"},
	{"950", "big5"},
	{"ansi", "windows1252"},
	{"ansix341968", "windows1252"},
	{"ansix341986", "windows1252"},
	{"arabic", "iso88596"},
	{"armscii", "armscii8"},
	{"ascii", "windows1252"},
	{"asmo708", "iso88596"},
	{"big5eten", "big5"},
	{"big5hkscs", "big5"},
	{"big5hkscs2004", "big5"},
	{"big5tw", "big5"},
	{"binary", "unknown"},
	{"chinese", "gb18030"},
	{"cnbig5", "big5"},
	{"cngb", "gb18030"},
	{"cngbk", "gb18030"},
	{"cp1051", "hproman8"},
	{"cp1125", "ibm1125"},
	{"cp1250", "windows1250"},
	{"cp1251", "windows1251"},
	{"cp1252", "windows1252"},
	{"cp1253", "windows1253"},
	{"cp1254", "windows1254"},
	{"cp1255", "windows1255"},
	{"cp1256", "windows1256"},
	{"cp1257", "windows1257"},
	{"cp1258", "windows1258"},
	{"cp1361", "johab"},
	{"cp154", "ptcp154"},
	{"cp20932", "eucjp"},
	{"cp437", "ibm437"},
	{"cp50220", "iso2022jp"},
	{"cp50221", "iso2022jp"},
	{"cp50222", "iso2022jp"},
	{"cp51932", "eucjp"},
	{"cp51949", "euckr"},
	{"cp54936", "gb18030"},
	{"cp65000", "utf7"},
	{"cp65001", "utf8"},
	{"cp737", "ibm737"},
	{"cp775", "ibm775"},
	{"cp850", "ibm850"},
	{"cp852", "ibm852"},
	{"cp855", "ibm855"},
	{"cp857", "ibm857"},
	{"cp858", "ibm858"},
	{"cp860", "ibm860"},
	{"cp861", "ibm861"},
	{"cp862", "ibm862"},
	{"cp863", "ibm863"},
	{"cp864", "ibm864"},
	{"cp865", "ibm865"},
	{"cp866", "ibm866"},
	{"cp866u", "ibm1125"},
	{"cp869", "ibm869"},
	{"cp874", "windows874"},
	{"cp932", "shiftjis"},
	{"cp936", "gb18030"},
	{"cp943", "shiftjis"},
	{"cp949", "euckr"},
	{"cp950", "big5"},
	{"cp950hkscs", "big5"},
	{"cyrillic", "iso88595"},
	{"cyrillicasian", "ptcp154"},
	{"default", "unknown"},
	{"dos437", "ibm437"},
	{"dos737", "ibm737"},
	{"dos775", "ibm775"},
	{"dos850", "ibm850"},
	{"dos852", "ibm852"},
	{"dos855", "ibm855"},
	{"dos857", "ibm857"},
	{"dos858", "ibm858"},
	{"dos860", "ibm860"},
	{"dos861", "ibm861"},
	{"dos862", "ibm862"},
	{"dos863", "ibm863"},
	{"dos864", "ibm864"},
	{"dos865", "ibm865"},
	{"dos866", "ibm866"},
	{"dos869", "ibm869"},
	{"dos874", "windows874"},
	{"ecma114", "iso88596"},
	{"ecma118", "iso88597"},
	{"elot928", "iso88597"},
	{"euccn", "gb18030"},
	{"eucgb2312cn", "gb18030"},
	{"eucjisx0213", "eucjis2004"},
	{"eucjpms", "eucjp"},
	{"gb", "gb18030"},
	{"gb180302000", "gb18030"},
	{"gb180302005", "gb18030"},
	{"gb2312", "gb18030"},
	{"gb23121980", "gb18030"},
	{"gb231280", "gb18030"},
	{"gbk", "gb18030"},
	{"gbunknown", "gb18030"},
	{"georgian", "georgianps"},
	{"greek", "iso88597"},
	{"greek8", "iso88597"},
	{"hebrew", "iso88598"},
	{"hkscs", "big5"},
	{"hz", "hzgb2312"},
	{"hzgb", "hzgb2312"},
	{"ibm1051", "hproman8"},
	{"ibm874", "windows874"},
	{"ibm943", "shiftjis"},
	{"ir58", "gb18030"},
	{"iso100", "windows1252"},
	{"iso10646", "utf16"},
	{"iso10646ucs2", "utf16"},
	{"iso10646ucs4", "utf32"},
	{"iso10646unicodelatin1", "utf16"},
	{"iso10646utf8", "utf8"},
	{"iso2022jp1", "iso2022jp"},
	{"iso2022jp2", "iso2022jp"},
	{"iso2022jp2004", "iso2022jp"},
	{"iso2022jp3", "iso2022jp"},
	{"iso2022jpesc", "iso2022jp"},
	{"iso2022jpext", "iso2022jp"},
	{"iso2022jpms", "iso2022jp"},
	{"iso58gb231280", "gb18030"},
	{"iso646us", "windows1252"},
	{"iso88591", "windows1252"},
	{"iso885911", "windows874"},
	{"iso8859112001", "windows874"},
	{"iso885911987", "windows1252"},
	{"iso885915fixed", "iso885915"},
	{"iso8859211987", "iso88592"},
	{"iso885921987", "iso88592"},
	{"iso885931988", "iso88593"},
	{"iso885941988", "iso88594"},
	{"iso885951988", "iso88595"},
	{"iso885961987", "iso88596"},
	{"iso88596e", "iso88596"},
	{"iso88596i", "iso88596"},
	{"iso885971987", "iso88597"},
	{"iso885981988", "iso88598"},
	{"iso88598e", "iso88598"},
	{"iso88598i", "iso88598"},
	{"iso88599", "windows1254"},
	{"iso885991989", "windows1254"},
	{"iso88599e", "windows1254"},
	{"isoceltic", "iso885914"},
	{"isoir100", "windows1252"},
	{"isoir101", "iso88592"},
	{"isoir109", "iso88593"},
	{"isoir110", "iso88594"},
	{"isoir126", "iso88597"},
	{"isoir127", "iso88596"},
	{"isoir138", "iso88598"},
	{"isoir144", "iso88595"},
	{"isoir148", "windows1254"},
	{"isoir149", "euckr"},
	{"isoir157", "iso885910"},
	{"isoir166", "windows874"},
	{"isoir58", "gb18030"},
	{"isolatin1", "windows1252"},
	{"isolatin2", "iso88592"},
	{"isolatin3", "iso88593"},
	{"isolatin4", "iso88594"},
	{"isolatin5", "windows1254"},
	{"isolatin6", "iso885910"},
	{"isolatin9", "iso885915"},
	{"isolatinarabic", "iso88596"},
	{"isolatincyrillic", "iso88595"},
	{"isolatingreek", "iso88597"},
	{"isolatinhebrew", "iso88598"},
	{"jis", "iso2022jp"},
	{"jis7", "iso2022jp"},
	{"koi", "koi8r"},
	{"koi8", "koi8r"},
	{"koi8ru", "koi8u"},
	{"korean", "euckr"},
	{"ks", "euckr"},
	{"ksc5601", "euckr"},
	{"ksc56011987", "euckr"},
	{"ksc56011989", "euckr"},
	{"ksc5601johab", "johab"},
	{"ksroman", "euckr"},
	{"ksx1001", "euckr"},
	{"kz1048", "rk1048"},
	{"l1", "windows1252"},
	{"l10", "iso885916"},
	{"l2", "iso88592"},
	{"l3", "iso88593"},
	{"l4", "iso88594"},
	{"l5", "windows1254"},
	{"l6", "iso885910"},
	{"l7", "iso885913"},
	{"l8", "iso885914"},
	{"l9", "iso885915"},
	{"latin1", "windows1252"},
	{"latin10", "iso885916"},
	{"latin2", "iso88592"},
	{"latin3", "iso88593"},
	{"latin4", "iso88594"},
	{"latin5", "windows1254"},
	{"latin6", "iso885910"},
	{"latin7", "iso885913"},
	{"latin8", "iso885914"},
	{"latin9", "iso885915"},
	{"logical", "iso88598"},
	{"mac", "macintosh"},
	{"macce", "xmaccentraleurope"},
	{"maccenteuro", "xmaccentraleurope"},
	{"maccentraleurope", "xmaccentraleurope"},
	{"macchinesesimp", "gb18030"},
	{"macchinesetrad", "big5"},
	{"maccyrillic", "xmaccyrillic"},
	{"maciceland", "xmacicelandic"},
	{"macicelandic", "xmacicelandic"},
	{"macis", "xmacicelandic"},
	{"macjapanese", "shiftjis"},
	{"mackorean", "euckr"},
	{"maclatin2", "xmaccentraleurope"},
	{"macroman", "macintosh"},
	{"macsimpchinese", "gb18030"},
	{"mactradchinese", "big5"},
	{"macuk", "xmacukrainian"},
	{"macukrainian", "xmacukrainian"},
	{"ms1361", "johab"},
	{"ms932", "shiftjis"},
	{"ms936", "gb18030"},
	{"ms949", "euckr"},
	{"ms950", "big5"},
	{"mskanji", "shiftjis"},
	{"none", "unknown"},
	{"pc775baltic", "ibm775"},
	{"pc850multilingual", "ibm850"},
	{"pc862latinhebrew", "ibm862"},
	{"pc8codepage437", "ibm437"},
	{"pcp852", "ibm852"},
	{"pt154", "ptcp154"},
	{"r8", "hproman8"},
	{"roman8", "hproman8"},
	{"ruscii", "ibm1125"},
	{"shiftjis", "shiftjis"},
	{"shiftjisx0213", "shiftjis2004"},
	{"sjis", "shiftjis"},
	{"sjis2004", "shiftjis2004"},
	{"sjisx0213", "shiftjis2004"},
	{"strk1048", "rk1048"},
	{"strk10482002", "rk1048"},
	{"suneugreek", "iso88597"},
	{"thai", "windows874"},
	{"tis620", "windows874"},
	{"tis6200", "windows874"},
	{"tis62025290", "windows874"},
	{"tis62025291", "windows874"},
	{"tis6202533", "windows874"},
	{"tis62025330", "windows874"},
	{"u16", "utf16"},
	{"u32", "utf32"},
	{"u7", "utf7"},
	{"u8", "utf8"},
	{"ucs2", "utf16"},
	{"ucs2be", "utf16be"},
	{"ucs2le", "utf16le"},
	{"ucs4", "utf32"},
	{"uhc", "euckr"},
	{"ujis", "eucjp"},
	{"unicode", "utf16"},
	{"unicode11utf7", "utf7"},
	{"unicode11utf8", "utf8"},
	{"unicode20utf7", "utf7"},
	{"unicode20utf8", "utf8"},
	{"unicodebig", "utf16be"},
	{"unicodebigunmarked", "utf16be"},
	{"unicodefeff", "utf16le"},
	{"unicodefffe", "utf16be"},
	{"unicodelittle", "utf16le"},
	{"unicodelittleunmarked", "utf16le"},
	{"unknown8bit", "unknown"},
	{"us", "windows1252"},
	{"usascii", "windows1252"},
	{"userdefined", "unknown"},
	{"utf16", "utf16"},
	{"utf8mb4", "utf8"},
	{"utf8n", "utf8"},
	{"utf8sig", "utf8"},
	{"visual", "iso88598"},
	{"win1250", "windows1250"},
	{"win1251", "windows1251"},
	{"win1252", "windows1252"},
	{"win1253", "windows1253"},
	{"win1254", "windows1254"},
	{"win1255", "windows1255"},
	{"win1256", "windows1256"},
	{"win1257", "windows1257"},
	{"win1258", "windows1258"},
	{"windows31j", "shiftjis"},
	{"windows932", "shiftjis"},
	{"windows936", "gb18030"},
	{"windows949", "euckr"},
	{"windows950", "big5"},
	{"windowsshiftjis", "shiftjis"},
	{"xbig5", "big5"},
};

enum { KEY_MAX = 32 };

/* Letters and digits of a name in lower case; false when there are too many for a name of ours. */
static bool key_of(span name, char key[KEY_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == ';' || name.p[i] == ',')
			break;
		if (!ascii_is_alnum(name.p[i]))
			continue;
		if (n == KEY_MAX - 1)
			return false;
		key[n++] = (char)ascii_lower(name.p[i]);
	}
	key[n] = '\0';
	return true;
}

static const struct charset *by_key(const char *key)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].key[0] == key[0] && strcmp(others[i].key, key) == 0)
			return &others[i];
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (tables[i].key[0] == key[0] && strcmp(tables[i].key, key) == 0)
			return &tables[i];
	return NULL;
}

static const struct charset *by_alias(const char *key)
{
	size_t n = sizeof aliases / sizeof *aliases, i;

	BISECT(i, n, strcmp(aliases[i].key, key) < 0);
	return by_key(i < n && strcmp(aliases[i].key, key) == 0 ? aliases[i].of : key);
}

/* A number of IBM's: "cp1047", "ibm01140", "ccsid 37"; and the names of RFC 1345. */
static const struct charset *by_page(const char *key)
{
	static const char *const before[] = {"cp", "ibm", "ccsid"};
	const char *digits = key;
	char name[KEY_MAX + 4];

	if (strcmp(key, "ebcdiccpus") == 0 || strcmp(key, "ebcdicus") == 0)
		return by_key("ibm037");
	if (strcmp(key, "ebcdicinternational") == 0)
		return by_key("ibm500");
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (strncmp(key, before[i], strlen(before[i])) == 0)
			digits = key + strlen(before[i]);
	while (*digits == '0')
		digits++;
	if (!ascii_is_digit((unsigned char)*digits))
		return NULL;
	(void)snprintf(name, sizeof name, "ibm%s%s", strlen(digits) < 3 ? "0" : "", digits);
	return by_key(name);
}

const struct charset *charset_named(span name)
{
	char key[KEY_MAX];
	const struct charset *c;

	if (!key_of(name, key))
		return NULL;
	if (key[0] == '\0')
		return &others[0];
	if ((c = by_alias(key)) == NULL && key[0] == 'x')
		c = by_alias(key + 1);
	if (c == NULL && strncmp(key, "cs", 2) == 0)
		c = by_alias(key + 2);
	return c != NULL ? c : by_page(key);
}

const struct charset *charset_of_kind(enum charset_kind kind)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].kind == kind)
			return &others[i];
	return NULL;
}

const struct charset *charset_of_slot(size_t slot)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].kind == CHARSET_ICONV && others[i].slot == slot)
			return &others[i];
	return NULL;
}

uint32_t charset_jisx0213(unsigned plane, unsigned row, unsigned cell, uint32_t *second)
{
	static const uint32_t seconds[] = {0, 0x309a, 0x300, 0x301, 0x2e9, 0x2e5}; /* as tools/make-charset-tables.c numbers them */
	uint32_t c = plane < 2 && row < 94 && cell < 94 ? jisx0213[plane][row][cell] : 0;

	*second = seconds[c >> 24];
	return c & 0xffffff;
}

bool charset_is_ascii(span name)
{
	return span_eq_nocase(name, SPAN_LIT("us-ascii")) || span_eq_nocase(name, SPAN_LIT("ascii")) ||
	       span_eq_nocase(name, SPAN_LIT("ansi_x3.4-1968"));
}

const struct charset *charset_find_page(unsigned page)
{
	static const struct { unsigned page; const char *name; } named[] = {
		{1200, "utf-16le"}, {1201, "utf-16be"}, {10000, "macintosh"}, {10007, "x-mac-cyrillic"}, {12000, "utf-32le"},
		{20127, "us-ascii"}, {20866, "koi8-r"}, {20932, "euc-jp"}, {20936, "gb2312"}, {20949, "euc-kr"}, {21866, "koi8-u"},
		{38598, "iso-8859-8"}, {50220, "iso-2022-jp"}, {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"},
		{50225, "iso-2022-kr"}, {51932, "euc-jp"}, {51936, "gb2312"}, {51949, "euc-kr"}, {52936, "hz-gb-2312"},
		{54936, "gb18030"}, {65000, "utf-7"}, {65001, "utf-8"}, {1361, "cp949"},
	};
	char name[24];

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].page == page)
			return charset_find(span_str(named[i].name));
	if (page > 28590 && page <= 28606)
		(void)snprintf(name, sizeof name, "iso-8859-%u", page - 28590);
	else
		(void)snprintf(name, sizeof name, "cp%u", page);
	return page == 0 ? NULL : charset_find(span_str(name));
}

unsigned charset_page_of_font(long number)
{
	static const struct { unsigned char charset; unsigned page; } pages[] = {{77, 10000}, {128, 932}, {129, 949},
		{130, 1361}, {134, 936}, {136, 950}, {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257},
		{204, 1251}, {222, 874}, {238, 1250}, {255, 437}, {254, 437}};

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (pages[i].charset == number)
			return pages[i].page;
	return 0;
}
