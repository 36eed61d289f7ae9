#include "attribute/title.h"

#include "attribute/directory.h"
#include "mail/aside.h"
#include "mail/quoted.h"

enum {
	LINES = 14,            /* looked at above a secret */
	LINE_LONGEST = 240,
	PARAGRAPH_LONGEST = 4096, /* on one line, when a note stands below it */
	TITLE_LONGEST = 90, TITLE_WORDS = 8,
	INTRODUCTION_LONGEST = 200, /* "... for Acme's portal:" */
	LABEL_LONGEST = 40, LABEL_WORDS = 3,
	NEIGHBOURS = 32,       /* secrets in the list before and behind one that may stand in its block */
	WRAPPED = 60,          /* a line as long as this, without a mark at its end, goes on in the next */
};

bool is_about_access(span line)
{
	static const char *const words[] = {"access", "login", "logins", "logon", "log-in", "credential", "credentials", "password", "passwords",
	    "passphrase", "account", "accounts", "portal", "vpn", "ftp", "sftp", "rdp", "ssh", "extranet", "webmail", "wifi", "wlan", "zugang", "zugriff",
	    "zugangsdaten", "zugangscode", "anmeldedaten", "anmeldung", "passwort", "passw\xc3\xb6rter", "kennwort", "konto", "benutzerkonto",
	    "acc\xc3\xa8s", "acces", "identifiant", "identifiants", "connexion", "passe", "compte", "portail", "acceso", "accesos", "credenciales",
	    "contrase\xc3\xb1" "a", "contrase\xc3\xb1" "as", "clave", "claves", "cuenta", "usuario",
	    "accesso", "accessi", "credenziali", "toegang", "inlog", "inloggegevens", "wachtwoord", "acesso", "acessos", "credenciais",
	    "senha", "senhas", "\xc3\xa5tkomst", "inloggning", "l\xc3\xb6senord", "adgang", "adgangskode", "tilgang", "passord",
	    "dost\xc4\x99p", "has\xc5\x82o", "has\xc5\x82" "a", NULL};
	size_t from = 0;
	struct token t;

	while (tokens_read(line, &from, &t, 1) == 1)
		if (span_is_one_of_nocase(span_sub(line, t.at, t.n), words))
			return true;
	return false;
}

enum line_kind { LINE_EMPTY, LINE_RULE, LINE_FIELD, LINE_HEADER, LINE_OTHER };

/* The line that ends at `end`, without quote marks and blanks around it; *begin where it begins with them. False: too long. */
static bool line_ending_at(span text, size_t end, size_t *begin, struct place *line)
{
	size_t from = end;

	while (from > 0 && end - from <= LINE_LONGEST && text.p[from - 1] != '\n')
		from--;
	*begin = from;
	if (end - from > LINE_LONGEST)
		return false;
	while (from < end && (ascii_is_space(text.p[from]) || text.p[from] == '>'))
		from++;
	while (end > from && ascii_is_space(text.p[end - 1]))
		end--;
	*line = (struct place){from, end};
	return true;
}

/* Characters of scripts without blanks between words are tokens by themselves, of which two are a word or so. */
static size_t words_in(span s)
{
	size_t from = 0, joined = 0;
	struct token t[32];
	size_t n = tokens_read(s, &from, t, sizeof t / sizeof *t);

	for (size_t i = 1; i < n; i++)
		joined += t[i].at == t[i - 1].at + t[i - 1].n;
	return n - joined / 2;
}

/* "-----", "* * *", lines drawn with signs past ASCII, U+2000 to U+2FFF */
static bool is_rule(span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (ascii_is_alnum(line.p[i]) || (line.p[i] >= 0xc0 && line.p[i] != 0xe2))
			return false;
	return true;
}

/* Where the label of "User ID: kg", "user = kg", "user<tab>kg" ends; line.n when it has none. */
static size_t label_end(span line)
{
	span look = span_first(line, LABEL_LONGEST);
	size_t end = 0;

	while (end < look.n && look.p[end] != ':' && look.p[end] != '=' && look.p[end] != '\t' && look.p[end] != '|')
		end++;
	return end < look.n && end > 0 && words_in(span_first(line, end)) <= LABEL_WORDS && span_find_byte(span_first(line, end), '@') == end
	    ? end : line.n;
}

/* "Subject:", "Gesendet:": the header of a mail below which the secret stands. From and its kin know mail/quoted.c. */
static bool is_header(span text, const struct place *line, size_t label)
{
	static const char *const names[] = {"subject", "sent", "date", "betreff", "gesendet", "datum", "objet", "envoy\xc3\xa9", "asunto",
	    "enviado", "enviado el", "fecha", "oggetto", "inviato", "onderwerp", "verzonden", NULL};
	span s = span_trim(span_sub(text, line->at, label));
	bool is_id;

	while (s.n != 0 && s.p[0] == '*')
		s = span_from(s, 1);
	while (s.n != 0 && s.p[s.n - 1] == '*')
		s.n--;
	return span_is_one_of_nocase(s, names) || in_quoted_header(text, line->at + label + 1, line->end, &is_id);
}

