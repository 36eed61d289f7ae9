/* What names in archives are written in. */
#include "base/utf8.h"
#include "stream/member-private.h"

/*
 * A name of few letters may as well be Western by them alone. Archives have names in the code page of DOS, which has its letters where Western
 * charsets have signs (APPNOTE, appendix D): one of these beside a letter. The euro, dots, an apostrophe and dashes may stand there, too.
 */
static bool is_dos_name(span raw)
{
	bool dos = false;

	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = raw.p[i];
		bool before = i > 0 && ascii_is_alpha(raw.p[i - 1]), behind = i + 1 < raw.n && ascii_is_alpha(raw.p[i + 1]);
		bool beside = c >= 0x91 && c <= 0x94 ? before && behind : before || behind; /* these are quotes */

		if (c >= 0xc0 && c != 0xc7 && c != 0xe1) /* a letter there, and hardly one here but for these */
			return false;
		dos |= beside && (c == 0xe1 || (c > 0x80 && c <= 0xa5 && c != 0x85 && c != 0x92 && c != 0x96 && c != 0x97));
	}
	return dos;
}

const struct charset *charset_of_name(span raw)
{
	const struct charset *c = charset_guess(raw);
	/* In none of these is any such byte a letter that is used. */
	bool signs = span_is_one_of(span_str(charset_name(c)), SPAN_WORDS("windows-1252", "windows-1253", "windows-1254", "windows-1255",
	    "windows-1256", "windows-1257", "iso-8859-1", "iso-8859-6", "iso-8859-7", "koi8-r", "koi8-u"));

	return signs && is_dos_name(raw) ? charset_find(SPAN_LIT("ibm850")) : c;
}
