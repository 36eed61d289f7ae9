/*
 * An answer above its question: "dahlia", and below it "> What was the password for the demo?". Whoever reads the mail from its top meets
 * the secret first and the word for it later. So a short answer is looked at once more, behind the question that it quotes; one that is
 * quoted itself, too.
 */
#include "base/bisect.h"
#include "scan/private.h"

#define ANSWER_BYTES 160   /* an answer that is longer says itself what it tells */
#define THREAD_BYTES 4096  /* what stands deeper in a thread is in a mail of its own, or was told again */
#define QUESTION_BYTES 400

/* "-----Original Message-----", "On Monday Ann wrote:", "Von: Ann": what a mail program puts between an answer and what it quotes. */
static bool is_announcement(span line)
{
	static const span ends[] = {SPAN_LIT("wrote:"), SPAN_LIT("schrieb:"), SPAN_LIT("écrit :"), SPAN_LIT("écrit:"), SPAN_LIT("escribió:"), SPAN_LIT("ha scritto:"), SPAN_LIT("schreef:"), SPAN_LIT("escreveu:"), SPAN_LIT("skrev:"), SPAN_LIT("napisał(a):")}; /* all with a colon */
	static const span starts[] = {SPAN_LIT("-----"), SPAN_LIT("_____"), SPAN_LIT("from: "), SPAN_LIT("*from:* "), SPAN_LIT("von: "), SPAN_LIT("de : "), SPAN_LIT("de: "), SPAN_LIT("da: "), SPAN_LIT("van: ")};

	for (size_t i = 0; line.n > 0 && line.p[line.n - 1] == ':' && i < sizeof ends / sizeof *ends; i++)
		if (span_ends_nocase(line, ends[i]))
			return true;
	/* each line of the mail comes by here, few begin so */
	for (size_t i = 0; line.n > 4 && ascii_is_one_of(ascii_lower(line.p[0]), "-_*fvd") && i < sizeof starts / sizeof *starts; i++)
		if (span_starts_nocase(line, starts[i]))
			return true;
	return false;
}

/* The line without its marks of quotation, of which there are *level. */
static span without_quotes(span line, unsigned *level)
{
	*level = 0;
	for (line = span_trim(line); line.n > 0 && line.p[0] == '>'; line = span_trim(span_from(line, 1)))
		++*level;
	return line;
}

/* "Sent: Monday", "An: Bo": a line of the header that a mail program shows of what it quotes, which an empty line ends. */
static bool is_shown_header(span line)
{
	size_t colon = span_find_byte(line, ':');

	return line.p[line.n - 1] != '?' && colon < 14 && colon + 1 < line.n && (line.p[colon + 1] == ' ' || line.p[colon + 1] == '*');
}

/* How long the question is in what was quoted: to its last question mark, where it has none to the end of its last sentence. */
static size_t question_n(span quoted)
{
	size_t asked = 0, said = 0;

	for (size_t i = 0; i < quoted.n; i++) {
		if (quoted.p[i] == '?')
			asked = i + 1;
		if (ascii_is_one_of(quoted.p[i], ".!") && (i + 1 == quoted.n || quoted.p[i + 1] == ' '))
			said = i + 1;
	}
	return asked > 0 ? asked : said;
}

/* The lines of the first quotation of rest, as one line behind `to`. */
static span read_question(span rest, unsigned char *to)
{
	bool header = true, begun = false;
	unsigned quoted = 0, level;
	span line;
	size_t n = 0;

	while (span_line(&rest, &line)) {
		span words = without_quotes(line, &level);

		if (words.n == 0 || is_announcement(words) || (header && is_shown_header(words))) {
			if (begun && words.n > 0)
				break;
			header = header && !begun;
			continue;
		}
		if ((begun && level != quoted) || n + words.n + 1 > QUESTION_BYTES)
			break;
		quoted = level;
		begun = true;
		header = false;
		if (n > 0)
			to[n++] = ' ';
		memcpy(to + n, words.p, words.n);
		n += words.n;
	}
	return span_of(to, question_n(span_of(to, n)));
}

