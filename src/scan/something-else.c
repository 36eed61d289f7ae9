/*
 * What stands where a password could, and by its form alone is something else: a placeholder, a digest, a figure, an address, a setting, a
 * record. Nothing is asked of the text around it; what a program has there is program.c's.
 */
#include "scan/private.h"

/* "***", "...", "___", "xxxx", and the dots that hide what is typed: one mark again and again */
static bool repeats_mark(span v)
{
	size_t same = 1;

	for (size_t i = 1; i < v.n; i++) {
		unsigned char c = ascii_lower(v.p[i]);

		same = c == ascii_lower(v.p[i - 1]) ? same + 1 : 1;
		if (same > 2 && (ascii_is_one_of(c, "*._") || (same > 3 && c == 'x')))
			return true;
	}
	return !span_is_ascii(v) && (span_has(v, SPAN_LIT("\xe2\x80\xa2\xe2\x80\xa2")) || span_has(v, SPAN_LIT("\xe2\x97\x8f\xe2\x97\x8f")));
}

/* "****", "xxxx", "xxx-xx-4417", "....", "<your password>", "${PASSWORD}", "%s", "[redacted]" */
static bool is_placeholder(span v)
{
	static const char *const tags[] = {"vault", "ref", "sub", "getatt", "reference", "secret", "join", "env", "env_var", "importvalue", NULL};
	static const span replace[] = {SPAN_LIT("changeme_"), SPAN_LIT("changeme-"), SPAN_LIT("change_me"), SPAN_LIT("change-me"), SPAN_LIT("replace_"), SPAN_LIT("replace-me"), SPAN_LIT("replaceme")};
	size_t same = 1;
	unsigned char a = v.p[0], z = v.p[v.n - 1];

	while (same < v.n && ascii_lower(v.p[same]) == ascii_lower(a))
		same++;
	if (same == v.n || (same + 1 >= v.n && !ascii_is_alnum(a)))
		return true;
	if (repeats_mark(v) || span_starts_nocase(v, SPAN_LIT("xxx-")))
		return true;
	/* "\${password}", "\emph{password}" */
	if (a == '\\' && v.n > 3 && span_find_byte(v, '{') < v.n)
		return true;
	if ((a == '<' && z == '>') || (a == '[' && z == ']') || (a == '{' && z == '}') || (a == '%' && z == '%' && v.n > 2) ||
	    (a == '(' && z == ')') || (a == '<' && v.n > 1 && ascii_is_alpha(v.p[1])) || (a == '@' && z == '@'))
		return true;
	if (span_starts(v, SPAN_LIT("${")) || span_starts(v, SPAN_LIT("$(")) || span_starts(v, SPAN_LIT("{{")) ||
	    span_starts(v, SPAN_LIT("#{")) || span_starts(v, SPAN_LIT("<%")) || span_starts(v, SPAN_LIT("%(")) ||
	    span_starts(v, SPAN_LIT("[[")) || span_eq(v, SPAN_LIT("%s")) || span_starts(v, SPAN_LIT("{%")) || span_starts(v, SPAN_LIT("%{")) ||
	    span_starts(v, SPAN_LIT("ENC[")) || span_starts(v, SPAN_LIT("{cipher}")) || span_starts(v, SPAN_LIT("ENC(")))
		return true;
	for (size_t i = 0; i < sizeof replace / sizeof *replace; i++)
		if (span_starts_nocase(v, replace[i]))
			return true;
	/* tags of YAML; "your-password-here" */
	if ((a == '!' && span_is_one_of_nocase(span_from(v, 1), tags)) || span_starts_nocase(v, SPAN_LIT("your-")) || span_starts_nocase(v, SPAN_LIT("your_")))
		return true;
	/* "{"Ref": "Password"}" */
	if (a == '{' && v.n > 2 && v.p[1] == '"' && ascii_is_alpha(v.p[2]))
		return true;
	/* "{type: string}" */
	if (a == '{' && v.n > 1 && names_only(span_from(v, 1)))
		return true;
	/* $VARIABLE, $variable, @parameter, :parameter */
	if ((a == '$' || a == '@' || a == ':') && v.n > 2) {
		size_t i = 1;

		while (i < v.n && (ascii_is_alpha(v.p[i]) || v.p[i] == '_'))
			i++;
		if (a == '$' && i == v.n - 1 && v.p[i - 1] >= 'A' && v.p[i - 1] <= 'Z' && ascii_is_digit(v.p[i])) /* $PASS1 */
			i++;
		return i == v.n || (i == v.n - 1 && v.p[i] == ';');
	}
	return false;
}

