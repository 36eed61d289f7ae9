/*
 * Numbers of people and accounts that one country issues: how many digits, and what its issuer says of the last ones.
 * The rules name them in "number NAME".
 */
#include "case/names.h"
#include "scan/private.h"

#define NUMBER_MAX 22
#define NRB_DIGITS 26

/* Weights of digits whose weighted sum is a multiple of the modulus; 0 stands for weight 0, n says how many there are. */
struct weighing { unsigned n, modulus; unsigned char weights[NUMBER_MAX]; };

/* Letters and digits in upper case, at most NUMBER_MAX; 0 when there are more. */
static unsigned signs_of(span s, unsigned char out[NUMBER_MAX + 1])
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			continue;
		if (n == NUMBER_MAX)
			return 0;
		out[n++] = ascii_is_digit(s.p[i]) ? s.p[i] : (unsigned char)(s.p[i] & ~32);
	}
	out[n] = '\0';
	return n;
}

/* The value as exactly n digits, 0 to 9 each. */
static bool digits_are(span s, unsigned n, unsigned char d[NUMBER_MAX + 1])
{
	if (signs_of(s, d) != n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (!ascii_is_digit(d[i]))
			return false;
		d[i] = (unsigned char)(d[i] - '0');
	}
	return true;
}

static unsigned weighed(const unsigned char *d, const struct weighing *w)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < w->n; i++)
		sum += (unsigned)w->weights[i] * d[i];
	return sum % w->modulus;
}

/* "11.111.111-1", a row of zeros: its checksum fits, and it is nobody's. */
static bool all_same(const unsigned char *d, unsigned n)
{
	for (unsigned i = 1; i < n; i++)
		if (d[i] != d[0])
			return false;
	return true;
}

static bool weighs(span s, const struct weighing *w)
{
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, w->n, d) && !all_same(d, w->n) && weighed(d, w) == 0;
}

static uint64_t number_in(const unsigned char *d, unsigned from, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = from; i < from + n; i++)
		v = v * 10 + d[i];
	return v;
}

static bool day_ok(unsigned day, unsigned month)
{
	return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* United Kingdom, NHS number (NHS Data Dictionary) */
static bool nhs_ok(span s)
{
	return weighs(s, &(struct weighing){10, 11, {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}});
}

/* Netherlands, burgerservicenummer: the "elfproef", whose last weight is -1 */
static bool bsn_ok(span s)
{
	return weighs(s, &(struct weighing){9, 11, {9, 8, 7, 6, 5, 4, 3, 2, 10}});
}

/* Australia, tax file number */
static bool tfn_ok(span s)
{
	return weighs(s, &(struct weighing){9, 11, {1, 4, 3, 7, 5, 8, 6, 9, 10}});
}

/* Poland, PESEL: year, month (with the century), day, serial */
static bool pesel_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return weighs(s, &(struct weighing){11, 10, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}}) && digits_are(s, 11, d) &&
	    day_ok(d[4] * 10u + d[5], (d[2] * 10u + d[3]) % 20);
}

/* Portugal, NIF of a person, which begins with 1, 2, 3 or 45; firms have the others. A remainder of ten is written as 0. */
static bool nif_ok(span s)
{
	static const struct weighing w = {9, 11, {9, 8, 7, 6, 5, 4, 3, 2, 1}};
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 9, d) && d[0] != 0 && (d[0] < 4 || (d[0] == 4 && d[1] == 5)) && (weighed(d, &w) == 0 || (d[8] == 0 && weighed(d, &w) == 1));
}

/* Norway, fødselsnummer: two check digits; of a D-number the day is 40 more, of a synthetic one the month is 80 more */
static bool fnr_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return weighs(s, &(struct weighing){11, 11, {3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0}}) &&
	    weighs(s, &(struct weighing){11, 11, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}}) && digits_are(s, 11, d) &&
	    day_ok((d[0] * 10u + d[1]) % 40, (d[2] * 10u + d[3]) % 40);
}

/* Belgium, national number: 97 less the rest; those born since 2000 count with a 2 before */
static bool nrn_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	uint64_t n, key;

	if (!digits_are(s, 11, d) || d[2] * 10u + d[3] > 12 || d[4] * 10u + d[5] > 31)
		return false;
	n = number_in(d, 0, 9);
	key = number_in(d, 9, 2);
	return key == 97 - n % 97 || key == 97 - (2000000000 + n) % 97;
}

