#include "ingest/folder.h"

#define NAME(s) {(const unsigned char *)s, sizeof(s) - 1}

static const struct { span name; enum folder_kind kind; } known[] = {
    {NAME("inbox"), FOLDER_INBOX}, {NAME("posteingang"), FOLDER_INBOX}, {NAME("boite de reception"), FOLDER_INBOX},
    {NAME("bo\xc3\xaete de r\xc3\xa9""ception"), FOLDER_INBOX}, {NAME("bandeja de entrada"), FOLDER_INBOX}, {NAME("notes inbox"), FOLDER_INBOX},
    {NAME("sent"), FOLDER_SENT}, {NAME("sent items"), FOLDER_SENT}, {NAME("sent mail"), FOLDER_SENT}, {NAME("sent messages"), FOLDER_SENT},
    {NAME("gesendet"), FOLDER_SENT}, {NAME("gesendete objekte"), FOLDER_SENT}, {NAME("gesendete elemente"), FOLDER_SENT},
    {NAME("envoyes"), FOLDER_SENT}, {NAME("envoy\xc3\xa9s"), FOLDER_SENT}, {NAME("\xc3\xa9l\xc3\xa9ments envoy\xc3\xa9s"), FOLDER_SENT},
    {NAME("messages envoy\xc3\xa9s"), FOLDER_SENT}, {NAME("enviados"), FOLDER_SENT}, {NAME("elementos enviados"), FOLDER_SENT},
    {NAME("drafts"), FOLDER_DRAFTS}, {NAME("entw\xc3\xbcrfe"), FOLDER_DRAFTS}, {NAME("brouillons"), FOLDER_DRAFTS}, {NAME("borradores"), FOLDER_DRAFTS},
    {NAME("junk"), FOLDER_JUNK}, {NAME("junk e-mail"), FOLDER_JUNK}, {NAME("junk email"), FOLDER_JUNK}, {NAME("junk mail"), FOLDER_JUNK},
    {NAME("spam"), FOLDER_JUNK}, {NAME("bulk mail"), FOLDER_JUNK}, {NAME("courrier ind\xc3\xa9sirable"), FOLDER_JUNK},
    {NAME("correo no deseado"), FOLDER_JUNK},
    {NAME("trash"), FOLDER_TRASH}, {NAME("deleted"), FOLDER_TRASH}, {NAME("deleted items"), FOLDER_TRASH}, {NAME("deleted messages"), FOLDER_TRASH},
    {NAME("papierkorb"), FOLDER_TRASH}, {NAME("gel\xc3\xb6schte elemente"), FOLDER_TRASH}, {NAME("corbeille"), FOLDER_TRASH},
    {NAME("\xc3\xa9l\xc3\xa9ments supprim\xc3\xa9s"), FOLDER_TRASH}, {NAME("papelera"), FOLDER_TRASH},
    {NAME("elementos eliminados"), FOLDER_TRASH},
};

/* These say that a mailbox is here, but nothing of its mail. */
static const span others[] = {NAME("archive"), NAME("archives"), NAME("outbox"), NAME("all documents"), NAME("discussion threads"), NAME("calendar"),
    NAME("contacts"), NAME("tasks"), NAME("notes"), NAME("all mail"), NAME("starred"), NAME("important")};

