/*
 * Archives and mailbox files that are attached: their members as parts of their own, in memory. A member's name is a name and
 * nothing else. Archives within archives are entered, a message in one is taken apart like any other, both to a depth.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/box.h"
#include "mail/foreign.h"
#include "mail/holds.h"
#include "mail/mbox.h"
#include "mail/saved.h"
#include "mail/text-kind.h"
#include "mail/text.h"
#include "mail/volumes.h"
#include "mail/zip-password.h"
#include "stream/html.h"
#include "stream/member.h"
#include "stream/openpgp.h"
#include "stream/unseal.h"

struct walk {
	struct passwords *passwords; /* to try; may be NULL */
	part_text_fn *fn;
	member_name_fn *name; /* may be NULL */
	void *ctx;
	size_t n_members;
	uint64_t n_packed, n_unpacked; /* bytes of what is attached, and of the members of all archives in it */
	uint64_t *paths; /* hashes of those given, so that no two members have one path */
	const char *damage; /* of the member under way */
	bool from_quoted;   /* the message that comes next lies in an mbox */
	const char *saved;  /* the message that comes next is a file of its own, and so its first text is called */
};

static enum errc texts(struct walk *w, struct arena *a, const struct message *m, const struct part *p, unsigned depth,
    struct err *e);

static enum errc tell_not(struct walk *w, const struct part *p, const char *reason, struct err *e)
{
	const struct part_text t = {.outcome = TEXT_NOT, .reason = reason};

	return w->fn(w->ctx, p, &t, e);
}

static enum errc message_texts(struct walk *w, struct arena *a, const struct part *p, unsigned depth, struct err *e);

/* A message within a message of an archive. */
static enum errc message_within(struct walk *w, struct arena *a, const struct message *m, const struct part *p, unsigned depth,
    struct err *e)
{
	struct part in = *p;
	unsigned problems = 0;
	span content;
	enum errc rc;

	if (depth >= LIMIT_ATTACHED_DEPTH)
		return tell_not(w, p, "a message within messages of an archive, too deep to be read", e);
	if ((rc = part_content(a, m, p, &content, &problems, e)) == ERR_LIMIT)
		return tell_not(w, p, "larger than what is read of an attachment", e);
	if (rc != OK)
		return rc;
	in.body = part_message(p, content);
	return message_texts(w, a, &in, depth + 1, e);
}

/* Its subject is a text of its own, where it says something; so is what stands outside of its parts. */
static enum errc message_loose(struct walk *w, struct arena *a, const struct message *m, const struct part *p, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < LOOSE_PATHS && rc == OK; i++) {
		struct part in = {.path = arena_printf(a, "%s/%s", p->path, loose_paths[i]), .type = i < LOOSE_OF_HEADER ? SPAN_LIT(SUBJECT_TYPE) : SPAN_LIT("text/plain")};
		struct part_text t;

		if (in.path == NULL)
			return err_memory(e);
		if ((rc = loose_text(a, m, span_str(loose_paths[i]), &t, e)) == OK && t.outcome != TEXT_NOT)
			rc = w->fn(w->ctx, &in, &t, e);
	}
	return rc;
}

static bool is_message(const struct part *p) { return span_ends_nocase(p->filename, SPAN_LIT(".eml")); }

/* An Outlook message: its rendering takes the place of its bytes. */
static bool foreign_message(struct walk *w, struct arena *a, struct part *p)
{
	struct foreign f;
	struct err why;

	if (!foreign_sniff(p->body) || foreign_read(a, p->body, &f, &why) != OK || f.form == NULL)
		return false;
	p->body = f.rendered;
	if (w->damage == NULL && f.missing[0] != '\0')
		w->damage = f.missing;
	return true;
}

static bool path_given(const struct walk *w, uint64_t hash)
{
	for (size_t i = 0; i < w->n_members; i++)
		if (w->paths[i] == hash)
			return true;
	return false;
}

/* The name of a member that is not written as it is, as a text. */
static enum errc name_text(struct walk *w, struct arena *a, const char *path, span name, struct err *e)
{
	struct part in = {.path = arena_printf(a, "%s" MEMBER_NAME, path), .type = SPAN_LIT(SUBJECT_TYPE)};
	struct part_text t = {.outcome = TEXT_READ, .names = true, .charset = charset_utf8()};

	if (in.path == NULL)
		return err_memory(e);
	t.content = t.source = t.utf8 = member_name_text(a, name);
	return t.utf8.p != NULL ? w->fn(w->ctx, &in, &t, e) : err_memory(e);
}

