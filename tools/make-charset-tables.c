/*
 * Writes src/stream/charset-tables.h at build time: what each byte from 0x80 on means in the single-byte
 * charsets, and each byte in those of EBCDIC, as iconv of the building machine has it. Bytes 0x80 to 0x9f without a meaning stand for the C1
 * control (as in the WHATWG Encoding Standard, 9), others for nothing (U+FFFD).
 */
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>

static const struct { const char *name, *iconv_name; } charsets[] = {
	{"windows-1250", "CP1250"}, {"windows-1251", "CP1251"}, {"windows-1252", "CP1252"}, {"windows-1253", "CP1253"},
	{"windows-1254", "CP1254"}, {"windows-1255", "CP1255"}, {"windows-1256", "CP1256"}, {"windows-1257", "CP1257"},
	{"windows-1258", "CP1258"}, {"windows-874", "CP874"}, {"iso-8859-2", "ISO-8859-2"}, {"iso-8859-3", "ISO-8859-3"},
	{"iso-8859-4", "ISO-8859-4"}, {"iso-8859-5", "ISO-8859-5"}, {"iso-8859-6", "ISO-8859-6"},
	{"iso-8859-7", "ISO-8859-7"}, {"iso-8859-8", "ISO-8859-8"}, {"iso-8859-10", "ISO-8859-10"},
	{"iso-8859-13", "ISO-8859-13"}, {"iso-8859-14", "ISO-8859-14"}, {"iso-8859-15", "ISO-8859-15"},
	{"iso-8859-16", "ISO-8859-16"}, {"koi8-r", "KOI8-R"}, {"koi8-u", "KOI8-U"}, {"macintosh", "MACINTOSH"},
	{"x-mac-cyrillic", "MAC-CYRILLIC"}, {"ibm437", "CP437"}, {"ibm850", "CP850"}, {"ibm852", "CP852"},
	{"ibm855", "CP855"}, {"ibm858", "CP858"}, {"ibm866", "CP866"}, {"ibm737", "CP737"}, {"ibm775", "CP775"}, {"ibm857", "CP857"},
	{"ibm860", "CP860"}, {"ibm861", "CP861"}, {"ibm862", "CP862"}, {"ibm863", "CP863"}, {"ibm864", "CP864"}, {"ibm865", "CP865"},
	{"ibm869", "CP869"}, {"ibm1125", "CP1125"}, {"x-mac-centraleurope", "MAC-CENTRALEUROPE"}, {"x-mac-icelandic", "MAC-IS"},
	{"x-mac-ukrainian", "MAC-UK"}, {"ptcp154", "PT154"}, {"rk1048", "RK1048"}, {"hp-roman8", "HP-ROMAN8"}, {"viscii", "VISCII"},
	{"tcvn", "TCVN"}, {"armscii-8", "ARMSCII-8"}, {"georgian-ps", "GEORGIAN-PS"}, {"koi8-t", "KOI8-T"},
};
/* Of mainframes: nothing is where ASCII has it. */
static const char *const ebcdic[] = {"IBM037", "IBM273", "IBM277", "IBM278", "IBM280", "IBM284", "IBM285", "IBM297", "IBM500", "IBM871",
	"IBM875", "IBM1026", "IBM1047", "IBM1140", "IBM1141", "IBM1142", "IBM1143", "IBM1144", "IBM1145", "IBM1146", "IBM1147",
	"IBM1148", "IBM1149"};

static uint16_t meaning(iconv_t cd, unsigned byte)
{
	char in[1] = {(char)byte}, out[8];
	char *from = in, *to = out;
	size_t in_left = sizeof in, out_left = sizeof out;

	(void)iconv(cd, NULL, NULL, NULL, NULL);
	/* The second call brings out what a charset with combining marks (windows-1255, -1258) held back. */
	if (iconv(cd, &from, &in_left, &to, &out_left) == (size_t)-1 ||
	    iconv(cd, NULL, NULL, &to, &out_left) == (size_t)-1 || out_left != sizeof out - 2)
		return byte < 0xa0 ? (uint16_t)byte : 0xfffd;
	return (uint16_t)((unsigned char)out[0] | (unsigned)(unsigned char)out[1] << 8);
}

/* The name's letters and digits, as charset_named compares them. */
static void put_key(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name != '-')
			putchar(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name);
}

/* One charset: what its bytes from `first` on mean. */
static int put_table(const char *name, const char *iconv_name, const char *kind, unsigned first)
{
	iconv_t cd = iconv_open("UTF-16LE", iconv_name);

	if (cd == (iconv_t)-1) {
		fprintf(stderr, "make-charset-tables: iconv of this machine has no %s\n", iconv_name);
		return 1;
	}
	printf("{\"%s\", \"", name);
	put_key(name);
	printf("\", %s, .high = (const uint16_t[]){", kind);
	for (unsigned byte = first; byte <= 0xff; byte++) {
		uint16_t c = meaning(cd, byte);

		/* EBCDIC has an end of line of its own. */
		printf("%s0x%04x,", byte % 16 == 0 ? "\n\t" : " ", first == 0 && c == 0x85 ? '\n' : c);
	}
	printf("\n}},\n");
	(void)iconv_close(cd);
	return 0;
}

int main(void)
{
	printf("/* Made by tools/make-charset-tables.c. */\nstatic const struct charset tables[] = {\n");
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
		if (put_table(charsets[i].name, charsets[i].iconv_name, "CHARSET_TABLE", 0x80) != 0)
			return 1;
	for (size_t i = 0; i < sizeof ebcdic / sizeof *ebcdic; i++)
		if (put_table(ebcdic[i], ebcdic[i], "CHARSET_EBCDIC", 0) != 0)
			return 1;
	printf("};\n");
	return ferror(stdout) || fflush(stdout) != 0;
}