/* "_sent_mail", "Sent-Items.mbox", ".Sent" as "sent mail", "sent items", "sent". */
static span plain(span name, char out[64])
{
	static const char *const endings[] = {".mbox", ".mbx", ".sbd", ".mbox.gz", ".mbox.zst", ".mbox.xz", ".gz"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (span_ends_nocase(name, span_str(endings[i])) && name.n > strlen(endings[i])) {
			name.n -= strlen(endings[i]);
			break;
		}
	while (name.n != 0 && (name.p[0] == '_' || name.p[0] == '.' || name.p[0] == '[' ))
		name = span_from(name, 1);
	for (size_t i = 0; i < name.n && n < 63; i++)
		out[n++] = name.p[i] == '_' ? ' ' : (char)ascii_lower(name.p[i]);
	return span_of(out, name.n < 64 ? n : 0);
}

enum folder_kind folder_kind(span name)
{
	char text[64];
	span s = plain(name, text);

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (span_eq(s, known[i].name))
			return known[i].kind;
	return FOLDER_OTHER;
}

static bool is_folder(span name)
{
	char text[64];
	span s = plain(name, text);

	if (folder_kind(name) != FOLDER_OTHER)
		return true;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (span_eq(s, others[i]))
			return true;
	return false;
}

/* The next component of *rest; its offset from the beginning of the path is *at. */
static bool component(span path, size_t *at, span *name)
{
	while (*at < path.n && path.p[*at] == '/')
		++*at;
	if (*at >= path.n)
		return false;
	*name = span_from(path, *at);
	*name = span_first(*name, span_find_byte(*name, '/'));
	*at += name->n;
	return true;
}

enum folder_kind folder_path_kind(span path)
{
	enum folder_kind found = FOLDER_OTHER;
	span name;

	for (size_t at = 0; component(path, &at, &name);) {
		enum folder_kind kind = folder_kind(name);

		/* Maildir++ puts a whole path into one name: ".Archive.Sent". */
		for (size_t i = 1; kind == FOLDER_OTHER && name.n != 0 && name.p[0] == '.' && i < name.n; i++)
			if (name.p[i] == '.')
				kind = folder_kind(span_from(name, i + 1));
		if (kind != FOLDER_OTHER)
			found = kind;
	}
	return found;
}

static span before_slash(span path)
{
	while (path.n != 0 && path.p[path.n - 1] != '/')
		path.n--;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static span last_of(span path)
{
	size_t at = path.n;

	while (at != 0 && path.p[at - 1] != '/')
		at--;
	return span_from(path, at);
}

static bool maildir(span path, struct mailbox_path *out)
{
	span dir = before_slash(path), name = last_of(dir), box, box_name;

	if (!span_eq(name, SPAN_LIT("cur")) && !span_eq(name, SPAN_LIT("new")))
		return false;
	box = before_slash(dir);
	box_name = last_of(box);
	if (box_name.n > 1 && box_name.p[0] == '.') {
		*out = (struct mailbox_path){before_slash(box), span_from(box_name, 1)};
		return true;
	}
	*out = is_folder(box_name) ? (struct mailbox_path){before_slash(box), box_name}
				   : (struct mailbox_path){box, SPAN_LIT("INBOX")};
	return true;
}

span folder_of_file(span path)
{
	span name = last_of(path), best = SPAN_EMPTY;

	for (size_t i = 1; i < name.n; i++)
		if (strchr("-_ .", name.p[i - 1]) != NULL && folder_kind(span_from(name, i)) != FOLDER_OTHER) {
			best = span_from(name, i);
			break;
		}
	for (size_t i = 0; i < best.n; i++)
		if (best.p[i] == '.')
			return span_first(best, i);
	return best;
}

bool named_as_mbox(span path)
{
	return span_ends_nocase(path, SPAN_LIT(".mbox")) || span_ends_nocase(path, SPAN_LIT(".mbx"));
}

bool named_as_message(span path)
{
	span dir = last_of(before_slash(path));

	return span_ends_nocase(path, SPAN_LIT(".eml")) || span_eq(dir, SPAN_LIT("cur")) || span_eq(dir, SPAN_LIT("new"));
}

bool mailbox_of_path(span path, span base, struct mailbox_path *out)
{
	size_t at = base.n, begin;
	span name, dir = before_slash(path);

	if (maildir(path, out))
		return true;
	/* The folder's name may be that of the base itself: PATH is .../alice/Inbox. */
	if (base.n < path.n && is_folder(last_of(base))) {
		*out = (struct mailbox_path){before_slash(base), span_from(dir, before_slash(base).n + 1)};
		return true;
	}
	while (component(path, &at, &name)) {
		begin = at - name.n;
		if (!is_folder(name))
			continue;
		out->root = span_first(path, begin > 1 ? begin - 1 : begin);
		out->folder = at >= path.n ? name : span_sub(dir, begin, dir.n);
		return true;
	}
	return false;
}
