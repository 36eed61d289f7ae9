#include "mail/aside.h"

enum {
	LINK_LONGEST = 2048,
	WORDS_LONGEST = 160, /* before a link, in its line */
	LABEL_LONGEST = 400, LABEL_WORDS = 1,
	ROW_LONGEST = 1024, CELLS_LEAST = 3, RECORD_WORDS = 3,
	QUOTED_LONGEST = 4096, /* a line, to its beginning */
	DEPTH_UNKNOWN = -2,
};

/* What stands before the links at the foot of mail. */
static bool is_of_footer(span words)
{
	static const char *const all[] = {"unsubscri", "opt out", "opt-out", "preferences", "privacy", "follow us", "find us on", "in your browser",
	    "in browser", "view online", "powered by", "sent from", "disclaimer", "terms of", "terms and", "terms &", "imprint",
	    "abbestell", "newsletter abmelden", "austragen", "datenschutz", "impressum", "folgen sie", "im browser", "gesendet von",
	    "desabonn", "d\xc3\xa9sabonn", "d\xc3\xa9sinscri", "suivez", "navigateur", "mentions l\xc3\xa9gales", "confidentialit\xc3\xa9",
	    "received: from", "scanned by", "checked by", "virus", "gescannt", "gepr\xc3\xbc" "ft von",
	    "darse de baja", "s\xc3\xadguenos", "navegador", "privacidad", "annulla l", "seguici", "afmelden", "uitschrijven", "volg ons",
	    "avregistrera", NULL};

	return span_has_one_of_nocase(words, all);
}

/* "Log in here", "Portal: click", "To change it". */
static bool is_way_in(span words)
{
	static const char *const all[] = {":", "login", "log in", "log-in", "logon", "log on", "sign in", "sign-in", "sign on", "access", "account", "portal",
	    "password", "passphrase", "credential", "extranet", "webmail", "vpn", "ftp", "ssh", "server", "activat", "reset", "change",
	    "anmeld", "einloggen", "zugang", "zugriff", "konto", "passwor", "passw\xc3\xb6r", "kennwort", "aktivier",
	    "connect", "connexion", "acc\xc3\xa8s", "compte", "portail", "mot de passe", "identifiant", "activer",
	    "acceso", "acceder", "cuenta", "clave", "contrase\xc3\xb1" "a", "usuario", "iniciar", "inicie", "ingres", "activar",
	    "accesso", "accedi", "credenziali", "inloggen", "toegang", "wachtwoord", "logga in", "inloggning", "acesso", "senha", NULL};

	return span_has_one_of_nocase(words, all);
}

static bool is_picture(span link)
{
	static const char *const endings[] = {".gif", ".png", ".jpg", ".jpeg", ".svg", ".webp", ".bmp", ".ico"};
	span path = span_first(link, span_find_byte(link, '?'));

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends_nocase(path, span_str(endings[i])))
			return true;
	return false;
}

/* What a link and the text around it are apart by. */
static bool is_mark(unsigned char c) { return ascii_is_space(c) || c == '<' || c == '>' || c == '"'; }

static bool has_word(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alnum(s.p[i]) || s.p[i] >= 0x80)
			return true;
	return false;
}

static bool in_one_line(span text, size_t from, size_t to)
{
	span s = span_sub(text, from, to - from);

	return span_find_byte(s, '\n') == s.n;
}

bool link_is_aside(span text, size_t at, size_t from, size_t to)
{
	size_t begin = at, end = at, words_at;
	span words;

	while (begin > 0 && at - begin < LINK_LONGEST && !is_mark(text.p[begin - 1]))
		begin--;
	while (end < text.n && end - at < LINK_LONGEST && !is_mark(text.p[end]))
		end++;
	if (from < end && to > begin)
		return false; /* the secret is in it */
	if (is_picture(span_sub(text, begin, end - begin)))
		return true;
	words_at = begin -= begin > 0 && text.p[begin - 1] == '<';
	while (words_at > 0 && begin - words_at < WORDS_LONGEST && text.p[words_at - 1] != '\n' && text.p[words_at - 1] != '>')
		words_at--;
	words = span_sub(text, words_at, begin - words_at);
	if (is_of_footer(words))
		return true;
	if (text.p[begin] != '<' || (end <= from ? in_one_line(text, end, from) : in_one_line(text, to, begin)))
		return false;
	return !has_word(words) || (begin >= to && !is_way_in(words));
}

bool is_labelled(span text, size_t at)
{
	size_t words = 0, i = at, least = at > LABEL_LONGEST ? at - LABEL_LONGEST : 0; /* words that end before another one */

	if (span_ends_nocase(span_first(text, i), SPAN_LIT("://")))
		for (i -= 3; i > least && ascii_is_alnum(text.p[i - 1]); i--)
			;
	at = i;
	while (i > least && text.p[i - 1] != '\n' && words <= LABEL_WORDS) {
		unsigned char c = text.p[--i];

		if (c == ':' || c == '=' || c == '\t' || c == '|')
			return true;
		words += ascii_is_space(c) && i + 1 < at && !ascii_is_space(text.p[i + 1]) && text.p[i + 1] != '>';
	}
	return words <= LABEL_WORDS && (i == 0 || text.p[i - 1] == '\n');
}

