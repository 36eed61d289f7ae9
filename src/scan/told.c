/*
 * Secrets told in sentences: "the annexe keypad wants a number, 4821" and "that one never changed, still Pebble77". What leads
 * to one is no phrase but what the words around it are about. So each thing that could be a value is weighed: what its sentence
 * speaks of, what the sentences before spoke of, and what stands directly before it. The words are lists of the rule:
 *   topics  what the secret is called (code, password)        things  what it opens (door, account)
 *   acts    what one does with it (enter, server)             leads   what stands directly before a value (is, to, with)
 *   others  what is told in the same way and is no secret (postal code, room, per cent)
 */
#include "case/names.h"
#include "scan/told-private.h"

#define BEFORE_MAX 260 /* bytes of text that count, before the value */
#define AFTER_MAX 90
#define TOLD_BEFORE 90
#define TOLD_BEHIND 230
#define WORDS_MAX 3    /* of a phrase */

enum role { ROLE_OTHER, ROLE_TOPIC, ROLE_THING, ROLE_ACT, N_ROLES };

/* What a stretch of text speaks of. */
struct spoken { unsigned has[N_ROLES]; };

static bool is_listed(const struct told_words *words, span w)
{
	return word_list_has(words->topics, w) || word_list_has(words->things, w) || word_list_has(words->acts, w);
}

/* Is the byte at `at` one that joins words to a name or address? */
static bool is_joint(span text, size_t at)
{
	return at < text.n && (ascii_is_digit(text.p[at]) || ascii_is_one_of(text.p[at], "_@\\="));
}

/* What the text says in [from, to). */
static void listen(const struct told_words *words, span text, size_t from, size_t to, struct spoken *out)
{
	const struct word_list *const lists[N_ROLES] = {[ROLE_OTHER] = words->others, [ROLE_TOPIC] = words->topics,
	    [ROLE_THING] = words->things, [ROLE_ACT] = words->acts};
	size_t at = from;

	text = span_first(text, to + WORD_MAX);
	while (at < to) {
		unsigned char phrase[WORD_MAX];
		size_t ends[WORDS_MAX], lengths[WORDS_MAX], n = 0, k = 0, next = at, start = at;

		if (!is_letter(text.p[at])) {
			at++;
			continue;
		}
		while (k < WORDS_MAX && next < to && is_letter(text.p[next])) {
			size_t before = n;

			next = word_fold(text, next, phrase, &n);
			if (n == before)
				break;
			ends[k] = next;
			lengths[k++] = n;
			while (next < to && ascii_is_one_of(text.p[next], " \t-\r\n>"))
				next++;
			if (n < WORD_MAX - 1)
				phrase[n++] = ' ';
		}
		at = k > 0 ? ends[0] : next;
		/* not within entry_SYSCALL_64, mail2door or door@corp.example */
		if (k == 0 || is_joint(text, at) || (start > 0 && is_joint(text, start - 1)))
			continue;
		for (size_t w = k; w-- > 0;) {
			bool hit = false;

			/* "postcode" is no code, though it ends like one */
			if (w == 0 && word_list_has(words->others, span_of(phrase, lengths[0])) && !is_listed(words, span_of(phrase, lengths[0])))
				break;
			for (int r = 0; r < N_ROLES && !hit; r++)
				/* One word alone says that no secret is told only where it stands beside the value. */
				if ((r != ROLE_OTHER || w > 0) && (hit = word_list_tells(lists[r], span_of(phrase, lengths[w]), w == 0)))
					out->has[r]++;
			if (hit) {
				/* "codice cancello" is what the secret is called, and says what it opens */
				if (w > 0 && out->has[ROLE_TOPIC] > 0 && word_list_tells(words->things, span_of(phrase + lengths[w - 1] + 1, lengths[w] - lengths[w - 1] - 1), true))
					out->has[ROLE_THING]++;
				at = ends[w];
				break;
			}
		}
	}
}

