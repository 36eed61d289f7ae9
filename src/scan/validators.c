/* Checksums and formats that tell a number from a random one, each as its issuer publishes it. */
#include <math.h>

#include "base/clock.h"
#include "scan/private.h"
#include "stream/decode.h"

/* The digits of s, at most max; SIZE_MAX when there are more. */
static size_t digits_of(span s, unsigned char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			continue;
		if (n == max)
			return SIZE_MAX;
		out[n++] = (unsigned char)(s.p[i] - '0');
	}
	return n;
}

/* Letters and digits of s in upper case; SIZE_MAX when there are more than max. */
static size_t alnum_of(span s, unsigned char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			continue;
		if (n == max)
			return SIZE_MAX;
		out[n++] = ascii_is_digit(s.p[i]) ? s.p[i] : (unsigned char)(s.p[i] & ~32);
	}
	return n;
}

/* ISO/IEC 7812-1 annex B */
bool luhn_ok(span value)
{
	unsigned char d[32];
	size_t n = digits_of(value, d, sizeof d);
	unsigned sum = 0;

	if (n == SIZE_MAX || n < 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned v = d[n - 1 - i];

		if (i % 2 == 1)
			v = v > 4 ? 2 * v - 9 : 2 * v;
		sum += v;
	}
	return sum % 10 == 0;
}

/* Lengths of the IBAN registry (ISO 13616). */
size_t iban_length(unsigned char a, unsigned char b)
{
#define OF(a, b) [(a) - 'A'][(b) - 'A']
	static const unsigned char lengths[26][26] = {
	    OF('A', 'D') = 24, OF('A', 'E') = 23, OF('A', 'L') = 28, OF('A', 'T') = 20, OF('A', 'Z') = 28, OF('B', 'A') = 20,
	    OF('B', 'E') = 16, OF('B', 'G') = 22, OF('B', 'H') = 22, OF('B', 'I') = 27, OF('B', 'R') = 29, OF('B', 'Y') = 28,
	    OF('C', 'H') = 21, OF('C', 'R') = 22, OF('C', 'Y') = 28, OF('C', 'Z') = 24, OF('D', 'E') = 22, OF('D', 'J') = 27,
	    OF('D', 'K') = 18, OF('D', 'O') = 28, OF('E', 'E') = 20, OF('E', 'G') = 29, OF('E', 'S') = 24, OF('F', 'I') = 18,
	    OF('F', 'K') = 18, OF('F', 'O') = 18, OF('F', 'R') = 27, OF('G', 'B') = 22, OF('G', 'E') = 22, OF('G', 'I') = 23,
	    OF('G', 'L') = 18, OF('G', 'R') = 27, OF('G', 'T') = 28, OF('H', 'R') = 21, OF('H', 'U') = 28, OF('I', 'E') = 22,
	    OF('I', 'L') = 23, OF('I', 'Q') = 23, OF('I', 'S') = 26, OF('I', 'T') = 27, OF('J', 'O') = 30, OF('K', 'W') = 30,
	    OF('K', 'Z') = 20, OF('L', 'B') = 28, OF('L', 'C') = 32, OF('L', 'I') = 21, OF('L', 'T') = 20, OF('L', 'U') = 20,
	    OF('L', 'V') = 21, OF('L', 'Y') = 25, OF('M', 'C') = 27, OF('M', 'D') = 24, OF('M', 'E') = 22, OF('M', 'K') = 19,
	    OF('M', 'N') = 20, OF('M', 'R') = 27, OF('M', 'T') = 31, OF('M', 'U') = 30, OF('N', 'I') = 28, OF('N', 'L') = 18,
	    OF('N', 'O') = 15, OF('O', 'M') = 23, OF('P', 'K') = 24, OF('P', 'L') = 28, OF('P', 'S') = 29, OF('P', 'T') = 25,
	    OF('Q', 'A') = 29, OF('R', 'O') = 24, OF('R', 'S') = 22, OF('R', 'U') = 33, OF('S', 'A') = 24, OF('S', 'C') = 31,
	    OF('S', 'D') = 18, OF('S', 'E') = 24, OF('S', 'I') = 19, OF('S', 'K') = 24, OF('S', 'M') = 27, OF('S', 'O') = 23,
	    OF('S', 'T') = 25, OF('S', 'V') = 28, OF('T', 'L') = 23, OF('T', 'N') = 24, OF('T', 'R') = 26, OF('U', 'A') = 29,
	    OF('V', 'A') = 22, OF('V', 'G') = 24, OF('X', 'K') = 20, OF('Y', 'E') = 30,
	};
#undef OF

	return a >= 'A' && a <= 'Z' && b >= 'A' && b <= 'Z' ? lengths[a - 'A'][b - 'A'] : 0;
}