/*
 * "2!" and "dir/hosts.csv" to "2!/dir/hosts.csv"; of two with one name the second has its number behind it, and again if one is called that. A
 * name with stars always has it. told: the name has been read as a text before, or is made of one that has.
 */
static enum errc path_in(struct walk *w, struct arena *a, const char *holder, span name, uint64_t index, bool told, const char **path,
    struct err *e)
{
	span shown;
	uint64_t hash, *more;
	bool starred;
	enum errc rc = OK;

	if (name.n > 1000) /* between two characters */
		name = span_first(name, utf8_valid(span_first(name, 1000)));
	shown = name;
	if (w->name != NULL && (rc = w->name(w->ctx, holder, name, index, &shown, e)) != OK)
		return rc;
	starred = !span_eq(shown, name);
	*path = arena_printf(a, "%s/%.*s", holder, (int)shown.n, (const char *)shown.p);
	if (*path != NULL && starred)
		*path = arena_printf(a, "%s#%llu", *path, (unsigned long long)index);
	while (*path != NULL && path_given(w, hash = span_hash(span_str(*path))))
		*path = arena_printf(a, "%s#%llu", *path, (unsigned long long)index);
	if (*path == NULL)
		return err_memory(e);
	if ((w->n_members & (w->n_members - 1)) == 0) { /* a power of two: full */
		if ((more = realloc(w->paths, (2 * w->n_members + 1) * sizeof *more)) == NULL)
			return err_memory(e);
		w->paths = more;
	}
	w->paths[w->n_members++] = hash;
	return starred && !told ? name_text(w, a, *path, name, e) : OK;
}

static enum errc member_path(struct walk *w, struct arena *a, const struct part *archive, span name, uint64_t index, bool told,
    const char **path, struct err *e)
{
	const char *holder = arena_printf(a, "%s!", archive->path);

	return holder != NULL ? path_in(w, a, holder, name, index, told, path, e) : err_memory(e);
}

/* A message in an archive: its subject and each of its parts, with the archive's path before its own. */
static enum errc message_texts(struct walk *w, struct arena *a, const struct part *p, unsigned depth, struct err *e)
{
	struct message *m;
	bool from_quoted = w->from_quoted, saved = w->saved != NULL;
	const char *text = w->saved;
	span name;
	enum errc rc = OK;

	w->from_quoted = false; /* those within it lie in it, not in the mbox */
	w->saved = NULL;
	if ((rc = mime_parse(a, p->body, from_quoted, &m, e)) != OK || (rc = message_loose(w, a, m, p, e)) != OK)
		return rc;
	for (size_t i = 0; i < m->n_parts && rc == OK; i++) {
		struct part in = m->parts[i];

		if (in.kind == PART_MULTIPART)
			continue;
		if (saved && (rc = saved_name(a, &in, &text, &name, e)) != OK)
			return rc;
		if (!saved)
			rc = (in.path = arena_printf(a, "%s/%s", p->path, in.path[0] != '\0' ? in.path : "1")) == NULL ? err_memory(e) : OK;
		else
			rc = path_in(w, a, p->path, name, i, span_eq(name, in.filename), &in.path, e);
		if (rc != OK)
			return rc;
		rc = in.kind == PART_MESSAGE ? message_within(w, a, m, &in, depth, e) : texts(w, a, m, &in, depth, e);
	}
	return rc;
}

static enum errc member_texts(struct walk *w, const struct part *p, const struct member *member, span bytes, unsigned depth,
    struct err *e)
{
	static const struct message none;
	struct part in = {.kind = PART_LEAF, .type = SPAN_LIT("application/octet-stream"), .filename = member->name, .body = bytes,
	    .encoding = ENCODING_IDENTITY};
	const char *before = w->damage;
	bool told = member->name.n == 0;
	struct arena *a;
	enum errc rc;

