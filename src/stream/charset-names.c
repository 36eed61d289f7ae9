/* The charsets and their names: those of IANA and of the WHATWG Encoding Standard, and what mailers write. */
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
	{"gb18030", "gb18030", CHARSET_ICONV, .iconv_name = "GB18030", .slot = 0},
	{"big5", "big5", CHARSET_ICONV, .iconv_name = "BIG5-HKSCS", .slot = 1},
	{"shift_jis", "shiftjis", CHARSET_ICONV, .iconv_name = "CP932", .slot = 2},
	{"euc-jp", "eucjp", CHARSET_ICONV, .iconv_name = "EUC-JP", .slot = 3},
	{"iso-2022-jp", "iso2022jp", CHARSET_ICONV, .iconv_name = "ISO-2022-JP", .slot = 4, .shifts = true},
	{"euc-kr", "euckr", CHARSET_ICONV, .iconv_name = "CP949", .slot = 5},
	{"iso-2022-kr", "iso2022kr", CHARSET_ICONV, .iconv_name = "ISO-2022-KR", .slot = 6, .shifts = true},
};

/* Letters and digits only, lower case, without a leading "cs" or "x"; in byte order, for they are searched by halves. */
static const struct { const char *key, *of; } aliases[] = {
	{"646", "windows1252"},
	{"850", "ibm850"},
	{"852", "ibm852"},
	{"866", "ibm866"},
	{"8bit", "unknown"},
	{"ansi", "windows1252"},
	{"ansix341968", "windows1252"},
	{"ansix341986", "windows1252"},
	{"arabic", "iso88596"},
	{"ascii", "windows1252"},
	{"asmo708", "iso88596"},
	{"big5hkscs", "big5"},
	{"binary", "unknown"},
	{"cp1250", "windows1250"},
	{"cp1251", "windows1251"},
	{"cp1252", "windows1252"},
	{"cp1253", "windows1253"},
	{"cp1254", "windows1254"},
	{"cp1255", "windows1255"},
	{"cp1256", "windows1256"},
	{"cp1257", "windows1257"},
	{"cp1258", "windows1258"},
	{"cp437", "ibm437"},
	{"cp65001", "utf8"},
	{"cp850", "ibm850"},
	{"cp852", "ibm852"},
	{"cp855", "ibm855"},
	{"cp858", "ibm858"},
	{"cp866", "ibm866"},
	{"cp874", "windows874"},
	{"cp932", "shiftjis"},
	{"cp936", "gb18030"},
	{"cp949", "euckr"},
	{"cp950", "big5"},
	{"cyrillic", "iso88595"},
	{"default", "unknown"},
	{"dos437", "ibm437"},
	{"dos850", "ibm850"},
	{"ecma114", "iso88596"},
	{"ecma118", "iso88597"},
	{"elot928", "iso88597"},
	{"euccn", "gb18030"},
	{"eucgb2312cn", "gb18030"},
	{"eucjpms", "eucjp"},
	{"gb", "gb18030"},
	{"gb2312", "gb18030"},
	{"gb231280", "gb18030"},
	{"gbk", "gb18030"},
	{"greek", "iso88597"},
	{"hebrew", "iso88598"},
	{"iso100", "windows1252"},
	{"iso10646ucs2", "utf16"},
	{"iso10646ucs4", "utf32"},
	{"iso10646utf8", "utf8"},
	{"iso2022jp1", "iso2022jp"},
	{"iso2022jp2", "iso2022jp"},
	{"iso646us", "windows1252"},
	{"iso88591", "windows1252"},
	{"iso885911", "windows874"},
	{"iso885911987", "windows1252"},
	{"iso885915fixed", "iso885915"},
	{"iso88598e", "iso88598"},
	{"iso88598i", "iso88598"},
	{"iso88599", "windows1254"},
	{"iso88599e", "windows1254"},
	{"isolatin1", "windows1252"},
	{"isolatin2", "iso88592"},
	{"isolatin5", "windows1254"},
	{"isolatin9", "iso885915"},
	{"koi", "koi8r"},
	{"koi8", "koi8r"},
	{"koi8ru", "koi8u"},
	{"korean", "euckr"},
	{"ks", "euckr"},
	{"ksc5601", "euckr"},
	{"ksc56011987", "euckr"},
	{"ksc56011989", "euckr"},
	{"l1", "windows1252"},
	{"l2", "iso88592"},
	{"l5", "windows1254"},
	{"l9", "iso885915"},
	{"latin1", "windows1252"},
	{"latin2", "iso88592"},
	{"latin3", "iso88593"},
	{"latin4", "iso88594"},
	{"latin5", "windows1254"},
	{"latin6", "iso885910"},
	{"latin9", "iso885915"},
	{"mac", "macintosh"},
	{"maccyrillic", "xmaccyrillic"},
	{"macroman", "macintosh"},
	{"ms932", "shiftjis"},
	{"ms936", "gb18030"},
	{"ms949", "euckr"},
	{"ms950", "big5"},
	{"mskanji", "shiftjis"},
	{"none", "unknown"},
	{"shiftjis", "shiftjis"},
	{"sjis", "shiftjis"},
	{"tis620", "windows874"},
	{"ucs2", "utf16"},
	{"ucs4", "utf32"},
	{"uhc", "euckr"},
	{"unicode", "utf16"},
	{"unicode11utf7", "utf7"},
	{"unicode11utf8", "utf8"},
	{"unicode20utf7", "utf7"},
	{"unicode20utf8", "utf8"},
	{"unknown8bit", "unknown"},
	{"us", "windows1252"},
	{"usascii", "windows1252"},
	{"userdefined", "unknown"},
	{"utf16", "utf16"},
	{"utf8mb4", "utf8"},
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
		if (strcmp(others[i].key, key) == 0)
			return &others[i];
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].key, key) == 0)
			return &tables[i];
	return NULL;
}

static const struct charset *by_alias(const char *key)
{
	size_t low = 0, high = sizeof aliases / sizeof *aliases;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(key, aliases[middle].key);

		if (order == 0)
			return by_key(aliases[middle].of);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return by_key(key);
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
	return c;
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
