#include "case/folder.h"
#include "scope/private.h"

static bool is_file_ending(span s) { return span_eq_nocase(s, SPAN_LIT("mbox")) || span_eq_nocase(s, SPAN_LIT("mbx")) || span_eq_nocase(s, SPAN_LIT("sbd")); }

static bool parts(unsigned char c, bool dots) { return c == '/' || c == '\\' || (dots && c == '.'); }

/* The last component, which is taken off the path; Maildir++ writes dots for slashes. */
static span last_off(span *path, bool dots)
{
	size_t i;
	span last;

	while (path->n != 0 && parts(path->p[path->n - 1], dots))
		path->n--;
	for (i = path->n; i > 0 && !(parts(path->p[i - 1], dots) && (path->p[i - 1] != '.' || (i < path->n && !is_file_ending(span_from(*path, i))))); i--)
		;
	last = span_from(*path, i);
	path->n = i;
	return last;
}

static bool same(span a, span b)
{
	enum folder_kind kind = folder_plain_kind(a);

	return a.n != 0 && (span_eq(a, b) || (kind != FOLDER_OTHER && kind == folder_plain_kind(b)));
}

/*
 * Those that Exchange makes in each mailbox for things that are no mail, in the language of its first user; no folder of mail can have such a
 * name beside them. What a person drags there becomes an appointment, a contact or a note.
 */
bool folder_is_no_mail(span path)
{
	static const char *const names[] = {"calendar", "contacts", "tasks", "notes", "journal", "kalender", "kontakte", "aufgaben", "notizen",
	    "calendrier", "calendario", "contactos", "contatti", "contactpersonen", "contatos", NULL};
	unsigned char out[FOLDER_NAME_SIZE];
	span first;

	if (path.n < 2 || path.p[0] != '\\')
		return false;
	path = span_from(path, 1);
	first = folder_plain(span_first(path, span_find_byte(path, '\\')), out);
	return span_is_one_of_nocase(first, names);
}

static span trimmed(span path)
{
	while (path.n != 0 && parts(path.p[path.n - 1], false))
		path.n--;
	return path;
}

span folder_of_member(span member)
{
	static const char *const endings[] = {".eml", ".emlx", ".msg", ".eml.gz"};
	static const char *const of_maildir[] = {"cur", "new", NULL};
	span above = member, upper, last = last_off(&above, false), name;

	if (last.n == 0)
		return member;
	upper = above;
	if (span_is_one_of_nocase(last_off(&upper, false), of_maildir)) {
		above = upper;
		name = last_off(&upper, false);
		return (name.n != 0 && name.p[0] == '.') || folder_kind(name) != FOLDER_OTHER ? trimmed(above) : SPAN_LIT("INBOX");
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends_nocase(last, span_str(endings[i])))
			return trimmed(above);
	return member;
}

/* "Inbox/12": a file of MH, or a folder that is called so. */
static bool without_number(span *path)
{
	span above = *path, last = last_off(&above, false);

	for (size_t i = 0; i < last.n; i++)
		if (last.p[i] < '0' || last.p[i] > '9')
			return false;
	*path = above;
	return last.n != 0 && above.n != 0;
}

/* Component by component from the last on, as folder_plain has them: "Inbox/Kunden.mbox" and "\Inbox\Kunden" are the same. */
static enum folder_fit fit(span logged, span evidence, bool dots)
{
	UNFILLED unsigned char a[FOLDER_NAME_SIZE];
	UNFILLED unsigned char b[FOLDER_NAME_SIZE];
	bool standard = false, any = false;

	for (;;) {
		span one = folder_plain(last_off(&logged, false), a), other = folder_plain(last_off(&evidence, dots), b);

		if (one.n == 0 && other.n == 0)
			return any ? FOLDER_WHOLE : FOLDER_NONE;
		if (one.n == 0) /* what is above an inbox, or the sent mail, is the root of a file */
			return !any ? FOLDER_NONE : standard ? FOLDER_WHOLE : FOLDER_WITHIN;
		if (other.n == 0)
			return any ? FOLDER_SHORT : FOLDER_NONE;
		if (!same(one, other))
			return any ? FOLDER_LEAF : FOLDER_NONE;
		any = true;
		standard = folder_plain_kind(one) != FOLDER_OTHER;
	}
}

enum folder_fit folder_fits(span path, span name, span evidence)
{
	span logged = path.n != 0 ? path : name, folder = evidence;
	enum folder_fit best = fit(logged, evidence, false), other;

	if ((other = fit(logged, evidence, true)) > best)
		best = other;
	if (without_number(&folder)) {
		if ((other = fit(logged, folder, false)) > best)
			best = other;
		if ((other = fit(logged, folder, true)) > best)
			best = other;
	}
	return best;
}

bool folder_is_whole(span path) { return path.n != 0 && (parts(path.p[0], false) || span_find_byte(path, '/') < path.n || span_find_byte(path, '\\') < path.n); }

bool folder_is_standard(span path, span name)
{
	UNFILLED unsigned char out[FOLDER_NAME_SIZE];
	span logged = path.n != 0 ? path : name;

	return folder_plain_kind(folder_plain(last_off(&logged, false), out)) != FOLDER_OTHER;
}
