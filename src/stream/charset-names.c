/* The charsets and their names: those of IANA and of the WHATWG Encoding Standard, and what mailers write. */
#include "stream/charset-private.h"

#include "charset-tables.h"

static const struct charset others[] = {
	{"unknown", CHARSET_GUESS},
	{"utf-8", CHARSET_UTF8},
	{"utf-16", CHARSET_UTF16},
	{"utf-16le", CHARSET_UTF16LE},
	{"utf-16be", CHARSET_UTF16BE},
	{"utf-32", CHARSET_UTF32},
	{"utf-32le", CHARSET_UTF32LE},
	{"utf-32be", CHARSET_UTF32BE},
	{"utf-7", CHARSET_UTF7},
	/* The larger charset of each family reads the smaller ones as well. */
	{"gb18030", CHARSET_ICONV, .iconv_name = "GB18030", .slot = 0},
	{"big5", CHARSET_ICONV, .iconv_name = "BIG5-HKSCS", .slot = 1},
	{"shift_jis", CHARSET_ICONV, .iconv_name = "CP932", .slot = 2},
	{"euc-jp", CHARSET_ICONV, .iconv_name = "EUC-JP", .slot = 3},
	{"iso-2022-jp", CHARSET_ICONV, .iconv_name = "ISO-2022-JP", .slot = 4, .shifts = true},
	{"euc-kr", CHARSET_ICONV, .iconv_name = "CP949", .slot = 5},
	{"iso-2022-kr", CHARSET_ICONV, .iconv_name = "ISO-2022-KR", .slot = 6, .shifts = true},
};

/* Letters and digits only, lower case, without a leading "cs" or "x"; in byte order, for they are searched by halves. */
static const struct { const char *key, *name; } aliases[] = {
	{"646", "windows-1252"},
	{"850", "ibm850"},
	{"852", "ibm852"},
	{"866", "ibm866"},
	{"8bit", "unknown"},
	{"ansi", "windows-1252"},
	{"ansix341968", "windows-1252"},
	{"ansix341986", "windows-1252"},
	{"arabic", "iso-8859-6"},
	{"ascii", "windows-1252"},
	{"asmo708", "iso-8859-6"},
	{"big5hkscs", "big5"},
	{"binary", "unknown"},
	{"cp1250", "windows-1250"},
	{"cp1251", "windows-1251"},
	{"cp1252", "windows-1252"},
	{"cp1253", "windows-1253"},
	{"cp1254", "windows-1254"},
	{"cp1255", "windows-1255"},
	{"cp1256", "windows-1256"},
	{"cp1257", "windows-1257"},
	{"cp1258", "windows-1258"},
	{"cp437", "ibm437"},
	{"cp65001", "utf-8"},
	{"cp850", "ibm850"},
	{"cp852", "ibm852"},
	{"cp855", "ibm855"},
	{"cp858", "ibm858"},
	{"cp866", "ibm866"},
	{"cp874", "windows-874"},
	{"cp932", "shift_jis"},
	{"cp936", "gb18030"},
	{"cp949", "euc-kr"},
	{"cp950", "big5"},
	{"cyrillic", "iso-8859-5"},
	{"default", "unknown"},
	{"dos437", "ibm437"},
	{"dos850", "ibm850"},
	{"ecma114", "iso-8859-6"},
	{"ecma118", "iso-8859-7"},
	{"elot928", "iso-8859-7"},
	{"euccn", "gb18030"},
	{"eucgb2312cn", "gb18030"},
	{"eucjpms", "euc-jp"},
	{"gb", "gb18030"},
	{"gb2312", "gb18030"},
	{"gb231280", "gb18030"},
	{"gbk", "gb18030"},
	{"greek", "iso-8859-7"},
	{"hebrew", "iso-8859-8"},
	{"iso100", "windows-1252"},
	{"iso10646ucs2", "utf-16"},
	{"iso10646ucs4", "utf-32"},
	{"iso10646utf8", "utf-8"},
	{"iso2022jp1", "iso-2022-jp"},
	{"iso2022jp2", "iso-2022-jp"},
	{"iso646us", "windows-1252"},
	{"iso88591", "windows-1252"},
	{"iso885911", "windows-874"},
	{"iso885911987", "windows-1252"},
	{"iso885915fixed", "iso-8859-15"},
	{"iso88598e", "iso-8859-8"},
	{"iso88598i", "iso-8859-8"},
	{"iso88599", "windows-1254"},
	{"iso88599e", "windows-1254"},
	{"isolatin1", "windows-1252"},
	{"isolatin2", "iso-8859-2"},
	{"isolatin5", "windows-1254"},
	{"isolatin9", "iso-8859-15"},
	{"koi", "koi8-r"},
	{"koi8", "koi8-r"},
	{"koi8ru", "koi8-u"},
	{"korean", "euc-kr"},
	{"ks", "euc-kr"},
	{"ksc5601", "euc-kr"},
	{"ksc56011987", "euc-kr"},
	{"ksc56011989", "euc-kr"},
	{"l1", "windows-1252"},
	{"l2", "iso-8859-2"},
	{"l5", "windows-1254"},
	{"l9", "iso-8859-15"},
	{"latin1", "windows-1252"},
	{"latin2", "iso-8859-2"},
	{"latin3", "iso-8859-3"},
	{"latin4", "iso-8859-4"},
	{"latin5", "windows-1254"},
	{"latin6", "iso-8859-10"},
	{"latin9", "iso-8859-15"},
	{"mac", "macintosh"},
	{"maccyrillic", "x-mac-cyrillic"},
	{"macroman", "macintosh"},
	{"ms932", "shift_jis"},
	{"ms936", "gb18030"},
	{"ms949", "euc-kr"},
	{"ms950", "big5"},
	{"mskanji", "shift_jis"},
	{"none", "unknown"},
	{"shiftjis", "shift_jis"},
	{"sjis", "shift_jis"},
	{"tis620", "windows-874"},
	{"ucs2", "utf-16"},
	{"ucs4", "utf-32"},
	{"uhc", "euc-kr"},
	{"unicode", "utf-16"},
	{"unicode11utf7", "utf-7"},
	{"unicode11utf8", "utf-8"},
	{"unicode20utf7", "utf-7"},
	{"unicode20utf8", "utf-8"},
	{"unknown8bit", "unknown"},
	{"us", "windows-1252"},
	{"usascii", "windows-1252"},
	{"userdefined", "unknown"},
	{"utf16", "utf-16"},
	{"utf8mb4", "utf-8"},
	{"win1250", "windows-1250"},
	{"win1251", "windows-1251"},
	{"win1252", "windows-1252"},
	{"win1253", "windows-1253"},
	{"win1254", "windows-1254"},
	{"win1255", "windows-1255"},
	{"win1256", "windows-1256"},
	{"win1257", "windows-1257"},
	{"win1258", "windows-1258"},
	{"windows31j", "shift_jis"},
	{"windows932", "shift_jis"},
	{"windows936", "gb18030"},
	{"windows949", "euc-kr"},
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
	char own[KEY_MAX];

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (key_of(span_str(others[i].name), own) && strcmp(own, key) == 0)
			return &others[i];
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (key_of(span_str(tables[i].name), own) && strcmp(own, key) == 0)
			return &tables[i];
	return NULL;
}

static const struct charset *by_alias(const char *key)
{
	size_t low = 0, high = sizeof aliases / sizeof *aliases;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(key, aliases[middle].key);
		char canonical[KEY_MAX];

		if (order == 0)
			return key_of(span_str(aliases[middle].name), canonical) ? by_key(canonical) : NULL;
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