/* The last byte of the line above `at`, past one that is empty; 0: there is none. */
static size_t line_above(span text, size_t at)
{
	unsigned empty = 0;

	while (at > 0 && empty < 3 && ascii_is_one_of(text.p[at - 1], " \t\r\n>*|\"'`-"))
		empty += text.p[--at] == '\n';
	return empty > 0 && empty < 3 && at > 0 ? at - 1 : 0;
}

/* "as of Monday the side door wants\n\n5937#": where the line above ends whose sentence goes on with text[at, end), which is all that its line has. 0: none does. */
static size_t sentence_hanging(span text, size_t at, size_t end)
{
	size_t above = line_above(text, at);

	while (end < text.n && ascii_is_one_of(text.p[end], " \t\r.*|\"'`"))
		end++;
	if (above == 0 || (end < text.n && text.p[end] != '\n') || ascii_is_one_of(text.p[above], ".!?"))
		return 0;
	return above + 1;
}

/* What of 1 to `most` counts of a role is worth. */
static int worth(unsigned n, int first, int more)
{
	return n == 0 ? 0 : n == 1 ? first : first + more;
}

/* "reset to 4821 by the caretaker", "is 4821 from Monday": by whom and when, not what is measured */
static bool is_circumstance(span text, size_t end, span behind)
{
	static const char *const words[] = {"by", "from", "until", "till", "since", "ab", "bis", "seit", "dès", "depuis", "desde", "hasta", "dal", NULL};
	static const char *const dutch[] = {"uw", "je", "jouw", "jullie", "een", "met", "via", NULL};
	size_t next = end + 1 + behind.n;
	unsigned char w[WORD_MAX];

	if (span_eq(behind, SPAN_LIT("of"))) /* "4821 of uw pas": or */
		return span_is_one_of(word_behind(text, next, w), dutch);
	return span_is_one_of(behind, words) && next + 1 < text.n && text.p[next] == ' ' && is_letter(text.p[next + 1]);
}

/* "4821 number one": the word that may lead to a code may also count */
static bool is_copula_number(span w)
{
	static const char *const words[] = {"number", "numbers", "nummer", "numéro", "número", "números", "chiffres", "sequence", "star", NULL};

	return span_is_one_of(w, words);
}

/* What has a code and is opened by it */
static bool names_device(span s)
{
	static const char *const words[] = {"key safe", "keysafe", "key box", "lockbox", "lock box", "keypad", "padlock", "code lock", "combination lock", "cadenas", "candado", "lucchetto", "cadeado", "boîte à clé", "sleutelkast",
	    "sleutelkluis", "hangslot", "fietsslot", "codeschloss", "zahlenschloss", "vorhängeschloss", "vorhangschloss", "fahrradschloss", "schlüsselkasten", "schlüsseltresor", "schlüsselsafe", "schlüsselbox",
	    "coffre à clé", "boîtier à clé", "caja de llaves", "cassetta delle chiavi", "cassetta portachiavi", "hänglås", "hængelås", "nyckelskåp", "nøgleboks", "nøkkelboks", "kłódk", NULL};

	return span_has_one_of_nocase(s, words);
}

/* "the example in the picture says X": nobody's */
static bool says_example(span s)
{
	static const char *const words[] = {" example", "beispiel", "exemple", "ejemplo", "esempio", "voorbeeld", "exemplo", "przykład", NULL};

	return span_has_one_of_nocase(s, words);
}

struct weight told_weight(const struct told_words *words, span text, size_t at, size_t end, int lead)
{
	size_t least = at > BEFORE_MAX ? at - BEFORE_MAX : 0, start = sentence_start(text, at, least), before = start, stop;
	struct spoken same = {0}, past = {0};
	struct weight w = {.sum = -1, .lead = lead};
	unsigned char word[WORD_MAX];
	span behind = word_behind(text, end, word);
	size_t above = sentence_hanging(text, at, end);
	bool alone;