	if (member->directory)
		return OK;
	/* Memory of its own: what one member needs is not missing for the next. */
	if ((rc = arena_new(&a, LIMIT_DOCUMENT_ARENA, e)) != OK)
		return rc;
	if (in.filename.n == 0) { /* "inventory.csv.gz" holds inventory.csv */
		size_t dot = p->filename.n;

		while (dot > 0 && p->filename.p[dot - 1] != '.')
			dot--;
		in.filename = span_first(p->filename, dot > 1 ? dot - 1 : 0);
	}
	w->damage = member->outcome == MEMBER_PARTIAL ? member->reason : NULL;
	if ((rc = member_path(w, a, p, in.filename, member->index, told, &in.path, e)) != OK)
		goto out;
	if (w->n_members > LIMIT_ATTACHED_MEMBERS)
		rc = tell_not(w, &in, "more members than are read of an attached archive: neither this one nor those behind it", e);
	else if (member->outcome != MEMBER_READ && member->outcome != MEMBER_PARTIAL)
		rc = tell_not(w, &in, member->reason, e);
	else
		rc = is_message(&in) || foreign_message(w, a, &in) ? message_texts(w, a, &in, depth + 1, e) :
		    texts(w, a, &none, &in, depth + 1, e);
out:
	w->damage = before;
	arena_free(a);
	return rc;
}

/* What is known of a member of an archive that was encrypted, and libarchive cannot know. */
static void member_judge(const struct unsealed *u, struct member *m, span content)
{
	if (unsealed_lacks(u, m->index)) {
		m->outcome = MEMBER_ENCRYPTED;
		m->reason = "encrypted: needs a password";
	} else if (m->outcome == MEMBER_READ && !unsealed_fits(u, m->index, content)) {
		m->outcome = MEMBER_PARTIAL;
		m->reason = "damaged: its digest is another";
	}
	if (m->outcome == MEMBER_ENCRYPTED && u->reason != NULL)
		m->reason = u->reason;
}

/* Archives in archives: no member need be large, and the ratios of their levels multiply. */
static bool is_bomb(const struct walk *w) { return w->n_unpacked > GIB && w->n_unpacked / LIMIT_ARCHIVE_RATIO > w->n_packed; }

static enum errc archive_texts(struct walk *w, struct arena *a, const struct part *p, span bytes, unsigned depth, struct err *e)
{
	struct archive_reader *r = NULL;
	struct member *member;
	struct unsealed unsealed;
	struct buf data;
	size_t before = w->n_members;
	span password = SPAN_EMPTY;
	bool read;
	enum errc rc;

	buf_init(&data, LIMIT_ATTACHED_MEMBER);
	if (depth == 0 && bytes.n > w->n_packed) /* several volumes */
		w->n_packed = bytes.n;
	if ((rc = archive_unseal(bytes, w->passwords, &unsealed, e)) != OK || (!unsealed.known && (rc = archive_password(a, bytes, w->passwords, &data, &password, e)) != OK))
		goto out;
	if (unsealed.plain.n > 0)
		bytes = buf_span(&unsealed.plain);
	if ((rc = archive_open_span(&r, bytes, &data, password, e)) != OK)
		goto out;
	while ((rc = archive_next(r, a, &member, e)) == OK && member != NULL && w->n_members <= LIMIT_ATTACHED_MEMBERS && !is_bomb(w)) {
		member_judge(&unsealed, member, buf_span(&data));
		read = member->outcome == MEMBER_READ || member->outcome == MEMBER_PARTIAL;
		w->n_unpacked += data.n;
		if (is_bomb(w)) {
			rc = tell_not(w, p, "taken for a decompression bomb: neither this one nor those behind it", e);
			break;
		}
		if ((rc = member_texts(w, p, member, read ? buf_span(&data) : SPAN_EMPTY, depth, e)) != OK)
			break;
	}
out:
	archive_close(r);
	buf_wipe(&data);
	unsealed_free(&unsealed);
	return rc == OK && w->n_members == before ? tell_not(w, p, "an archive with nothing in it", e) : rc;
}

/* ---- mailbox files ---- */

static const struct part a_message = {.kind = PART_MESSAGE, .type = SPAN_LIT("message/rfc822"), .encoding = ENCODING_IDENTITY};

/* One message of a mailbox file. */
static enum errc held_message(struct walk *w, struct arena *a, const struct part *p, span name, uint64_t index, span message,
    unsigned depth, struct err *e)
{
	struct part in = a_message;
	enum errc rc;

	in.filename = name;
	in.body = message;
	if ((rc = member_path(w, a, p, name, index, false, &in.path, e)) != OK)
		return rc;
	if (w->n_members > LIMIT_ATTACHED_MEMBERS)
		return tell_not(w, &in, "more members than are read of an attached archive: neither this one nor those behind it", e);
	return message_texts(w, a, &in, depth + 1, e);
}