/* Sweden, personnummer: Luhn over the last ten digits; a coordination number's day is 60 more */
static bool personnummer_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned n = signs_of(s, d), skip = n == 12 ? 2 : 0;

	if ((n != 10 && n != 12) || !digits_are(s, n, d) || !day_ok((d[skip + 4] * 10u + d[skip + 5]) % 60, d[skip + 2] * 10u + d[skip + 3]))
		return false;
	for (unsigned i = 0; i < 10; i++)
		d[i] = (unsigned char)(d[skip + i] + '0');
	return luhn_ok(span_of(d, 10));
}

/* Denmark, CPR number: a day and four digits, without a checksum since 2007 */
static bool cpr_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 10, d) && day_ok(d[0] * 10u + d[1], d[2] * 10u + d[3]);
}

/* Finland, henkilötunnus: day, century sign, serial, and a letter by the remainder of 31 */
static bool hetu_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1];
	unsigned n = signs_of(s, v), letter = n == 11 ? 1 : 0; /* the century may be a letter */
	uint64_t number = 0;

	if (n != 10 && n != 11)
		return false;
	for (unsigned i = 0; i < n - 1; i++) {
		if (letter == 1 && i == 6)
			continue;
		if (!ascii_is_digit(v[i]))
			return false;
		number = number * 10 + (uint64_t)(v[i] - '0');
	}
	return day_ok((v[0] - '0') * 10u + (v[1] - '0'), (v[2] - '0') * 10u + (v[3] - '0')) &&
	    v[n - 1] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31];
}

/* Canada, social insurance number */
static bool sin_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 9, d) && d[0] != 0 && d[0] != 8 && luhn_ok(s);
}

/* Brazil, CPF: two check digits, ten counts as 0 */
static bool cpf_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	if (!digits_are(s, 11, d))
		return false;
	for (unsigned n = 9; n < 11; n++) {
		unsigned sum = 0;

		for (unsigned i = 0; i < n; i++)
			sum += (n + 1 - i) * d[i];
		if (sum * 10 % 11 % 10 != d[n])
			return false;
	}
	return !all_same(d, 11);
}

/* India, Aadhaar: Verhoeff's check over the dihedral group of ten */
static bool aadhaar_ok(span s)
{
	static const unsigned char permutation[10] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
	unsigned char d[NUMBER_MAX + 1];
	unsigned c = 0;

	if (!digits_are(s, 12, d) || d[0] < 2)
		return false;
	for (unsigned i = 0; i < 12; i++) {
		unsigned v = d[11 - i];

		for (unsigned k = 0; k < i % 8; k++)
			v = permutation[v];
		c = c < 5 ? (v < 5 ? (c + v) % 5 : (c + v) % 5 + 5) : (v < 5 ? (c - v) % 5 + 5 : (c - v + 5) % 5);
	}
	return c == 0;
}

/* United States, individual taxpayer identification number (IRS Publication 1915) */
static bool itin_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned group;

	if (!digits_are(s, 9, d) || d[0] != 9)
		return false;
	group = d[3] * 10u + d[4];
	return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || group >= 94;
}

/* Mexico, CLABE: weights 3, 7, 1, of each product the last digit */
static bool clabe_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned sum = 0;

	if (!digits_are(s, 18, d) || number_in(d, 0, 3) < 2)
		return false;
	for (unsigned i = 0; i < 17; i++)
		sum += d[i] * (unsigned)"\3\7\1"[i % 3] % 10;
	return (10 - sum % 10) % 10 == d[17];
}

/* Spain, código cuenta cliente: a check digit for bank and branch, one for the account */
static bool ccc_ok(span s)
{
	static const unsigned char weights[10] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
	unsigned char d[NUMBER_MAX + 1];
	unsigned bank = 0, account = 0;

	if (!digits_are(s, 20, d) || all_same(d, 20))
		return false;
	for (unsigned i = 0; i < 10; i++) {
		bank += i < 2 ? 0 : (unsigned)weights[i] * d[i - 2];
		account += (unsigned)weights[i] * d[10 + i];
	}
	bank = 11 - bank % 11;
	account = 11 - account % 11;
	return (bank == 10 ? 1 : bank % 11) == d[8] && (account == 10 ? 1 : account % 11) == d[9];
}

/* Argentina, CBU and CVU: a check digit for bank and branch, one for the account, weights 3, 1, 7, 9 from the right */
static bool cbu_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned bank = 0, account = 0;

	if (!digits_are(s, 22, d))
		return false;
	for (unsigned i = 0; i < 7; i++)
		bank += (unsigned)"\3\1\7\x9"[i % 4] * d[6 - i];
	for (unsigned i = 0; i < 13; i++)
		account += (unsigned)"\3\1\7\x9"[i % 4] * d[20 - i];
	return bank + account > 0 && (10 - bank % 10) % 10 == d[7] && (10 - account % 10) % 10 == d[21];
}