static enum line_kind kind_of(span text, const struct place *line)
{
	span s = span_sub(text, line->at, line->end - line->at);
	size_t label;

	if (s.n == 0)
		return LINE_EMPTY;
	if (is_rule(s))
		return LINE_RULE;
	label = label_end(s);
	if (label < s.n && is_header(text, line, label))
		return LINE_HEADER;
	return label < s.n ? LINE_FIELD : LINE_OTHER;
}

/* "Username", "Password:": the value is the line below. */
bool is_bare_label(span line)
{
	static const char *const labels[] = {"user", "username", "user name", "user id", "userid", "login", "account", "id", "email", "e-mail", "url",
	    "host", "server", "port", "domain", "password", "pass", "pwd", "pin", "benutzer", "benutzername", "anmeldename", "passwort", "kennwort",
	    "identifiant", "utilisateur", "mot de passe", "usuario", "contrase\xc3\xb1" "a", "clave", NULL};

	if (line.p[line.n - 1] == ':')
		line = span_trim(span_first(line, line.n - 1));
	return span_is_one_of_nocase(line, labels);
}

/* A host where a title may stand: one that is listed, or in a link, or has three parts. "kg.extern" is somebody's account. */
static bool has_host(span text, const struct mentions *l, const struct place *line, size_t secret)
{
	size_t at, n;

	for (size_t i = mentions_behind(l, line->at); i < l->n && l->v[i].at < line->end; i++)
		if (l->v[i].at >= line->at && l->v[i].kind == MENTION_HOST && !host_name_of_address(text, l->v[i].at) &&
		    !link_is_aside(text, l->v[i].at, secret, secret))
			return true;
	for (size_t from = line->at; host_name_next(text, &from, line->end, &at, &n);) {
		span host = span_sub(text, at, n), rest = span_from(host, span_find_byte(host, '.') + 1);

		if (!host_name_of_address(text, at) && (at + n >= text.n || text.p[at + n] != '@') &&
		    (span_ends_nocase(span_first(text, at), SPAN_LIT("://")) || span_find_byte(rest, '.') < rest.n) &&
		    !link_is_aside(text, at, secret, secret))
			return true;
	}
	return false;
}

static bool has_secret(const struct place *secrets, size_t n, const struct place *line)
{
	for (size_t i = 0; i < n; i++)
		if (secrets[i].at < line->end && secrets[i].end > line->at)
			return true;
	return false;
}

/* Is anybody's name there? Accounts and hosts are looked at without a title. *quoted: is it a quoted header? */
static bool has_mention(const struct mentions *l, const struct place *line, bool *quoted)
{
	bool named = false;

	*quoted = false;
	for (size_t i = mentions_behind(l, line->at); i < l->n && l->v[i].at < line->end; i++)
		if (l->v[i].at >= line->at) {
			*quoted |= l->v[i].kind == MENTION_QUOTED;
			named |= l->v[i].kind == MENTION_NAME;
		}
	return named;
}

/* The full stop of "Acme, Inc.", "Acme S.A." and "Acme A.Ş.", not that of a sentence. */
static bool ends_abbreviated(span line)
{
	size_t from = line.n - 1, letters = 0;

	while (from > 0 && (ascii_is_alnum(line.p[from - 1]) || line.p[from - 1] >= 0x80))
		letters += (line.p[--from] & 0xc0) != 0x80;
	return letters == 1 || (letters > 1 && letters <= 4 && line.p[from] >= 'A' && line.p[from] <= 'Z');
}

/* Does a line that is as wide as a letter's go on in the next? */
static bool runs_on(span text, const struct place *line)
{
	return kind_of(text, line) == LINE_OTHER && line->end - line->at >= WRAPPED && ascii_is_alnum(text.p[line->end - 1]);
}

static bool is_title(span text, const struct place *line, size_t begin)
{
	span s = span_sub(text, line->at, line->end - line->at);
	unsigned char last = s.p[s.n - 1];
	struct place above;
	size_t at;

	if (is_about_access(s) || (last == ':' && s.n <= INTRODUCTION_LONGEST))
		return true;
	if (s.n > TITLE_LONGEST || words_in(s) > TITLE_WORDS || last == ',' || last == ';' || last == '!' || last == '?' ||
	    (last == '.' && !ends_abbreviated(s)))
		return false;
	return begin == 0 || !line_ending_at(text, begin - 1, &at, &above) || !runs_on(text, &above);
}