/* Countries whose IBANs have digits only behind the country. */
static bool iban_digits_only(const unsigned char *v)
{
	static const char countries[] = "AT BA BE CZ DE DK EE ES FI HR HU IS LT ME NO PL PT RS SE SI SK XK ";

	for (size_t i = 0; countries[i] != '\0'; i += 3)
		if (countries[i] == (char)v[0] && countries[i + 1] == (char)v[1])
			return true;
	return false;
}

/* ISO 7064 mod 97-10 over the value with its first four characters moved behind. */
bool iban_ok(span value)
{
	unsigned char v[34];
	size_t n = alnum_of(value, v, sizeof v);
	unsigned rest = 0;

	if (n == SIZE_MAX || n < 15 || n != iban_length(v[0], v[1]))
		return false;
	for (size_t i = 4; i < n && iban_digits_only(v); i++)
		if (!ascii_is_digit(v[i]))
			return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = v[(i + 4) % n];

		rest = ascii_is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
	}
	return rest == 1;
}

/* ABA routing number: 3, 7, 1 weights; the first two digits name a Federal Reserve district. */
bool aba_ok(span value)
{
	unsigned char d[9];
	unsigned district;

	if (digits_of(value, d, 9) != 9)
		return false;
	district = d[0] * 10u + d[1];
	if (!(district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district == 80))
		return false;
	return (3u * ((unsigned)d[0] + d[3] + d[6]) + 7u * ((unsigned)d[1] + d[4] + d[7]) + d[2] + d[5] + d[8]) % 10 == 0 && district + d[2] > 0;
}

/* Social Security numbers as they are issued (20 CFR 422.103, SSA randomization of 2011). */
bool ssn_ok(span value)
{
	unsigned char d[9];
	unsigned area, group, serial;

	if (digits_of(value, d, 9) != 9)
		return false;
	area = d[0] * 100u + d[1] * 10u + d[2];
	group = d[3] * 10u + d[4];
	serial = d[5] * 1000u + d[6] * 100u + d[7] * 10u + d[8];
	return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 &&
	    !(area == 78 && group == 5 && serial == 1120) && !(area == 219 && group == 9 && serial == 9999) &&
	    !(area == 123 && group == 45 && serial == 6789);
}

/* French NIR: sex, year, month, department (2A and 2B count as 19 and 18), commune, order; key 97 - n mod 97. */
bool nir_ok(span value)
{
	unsigned char v[15];
	size_t n = alnum_of(value, v, sizeof v);
	unsigned rest = 0, month;

	if (n != 15 && n != 13)
		return false;
	if (v[6] == 'A' || v[6] == 'B') {
		if (v[5] != '2')
			return false;
		v[5] = '1';
		v[6] = v[6] == 'A' ? '9' : '8';
	}
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_digit(v[i]))
			return false;
	month = (unsigned)(v[3] - '0') * 10 + (unsigned)(v[4] - '0');
	if ((v[0] != '1' && v[0] != '2') || month == 0 || (month > 12 && month < 20) || month > 42 ||
	    (v[5] == '0' && v[6] == '0'))
		return false;
	for (size_t i = 0; i < 13; i++)
		rest = (rest * 10 + (unsigned)(v[i] - '0')) % 97;
	return n == 13 || 97 - rest == (unsigned)(v[13] - '0') * 10 + (unsigned)(v[14] - '0');
}