	if (above > least)
		start = before = sentence_start(text, above, least);
	/* ", 1000 Louisiana Street" */
	if (w.lead == 1 && end + 1 < text.n && text.p[end] == ' ' && text.p[end + 1] >= 'A' && text.p[end + 1] <= 'Z')
		return w;
	if (w.lead == LEAD_NONE || (behind.n > 0 && word_list_tells(words->others, behind, true) && !is_circumstance(text, end, behind)) ||
	    says_example(span_sub(text, start, at - start)))
		return w;
	/* "X opens it", "zum Verbinden X eintippen"; of codes only what is an order too, as there acts are things as well */
	if (w.lead == 0 && behind.n > 0 && word_list_tells(words->acts, behind, true) && (!words->codes || word_list_tells(words->leads, behind, true)))
		w.lead = words->codes && !is_copula_number(behind) ? 2 : 1;
	listen(words, text, start, at, &same);
	stop = sentence_stop(text, end, AFTER_MAX);
	listen(words, text, end, stop, &same);
	for (int i = 0; i < 2; i++) {
		while (before > least && is_blank(text.p[before - 1]))
			before--;
		if (before > least)
			before = sentence_start(text, before - 1, least);
	}
	listen(words, text, before, start, &past);
	/* "so I made it X. Password must be changed monthly." */
	listen(words, text, stop, text.n - stop > AFTER_MAX ? sentence_stop(text, stop + 1, AFTER_MAX) : text.n, &past);
	/* "Session code: 112701": a word for a secret, and nothing that it is for */
	alone = same.has[ROLE_THING] + past.has[ROLE_THING] + same.has[ROLE_ACT] + past.has[ROLE_ACT] == 0 && !(words->codes && names_device(span_sub(text, start, stop - start)));
	w.typed = lead_is_typed(words, text, at) || (behind.n > 3 && !is_copula_number(behind) && word_list_tells(words->acts, behind, true) && word_list_tells(words->leads, behind, true));
	w.alone = alone || same.has[ROLE_OTHER] > 0;
	w.near = past.has[ROLE_TOPIC] + past.has[ROLE_THING] > 0;
	w.topic = same.has[ROLE_TOPIC] + past.has[ROLE_TOPIC] > 0;
	w.thing = same.has[ROLE_THING] > 0;
	w.busy = same.has[ROLE_ACT] > 1;
	w.here = same.has[ROLE_TOPIC] + same.has[ROLE_THING] > 0;
	w.sum = w.lead - 2 * (alone && words->codes) - worth(same.has[ROLE_OTHER], 3, 2) +
	    (same.has[ROLE_TOPIC] > 0 ? 4 : worth(past.has[ROLE_TOPIC], 3, 0)) +
	    (same.has[ROLE_THING] > 0 ? worth(same.has[ROLE_THING], 3, 1) : worth(past.has[ROLE_THING], 2, 0)) +
	    (same.has[ROLE_ACT] > 0 ? worth(same.has[ROLE_ACT], 2, 1) : worth(past.has[ROLE_ACT], 1, 0));
	return w;
}

#define TOKEN_MAX 60
#define ALONE_LEAST 6
#define LISTED 2 /* what it adds that lines of a list look the same */

/* "they get auditor2025 and the password is X", "entra con mlopez7 y la clave X": what stands before is the user */
static bool has_password_behind(const struct told_words *words, span text, size_t end)
{
	static const char *const joins[] = {"and", "with", "und", "mit", "et", "avec", "y", "con", "e", "en", "met", "com", "med", "och", "og", NULL};
	static const char *const articles[] = {"the", "a", "as", "his", "her", "my", "your", "its", "das", "als", "de", "comme", "como", "come", "dem", "le", "la", "el", "il", "het", NULL};
	unsigned char w[WORD_MAX];
	bool comma = end < text.n && text.p[end] == ','; /* "log in as groot-03, password X" */
	span word = word_behind(text, end, w);

	if (!comma && !span_is_one_of(word, joins))
		return false;
	end += comma ? 1 : 1 + word.n;
	word = word_behind(text, end, w);
	if (span_is_one_of(word, articles))
		word = word_behind(text, end + 1 + word.n, w);
	return word.n > 0 && word_list_tells(words->topics, word, true);
}

