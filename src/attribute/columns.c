#include "attribute/directory.h"

#include <string.h>

/* Headings as token_fold leaves them, with digits at the end taken off. */
static const struct heading { enum column column; const char *words; } headings[] = {
	{COLUMN_NAME, "name|names|organisation|organization|organisation name|organization name|org|org name|company|"
		"company name|customer|customer name|client|client name|supplier|supplier name|vendor|vendor name|account|"
		"account name|partner|partner name|agency|institution|security|legal name|firma|firmenname|firmenbezeichnung|"
		"unternehmen|unternehmensname|name der organisation|kunde|kundenname|lieferant|bezeichnung|nom|"
		"nom de l organisation|nom de la societe|nom de l entreprise|societe|raison sociale|entreprise|organisme|"
		"nombre|empresa|razon social|organizacion|cliente|ditta|azienda|klant|klantnaam|bedrijf|klient|kontrahent|zakaznik|asiakas"},
	{COLUMN_DOMAINS, "domain|domains|domain s|domain name|domain names|email domain|email domains|e mail domain|"
		"e mail domains|mail domain|mail domains|maildomain|maildomains|primary domain|other domains|website|websites|"
		"web site|web|url|urls|homepage|home page|internet|webseite|internetseite|domane|domanen|domanen s|"
		"e mail domane|e mail domanen|mail domane|mail domanen|domaine|domaines|domaine s|nom de domaine|"
		"noms de domaine|site|site web|dominio|dominios|sitio web|pagina web"},
	{COLUMN_ALIASES, "alias|aliases|alias es|alias name|alias names|also known as|aka|a k a|other name|other names|"
		"short name|acronym|acronyms|abbreviation|trade name|trade names|trading as|trading name|brand|brands|"
		"former name|former names|aliasname|aliasnamen|kurzname|kurzel|kurzbezeichnung|weitere namen|marken|"
		"autre nom|autres noms|sigle|sigles|nom commercial|noms commerciaux|enseigne|otros nombres|siglas"},
	{COLUMN_COUNTRY, "country|country code|country iso|land|landercode|landeskennzeichen|staat|pays|code pays|pais"},
	{COLUMN_LANGUAGE, "language|languages|lang|locale|preferred language|sprache|langue|langue preferee|idioma"},
	{COLUMN_CONTACTS, "contact|contacts|contact s|contact address|contact addresses|contact email|contact emails|"
		"contact e mail|contact mail|email|emails|e mail|e mails|mail|email address|e mail address|mail address|"
		"address|addresses|notify|kontakt|kontakte|kontaktadresse|kontakt email|kontakt e mail|ansprechpartner|"
		"email adresse|e mail adresse|courriel|courriels|adresse|adresse e mail|adresse email|contacto|contactos|"
		"correo|correo electronico"},
	{COLUMN_CONTACT_ROLE, "contact role|contact roles|role|roles|rolle|kontaktrolle|kontakt rolle|role du contact|"
		"role contact|fonction|rol|contact type"},
	{COLUMN_TENANT, "tenant|tenant id|tenantid|tenant guid|entra tenant id|azure tenant id|m 365 tenant|mandant|"
		"mandanten id|mandantenid|id de tenant|locataire|id du locataire|inquilino"},
	{COLUMN_NOTES, "note|notes|remark|remarks|comment|comments|description|info|bemerkung|bemerkungen|notiz|notizen|"
		"kommentar|anmerkung|anmerkungen|remarque|remarques|commentaire|commentaires|observaciones|notas|nota"},
};

static const struct { const char *word, *role; } roles[] = {
	{"security", "security"}, {"sicherheit", "security"}, {"securite", "security"}, {"soc", "security"},
	{"privacy", "privacy"}, {"dpo", "privacy"}, {"datenschutz", "privacy"}, {"gdpr", "privacy"}, {"rgpd", "privacy"},
	{"legal", "legal"}, {"juridique", "legal"}, {"abuse", "abuse"}, {"technical", "technical"}, {"it", "technical"},
};

/* The next word of a list, *words behind it; empty at the end. */
static span next_word(const char **words)
{
	span w = span_of(*words, strcspn(*words, "|"));

	*words += w.n + ((*words)[w.n] == '|');
	return w;
}

static bool listed(const char *words, span one)
{
	for (span w; (w = next_word(&words)).n != 0;)
		if (span_eq(w, one))
			return true;
	return false;
}

/* "security contact email" is a contact whose role the heading names: the role's word, taken out of text. */
static const char *role_in(char *text)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		size_t n = strlen(roles[i].word);

		for (char *p = text; (p = strstr(p, roles[i].word)) != NULL; p += n) {
			bool whole = (p == text || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0');

			if (!whole)
				continue;
			if (p[n] == ' ')
				memmove(p, p + n + 1, strlen(p + n + 1) + 1);
			else
				p[p > text ? -1 : 0] = '\0';
			return roles[i].role;
		}
	}
	return NULL;
}

/*
 * German and Dutch write one word where others write two or three ("Organisationsname", "Ansprechpartner-Mailadresse", "bedrijfsdomein"), and
 * there is no list of all: what it is says the end. A name is an organisation's only with a word for one before it, and not that of a
 * person there ("Kontaktname").
 */
static const char domain_ends[] = "domain|domains|domaine|domane|domanen|domainname|domainnamen|domein|domeinen|domeinnaam";
static const char address_ends[] = "mail|mailadresse|mailadressen|mail adresse|mail adressen|mailadres|mailadressen|mail adres|mail address|mail addresses|mailkontakt";
static const char name_ends[] = "name|names|namen|naam|bezeichnung";
static const char org_words[] = "organis|organiz|firm|unternehm|gesellschaft|kunde|lieferant|partner|behord|einrichtung|mandant|bedrijf|klant|leverancier|instelling|"
	"company|client|customer|vendor|supplier|agency";
static const char person_words[] = "ansprech|kontakt|contact|person|benutzer|user|domain|file|datei";

static bool ends_in(const char *words, span text)
{
	for (span w; (w = next_word(&words)).n != 0;)
		if (span_ends_nocase(text, w))
			return true;
	return false;
}

static bool has_word(const char *words, span text)
{
	for (span w; (w = next_word(&words)).n != 0;)
		if (span_has(text, w))
			return true;
	return false;
}

static enum column compound(span text)
{
	if (ends_in(domain_ends, text))
		return COLUMN_DOMAINS;
	if (ends_in(address_ends, text))
		return COLUMN_CONTACTS;
	return ends_in(name_ends, text) && has_word(org_words, text) && !has_word(person_words, text) ? COLUMN_NAME : COLUMN_OTHER;
}

enum column column_of(span heading, const char **role)
{
	enum column c;
	char text[128];
	size_t n = token_fold(heading, text, sizeof text);

	*role = "";
	while (n > 0 && (ascii_is_digit((unsigned char)text[n - 1]) || text[n - 1] == ' '))
		text[--n] = '\0';
	for (size_t i = 0; n > 0 && i < sizeof headings / sizeof *headings; i++)
		if (listed(headings[i].words, span_of(text, n)))
			return headings[i].column;
	c = compound(span_of(text, n));
	if ((*role = role_in(text)) != NULL && *text != '\0' && (listed(headings[5].words, span_str(text)) || c == COLUMN_CONTACTS))
		return COLUMN_CONTACTS;
	*role = "";
	return c;
}