static enum errc box_item(struct walk *w, struct arena *a, const struct part *p, uint64_t index, const struct box_unit *u,
    unsigned depth, struct err *e)
{
	const char *before = w->damage;
	struct part in = a_message;
	enum errc rc;

	if (u->outcome == BOX_NOTHING)
		return OK;
	if (u->outcome == BOX_FAILED) {
		rc = member_path(w, a, p, u->name, index, false, &in.path, e);
		return rc != OK ? rc : tell_not(w, &in, u->reason, e);
	}
	if (u->outcome == BOX_PARTIAL)
		w->damage = u->reason;
	rc = held_message(w, a, p, u->name, index, u->message, depth, e);
	w->damage = before;
	return rc;
}

/* A PST or .olm: each item as its rendering. */
static enum errc box_texts(struct walk *w, const struct part *p, span bytes, unsigned depth, struct err *e)
{
	size_t before = w->n_members;
	struct box_unit u;
	struct box *box;
	struct arena *a;
	bool found = true;
	enum errc rc = box_open(&box, bytes, e);

	if (rc != OK)
		return rc == ERR_EVIDENCE || rc == ERR_LIMIT ? tell_not(w, p, e->text, e) : rc;
	if ((rc = arena_new(&a, LIMIT_DOCUMENT_ARENA, e)) != OK)
		goto out;
	for (uint64_t i = 0; rc == OK && w->n_members <= LIMIT_ATTACHED_MEMBERS; i++) {
		arena_reset(a);
		if ((rc = box_unit(box, a, i, BOX_ALL, &u, &found, e)) == OK && !found)
			break;
		if (rc == OK)
			rc = box_item(w, a, p, i, &u, depth, e);
	}
	if (rc == OK && w->n_members == before)
		rc = tell_not(w, p, "a mailbox file with no item in it", e);
out:
	arena_free(a);
	box_close(box);
	return rc;
}

static enum errc mbox_texts(struct walk *w, struct arena *whole, const struct part *p, span bytes, unsigned depth, struct err *e)
{
	struct mbox_entry entry;
	struct writing_view view;
	struct arena *a;
	uint64_t i = 0;
	size_t at = 0;
	enum errc rc;

	if (writing_view(whole, bytes, &view, e) != OK)
		return tell_not(w, p, "an mbox in UTF-16 or with lines that end in CR alone, too large to be read at once", e);
	rc = arena_new(&a, LIMIT_DOCUMENT_ARENA, e);
	while (rc == OK && mbox_view_next(&view, &at, &entry) && w->n_members <= LIMIT_ATTACHED_MEMBERS) {
		const char *name;

		arena_reset(a);
		if (entry.message_n == 0)
			continue;
		w->from_quoted = entry.from_quoted;
		if ((name = arena_printf(a, "%llu", (unsigned long long)++i)) == NULL)
			rc = err_memory(e);
		else
			rc = held_message(w, a, p, span_str(name), i, span_sub(bytes, entry.message_at, entry.message_n), depth, e);
	}
	arena_free(a);
	return rc;
}

static enum errc saved_texts(struct walk *w, struct arena *a, const struct part *p, span bytes, unsigned depth, struct err *e)
{
	struct part in = *p;

	if ((in.path = arena_printf(a, "%s!", p->path)) == NULL)
		return err_memory(e);
	in.body = bytes;
	in.encoding = ENCODING_IDENTITY;
	w->saved = saved_page(p) ? "the page" : "the text";
	return message_texts(w, a, &in, depth + 1, e);
}

/* What is only signed, or only compressed, with OpenPGP: a file, as if it were the one member of an archive. */
static enum errc openpgp_texts(struct walk *w, struct arena *a, const struct part *p, span bytes, unsigned depth, struct err *e)
{
	struct member member = {.outcome = MEMBER_READ};
	struct buf data;
	enum errc rc;

	buf_init(&data, LIMIT_ATTACHED_MEMBER);
	if ((rc = openpgp_open(a, bytes, &data, &member.name, &member.reason, e)) != OK)
		goto out;
	if (member.reason != NULL)
		member.outcome = data.n > 0 ? MEMBER_PARTIAL : MEMBER_FAILED;
	member.name = utf8_clean(a, member.name);
	rc = member.name.p == NULL ? err_memory(e) : member_texts(w, p, &member, buf_span(&data), depth, e);
out:
	buf_wipe(&data);
	return rc;
}

