#include "attribute/inflect.h"

#include <string.h>

enum { SHORTEST = 4, ALONE_SHORTEST = 5 };

/*
 * Genitive, dative, accusative or instrumental, locative, as far as they differ from the name; of German its two genitives, and the dative.
 * The first ending that fits counts. Plurals are names, too ("Zaklady", "Stadtwerke").
 */
static const struct { const char *ending, *cases[INFLECT_CASES]; } endings[] = {
	/* German: adjectives; nouns at the head of a name */
	{"sche", {"schen", "schen", "schen", "schen"}}, {"sches", {"schen", "schem", "schen", "schen"}},
	{"scher", {"schen", "schem", "schen", "schen"}}, {"liche", {"lichen", "lichen", "lichen", "lichen"}},
	{"liches", {"lichen", "lichem", "lichen", "lichen"}}, {"kreis", {"kreises", "kreise", "kreises", "kreises"}},
	{"klinikum", {"klinikums", "klinikums", "klinikums", "klinikums"}}, {"zentrum", {"zentrums", "zentrums", "zentrums", "zentrums"}},
	{"museum", {"museums", "museums", "museums", "museums"}}, {"ium", {"iums", "iums", "iums", "iums"}},
	{"bistum", {"bistums", "bistums", "bistums", "bistums"}}, {"amt", {"amtes", "amts", "amte", "amtes"}},
	{"verband", {"verbandes", "verbands", "verbande", "verbandes"}}, {"verein", {"vereins", "vereines", "vereine", "vereins"}},
	{"institut", {"instituts", "institutes", "institute", "instituts"}}, {"werk", {"werkes", "werks", "werke", "werkes"}},
	{"werke", {"werken", "werken", "werken", "werken"}}, {"betriebe", {"betrieben", "betrieben", "betrieben", "betrieben"}},
	{"betrieb", {"betriebes", "betriebs", "betriebe", "betriebes"}}, {"haus", {"hauses", "hauses", "hause", "hauses"}},
	{"stift", {"stifts", "stiftes", "stifte", "stifts"}}, {"bezirk", {"bezirks", "bezirkes", "bezirke", "bezirks"}},
	{"gericht", {"gerichts", "gerichtes", "gerichte", "gerichts"}}, {"archiv", {"archivs", "archives", "archivs", "archivs"}},
	{"verlag", {"verlags", "verlages", "verlage", "verlags"}}, {"rundfunk", {"rundfunks", "rundfunks", "rundfunks", "rundfunks"}},
	/* Polish: adjectives; nouns at the head of a name */
	{"ska", {"skiej", "skiej", "ska", "skiej"}}, {"cka", {"ckiej", "ckiej", "cka", "ckiej"}},
	{"ski", {"skiego", "skiemu", "skim", "skim"}}, {"cki", {"ckiego", "ckiemu", "ckim", "ckim"}},
	{"skie", {"skich", "skim", "skimi", "skich"}}, {"ckie", {"ckich", "ckim", "ckimi", "ckich"}},
	{"owy", {"owego", "owemu", "owym", "owym"}}, {"owa", {"owej", "owej", "owa", "owej"}},
	{"iczne", {"icznych", "icznym", "icznymi", "icznych"}}, {"spolka", {"spolki", "spolce", "spolka", "spolce"}},
	{"zaklady", {"zakladow", "zakladom", "zakladami", "zakladach"}}, {"zaklad", {"zakladu", "zakladowi", "zakladem", "zakladzie"}},
	{"urzad", {"urzedu", "urzedowi", "urzedem", "urzedzie"}}, {"gmina", {"gminy", "gminie", "gmina", "gminie"}},
	{"bank", {"banku", "bankowi", "bankiem", "banku"}}, {"sterstwo", {"sterstwa", "sterstwu", "sterstwem", "sterstwie"}},
	{"starostwo", {"starostwa", "starostwu", "starostwem", "starostwie"}},
	{"powiat", {"powiatu", "powiatowi", "powiatem", "powiecie"}}, {"szpital", {"szpitala", "szpitalowi", "szpitalem", "szpitalu"}},
	{"uniwersytet", {"uniwersytetu", "uniwersytetowi", "uniwersytetem", "uniwersytecie"}},
	{"politechnika", {"politechniki", "politechnice", "politechnika", "politechnice"}},
	{"fundacja", {"fundacji", "fundacji", "fundacja", "fundacji"}}, {"agencja", {"agencji", "agencji", "agencja", "agencji"}},
	{"izba", {"izby", "izbie", "izba", "izbie"}}, {"instytut", {"instytutu", "instytutowi", "instytutem", "instytucie"}},
	/* Czech */
	{"mesto", {"mesta", "mestu", "mestem", "meste"}}, {"strojirny", {"strojiren", "strojirnam", "strojirnami", "strojirnach"}},
	{"zavody", {"zavodu", "zavodum", "zavody", "zavodech"}}, {"ceska", {"ceske", "ceske", "ceskou", "ceske"}},
	{"ministerstvo", {"ministerstva", "ministerstvu", "ministerstvem", "ministerstvu"}},
	{"urad", {"uradu", "uradu", "uradem", "uradu"}}, {"banka", {"banky", "bance", "bankou", "bance"}},
	{"skola", {"skoly", "skole", "skolou", "skole"}}, {"univerzita", {"univerzity", "univerzite", "univerzitou", "univerzite"}},
	{"nemocnice", {"nemocnice", "nemocnici", "nemocnici", "nemocnici"}}, {"obec", {"obce", "obci", "obci", "obci"}},
	{"kraj", {"kraje", "kraji", "krajem", "kraji"}}, {"elektrarny", {"elektraren", "elektrarnam", "elektrarnami", "elektrarnach"}},
};