/* "Customer: Acme", "Kunde = Acme": a field whose label asks for a name, with one. */
static bool is_customer(span text, const struct mentions *l, const struct place *line)
{
	span s = span_sub(text, line->at, line->end - line->at);
	size_t label = label_end(s);
	const char *role;
	bool quoted;

	return label < s.n && words_in(s) <= TITLE_WORDS + LABEL_WORDS && column_of(span_first(s, label), &role) == COLUMN_NAME &&
	    has_mention(l, line, &quoted) && !quoted;
}

/* Where the block begins that text[from] stands in: behind a blank line, a rule or a line that is too long. */
static size_t block_begin(span text, size_t from)
{
	size_t begin = span_line_begin(text, from, LINE_LONGEST + 1), above;
	struct place line;

	for (size_t i = 0; i < LINES && begin > 0 && text.p[begin - 1] == '\n'; i++) {
		enum line_kind kind;

		if (!line_ending_at(text, begin - 1, &above, &line) || (kind = kind_of(text, &line)) == LINE_EMPTY || kind == LINE_RULE ||
		    kind == LINE_HEADER || quote_changes(text, begin - 1))
			break;
		begin = above;
	}
	return begin;
}

bool field_below(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t secret, struct place *field)
{
	size_t first = secret > NEIGHBOURS ? secret - NEIGHBOURS : 0, n = n_secrets - first < 2 * NEIGHBOURS ? n_secrets - first : 2 * NEIGHBOURS;
	bool met = false; /* a secret of the block */

	for (size_t at = block_begin(text, secrets[secret].at), i = 0; at < text.n && i < 2 * LINES; i++) {
		size_t end = at + span_find_byte(span_sub(text, at, LINE_LONGEST + 1), '\n'), begin;
		enum line_kind kind;

		if (!line_ending_at(text, end, &begin, field) || begin != at || (kind = kind_of(text, field)) == LINE_EMPTY || kind == LINE_RULE)
			return false;
		if (has_secret(secrets + first, n, field))
			met = true;
		else if (kind == LINE_FIELD && is_customer(text, l, field) && (!met || field->at > secrets[secret].end))
			return met;
		if (end < text.n && quote_changes(text, end))
			return false;
		at = end + 1;
	}
	return false;
}

/*
 * Is the line the last of a block with a secret, and so rather whose that one is than a title of what follows a blank line: "System: Acme", or a
 * name alone? Not what leads to more: "Acme:", "Here is the login of Acme".
 */
static bool ends_block(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, const struct place *line, enum line_kind kind)
{
	span s = span_sub(text, line->at, line->end - line->at);
	size_t begin = block_begin(text, line->at);
	struct place above = {begin, line->at}, value = {line->at + label_end(s), line->end};
	bool quoted;

	if (kind == LINE_FIELD ? !has_mention(l, &value, &quoted) : is_about_access(s) || s.p[s.n - 1] == ':')
		return false;
	return begin < line->at && has_secret(secrets, n_secrets, &above);
}

/* "Contact: Jo, Zephyr", "Hosting: Zephyr": who else has to do with a block, and not whose it is where something says that. */
static bool names_another(span text, const struct place *field)
{
	static const char *const labels[] = {"hosting", "hosted by", "hosted at", "hoster", "provider", "isp", "supplier", "vendor", "managed by", "support", "insurer", "reseller",
	    "lieferant", "dienstleister", "anbieter", "betreut von", "betreiber", "fournisseur", "prestataire", "h\xc3\xa9" "bergeur", "proveedor", "fornitore", "leverancier",
	    "dostawca", NULL};
	span s = span_sub(text, field->at, field->end - field->at), label = span_trim(span_first(s, label_end(s)));
	const char *role;
	enum column column = column_of(label, &role);

	return column == COLUMN_CONTACTS || column == COLUMN_NOTES || span_is_one_of_nocase(label, labels);
}

/* Below "Customer: Acme", or a title with a name, in one block: that says whose the block is, whatever else a field of it names. */
static void prefer_customer(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t begin, struct place *title)
{
	bool another = names_another(text, title), quoted;
	struct place line;

	if (!another && is_customer(text, l, title))
		return;
	for (size_t i = 0; i < LINES && begin > 0 && text.p[begin - 1] == '\n'; i++) {
		size_t lf = begin - 1;
		enum line_kind kind;

		if (!line_ending_at(text, lf, &begin, &line) || ((kind = kind_of(text, &line)) != LINE_FIELD && kind != LINE_OTHER) || quote_changes(text, lf) ||
		    has_secret(secrets, n_secrets, &line))
			return;
		if (kind == LINE_FIELD ? is_customer(text, l, &line) && !names_another(text, &line)
		                       : another && has_mention(l, &line, &quoted) && !quoted && is_title(text, &line, begin)) {
			*title = line;
			return;
		}
		if (kind == LINE_OTHER)
			return;
	}
}

