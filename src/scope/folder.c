#include "case/folder.h"
#include "scope/private.h"

static bool is_file_ending(span s) { return span_eq_nocase(s, SPAN_LIT("mbox")) || span_eq_nocase(s, SPAN_LIT("mbx")) || span_eq_nocase(s, SPAN_LIT("sbd")); }

/* The last component as folder_plain has it: "Inbox/Kunden.mbox" and "\Inbox\Kunden" are "kunden"; Maildir++ writes dots for slashes. */
static span last_plain(span path, unsigned char out[FOLDER_NAME_SIZE], bool dots)
{
	while (path.n != 0 && (path.p[path.n - 1] == '/' || path.p[path.n - 1] == '\\'))
		path.n--;
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/' || path.p[i - 1] == '\\' ||
		    (dots && path.p[i - 1] == '.' && i < path.n && !is_file_ending(span_from(path, i)))) {
			path = span_from(path, i);
			break;
		}
	return folder_plain(path, out);
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

bool folder_same(span path, span name, span evidence)
{
	unsigned char a[FOLDER_NAME_SIZE], b[FOLDER_NAME_SIZE];
	span logged = last_plain(path.n != 0 ? path : name, a, false);

	return same(logged, last_plain(evidence, b, false)) || same(logged, last_plain(evidence, b, true));
}