bool address_is_aside(span text, size_t at, size_t from, size_t to)
{
	size_t before = at;

	if (span_ends_nocase(span_first(text, at), SPAN_LIT("<mailto:")))
		return link_is_aside(text, at, from, to);
	if (at < to || in_one_line(text, to, at))
		return false;
	while (before > to && ascii_is_space(text.p[before - 1]))
		before--;
	return text.p[before - 1] == ',' || text.p[before - 1] == ';' || !is_labelled(text, at);
}

bool signature_begins(span text, size_t at)
{
	span rest = span_from(text, at), line;

	if (!span_starts(rest, SPAN_LIT("\n")))
		return false;
	rest = span_from(rest, 1);
	while (rest.n != 0 && (rest.p[0] == '>' || rest.p[0] == ' '))
		rest = span_from(rest, 1);
	line = span_first(rest, 4);
	return span_eq(span_trim(span_first(line, span_find_byte(line, '\n'))), SPAN_LIT("--"));
}

int quote_depth(span text, size_t at)
{
	int depth = 0;

	for (; at < text.n && (text.p[at] == '>' || text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\r'); at++)
		depth += text.p[at] == '>';
	return at >= text.n || text.p[at] == '\n' ? DEPTH_NONE : depth;
}

bool quote_changes(span text, size_t lf)
{
	size_t begin = span_line_begin(text, lf, QUOTED_LONGEST);
	int above, below = quote_depth(text, lf + 1);

	above = begin > 0 && text.p[begin - 1] != '\n' ? DEPTH_UNKNOWN : quote_depth(text, begin);
	return above != below && above != DEPTH_NONE && below != DEPTH_NONE;
}

/* The line around text[at]; empty when it is too long. *begin: where it begins. */
static span row_of(span text, size_t at, size_t *begin)
{
	size_t end = at;

	*begin = span_line_begin(text, at, ROW_LONGEST);
	while (end < text.n && end - at < ROW_LONGEST && text.p[end] != '\n')
		end++;
	end -= end > at && text.p[end - 1] == '\r';
	return at - *begin < ROW_LONGEST && end - at < ROW_LONGEST ? span_sub(text, *begin, end - *begin) : SPAN_EMPTY;
}

/* How many of these signs part its cells: not the bars at both ends. */
static size_t signs_in(span row, unsigned char sign)
{
	size_t n = 0;

	for (size_t i = sign == '|' && span_starts(row, SPAN_LIT("|")); i < row.n; i++) {
		n += row.p[i] == sign && (sign != '|' || i + 1 < row.n);
		if (sign == ',' && row.p[i] == ',' && i + 1 < row.n && row.p[i + 1] == ' ')
			return 0;
	}
	return n;
}

static span last_word(span s, size_t *words)
{
	size_t end, at;

	*words = 0;
	for (size_t i = 0; i < s.n; i++)
		*words += !ascii_is_space(s.p[i]) && (i == 0 || ascii_is_space(s.p[i - 1]));
	for (end = s.n; end > 0 && !ascii_is_alnum(s.p[end - 1]);)
		end--;
	for (at = end; at > 0 && (ascii_is_alnum(s.p[at - 1]) || s.p[at - 1] >= 0x80);)
		at--;
	return span_sub(s, at, end - at);
}

static bool has_whole(span s, span word)
{
	for (size_t at = 0; at + word.n <= s.n; at++)
		if (span_starts_nocase(span_from(s, at), word) && (at == 0 || !ascii_is_alnum(s.p[at - 1])) && at + word.n < s.n &&
		    !ascii_is_alnum(s.p[at + word.n]) && has_word(span_from(s, at + word.n)))
			return true;
	return false;
}

/* "Acme kg.example user x password y" and "Marlowe user x password y": does the other line say itself what this one says, which begins with whose it is? */
static bool is_other_record(span row, size_t before, span other)
{
	static const char *const verbs[] = {"is", "ist", "est", "es", "\xc3\xa8", "to", "at", "on", "for", "with", "f\xc3\xbcr", "mit", "pour", NULL};
	static const char *const labels[] = {"user", "username", "login", "benutzer", "account", "pass", "password", "passwort", "pw", "pwd", NULL};
	size_t words, one;
	span said = span_trim(span_first(row, before)), word = last_word(said, &words), first;

	while (said.n != 0 && (said.p[0] == '>' || ascii_is_space(said.p[0])))
		said = span_from(said, 1);
	first = last_word(span_first(said, span_find_byte(said, ' ')), &one);
	return words >= RECORD_WORDS && word.n >= 2 && !span_is_one_of_nocase(word, verbs) && !span_is_one_of_nocase(first, labels) &&
	       has_whole(other, word);
}

bool in_other_row(span text, size_t at, size_t from)
{
	static const char signs[] = "\t|;,";
	size_t begin, other_begin, n;
	span row = row_of(text, from, &begin), other = row_of(text, at, &other_begin);

	if (begin == other_begin || row.n == 0 || other.n == 0)
		return false;
	for (size_t i = 0; i < sizeof signs - 1; i++) {
		unsigned char sign = (unsigned char)signs[i];
		span first = span_from(row, sign == '|' && row.p[0] == '|');

		if ((n = signs_in(row, sign)) + 1 < CELLS_LEAST)
			continue;
		return n == signs_in(other, sign) && span_trim(span_first(first, span_find_byte(first, sign))).n != 0 &&
		    signs_in(span_first(row, from - begin), sign) != signs_in(span_first(other, at - other_begin), sign);
	}
	return is_other_record(row, from - begin, other);
}