/* What was made of a password, not the password: crypt(5), LDAP, and what programs write in their own way. */
static bool is_digest(span v)
{
	static const span begins[] = {SPAN_LIT("$1$"), SPAN_LIT("$5$"), SPAN_LIT("$6$"), SPAN_LIT("$y$"), SPAN_LIT("$2a$"), SPAN_LIT("$2b$"), SPAN_LIT("$2x$"), SPAN_LIT("$2y$"), SPAN_LIT("$apr1$"), SPAN_LIT("$argon2"), SPAN_LIT("$pbkdf2"), SPAN_LIT("$scrypt$"), SPAN_LIT("$P$"), SPAN_LIT("$H$"),
	    SPAN_LIT("pbkdf2_"), SPAN_LIT("pbkdf2:"), SPAN_LIT("bcrypt$"), SPAN_LIT("scrypt:"), SPAN_LIT("sha1$"), SPAN_LIT("sha256$"), SPAN_LIT("{SSHA"), SPAN_LIT("{SHA"), SPAN_LIT("{CRYPT}"), SPAN_LIT("{SMD5}"), SPAN_LIT("{MD5}"), SPAN_LIT("{PBKDF2"), SPAN_LIT("{ARGON2"), SPAN_LIT("{BCRYPT}"),
	    SPAN_LIT("SCRAM-SHA-"), SPAN_LIT("AQICAH"), SPAN_LIT("$ANSIBLE_VAULT"), SPAN_LIT("%^%#"), SPAN_LIT("%@%@"), SPAN_LIT("51:b:"), SPAN_LIT("01000000d08c9ddf")};
	size_t n = 0;

	for (size_t i = 0; v.n >= 12 && i < sizeof begins / sizeof *begins; i++)
		if (span_starts_nocase(v, begins[i]))
			return true;
	/* Nobody's password is that long: something encrypted. */
	while (n < v.n && (ascii_is_alnum(v.p[n]) || v.p[n] == '+' || v.p[n] == '/' || v.p[n] == '='))
		n++;
	return n == v.n && v.n >= 88 && (v.n % 4 == 0 || v.n > 120);
}

/* A time of day, an amount of money, a percentage, "2nd" */
static bool is_figure(span v)
{
	static const char *const ordinals[] = {"st", "nd", "rd", "th", NULL};
	size_t digits = 0, i = v.p[0] == '$' || v.p[0] == '#';

	if (v.n < 5 && ascii_is_digit(v.p[v.n - 3]) && span_is_one_of_nocase(span_from(v, v.n - 2), ordinals))
		return true;
	for (; i < v.n; i++) {
		if (ascii_is_digit(v.p[i]))
			digits++;
		else if (!ascii_is_one_of(v.p[i], v.p[0] == '$' ? ".,k" : ":/") && (v.p[i] != '%' || i + 1 < v.n))
			return false;
	}
	return digits > 0 && (v.p[0] == '$' || digits < v.n);
}

static bool is_address_or_link(span v)
{
	size_t at = span_find_byte(v, '@'), dot;
	span domain = span_from(v, at + 1);

	if (span_has(v, SPAN_LIT("://")) || span_starts(v, SPAN_LIT("//")) || span_starts_nocase(v, SPAN_LIT("www.")) ||
	    span_starts_nocase(v, SPAN_LIT("mailto:")) || span_starts(v, SPAN_LIT("HTTP/")) || span_starts_nocase(v, SPAN_LIT("href=")))
		return true;
	if (v.p[0] == '/' && span_find_byte(span_from(v, 1), '/') < v.n - 1) /* a path */
		return true;
	if (at == v.n || at == 0 || domain.n < 4)
		return false;
	/* name@host.tld with letters behind the last dot and nothing odd */
	for (dot = domain.n; dot > 0 && ascii_is_alpha(domain.p[dot - 1]);)
		dot--;
	return dot > 1 && domain.p[dot - 1] == '.' && domain.n - dot >= 2 && domain.n - dot <= 10;
}

/* names such as new_password or userPassword, but not Password1 */
static bool names_itself(span v)
{
	static const span words[] = {SPAN_LIT("password"), SPAN_LIT("passwd"), SPAN_LIT("passwort"), SPAN_LIT("kennwort"), SPAN_LIT("passphrase"), SPAN_LIT("username"),
	    SPAN_LIT("contrasena"), SPAN_LIT("contraseña"), SPAN_LIT("motdepasse"), SPAN_LIT("mot de passe"), SPAN_LIT("wachtwoord"), SPAN_LIT("userid")};
	struct looks l = looks_of(v);
	size_t run = 0, longest = 0;

	/* the shortest has six letters */
	for (size_t i = 0; i < v.n; i++) {
		run = is_letter(v.p[i]) || v.p[i] == ' ' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; longest > 5 && i < sizeof words / sizeof *words; i++) {
		span w = words[i];
		size_t at = span_find_nocase(v, w);

		if (at == v.n)
			continue;
		/* "Passwort bestätigen", "¿Olvidó su contraseña?" */
		if (span_find_byte(v, ' ') < v.n && l.digits == 0)
			return true;
		if (at == 0 && v.n > w.n && v.p[w.n] == ' ')
			return true;
		/* "Note: password: Tulpe-31" in a cell: another's value is within */
		if (at + w.n < v.n && v.p[at + w.n] == ':')
			return true;
		if (l.digits == 0 && l.symbols == span_find_byte(v, '_') % v.n)
			return true;
		if (v.n > w.n && l.digits == 0 && (at + w.n == v.n || v.p[at + w.n] == '_' || v.p[at + w.n] == '.' ||
		    v.p[at + w.n] == '\'' || (at > 0 && (v.p[at - 1] == '_' || v.p[at - 1] == '.'))))
			return true;
	}
	return false;
}