/* Where the line ends that has nothing behind `at`; SIZE_MAX: it has */
static size_t line_end(span text, size_t at)
{
	while (at < text.n && ascii_is_one_of(text.p[at], " \t\r"))
		at++;
	return at == text.n || text.p[at] == '\n' ? at : SIZE_MAX;
}

/* "log in with planner01 and Tulp_Dijk44", or each alone in its line: of two words the odder one is the password */
static bool has_odder_behind(const struct told_words *words, span text, size_t at, size_t end, int odd)
{
	static const char *const joins[] = {" and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " then ", " / "};
	struct candidate c = {.text = text};
	size_t below;

	while (at > 0 && ascii_is_one_of(text.p[at - 1], " \t>"))
		at--;
	if (odd < 4 && (at == 0 || text.p[at - 1] == '\n') && (below = line_end(text, end)) < text.n) {
		while (++below < text.n && ascii_is_one_of(text.p[below], " \t>"))
			;
		if (take_value(text, below, TAKE_TOKEN, STRENGTH_SLOT, &c) && word_oddness(words, &c) >= STRONG && line_end(text, c.at + c.n) != SIZE_MAX)
			return true;
	}
	for (size_t i = 0; odd < 4 && i < sizeof joins / sizeof *joins; i++)
		if (span_starts(span_from(text, end), span_str(joins[i])))
			return take_value(text, end + strlen(joins[i]), TAKE_TOKEN, STRENGTH_SLOT, &c) && c.n > 5 && word_oddness(words, &c) >= 4;
	return false;
}

/* Does the text end where the name of who logs in follows? */
static bool is_named(span before)
{
	static const span leads[] = {SPAN_LIT("ssh "), SPAN_LIT(" on as "), SPAN_LIT(" in as "), SPAN_LIT("id: "), SPAN_LIT("id is "), SPAN_LIT("name: "), SPAN_LIT("login: "), SPAN_LIT("user: ")};

	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (span_ends_nocase(before, leads[i]))
			return true;
	return false;
}

/* "kdale69 / X", "Priority2A: X", the cell before another, "ID: kdale69" */
static bool is_name_of_value(const struct told_words *words, span text, size_t at, size_t end)
{
	return has_password_behind(words, text, end) || span_starts(span_from(text, end), SPAN_LIT(" / ")) || text.p[end - 1] == ':' || (end < text.n && text.p[end] == '\t' && !row_has_user_before(text, at)) ||
	    span_starts(span_from(text, end), SPAN_LIT(" have ")) || is_named(span_first(text, at));
}

/* "S3_BUCKET=quay-raw": a variable, whose name says whether it is a secret */
static bool is_variable(span v)
{
	size_t n = 0;

	while (n < v.n && ((v.p[n] >= 'A' && v.p[n] <= 'Z') || v.p[n] == '_' || ascii_is_digit(v.p[n])))
		n++;
	return n > 3 && n < v.n && v.p[n] == '=' && span_find_byte(span_first(v, n), '_') < n;
}

/* Is the line at `at` of the same list as a value of n bytes? It is as odd, or one made by the same hand: as odd as a word can be, and as long. */
static bool is_fellow(const struct told_words *words, span text, size_t at, size_t n, int odd)
{
	struct candidate c;
	int other = value_of_row(text, line_of(text, at), &c) ? word_oddness(words, &c) : 0;

	return (odd > 2 && other > 2) || (other > 1 && n > 7 && c.n == n);
}

/* Is it the value of a line of a list, next to another such line? */
static bool is_row(const struct told_words *words, span text, size_t at, int odd)
{
	span line = line_of(text, at);
	size_t begin = (size_t)(line.p - text.p), end = begin + line.n;
	struct candidate c;

	return value_of_row(text, line, &c) && c.at == at && (odd > 2 || !row_names_value(line, span_sub(text, c.at, c.n))) && ((begin > 1 && is_fellow(words, text, begin - 1, c.n, odd)) ||
	    (end + 1 < text.n && is_fellow(words, text, end + 1, c.n, odd)));
}

/* Where one line of a list is told, so are those around it that look the same. */
static size_t tell_rows(const struct told_words *words, span text, size_t at, told_found found, void *ctx)
{
	struct candidate c;
	size_t end = at;
	span line = line_of(text, at);

	if (!value_of_row(text, line, &c) || c.at != at)
		return at;
	while (line.p > text.p && value_of_row(text, line_of(text, (size_t)(line.p - text.p) - 1), &c) && word_oddness(words, &c) > 0)
		line = line_of(text, (size_t)(line.p - text.p) - 1);
	for (unsigned k = 0; k < LIMIT_TABLE_ROWS && value_of_row(text, line, &c) && word_oddness(words, &c) > 0; k++) {
		if (c.at != at && !found(ctx, c.at, c.n, CERTAINTY_MEDIUM))
			break;
		end = c.at + c.n;
		if ((size_t)(line.p - text.p) + line.n + 1 >= text.n)
			break;
		line = line_of(text, (size_t)(line.p - text.p) + line.n + 1);
	}
	return end;
}

/* May the word stand without others near it? In a line of its own stand too many things. */
static bool is_sure(span text, size_t at, int sureness, int lead)
{
	while (at > 0 && (text.p[at - 1] == ' ' || text.p[at - 1] == '\t' || text.p[at - 1] == '>'))
		at--;
	return at > 0 && text.p[at - 1] != '\n' && lead + sureness > 2;
}

/* "adgangskode X", "the password: X", "hasło to X" */
static bool is_behind_topic(const struct told_words *words, span text, size_t at)
{
	unsigned char w[WORD_MAX];
	span word;

	for (unsigned k = 0; k < 3; k++) {
		while (at > 0 && ascii_is_one_of(text.p[at - 1], " :=\"'"))
			at--;
		if ((word = word_before(text, at, w, &at)).n == 0)
			return false;
		if (word_list_tells(words->topics, word, true))
			return true;
		if (k == 0 && word.n > 3)
			return false;
	}
	return false;
}

/* "X is the password", "X as its password", "X als Kennwort" */
static bool is_before_topic(const struct told_words *words, span text, size_t end)
{
	static const char *const links[] = {"is", "was", "as", "ist", "war", "als", "est", "comme", "es", "como", "è", "come", "é", "är", NULL};
	unsigned char w[WORD_MAX];
	span word = word_behind(text, end, w);

	for (unsigned k = 0; k < 3 && word.n > 0; k++) {
		if (k == 0 && !span_is_one_of(word, links))
			return false;
		if (k > 0 && word_list_tells(words->topics, word, true))
			return true;
		end += 1 + word.n;
		word = word_behind(text, end, w);
	}
	return word.n > 0 && word_list_tells(words->topics, word, true);
}

/* "met jansen2 en X", "entra con mlopez7 y X", "it's admin and X": by whom one gets in stands before it */
static bool has_user_before(span text, size_t at)
{
	static const char *const joins[] = {"and", "und", "et", "y", "e", "en", "och", "og", "i", "a", "plus", NULL};
	static const char *const intros[] = {"with", "as", "using", "it's", "its", "is", "user", "username", "login", "mit", "als", "benutzer", "nutzer", "avec", "comme", "utilisateur", "con", "como", "usuario", "come", "utente",
	    "met", "gebruiker", "com", "utilizador", "usuário", "med", "som", "bruger", "bruker", "användare", "jako", NULL};
	unsigned char w[WORD_MAX];
	size_t name, end;
	span word;

	while (at > 0 && ascii_is_one_of(text.p[at - 1], " \"'"))
		at--;
	if (!span_is_one_of(word_before(text, at, w, &at), joins) || at < 4 || text.p[at - 1] != ' ')
		return false;
	for (name = end = at - 1; name > 0 && end - name < 40 && !is_blank(text.p[name - 1]);)
		name--;
	if (end - name < 2 || name == 0 || !(ascii_is_alpha(text.p[name]) || text.p[name] == '"') || ascii_is_one_of(text.p[end - 1], ".,;:"))
		return false;
	word = word_before(text, name - 1, w, &at);
	return span_is_one_of(word, intros);
}

/*
 * The word text[at, end) by itself; alone: no word that is an anchor need be near, so one that is spoken of with secrets must. Where
 * to go on, or 0: no more are wanted.
 */
static size_t tell_password(const struct told_words *words, span text, size_t at, size_t end, bool alone, bool spoken, told_found found, void *ctx)
{
	struct candidate c = {.text = text};
	struct weight w;
	bool listed, name, mixed;
	int odd, lead;
	size_t next;

	if (is_variable(span_sub(text, at, end - at)) || is_name_of_value(words, text, at, end) || !take_value(text, at, TAKE_TOKEN, STRENGTH_SLOT, &c) || c.n < 6)
		return end;
	mixed = alone && word_is_mixed(span_sub(text, c.at, c.n));
	odd = word_oddness(words, &c);
	/* of ten words nine are not odd, and what leads to them is not asked */
	if ((odd == 0 && !mixed) || host_told(text, at, end - at) || (lead = lead_of(words, text, c.at, c.at + c.n)) == LEAD_NONE)
		return end;
	/* of such a row no word need say what it holds */
	if (odd > 0 && row_has_user_before(text, c.at) && !word_is_of_thing(text, c.at, span_sub(text, c.at, c.n)))
		return found(ctx, c.at, c.n, CERTAINTY_MEDIUM) ? end : 0;
	if ((odd < (alone ? 2 : 1) && !mixed) || has_odder_behind(words, text, at, end, odd))
		return end;
	name = !mixed && word_is_name(span_sub(text, c.at, c.n));
	if (name && odd > 2 && !alone)
		odd = 2;
	w = told_weight(words, text, c.at, c.at + c.n, lead);
	if (w.sum >= 0 && odd > 1 && has_user_before(text, c.at)) {
		w.sum += 4;
		w.topic = w.here = true;
	}
	if (alone && told_odd_enough(text, &c, &w, odd, name, spoken))
		return found(ctx, c.at, c.n, CERTAINTY_LOW) ? end : 0;
	if (name && alone && (w.sum - w.lead < 4 || w.lead < 1 || !w.topic))
		return end;
	if (odd == 1 && !is_behind_topic(words, text, c.at)) {
		if (!is_before_topic(words, text, end))
			return end;
		w.sum += 2;
	}
	/* a word with a number, as many things are called: somebody speaks of a password, or of who logs in and what is typed */
	if (alone && odd < STRONG - 1 && (w.lead < 1 || w.sum - w.lead < 4))
		return end;
	if (alone && w.sum - w.lead < 2) {
		if (w.sum >= 0 && is_sure(text, c.at, word_sureness(span_sub(text, c.at, c.n), odd), w.lead) && !word_is_of_thing(text, c.at, span_sub(text, c.at, c.n)) && !found(ctx, c.at, c.n, CERTAINTY_LOW))
			return 0;
		return end;
	}
	listed = odd > 1 && is_row(words, text, c.at, odd);
	/* "the spreadsheet opens when you type X": nobody speaks of a password */
	if (!listed && name && !w.topic)
		return end;
	if (!listed && odd + (w.lead > 0) < STRONG && ((!w.topic && w.lead == 0) || (!w.here && (!w.near || w.lead == 0) && !(w.busy && w.lead + odd >= 5))))
		return end;
	w.sum += listed ? LISTED : 0;
	if (w.sum + odd <= TOLD_ENOUGH || word_is_logging(text, c.at + c.n) || (!w.topic && word_is_of_thing(text, c.at, span_sub(text, c.at, c.n))))
		return end;
	if (!found(ctx, c.at, c.n, w.sum + odd > TOLD_ENOUGH + 1 ? CERTAINTY_MEDIUM : CERTAINTY_LOW))
		return 0;
	next = tell_rows(words, text, c.at, found, ctx);
	return next > end ? next : end;
}

static void tell_passwords(const struct told_words *words, span text, size_t from, size_t to, told_found found, void *ctx)
{
	size_t at = from, end;

	for (; at < to; at = end + 1) {
		size_t digits = 0, marks = 0;

		for (end = at; end < text.n && !is_blank(text.p[end]); end++) {
			unsigned char b = text.p[end];

			digits += ascii_is_digit(b);
			marks += end > at && !is_letter(b) && ascii_is_one_of(b, "!#$%&*+?^~@_-.");
		}
		/* the cheaper questions first */
		if (end - at >= 6 && end - at <= TOKEN_MAX && (digits > 0 || marks > 1 || (marks > 0 && is_letter(text.p[end - 1]))) &&
		    (end = tell_password(words, text, at, end, false, false, found, ctx)) == 0)
			return;
	}
}

/* What a byte is in such a word; 0: a capital or a mark. */
enum { BLANK = 1, DIGIT, SMALL, NEITHER };
static const unsigned char byte_is[256] = {[' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK, ['\n'] = BLANK, ['0' ... '9'] = DIGIT, ['a' ... 'z'] = SMALL,
    [','] = NEITHER, ['-'] = NEITHER, ['.'] = NEITHER, ['/'] = NEITHER, [0x80 ... 0xff] = NEITHER};

/*
 * Is the number at `at` part of a word that may be one of those, text[*from, *end)? They have two small letters and a capital or a
 * mark; what has a colon within is an address. *end is behind what was looked at.
 */
static bool is_in_odd_word(span text, size_t at, size_t *from, size_t *end)
{
	size_t small = 0, other = 0, turns = 0, i = at;
	bool address = false, digit;

	while (i < text.n && ascii_is_digit(text.p[i]))
		i++;
	*from = at;
	*end = i;
	if ((at == 0 || is_blank(text.p[at - 1])) && (i == text.n || !is_letter(text.p[i])))
		return false;
	while (*from > 0 && at - *from <= TOKEN_MAX && !is_blank(text.p[*from - 1]))
		--*from;
	digit = ascii_is_digit(text.p[*from]);
	for (i = *from; i < text.n; i++) { /* base64 and the like to its end, or each number in it would be looked at */
		unsigned is = byte_is[text.p[i]];

		if (is == BLANK)
			break;
		turns += (is == DIGIT) != digit;
		digit = is == DIGIT;
		small += is == SMALL;
		other += is == 0;
		address |= text.p[i] == ':' && i + 1 < text.n && !is_blank(text.p[i + 1]);
	}
	*end = i;
	return !address && small > 1 && (other > 0 || i - at < 5 || turns > 2) && i - *from >= ALONE_LEAST && i - *from <= TOKEN_MAX;
}

void told_alone(const struct told_words *words, span text, bool spoken, told_found found, void *ctx)
{
	for (size_t at = 0, from, end; (at = digit_next(text, at)) < text.n; at = end)
		if (is_in_odd_word(text, at, &from, &end) && (end = tell_password(words, text, from, end, true, spoken, found, ctx)) == 0)
			return;
}

size_t told_values(const struct told_words *words, span text, size_t at, size_t done, told_found found, void *ctx)
{
	size_t from = at > TOLD_BEFORE ? at - TOLD_BEFORE : 0, to = text.n - at > TOLD_BEHIND ? at + TOLD_BEHIND : text.n;

	if (from < done)
		from = done;
	/* not within a word: it was looked at whole, or will be */
	while (from > 0 && from < to && !is_blank(text.p[from - 1]))
		from++;
	if (from >= to)
		return done;
	if (words->codes)
		tell_codes(words, text, from, to, found, ctx);
	else
		tell_passwords(words, text, from, to, found, ctx);
	return to;
}