/* "(Acme)", of the secret in the line above. */
static bool is_note(span text, const struct place *secrets, size_t n_secrets, size_t begin, const struct place *line)
{
	struct place above;
	size_t at;

	return text.p[line->at] == '(' && text.p[line->end - 1] == ')' && begin > 0 && line_ending_at(text, begin - 1, &at, &above) &&
	    has_secret(secrets, n_secrets, &above);
}

/* "The access to Acme:" above what is quoted below; other lines that are quoted otherwise are of other mail. */
static bool introduces_quoted(span line) { return line.p[line.n - 1] == ':' && is_about_access(line); }

bool title_above(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t from, struct place *title)
{
	size_t begin = span_line_begin(text, from, LINE_LONGEST + 1);
	bool apart = false, passed = false; /* a blank line is between; a line without a name was passed, so that no field may follow */
	const int depth = quote_depth(text, begin);

	for (size_t i = 0; i < LINES && begin > 0 && text.p[begin - 1] == '\n'; i++) {
		enum line_kind kind;
		bool quoted, named;
		span s;

		if (!line_ending_at(text, begin - 1, &begin, title))
			return false;
		kind = kind_of(text, title);
		if (kind == LINE_EMPTY || kind == LINE_RULE) {
			apart = true;
			continue;
		}
		s = span_sub(text, title->at, title->end - title->at);
		if (says_who_wrote(s) || (quote_depth(text, begin) != depth && !introduces_quoted(s)))
			return false;
		named = has_mention(l, title, &quoted) || (apart && has_host(text, l, title, from)); /* in its paragraph a host needs no title */
		if (kind == LINE_HEADER || quoted || ((apart || named) && has_secret(secrets, n_secrets, title)) ||
		    (named && is_note(text, secrets, n_secrets, begin, title)) ||
		    (apart && named && ends_block(text, l, secrets, n_secrets, title, kind)))
			return false;
		if (named && (kind == LINE_FIELD ? words_in(s) <= TITLE_WORDS
		                                 : is_title(text, title, begin))) {
			if (kind == LINE_FIELD)
				prefer_customer(text, l, secrets, n_secrets, begin, title);
			return true;
		}
		if (is_bare_label(s)) {
			passed = false;
			continue;
		}
		if (passed || named || title->end - title->at > TITLE_LONGEST)
			return false;
		passed = kind == LINE_OTHER;
	}
	return false;
}

bool note_below(span text, size_t to, struct place *note)
{
	size_t begin, at = to + span_find_byte(span_sub(text, to, PARAGRAPH_LONGEST), '\n'), end;

	if (at >= text.n || text.p[at] != '\n')
		return false;
	end = at + 1 + span_find_byte(span_sub(text, at + 1, TITLE_LONGEST), '\n');
	return end - at <= TITLE_LONGEST && !quote_changes(text, at) && line_ending_at(text, end, &begin, note) && begin == at + 1 && note->end > note->at &&
	    text.p[note->at] == '(' && text.p[note->end - 1] == ')';
}

bool called_ours(span text, size_t at)
{
	static const char *const our[] = {"our", "ours", "unser", "unsere", "unserem", "unseren", "unserer", "unseres", "unsers", "notre", "nos", "nostro", "nostra",
	    "nostri", "nostre", "nuestro", "nuestra", "nuestros", "nuestras", "onze", "nosso", "nossa", "nossos", "nossas", "vores", "v\xc3\xa5r", "v\xc3\xa5rt",
	    "nasz", "nasze", "nasza", "naszego", "naszej", "meidan", NULL};
	static const char *const your[] = {"your", "yours", "ihr", "ihre", "ihrem", "ihren", "ihrer", "ihres", "dein", "deine", "eure", "votre", "vos", "vostro",
	    "vostra", "vuestro", "vuestra", "uw", "jouw", "seu", "sua", "jeres", "er\xc3\xa4", "twoje", "twoja", NULL};
	size_t begin = span_line_begin(text, at, LINE_LONGEST + 1), from = 0;
	struct place line;
	bool ours = false;
	struct token t;

	for (size_t i = 0; i < 2 && begin > 0 && text.p[begin - 1] == '\n'; i++)
		if (!line_ending_at(text, begin - 1, &begin, &line) || line.end > line.at)
			break;
	for (span s = span_sub(text, begin, at - begin); tokens_read(s, &from, &t, 1) == 1;) {
		span word = span_sub(s, t.at, t.n);

		if (span_is_one_of_nocase(word, your))
			return false;
		ours |= span_is_one_of_nocase(word, our);
	}
	return ours;
}