/* UK National Insurance number: prefixes that are not issued (HMRC NIM39110). */
bool nino_ok(span value)
{
	unsigned char v[9];
	static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};

	if (alnum_of(value, v, 9) != 9 || !ascii_is_alpha(v[0]) || !ascii_is_alpha(v[1]) || v[8] < 'A' || v[8] > 'D')
		return false;
	if (ascii_is_one_of(v[0], "DFIQUV") || ascii_is_one_of(v[1], "DFIQUVO"))
		return false;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (memcmp(v, never[i], 2) == 0)
			return false;
	for (size_t i = 2; i < 8; i++)
		if (!ascii_is_digit(v[i]))
			return false;
	return memcmp(v + 2, v + 3, 5) != 0; /* AA999999A is how forms say what one looks like */
}

/* German tax id (Steuer-ID): of the first ten digits one occurs twice or three times; ISO 7064 mod 11,10. */
bool de_tax_ok(span value)
{
	unsigned char d[11], seen[10] = {0};
	unsigned product = 10, repeated = 0;

	if (digits_of(value, d, 11) != 11 || d[0] == 0)
		return false;
	for (size_t i = 0; i < 10; i++) {
		unsigned sum = (d[i] + product) % 10;

		seen[d[i]]++;
		product = (sum == 0 ? 10 : sum) * 2 % 11;
	}
	for (size_t i = 0; i < 10; i++)
		repeated += seen[i] == 2 || seen[i] == 3;
	return repeated == 1 && (11 - product) % 10 == d[10];
}

/* Spanish DNI and NIE: number mod 23 chooses the letter; X, Y, Z count as 0, 1, 2. */
bool dni_ok(span value)
{
	unsigned char v[9];
	unsigned n = 0;

	if (alnum_of(value, v, 9) != 9 || !ascii_is_alpha(v[8]))
		return false;
	if (v[0] >= 'X' && v[0] <= 'Z')
		v[0] = (unsigned char)(v[0] - 'X' + '0');
	for (size_t i = 0; i < 8; i++) {
		if (!ascii_is_digit(v[i]))
			return false;
		n = n * 10 + (unsigned)(v[i] - '0');
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n % 23] == v[8];
}

/* Italian codice fiscale: the check letter of DM 23/12/1976. */
bool codice_fiscale_ok(span value)
{
	static const unsigned char odd[36] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, /* digits */
	    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
	unsigned char v[16];
	unsigned sum = 0;

	if (alnum_of(value, v, 16) != 16)
		return false;
	for (size_t i = 0; i < 15; i++) {
		unsigned k = ascii_is_digit(v[i]) ? (unsigned)(v[i] - '0') : (unsigned)(v[i] - 'A' + 10);

		sum += i % 2 == 0 ? odd[k] : (k < 10 ? k : k - 10);
	}
	return v[15] == 'A' + sum % 26;
}

/* Swiss AHV number: EAN-13 of 756... */
bool ahv_ok(span value)
{
	unsigned char d[13];
	unsigned sum = 0;

	if (digits_of(value, d, 13) != 13 || d[0] != 7 || d[1] != 5 || d[2] != 6)
		return false;
	for (size_t i = 0; i < 12; i++)
		sum += d[i] * (i % 2 == 0 ? 1u : 3u);
	return (10 - sum % 10) % 10 == d[12];
}

/* A birth date: numbers that make a day, or a month's name with numbers. Years 1900 to 2029. */
bool date_ok(span value)
{
	unsigned n[3] = {0}, k = 0, year, letters = 0;
	size_t digits = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_is_digit(value.p[i])) {
			letters += is_letter(value.p[i]);
			continue;
		}
		if (digits > 0 && !ascii_is_digit(value.p[i - 1]))
			k++;
		if (k == 3 || ++digits > 8)
			return false;
		n[k] = n[k] * 10 + (unsigned)(value.p[i] - '0');
	}
	if (k == 0 && digits == 8 && value.n == 8) { /* 19791102 */
		n[2] = n[0] % 100;
		n[1] = n[0] / 100 % 100;
		n[0] /= 10000;
		k = 2;
	}
	if (k == 0)
		return false;
	year = n[0] > 31 ? n[0] : n[k];
	if (year >= 100 && (year < 1900 || year > 2029))
		return false;
	if (letters >= 3)
		return n[0] > 31 || (n[0] >= 1 && n[0] <= 31);
	if (k != 2)
		return false;
	if (n[0] > 31) /* year first */
		return n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= 31;
	return (n[0] >= 1 && n[0] <= 31 && n[1] >= 1 && n[1] <= 31) && (n[0] <= 12 || n[1] <= 12);
}