/* "Sheet1!Print_Area", "Tabelle2!B4", "MS_ClipArt_Gallery.5": what office programs call a range, and a class */
static bool is_of_office(span v)
{
	static const span sheets[] = {SPAN_LIT("Sheet"), SPAN_LIT("Tabelle"), SPAN_LIT("Feuil"), SPAN_LIT("Hoja"), SPAN_LIT("Foglio"), SPAN_LIT("Blad"), SPAN_LIT("Planilha")};
	size_t n = 0, dot = span_find_byte(v, '.');

	for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
		if (span_starts(v, sheets[i])) {
			for (n = sheets[i].n; n < v.n && ascii_is_digit(v.p[n]);)
				n++;
			return n < v.n && v.p[n] == '!';
		}
	while (n < dot && (ascii_is_alpha(v.p[n]) || v.p[n] == '_'))
		n++;
	return n == dot && dot + 2 == v.n && ascii_is_digit(v.p[dot + 1]) && span_find_byte(v, '_') < dot;
}

bool is_something_else(span v)
{
	return is_of_office(v) || is_placeholder(v) || is_digest(v) || is_figure(v) || is_address_or_link(v) || names_itself(v) ||
	    (v.p[0] == '&' && (looks_of(v).digits == 0 || v.n < 8 || v.p[1] == '#' || span_find_byte(v, '=') < v.n)); /* "&user=x", "&quot;"; not "&tc0rMBQ9" */
}

bool is_setting(span v)
{
	size_t n = 0;

	while (n < v.n && (ascii_is_alnum(v.p[n]) || v.p[n] == '_'))
		n++;
	if (n == 0 || n + 1 >= v.n || (v.p[n] != ',' && v.p[n] != '=') || !ascii_is_alpha(v.p[0]) ||
	    (has_digit(span_first(v, n)) && v.n - n > 2))
		return false;
	for (n++; n < v.n; n++)
		if (!ascii_is_digit(v.p[n]))
			return false;
	return true;
}

bool is_record(span v)
{
	size_t upper = 0, dots = 0;
	bool host = true;

	while (upper < v.n && v.p[upper] >= 'A' && v.p[upper] <= 'Z')
		upper++;
	if (upper > 1 && upper < v.n && v.p[upper] == '-')
		return true;
	if (ascii_is_digit(v.p[0]) && is_day(v)) /* 12-Mar-2024, but not 5Vgt7mK2a */
		return true;
	/* "srv28.granite.example" */
	for (size_t i = 0; i < v.n; i++) {
		dots += v.p[i] == '.';
		host = host && ((v.p[i] >= 'a' && v.p[i] <= 'z') || ascii_is_digit(v.p[i]) || v.p[i] == '-' || v.p[i] == '.');
	}
	if (host && dots > 1 && ascii_is_alpha(v.p[v.n - 1]) && ascii_is_alpha(v.p[v.n - 2]))
		return true;
	for (size_t i = 1; i + 1 < v.n; i++)
		if (v.p[i] == '.' && ((ascii_is_alpha(v.p[i + 1]) && v.n - i < 6 && !(dots > 1 && i + 2 < v.n && kind_of(v.p[i + 1]) == 3 && kind_of(v.p[i + 2]) == 2)) || /* not Thimble.22.Rook */
		    (ascii_is_digit(v.p[i - 1]) && ascii_is_digit(v.p[i + 1]))))
			return true;
	return false;
}

bool is_number_of_system(span v)
{
	size_t n = 0;

	if (v.n >= 36 && v.p[8] == '-' && v.p[13] == '-' && v.p[18] == '-' && v.p[23] == '-')
		return true;
	/* the mark of an object in so many parts: "8f14e45fceea167a5a36dedd4bea2543-14" */
	if (v.n > 33 && v.n <= 37 && v.p[32] == '-' && looks_of(span_from(v, 33)).digits == v.n - 33)
		v = span_first(v, 32);
	while (n < v.n && ((v.p[v.n - 1 - n] >= 'a' && v.p[v.n - 1 - n] <= 'f') || ascii_is_digit(v.p[v.n - 1 - n])))
		n++;
	return n >= 24 && v.n - n <= 3;
}