/* Does the question speak of what a secret or a person's number is called? Most do not, and need not be read again. The words are in order of bytes. */
static bool asks_for_secret(span question)
{
	static const char *const words[] = {"acceso", "accès", "alarm", "ausweis", "birth", "born", "bsn", "cadenas", "caja", "candado", "clave", "code",
	    "codice", "coffre", "combinación", "combinaison", "combination", "combo", "contrase", "credential", "creds", "código", "digicode", "dni",
	    "dob", "door", "gate", "geb", "geheim", "hasło", "identifiant", "kenn", "key", "kombination", "licence", "license", "lock", "log in", "login",
	    "lösen", "mdp", "mot de passe", "nacimiento", "naissance", "nascimento", "nascita", "national insurance", "ni number", "nif", "padlock",
	    "palavra", "pass", "pin", "portail", "porte", "portón", "psw", "puerta", "pw", "pwd", "reisepass", "safe", "schloss", "schlüssel", "senha",
	    "social sec", "ssn", "steuer", "sécu", "sécurité sociale", "tor", "tresor", "tür", "unlock", "wacht", "wi-fi", "wifi", "wlan", "zugang"};

	for (size_t at = 0; at < question.n; at++) {
		span rest = span_from(question, at);
		unsigned char c = ascii_lower(rest.p[0]);
		size_t i;

		BISECT(i, sizeof words / sizeof *words, (unsigned char)words[i][0] < c);
		for (; i < sizeof words / sizeof *words && (unsigned char)words[i][0] == c; i++)
			if (span_starts_nocase(rest, span_str(words[i])))
				return true;
		/* to the next word; "Haustürcode" and "WLAN-Passwort" are told by their ends */
		while (at + 1 < question.n && is_letter(question.p[at]) && is_letter(question.p[at + 1]) && !span_starts_nocase(span_from(question, at + 1), SPAN_LIT("pass")) &&
		    !span_starts_nocase(span_from(question, at + 1), SPAN_LIT("code")) && !span_starts_nocase(span_from(question, at + 1), SPAN_LIT("kenn")))
			at++;
	}
	return false;
}

/* Is the line but a greeting? "Hi Ann," */
static bool is_greeting(span line)
{
	return line.n > 1 && line.n < 30 && line.p[line.n - 1] == ',' && span_find_byte(line, '=') == line.n;
}

/*
 * The next thing from *at on that was said above a quotation: [*from, *end), of which the last is where the quotation begins. What is
 * quoted itself is its first line. False: there is none.
 */
static bool next_said(span text, size_t *at, size_t *from, size_t *end)
{
	span rest = span_from(span_first(text, THREAD_BYTES), *at), line;
	size_t said_end = 0;
	unsigned level, mine = 0, above = 0; /* above: of the line directly above */
	bool said = false;

	for (; span_line(&rest, &line); above = level) {
		span words = without_quotes(line, &level);

		if (words.n == 0) {
			level = 0;
			continue;
		}
		/* the end of a quoted line that was wrapped */
		if (level < above) {
			level = above;
			continue;
		}
		if (said && (level > mine || is_announcement(words))) {
			*at = (size_t)(line.p - text.p);
			*end = said_end;
			return true;
		}
		if (said && level == mine) {
			said_end = mine > 0 ? said_end : (size_t)(words.p - text.p) + words.n;
			continue;
		}
		if (is_greeting(words) || is_announcement(words))
			continue;
		said = true;
		mine = level;
		*from = (size_t)(words.p - text.p);
		said_end = *from + words.n;
	}
	return false;
}

enum errc reply_next(struct arena *a, span text, size_t *at, struct reply *out, struct err *e)
{
	size_t from = 0, end = 0;