bool is_day(span v)
{
	size_t at = 0, n = 0;

	if (!date_ok(v))
		return false;
	while (at < v.n && !is_letter(v.p[at]))
		at++;
	while (at + n < v.n && is_letter(v.p[at + n]))
		n++;
	for (size_t i = at + n; i < v.n; i++)
		if (is_letter(v.p[i]))
			return false;
	/* Numbers alone, or a name of a language that the list has not: "říj", "şub". */
	return n == 0 || month_named(span_sub(v, at, n)) != 0 || (n > 2 && (v.p[at + 1] >= 0x80 || v.p[at + 2] >= 0x80));
}

/* Bits a character */
static double entropy_of(span value)
{
	unsigned count[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < value.n; i++)
		count[value.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (count[i] > 0) {
			double share = (double)count[i] / (double)value.n;

			bits -= share * log2(share);
		}
	return bits;
}

/* Three base64url parts of which the first is a JSON object with "alg" (RFC 7515). */
static bool jwt_ok(span value)
{
	unsigned char in[512], out[512];
	size_t n = span_find_byte(value, '.');
	unsigned problems = 0;
	span head;

	if (n >= sizeof in)
		return false;
	for (size_t i = 0; i < n; i++)
		in[i] = value.p[i] == '-' ? '+' : value.p[i] == '_' ? '/' : value.p[i];
	head = span_of(out, base64_decode_scalar(span_of(in, n), out, &problems));
	return head.n > 0 && head.p[0] == '{' && span_has(head, SPAN_LIT("\"alg\""));
}

/* IEEE 802.3 */
static uint32_t crc32_of(span s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= s.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* The last six characters of GitHub's and npm's tokens are the CRC-32 of those behind the prefix, in base 62. */
static bool crc32_token_ok(span value)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t under = span_find_byte(value, '_');
	span body = span_from(value, under + 1);
	uint32_t crc;

	if (body.n < 12)
		return false;
	crc = crc32_of(span_first(body, body.n - 6));
	for (size_t i = 0; i < 6; i++, crc /= 62)
		if (value.p[value.n - 1 - i] != (unsigned char)digits[crc % 62])
			return false;
	return crc == 0;
}

/* base64 of user:password in printable characters (RFC 7617), or of what PLAIN says: an authority, user and password (RFC 4616) */
static bool basic_auth_ok(span value)
{
	unsigned char out[512];
	unsigned problems = 0;
	size_t n, nuls = 0;
	span v;

	if (value.n > sizeof out)
		return false;
	n = base64_decode_scalar(value, out, &problems);
	v = span_of(out, n);
	for (size_t i = 0; i < n; i++) {
		nuls += out[i] == 0;
		if ((out[i] < 0x20 && out[i] != 0) || out[i] == 0x7f)
			return false;
	}
	return n > 3 && (nuls == 0 ? span_find_byte(v, ':') < n - 1 : nuls == 2 && out[n - 1] != 0);
}

/* Letters and digits both: no word, no number. */
static bool mixed_ok(span value)
{
	size_t digits = 0, letters = 0;

	for (size_t i = 0; i < value.n; i++) {
		digits += ascii_is_digit(value.p[i]);
		letters += ascii_is_alpha(value.p[i]);
	}
	return digits > 0 && letters > 0;
}

/* Digits, with blanks or dashes between them, at least so many; a short one may have a capital before or behind it, as locks have. */
static bool is_number(span value, size_t least)
{
	enum { LOCK_LONGEST = 7 };
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++)
		if (ascii_is_digit(value.p[i]) || ((i == 0 || i + 1 == value.n) && value.n <= LOCK_LONGEST && value.p[i] >= 'A' && value.p[i] <= 'Z'))
			n++;
		else if (value.p[i] != ' ' && value.p[i] != '-' && (i + 1 < value.n || (value.p[i] != '#' && value.p[i] != '*')))
			return false;
	return n >= least;
}

