#include "ingest/folder.h"

#include "base/err.h"

/* These say that a mailbox is here, but nothing of its mail. */
static const char *const others[] = {"archive", "archives", "outbox", "all documents", "discussion threads", "calendar", "contacts", "tasks",
    "notes", "all mail", "starred", "important"};

static bool is_folder(span name)
{
	UNFILLED unsigned char out[FOLDER_NAME_SIZE];
	span plain = folder_plain(name, out);
	enum folder_kind kind = folder_plain_kind(plain);

	if (kind != FOLDER_OTHER && kind != FOLDER_ARCHIVE)
		return true;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (span_eq(plain, span_str(others[i])))
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

/* Dovecot's sdbox: .../mailboxes/Work/2024/dbox-Mails/u.7. (mdbox keeps the folders in its index alone.) */
static bool sdbox(span path, struct mailbox_path *out)
{
	span dir = before_slash(path), boxes = SPAN_LIT("/mailboxes/");
	size_t at = span_find(dir, boxes);

	if (at == dir.n || !span_eq(last_of(dir), SPAN_LIT("dbox-Mails")))
		return false;
	*out = (struct mailbox_path){span_first(dir, at), span_from(before_slash(dir), at + boxes.n)};
	return true;
}

span folder_of_file(span path)
{
	span name = last_of(path), best = SPAN_EMPTY;

	for (size_t i = 1; i < name.n; i++)
		if (ascii_is_one_of(name.p[i - 1], "-_ .") && folder_kind(span_from(name, i)) != FOLDER_OTHER) {
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

bool named_as_olk(span path)
{
	span name = last_of(path);
	size_t at = name.n;

	while (at != 0 && name.p[at - 1] != '.')
		at--;
	name = span_from(name, at);
	return at != 0 && (span_starts_nocase(name, SPAN_LIT("olk14")) || span_starts_nocase(name, SPAN_LIT("olk15")));
}

static bool is_number(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && s.p[i] != '.')
			return false;
	return s.n != 0;
}

bool named_as_apart(span path)
{
	span part = before_slash(path), message = before_slash(part);

	return span_ends_nocase(path, SPAN_LIT(".emlxpart")) ||
	    (is_number(last_of(part)) && is_number(last_of(message)) && span_eq(last_of(before_slash(message)), SPAN_LIT("Attachments")));
}

bool mailbox_of_path(span path, span base, struct mailbox_path *out)
{
	size_t at = base.n, begin;
	span name, dir = before_slash(path);

	if (maildir(path, out) || sdbox(path, out))
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