	*out = (struct reply){.text = SPAN_EMPTY};
	while (next_said(text, at, &from, &end)) {
		unsigned char *both;
		span question;

		if (end - from > ANSWER_BYTES)
			continue;
		if ((both = arena_alloc(a, QUESTION_BYTES + ANSWER_BYTES + 3)) == NULL)
			return err_memory(e);
		if ((question = read_question(span_from(text, *at), both + 2)).n == 0 || !asks_for_secret(question))
			continue;
		memcpy(both, "> ", 2);
		out->from = from;
		out->before = question.n + 3;
		both[out->before - 1] = '\n';
		memcpy(both + out->before, text.p + from, end - from);
		out->text = span_of(both, out->before + end - from);
		return OK;
	}
	return OK;
}

/* A signature: a short line without digits, "Ann", "-- Ann Harte" */
static bool is_signature(span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!is_letter(line.p[i]) && !ascii_is_one_of(line.p[i], " .,-"))
			return false;
	return line.n < 40;
}

/* "As promised in a mail of its own:", but no "Order number:" */
static bool is_leading_up(span line)
{
	static const char *const others[] = {"number", "order", "reference", "ticket", "track", "link", "commit", "version", "file", "nummer", "bestell", "commande", "pedido", "server", "host", "user", NULL};

	return !span_has_one_of_nocase(line, others) && line.n > 1 && line.p[line.n - 1] == ':' && span_find_byte(line, ' ') < line.n;
}

/* A line directly below "ann", "svc-vpn", "ann@corp.example", who logs in: the two lines of a file for --auth-user-pass of OpenVPN. */
static bool is_below(span user, span line)
{
	for (size_t i = 0; i < user.n; i++)
		if (!ascii_is_alnum(user.p[i]) && !ascii_is_one_of(user.p[i], "._-@\\"))
			return false;
	return line.p - (user.p + user.n) <= 2 && line.n > 7 && line.n <= 40 && !is_signature(line);
}

/* "jharte and X", "jharte / X": who logs in, and behind it the word with which. Empty: it is no such line. */
static span word_of_pair(span line)
{
	static const char *const ands[] = {"and", "und", "et", "y", "e", "en", "/", "+", "&", NULL};
	size_t user = span_find_byte(line, ' '), and, at;
	span name = span_first(line, user);

	if (user >= line.n || name.n < 3 || (!ascii_is_digit(name.p[name.n - 1]) && span_find_byte(name, '@') == name.n && (name.p[0] < 'a' || name.p[0] > 'z')))
		return SPAN_EMPTY;
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_is_alnum(name.p[i]) && !ascii_is_one_of(name.p[i], "._-@\\"))
			return SPAN_EMPTY;
	and = span_find_byte(span_from(line, user + 1), ' ');
	at = user + 1 + and + 1;
	return at < line.n && span_is_one_of(span_sub(line, user + 1, and), ands) ? span_from(line, at) : SPAN_EMPTY;
}

enum errc lone_word_read(struct arena *a, span text, struct reply *out, struct err *e)
{
	static const char alone[] = "sent alone: ", pair[] = "sent alone, who and what: ";
	const char *label = alone;
	span rest = text, line, word = SPAN_EMPTY;
	unsigned char *both;
	size_t label_n;
	bool user = false; /* a line above is who logs in */

	*out = (struct reply){.text = SPAN_EMPTY};
	if (text.n > ANSWER_BYTES)
		return OK;
	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n == 0)
			continue;
		if (word.n == 0 ? !is_greeting(line) && !is_leading_up(line) : !user && (user = is_below(word, line)))
			word = line;
		else if (word.n > 0 && !is_signature(line))
			return OK;
	}
	if (!user && (line = word_of_pair(word)).n > 0) {
		word = line;
		label = pair;
	}
	for (size_t i = 0; i < word.n; i++)
		if (is_blank(word.p[i]))
			return OK;
	if (word.n < 8 || word.n > 40)
		return OK;
	label_n = strlen(label);
	if ((both = arena_alloc(a, label_n + word.n)) == NULL)
		return err_memory(e);
	memcpy(both, label, label_n);
	memcpy(both + label_n, word.p, word.n);
	*out = (struct reply){.text = span_of(both, label_n + word.n), .before = label_n, .from = (size_t)(word.p - text.p)};
	return OK;
}