/* France, relevé d'identité bancaire: bank, branch, account with letters as digits, and a key; in Morocco one digit more, and no letter */
static bool rib_ok(span s)
{
	static const char letters[] = "12345678912345678923456789"; /* A to Z */
	unsigned char v[NUMBER_MAX + 2];
	unsigned n = 0, rest = 0;
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			continue;
		if (n == 24)
			return false;
		letter |= ascii_is_alpha(s.p[i]);
		v[n++] = ascii_is_digit(s.p[i]) ? s.p[i] : (unsigned char)letters[(s.p[i] & ~32) - 'A'];
	}
	for (unsigned i = 0; i < n; i++)
		rest = (rest * 10 + (unsigned)(v[i] - '0')) % 97;
	return (n == 23 || (n == 24 && !letter)) && rest == 0 && !all_same(v, n);
}

/* A passport's number has no check digit outside of its machine-readable lines: seven to nine capitals and digits, mostly digits. */
static bool passport_ok(span s)
{
	size_t digits = 0, vowels = 0;

	for (size_t i = 0; i < s.n; i++) {
		digits += ascii_is_digit(s.p[i]);
		vowels += ascii_is_one_of(s.p[i], "AEIOU");
		if (!ascii_is_digit(s.p[i]) && (s.p[i] < 'A' || s.p[i] > 'Z'))
			return false;
	}
	/* German and Dutch ones may be letters for the most part. */
	return s.n >= 7 && s.n <= 9 && (digits >= 5 || (s.n == 9 && digits >= 2 && vowels == 0));
}

/* Germany, number of the pension insurance: area, day of birth, letter, serial; the digits of the products are added */
static bool rvnr_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1], d[13];
	unsigned sum = 0, letter;

	if (signs_of(s, v) != 12 || !ascii_is_alpha(v[8]))
		return false;
	letter = v[8] - 'A' + 1u;
	for (unsigned i = 0; i < 13; i++) {
		unsigned char c = i == 8 ? (unsigned char)(letter / 10 + '0') : i == 9 ? (unsigned char)(letter % 10 + '0') : v[i < 8 ? i : i - 1];

		if (!ascii_is_digit(c))
			return false;
		d[i] = (unsigned char)(c - '0');
	}
	for (unsigned i = 0; i < 12; i++) {
		unsigned product = d[i] * (unsigned)"\2\1\2\5\7\1\2\1\2\1\2\1"[i];

		sum += product / 10 + product % 10;
	}
	return day_ok(d[2] * 10u + d[3], d[4] * 10u + d[5]) && sum % 10 == d[12];
}

/* Germany, number of a health insurance's member: a letter as two digits, then nine; of each product, weights 1 and 2, the cross sum */
static bool kvnr_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1], d[11];
	unsigned sum = 0;

	if (signs_of(s, v) != 10 || !ascii_is_alpha(v[0]))
		return false;
	d[0] = (unsigned char)((v[0] - 'A' + 1) / 10);
	d[1] = (unsigned char)((v[0] - 'A' + 1) % 10);
	for (unsigned i = 1; i < 10; i++) {
		if (!ascii_is_digit(v[i]))
			return false;
		d[i + 1] = (unsigned char)(v[i] - '0');
	}
	for (unsigned i = 0; i < 10; i++)
		sum += d[i] * (1 + i % 2) / 10 + d[i] * (1 + i % 2) % 10;
	return sum % 10 == d[10];
}

/* Spain, number of affiliation to social security: province, number, and what is left of both by 97 */
static bool naf_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned n = digits_are(s, 12, d) ? 12 : digits_are(s, 11, d) ? 11 : 0, skip = n == 12 && d[2] == 0 ? 3 : 2;
	uint64_t number;

	if (n == 0 || number_in(d, 0, 2) == 0)
		return false;
	number = number_in(d, 0, 2) * (n - skip - 2 == 8 ? 100000000 : 10000000) + number_in(d, skip, n - skip - 2);
	return number % 97 == number_in(d, n - 2, 2);
}