static size_t with_ending(span stem, const char *ending, char *out, size_t size)
{
	size_t n = strlen(ending);

	if (stem.n + n > size)
		return 0;
	memcpy(out, stem.p, stem.n);
	memcpy(out + stem.n, ending, n);
	return stem.n + n;
}

enum { ENDINGS = sizeof endings / sizeof *endings };

/* By the last letter and the one before it: which ones stand before both in an ending; and the last three letters of each. */
struct tails { uint32_t third[32][32], of[ENDINGS]; };

static uint32_t tail_of(span s)
{
	const unsigned char *end = s.p + s.n;

	return (uint32_t)ascii_lower(end[-1]) | (uint32_t)ascii_lower(end[-2]) << 8 | (uint32_t)ascii_lower(end[-3]) << 16;
}

static const struct tails *tails(void)
{
	static struct tails t;

	if (t.of[0] == 0)
		for (size_t i = 0; i < ENDINGS; i++) {
			const char *end = endings[i].ending + strlen(endings[i].ending);

			t.of[i] = tail_of(span_str(endings[i].ending));
			t.third[end[-1] & 31][end[-2] & 31] |= 1u << (end[-3] & 31);
		}
	return &t;
}

/* Most words end as none of these do, and of a large directory each is asked. */
bool inflects(span word)
{
	const unsigned char *end = word.p + word.n;

	return word.n >= SHORTEST && ((end[-1] | end[-2] | end[-3]) >= 0x80 || (tails()->third[end[-1] & 31][end[-2] & 31] >> (end[-3] & 31) & 1) != 0);
}

size_t inflect_kind(span word)
{
	uint32_t tail = word.n >= SHORTEST ? tail_of(word) : 0;

	for (size_t i = 0; tail != 0 && i < ENDINGS; i++)
		if (tails()->of[i] == tail && span_ends_nocase(word, span_str(endings[i].ending)))
			return i + 1;
	return 0;
}

size_t inflect(span word, size_t kind, size_t grammatical_case, char *out, size_t size)
{
	return with_ending(span_first(word, word.n - strlen(endings[kind - 1].ending)), endings[kind - 1].cases[grammatical_case], out, size);
}

size_t inflect_alone(enum tongue tongue, span word, size_t number, char *out, size_t size)
{
	/* Behind a vowel in Finnish; behind a consonant, or instead of a final "a", in the others. */
	static const char *const finnish[INFLECT_ALONE] = {"n", "lle", "lla", "lta", "ssa", "sta", "a", "na", "ksi"};
	static const char *const czech[2][INFLECT_ALONE] = {{"u", "em", "ovi", "a"}, {"y", "e", "ou", "u"}};
	static const char *const polish[2][INFLECT_ALONE] = {{"u", "em", "owi", "iem", "a", "ie"}, {"y", "i", "ie", "e"}};
	unsigned char last = word.n >= ALONE_SHORTEST ? word.p[word.n - 1] : ' ';
	bool vowel = ascii_is_one_of(last, "aeiouy"), declined = ascii_is_alpha(last) && (!vowel || last == 'a');
	const char *ending = NULL;

	switch (tongue) {
	case TONGUE_FINNISH:
		ending = vowel ? finnish[number] : NULL;
		break;
	case TONGUE_CZECH:
		ending = declined ? czech[vowel][number] : NULL;
		break;
	case TONGUE_POLISH:
		ending = declined ? polish[vowel][number] : NULL;
		break;
	case TONGUE_OTHER:
		break;
	}
	return ending == NULL ? 0 : with_ending(tongue == TONGUE_FINNISH || !vowel ? word : span_first(word, word.n - 1), ending, out, size);
}
