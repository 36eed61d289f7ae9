/* Which country a list means: codes of ISO 3166-1, and the names that countries have in their own language and in those that our notices are in. */
#include "attribute/cells.h"

#include <stdlib.h>
#include <string.h>

#include "attribute/tokens.h"

/* As token_fold leaves them, in the order of strcmp. Those whose laws know duties to tell, and where their customers are. */
static const struct country { const char *name, *code; } countries[] = {
	{"afrique du sud", "ZA"}, {"alemania", "DE"}, {"allemagne", "DE"}, {"america", "US"}, {"aus", "AU"}, {"australia", "AU"},
	{"australie", "AU"}, {"australien", "AU"}, {"austria", "AT"}, {"aut", "AT"}, {"autriche", "AT"}, {"bel", "BE"}, {"belgica", "BE"},
	{"belgie", "BE"}, {"belgien", "BE"}, {"belgio", "BE"}, {"belgique", "BE"}, {"belgium", "BE"}, {"bgr", "BG"}, {"bra", "BR"},
	{"brasil", "BR"}, {"brasilien", "BR"}, {"brazil", "BR"}, {"bresil", "BR"}, {"bulgaria", "BG"}, {"bulgarie", "BG"}, {"bulgarien", "BG"},
	{"bundesrepublik deutschland", "DE"}, {"can", "CA"}, {"canada", "CA"}, {"ceska republika", "CZ"}, {"cesko", "CZ"}, {"che", "CH"},
	{"china", "CN"}, {"chn", "CN"}, {"chypre", "CY"}, {"croacia", "HR"}, {"croatia", "HR"}, {"croatie", "HR"}, {"cyp", "CY"},
	{"cyprus", "CY"}, {"cze", "CZ"}, {"czech republic", "CZ"}, {"czechia", "CZ"}, {"danemark", "DK"}, {"danimarca", "DK"}, {"danmark", "DK"},
	{"denemarken", "DK"}, {"denmark", "DK"}, {"deu", "DE"}, {"deutschland", "DE"}, {"dinamarca", "DK"}, {"dnk", "DK"}, {"duitsland", "DE"},
	{"eesti", "EE"}, {"eire", "IE"}, {"england", "GB"}, {"esp", "ES"}, {"espagne", "ES"}, {"espana", "ES"}, {"est", "EE"},
	{"estados unidos", "US"}, {"estland", "EE"}, {"estonia", "EE"}, {"estonie", "EE"}, {"etats unis", "US"},
	{"federal republic of germany", "DE"}, {"fin", "FI"}, {"finland", "FI"}, {"finlande", "FI"}, {"finlandia", "FI"}, {"finnland", "FI"},
	{"fra", "FR"}, {"france", "FR"}, {"francia", "FR"}, {"frankreich", "FR"}, {"frankrijk", "FR"}, {"gbr", "GB"}, {"germania", "DE"},
	{"germany", "DE"}, {"grande bretagne", "GB"}, {"grc", "GR"}, {"great britain", "GB"}, {"grece", "GR"}, {"grecia", "GR"}, {"greece", "GR"},
	{"griechenland", "GR"}, {"griekenland", "GR"}, {"grossbritannien", "GB"}, {"hellas", "GR"}, {"holland", "NL"}, {"hongrie", "HU"},
	{"hrv", "HR"}, {"hrvatska", "HR"}, {"hun", "HU"}, {"hungary", "HU"}, {"hungria", "HU"}, {"iceland", "IS"}, {"ierland", "IE"},
	{"ind", "IN"}, {"inde", "IN"}, {"india", "IN"}, {"indien", "IN"}, {"ireland", "IE"}, {"irl", "IE"}, {"irland", "IE"}, {"irlanda", "IE"},
	{"irlande", "IE"}, {"isl", "IS"}, {"island", "IS"}, {"islande", "IS"}, {"ita", "IT"}, {"italia", "IT"}, {"italie", "IT"},
	{"italien", "IT"}, {"italy", "IT"}, {"japan", "JP"}, {"japon", "JP"}, {"jpn", "JP"}, {"kanada", "CA"}, {"kroatien", "HR"},
	{"latvia", "LV"}, {"latvija", "LV"}, {"lettland", "LV"}, {"lettonie", "LV"}, {"lie", "LI"}, {"liechtenstein", "LI"}, {"lietuva", "LT"},
	{"litauen", "LT"}, {"lithuania", "LT"}, {"lituanie", "LT"}, {"ltu", "LT"}, {"lux", "LU"}, {"luxembourg", "LU"}, {"luxemburg", "LU"},
	{"luxemburgo", "LU"}, {"lva", "LV"}, {"magyarorszag", "HU"}, {"malta", "MT"}, {"malte", "MT"}, {"mex", "MX"}, {"mexico", "MX"},
	{"mexiko", "MX"}, {"mexique", "MX"}, {"mlt", "MT"}, {"nederland", "NL"}, {"netherlands", "NL"}, {"neuseeland", "NZ"},
	{"new zealand", "NZ"}, {"niederlande", "NL"}, {"nld", "NL"}, {"noorwegen", "NO"}, {"nor", "NO"}, {"norge", "NO"},
	{"northern ireland", "GB"}, {"noruega", "NO"}, {"norvege", "NO"}, {"norvegia", "NO"}, {"norway", "NO"}, {"norwegen", "NO"},
	{"nouvelle zelande", "NZ"}, {"nzl", "NZ"}, {"oostenrijk", "AT"}, {"osterreich", "AT"}, {"paesi bassi", "NL"}, {"paises bajos", "NL"},
	{"pays bas", "NL"}, {"pol", "PL"}, {"poland", "PL"}, {"polen", "PL"}, {"pologne", "PL"}, {"polonia", "PL"}, {"polska", "PL"},
	{"portogallo", "PT"}, {"portugal", "PT"}, {"prt", "PT"}, {"regno unito", "GB"}, {"reino unido", "GB"}, {"republic of ireland", "IE"},
	{"republique tcheque", "CZ"}, {"romania", "RO"}, {"rou", "RO"}, {"roumanie", "RO"}, {"royaume uni", "GB"}, {"rumania", "RO"},
	{"rumanien", "RO"}, {"schweden", "SE"}, {"schweiz", "CH"}, {"scotland", "GB"}, {"sgp", "SG"}, {"singapore", "SG"}, {"singapour", "SG"},
	{"singapur", "SG"}, {"slovakia", "SK"}, {"slovaquie", "SK"}, {"slovenia", "SI"}, {"slovenie", "SI"}, {"slovenija", "SI"},
	{"slovensko", "SK"}, {"slowakei", "SK"}, {"slowenien", "SI"}, {"south africa", "ZA"}, {"spagna", "ES"}, {"spain", "ES"},
	{"spanien", "ES"}, {"spanje", "ES"}, {"stati uniti", "US"}, {"sudafrika", "ZA"}, {"suecia", "SE"}, {"suede", "SE"}, {"suisse", "CH"},
	{"suiza", "CH"}, {"suomi", "FI"}, {"sverige", "SE"}, {"svezia", "SE"}, {"svizzera", "CH"}, {"svk", "SK"}, {"svn", "SI"}, {"swe", "SE"},
	{"sweden", "SE"}, {"switzerland", "CH"}, {"tchequie", "CZ"}, {"the netherlands", "NL"}, {"tschechien", "CZ"},
	{"tschechische republik", "CZ"}, {"tur", "TR"}, {"turkei", "TR"}, {"turkey", "TR"}, {"turkiye", "TR"}, {"turquie", "TR"}, {"u k", "GB"},
	{"u s", "US"}, {"u s a", "US"}, {"uk", "GB"}, {"ukr", "UA"}, {"ukraine", "UA"}, {"ungarn", "HU"}, {"united kingdom", "GB"},
	{"united states", "US"}, {"united states of america", "US"}, {"usa", "US"}, {"vereinigte staaten", "US"},
	{"vereinigte staaten von amerika", "US"}, {"vereinigtes konigreich", "GB"}, {"verenigd koninkrijk", "GB"}, {"verenigde staten", "US"},
	{"wales", "GB"}, {"zaf", "ZA"}, {"zweden", "SE"}, {"zwitserland", "CH"}, {"zypern", "CY"},
};

static int by_name(const void *name, const void *country) { return strcmp(name, ((const struct country *)country)->name); }

/* The Union writes EL and UK where ISO has GR and GB. */
static const char *code_of(const char *two)
{
	return strcmp(two, "UK") == 0 ? "GB" : strcmp(two, "EL") == 0 ? "GR" : two;
}

bool country_read(span cell, char code[3])
{
	const struct country *c;
	char folded[64];
	size_t n;

	cell = span_trim(cell);
	code[0] = '\0';
	if (cell.n == 2 && ascii_is_alpha(cell.p[0]) && ascii_is_alpha(cell.p[1])) {
		const char two[3] = {(char)(cell.p[0] & ~32), (char)(cell.p[1] & ~32), '\0'};

		(void)memcpy(code, code_of(two), 3);
		return true;
	}
	n = token_fold(cell, folded, sizeof folded - 1);
	folded[n] = '\0';
	if ((c = bsearch(folded, countries, sizeof countries / sizeof *countries, sizeof *countries, by_name)) == NULL)
		return false;
	(void)memcpy(code, c->code, 3);
	return true;
}