/* Ireland, PPS number: a letter for seven digits, weighed 8 to 2, and a second letter that weighs 9 (W: 0) */
static bool ppsn_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1];
	unsigned n = signs_of(s, v), sum = 0;

	if ((n != 8 && n != 9) || !ascii_is_alpha(v[7]) || (n == 9 && !ascii_is_alpha(v[8])))
		return false;
	for (unsigned i = 0; i < 7; i++) {
		if (!ascii_is_digit(v[i]))
			return false;
		sum += (8 - i) * (v[i] - '0');
	}
	if (n == 9 && v[8] != 'W')
		sum += 9 * (v[8] - 'A' + 1u);
	return v[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

/* Croatia, OIB: ISO 7064, modulus 11,10 */
static bool oib_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned product = 10;

	if (!digits_are(s, 11, d))
		return false;
	for (unsigned i = 0; i < 10; i++) {
		unsigned sum = (d[i] + product) % 10;

		product = (sum == 0 ? 10 : sum) * 2 % 11;
	}
	return (11 - product) % 10 == d[10];
}

/* Greece, AFM of a person: powers of two from the right, a remainder of ten is written as 0; companies begin with 7, 8 or 9, or with 0 and one of these */
static bool afm_ok(span s)
{
	static const struct weighing w = {8, 11, {3, 7, 9, 10, 5, 8, 4, 2}};
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 9, d) && !all_same(d, 9) && (d[0] == 0 ? d[1] : d[0]) < 7 && weighed(d, &w) % 10 == d[8];
}

/* Romania, CNP: sex and century, year, month, day, county, serial; a remainder of ten is written as 1 */
static bool cnp_ok(span s)
{
	static const struct weighing w = {12, 11, {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}};
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 13, d) && d[0] != 0 && day_ok(d[5] * 10u + d[6], d[3] * 10u + d[4]) &&
	    (weighed(d, &w) == 10 ? 1 : weighed(d, &w)) == d[12];
}

/* Czechia and Slovakia, rodné číslo from 1954 on: of women the month is 50 more, where a day ran out of numbers 20 more */
static bool rc_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned month;

	if (!digits_are(s, 10, d) || all_same(d, 10))
		return false;
	month = (d[2] * 10u + d[3]) % 50;
	return day_ok(d[4] * 10u + d[5], month > 20 ? month - 20 : month) && number_in(d, 0, 10) % 11 == 0;
}

/* Turkey, T.C. kimlik no */
static bool tckn_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];
	unsigned odd, even;

	if (!digits_are(s, 11, d) || d[0] == 0)
		return false;
	odd = (unsigned)d[0] + d[2] + d[4] + d[6] + d[8];
	even = (unsigned)d[1] + d[3] + d[5] + d[7];
	return (7 * odd + 9 * even) % 10 == d[9] && (odd + even + d[9]) % 10 == d[10];
}

/*
 * Austria, Sozialversicherungsnummer: serial, check digit, day, month, year; the month is 13 to 15 where the serials of a day ran out
 * or nobody knows the day (the minister's answer 4690/AB, XXIII. GP)
 */
static bool svnr_ok(span s)
{
	static const struct weighing w = {10, 11, {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}};
	unsigned char d[NUMBER_MAX + 1];
	unsigned month;

	if (!digits_are(s, 10, d))
		return false;
	month = d[6] * 10u + d[7];
	return d[0] != 0 && day_ok(d[4] * 10u + d[5], month > 12 && month <= 15 ? 1 : month) && weighed(d, &w) == d[3];
}

/* China, resident identity number: region, day of birth, serial; ISO 7064, modulus 11-2 */
static bool ric_ok(span s)
{
	static const struct weighing w = {17, 11, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}};
	unsigned char d[NUMBER_MAX + 1];
	unsigned char last;

	if (signs_of(s, d) != 18 || d[0] == '0')
		return false;
	last = d[17];
	for (unsigned i = 0; i < 17; i++) {
		if (!ascii_is_digit(d[i]))
			return false;
		d[i] = (unsigned char)(d[i] - '0');
	}
	return day_ok(d[12] * 10u + d[13], d[10] * 10u + d[11]) && (d[6] == 1 || d[6] == 2) && "10X98765432"[weighed(d, &w)] == last;
}

/* Chile, RUT: weights 2 to 7 from the right, the check sign may be K */
static bool rut_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1];
	unsigned n = signs_of(s, v), sum = 0;

	if ((n != 8 && n != 9) || all_same(v, n))
		return false;
	for (unsigned i = 0; i + 1 < n; i++) {
		if (!ascii_is_digit(v[i]))
			return false;
		sum += (2 + (n - 2 - i) % 6) * (v[i] - '0');
	}
	return v[n - 1] == "0K987654321"[sum % 11];
}

/* Argentina, CUIL: of persons, which begin with 20, 23, 24 or 27 */
static bool cuil_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return weighs(s, &(struct weighing){11, 11, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}}) && digits_are(s, 11, d) && d[0] == 2 &&
	    (d[1] == 0 || d[1] == 3 || d[1] == 4 || d[1] == 7);
}