static enum errc held_texts(struct walk *w, struct arena *a, const struct part *p, span bytes, enum holds what, unsigned depth,
    struct err *e)
{
	if (depth >= LIMIT_ATTACHED_DEPTH)
		return tell_not(w, p, "an archive within archives, too deep to be opened", e);
	switch (what) {
	case HOLDS_MEMBERS:
		return archive_texts(w, a, p, bytes, depth, e);
	case HOLDS_ITEMS:
		return box_texts(w, p, bytes, depth, e);
	case HOLDS_MESSAGES:
		return mbox_texts(w, a, p, bytes, depth, e);
	case HOLDS_MESSAGE:
		return saved_texts(w, a, p, bytes, depth, e);
	case HOLDS_SIGNED:
		return openpgp_texts(w, a, p, bytes, depth, e);
	case HOLDS_NOTHING:
		break;
	}
	return OK;
}

/* What a page does not show is a text of its own; also that of a mail, in which a script is of nobody's making. */
static enum errc page_hidden(struct walk *w, struct arena *a, const struct part *p, const struct part_text *page, struct err *e)
{
	struct part in = {.path = arena_printf(a, "%s!/hidden markup", p->path), .type = p->type};
	struct part_text t = {.outcome = TEXT_READ, .charset = charset_utf8()};
	bool cut;
	enum errc rc;

	if (in.path == NULL)
		return err_memory(e);
	if ((rc = html_hidden(a, page->source, &t.utf8, &cut, e)) != OK || t.utf8.n == 0)
		return rc;
	if (cut) {
		t.outcome = TEXT_PARTIAL;
		t.reason = "longer than what is read as text";
	}
	t.content = t.source = t.utf8;
	return w->fn(w->ctx, &in, &t, e);
}

/* A text of which bytes are missing says so, whatever else is said of it: what ends a reason tells kinds apart. */
static enum errc damage_say(const struct walk *w, struct arena *a, struct part_text *t, struct err *e)
{
	if (w->damage == NULL || (t->outcome == TEXT_NOT && t->reason == NULL))
		return OK;
	t->reason = t->reason != NULL ? arena_printf(a, "%s: %s", w->damage, t->reason) : w->damage;
	if (t->outcome == TEXT_READ)
		t->outcome = TEXT_PARTIAL;
	return t->reason != NULL ? OK : err_memory(e);
}

/*
 * Before an archive that was found: the lines of a script that unpacks itself are a text of their own. A container of a kind that nobody knows,
 * or a picture, is not passed over in silence.
 */
static enum errc before_archive(struct walk *w, struct arena *a, const struct part *p, span whole, span archive, struct err *e)
{
	struct part in = {.type = SPAN_LIT("text/plain")};
	struct part_text t = {.outcome = TEXT_READ, .charset = charset_utf8()};
	size_t n = archive.p != whole.p ? (size_t)(archive.p - whole.p) : span_find(whole, SPAN_LIT("PK\3\4"));

	if (archive_sniff(whole) || span_trim(span_first(whole, n)).n == 0)
		return OK;
	if (!span_starts(whole, SPAN_LIT("#!")))
		return program_sniff(whole) ? OK : tell_not(w, p, "an archive was found in it and read: what stands before that was not", e);
	in.path = arena_printf(a, "%s!/lines of the script", p->path);
	t.content = t.source = t.utf8 = utf8_clean(a, span_first(whole, n < LIMIT_TEXT_BYTES ? n : LIMIT_TEXT_BYTES));
	return in.path == NULL || t.utf8.p == NULL ? err_memory(e) : w->fn(w->ctx, &in, &t, e);
}

static enum errc file_texts(struct walk *w, struct arena *a, const struct message *m, const struct part *p, unsigned depth,
    struct err *e)
{
	struct part head = *p;
	struct part_text t;
	unsigned problems = 0;
	enum holds what;
	span bytes, whole;
	enum errc rc = OK;

	head.body = span_first(p->body, 64 * KIB);
	if (part_sealed(p) == NULL && (rc = part_content(a, m, &head, &bytes, &problems, e)) == OK && part_may_hold(p, bytes)) {
		if ((rc = part_content(a, m, p, &bytes, &problems, e)) == ERR_LIMIT)
			return tell_not(w, p, "larger than what is read of an attachment", e);
		whole = bytes;
		if (rc == OK && (what = part_holds(p, &bytes)) != HOLDS_NOTHING)
			return what == HOLDS_MEMBERS && (rc = before_archive(w, a, p, whole, bytes, e)) != OK ? rc : held_texts(w, a, p, bytes, what, depth, e);
	}
	if (rc != OK || (rc = part_text(a, m, p, w->passwords, &t, e)) != OK || (rc = damage_say(w, a, &t, e)) != OK)
		return rc;
	rc = w->fn(w->ctx, p, &t, e);
	return rc == OK && t.html ? page_hidden(w, a, p, &t, e) : rc;
}

