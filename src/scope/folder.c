#include "base/utf8.h"
#include "scope/private.h"

/* The same folder in the languages that Exchange names it in. */
static const char *const known[][12] = {
    {"inbox", "posteingang", "bo\xc3\xaete de r\xc3\xa9""ception", "bandeja de entrada", "posta in arrivo", "postvak in", NULL},
    {"sent items", "sent", "sent mail", "gesendete elemente", "gesendete objekte", "\xc3\xa9l\xc3\xa9ments envoy\xc3\xa9s",
	"elementos enviados", "posta inviata", "verzonden items", NULL},
    {"deleted items", "trash", "deleted", "gel\xc3\xb6schte elemente", "\xc3\xa9l\xc3\xa9ments supprim\xc3\xa9s",
	"elementos eliminados", "posta eliminata", "verwijderde items", NULL},
    {"drafts", "entw\xc3\xbcrfe", "brouillons", "borradores", "bozze", "concepten", NULL},
    {"junk email", "junk e-mail", "junk", "spam", "junk-e-mail", "courrier ind\xc3\xa9sirable", "correo no deseado",
	"posta indesiderata", "ongewenste e-mail", NULL},
    {"archive", "archiv", "archives", "archivo", "archivio", "archief", NULL},
};
enum { NAME_MAX_KEPT = 512 };

static bool ends_in(span s, const char *ending) { return s.n > strlen(ending) && span_ends_nocase(s, span_str(ending)); }

/* The last component, folded: "Inbox/Kunden.mbox" and "\Inbox\Kunden" are "kunden"; Maildir++ writes dots for slashes. */
static span last_folded(span path, unsigned char out[NAME_MAX_KEPT], bool dots)
{
	static const char *const endings[] = {".mbox", ".mbx", ".sbd"};
	size_t n = 0, len;

	while (path.n != 0 && (path.p[path.n - 1] == '/' || path.p[path.n - 1] == '\\'))
		path.n--;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_in(path, endings[i]))
			path.n -= strlen(endings[i]);
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/' || path.p[i - 1] == '\\' || (dots && path.p[i - 1] == '.' && i < path.n)) {
			path = span_from(path, i);
			break;
		}
	for (size_t at = 0; at < path.n && n + 4 <= NAME_MAX_KEPT; at += len) {
		uint32_t c = utf8_get(span_from(path, at), &len);

		n += utf8_write(out + n, c == '_' ? ' ' : utf8_fold(c));
	}
	return span_of(out, n);
}

static size_t kind_of(span name)
{
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		for (size_t i = 0; known[k][i] != NULL; i++)
			if (span_eq(name, span_str(known[k][i])))
				return k + 1;
	return 0;
}

static bool same(span a, span b) { return a.n != 0 && (span_eq(a, b) || (kind_of(a) != 0 && kind_of(a) == kind_of(b))); }

bool folder_same(span path, span name, span evidence)
{
	unsigned char a[NAME_MAX_KEPT], b[NAME_MAX_KEPT];
	span logged = last_folded(path.n != 0 ? path : name, a, false);

	return same(logged, last_folded(evidence, b, false)) || same(logged, last_folded(evidence, b, true));
}