/* South Africa, identity number: the day of birth, a citizen or a resident, and Luhn's digit */
static bool za_ok(span s)
{
	unsigned char d[NUMBER_MAX + 1];

	return digits_are(s, 13, d) && d[2] * 10u + d[3] - 1 < 12 && d[4] * 10u + d[5] - 1 < 31 && d[10] < 2 && d[11] > 7 && luhn_ok(s);
}

/* Singapore, NRIC and FIN */
static bool nric_ok(span s)
{
	unsigned char v[NUMBER_MAX + 1];
	unsigned sum = 0;

	if (signs_of(s, v) != 9 || !ascii_is_one_of(v[0], "STFG"))
		return false;
	for (unsigned i = 1; i < 8; i++) {
		if (!ascii_is_digit(v[i]))
			return false;
		sum += (unsigned)"\2\7\6\5\4\3\2"[i - 1] * (v[i] - '0');
	}
	sum += v[0] == 'T' || v[0] == 'G' ? 4 : 0;
	return v[8] == (v[0] == 'S' || v[0] == 'T' ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[sum % 11];
}

/* Poland, numer rachunku bankowego: an IBAN without its country, its check digits first */
static bool nrb_ok(span s)
{
	unsigned char d[NRB_DIGITS];
	unsigned n = 0, rest = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			continue;
		if (n == NRB_DIGITS)
			return false;
		d[n++] = (unsigned char)(s.p[i] - '0');
	}
	if (n != NRB_DIGITS || all_same(d, n))
		return false;
	for (unsigned i = 2; i < n; i++)
		rest = (rest * 10 + d[i]) % 97;
	rest = (rest * 10000 + 2521) % 97; /* P, L */
	return (rest * 100 + d[0] * 10u + d[1]) % 97 == 1;
}

static bool any_ok(span s);

static const struct { const char *name; bool (*ok)(span s); } numbers[] = {
    {"any", any_ok}, {"aadhaar", aadhaar_ok}, {"afm", afm_ok}, {"bsn", bsn_ok}, {"cbu", cbu_ok}, {"ccc", ccc_ok}, {"clabe", clabe_ok}, {"cnp", cnp_ok}, {"cpf", cpf_ok}, {"cpr", cpr_ok},
    {"cuil", cuil_ok}, {"nric", nric_ok}, {"oib", oib_ok}, {"ppsn", ppsn_ok}, {"ric", ric_ok}, {"rut", rut_ok}, {"svnr", svnr_ok}, {"tckn", tckn_ok},
    {"fnr", fnr_ok}, {"hetu", hetu_ok}, {"itin", itin_ok}, {"kvnr", kvnr_ok}, {"naf", naf_ok}, {"nhs", nhs_ok}, {"nif", nif_ok}, {"nrb", nrb_ok}, {"nrn", nrn_ok}, {"passport", passport_ok},
    {"personnummer", personnummer_ok}, {"pesel", pesel_ok}, {"rib", rib_ok}, {"sin", sin_ok}, {"tfn", tfn_ok}, {"za", za_ok},
};

/* A person's number of any country, for the column of a table that says no more: only those whose checksum is strong. */
static bool any_ok(span s)
{
	return bsn_ok(s) || cpf_ok(s) || fnr_ok(s) || hetu_ok(s) || nhs_ok(s) || nif_ok(s) || nrn_ok(s) || personnummer_ok(s) ||
	    pesel_ok(s) || sin_ok(s) || tfn_ok(s) || aadhaar_ok(s) || itin_ok(s) || ssn_ok(s) || nir_ok(s) || dni_ok(s) || de_tax_ok(s) ||
	    codice_fiscale_ok(s) || ahv_ok(s) || nino_ok(s) || rc_ok(s) || rvnr_ok(s) || svnr_ok(s) || kvnr_ok(s) || naf_ok(s) ||
	    cnp_ok(s) || oib_ok(s) || tckn_ok(s) || ppsn_ok(s) || za_ok(s) || nric_ok(s);
}

size_t number_named(span name)
{
	size_t i = 0;

	while (i < sizeof numbers / sizeof *numbers && !span_eq(name, span_str(numbers[i].name)))
		i++;
	return i < sizeof numbers / sizeof *numbers ? i : SIZE_MAX;
}

size_t number_kinds(void)
{
	return sizeof numbers / sizeof *numbers;
}

bool number_ok(size_t kind, span value)
{
	return numbers[kind].ok(value);
}