/* All volumes of an archive, read as the one that leads them. */
static enum errc joined_texts(struct walk *w, struct arena *a, const struct message *m, const struct part *p, const struct volume *v,
    const char *says, unsigned depth, struct err *e)
{
	struct buf joined;
	bool whole;
	enum errc rc;

	buf_init(&joined, LIMIT_PART_BYTES);
	if ((rc = volumes_join(m, v, &joined, &whole, e)) == ERR_LIMIT)
		rc = tell_not(w, p, "larger than what is read of an attachment", e);
	else if (rc == OK)
		rc = held_texts(w, a, p, buf_span(&joined), HOLDS_MEMBERS, depth, e);
	if (rc == OK && !whole)
		rc = tell_not(w, p, says, e);
	buf_free(&joined);
	return rc;
}

/* Is the archive encrypted that begins so? A RAR archive in several files is read only where it is not. */
static enum errc volumes_sealed(const struct volume *v, span head, bool *sealed, struct err *e)
{
	struct unsealed u = {0};
	enum errc rc = volume_is_rar(v) ? archive_unseal(head, NULL, &u, e) : OK;

	*sealed = u.known;
	unsealed_free(&u);
	return rc;
}

/* What begins neither as an archive nor as what may stand in the middle of one. */
static bool no_volume(span head)
{
	bool certain;

	return !archive_sniff(head) && (text_looks(head) || (text_kind(head, &certain) != NULL && certain));
}

/* Of names that end in a number, files other than volumes of an archive are files like any other, and so is a second one of a name. */
static enum errc volume_texts(struct walk *w, struct arena *a, const struct message *m, const struct part *p, const struct volume *v,
    unsigned depth, struct err *e)
{
	bool leads = v->number == volume_leading(v), sealed;
	const struct part *first = volume_find(m, v, 1), *named = volume_find(m, v, v->number);
	struct part head = first != NULL ? *first : *p;
	const char *says;
	unsigned ignored = 0;
	span bytes;
	enum errc rc;

	head.body = span_first(head.body, 64 * KIB);
	if ((rc = part_content(a, m, &head, &bytes, &ignored, e)) != OK || (rc = volumes_sealed(v, bytes, &sealed, e)) != OK)
		return rc;
	if ((says = volume_says(a, m, v, sealed)) == NULL)
		return err_memory(e);
	if (first != NULL ? !archive_sniff(bytes) : no_volume(bytes))
		return file_texts(w, a, m, p, depth, e);
	if (named != NULL && named->body.p != p->body.p) {
		rc = tell_not(w, p, "a volume of an archive, and another of the same name is attached: not put together", e);
		return rc != OK || !leads ? rc : file_texts(w, a, m, p, depth, e);
	}
	if (!sealed && leads && first != NULL && volume_count(m, v) > 1)
		return joined_texts(w, a, m, p, v, says, depth, e);
	if ((rc = tell_not(w, p, says, e)) != OK || (!sealed && !leads && volume_find(m, v, volume_leading(v)) != NULL))
		return rc;
	/* What can be read of it alone is read besides. */
	return archive_sniff(bytes) && (v->number == 1 || first == NULL) ? file_texts(w, a, m, p, depth, e) : OK;
}

static enum errc texts(struct walk *w, struct arena *a, const struct message *m, const struct part *p, unsigned depth,
    struct err *e)
{
	struct volume v;

	if (p->kind != PART_LEAF)
		return OK;
	return volume_of(m, p, &v) ? volume_texts(w, a, m, p, &v, depth, e) : file_texts(w, a, m, p, depth, e);
}

enum errc part_texts(struct arena *a, const struct message *m, const struct part *p, struct passwords *passwords,
    part_text_fn *fn, member_name_fn *name, void *ctx, struct err *e)
{
	struct walk w = {.passwords = passwords, .fn = fn, .name = name, .ctx = ctx, .n_packed = p->body.n};
	enum errc rc = texts(&w, a, m, p, 0, e);

	free(w.paths);
	return rc;
}