/* "AKIAIOSFODNN7EXAMPLE", "your-api-key-goes-here-123": what manuals write where a key is to stand; and keys that are published. */
static bool is_sample(span value)
{
	static const char *const published[] = {"pk_live_", "pk_test_", "sb_publishable_", "phc_"};
	static const char *const words[] = {"example", "xxxx", "placeholder", "changeme", "change_me", "your_", "your-", "yourkey",
	    "yourtoken", "yourapi", "yoursecret", "insert_", "replace_", "_here", "-here", "redacted", "****", "dummy", "my-secret", "my_secret",
	    /* Stripe's two keys for tests; the account of Azure's emulator; in base64 "Aladdin:open sesame", "username:password", "user:pass" */
	    "4ec39hqlyjwdarjtt1zdp7dc", "bqokikjovbii2hlwgh4olfq2", "eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsufq2uverc",
	    "qwxhzgrpbjpvcgvuihnlc2ftzq", "dxnlcm5hbwu6cgfzc3dvcmq", "dxnlcjpwyxnz",
	    /* of the manuals of GitHub and Slack */
	    "16c7e42f292c6912e7710c838347ae178b4a", "4ddbc191d40ee098cbaae6f3523ada2d",
	    /* of RFC 7519 and of what all write who explain its tokens */
	    "dbjftjez4cvp-mb92k27uhbuju1p1r_ww1gfwfoejxk", "sflkxwrjsmekkf2qt4fwpmejf36pok6yjv_adqssw5c", NULL};

	for (size_t i = 0; i < sizeof published / sizeof *published; i++)
		if (span_starts(value, span_str(published[i])))
			return true;
	/* an account of Twilio: AC and 32 digits */
	return span_has_one_of_nocase(value, words) || (value.n == 34 && span_starts(value, SPAN_LIT("AC")) && hex_only(span_from(value, 2)));
}

bool is_from_a_manual(span value)
{
	static const char *const known[] = {"jbswy3dpehpk3pxp", "jbsw y3dp ehpk 3pxp",
	    "sflkxwrjsmekkf2qt4fwpmejf36pok6yjv_adqssw5c", /* accounts of the registry of IBANs and of what is written about it */
	    "89370400440532013000", "89 3704 0044 0532 0130 00", "82west12345698765432", "82 west 1234 5698 7654 32",
	    "1420041010050500013m02606", "14 2004 1010 0505 0001 3m02 606",
	    "29nwbk60161331926819", "29 nwbk 6016 1331 9268 19", "91abna0417164300", "91 abna 0417 1643 00", "9300762011623852957",
	    "93 0076 2011 6238 5295 7", "9121000418450200051332", "91 2100 0418 4502 0005 1332", NULL};

	return span_has_one_of_nocase(value, known);
}

bool check_value(const struct check *k, const struct word_list *words, span value)
{
	switch ((enum check_kind)k->kind) {
	case CHECK_LUHN: return luhn_ok(value);
	case CHECK_IBAN: return iban_ok(value);
	case CHECK_ABA: return aba_ok(value);
	case CHECK_JWT: return jwt_ok(value);
	case CHECK_CRC32: return crc32_token_ok(value);
	case CHECK_ENTROPY: return entropy_of(value) * 10 >= k->number;
	case CHECK_NIR: return nir_ok(value);
	case CHECK_NINO: return nino_ok(value);
	case CHECK_SSN: return ssn_ok(value);
	case CHECK_DE_TAX: return de_tax_ok(value);
	case CHECK_DNI: return dni_ok(value);
	case CHECK_CODICE_FISCALE: return codice_fiscale_ok(value);
	case CHECK_AHV: return ahv_ok(value);
	case CHECK_DATE: return date_ok(value);
	case CHECK_BASIC_AUTH: return basic_auth_ok(value);
	case CHECK_MIXED: return mixed_ok(value);
	case CHECK_CARD: return card_ok(value);
	case CHECK_DIGITS: return is_number(value, k->number);
	case CHECK_LENGTH: return value.n >= k->number;
	case CHECK_NUMBER: return number_ok(k->number, value);
	case CHECK_NO_SAMPLE: return !is_sample(value);
	case CHECK_NOT_WORDS: return !word_list_has(&words[k->number], value);
	case N_CHECKS: break;
	}
	return false;
}
