/*
 * gmime-diff [-r REVIEWED] PATH...: reads every message below the paths with our parser and with GMime and prints a
 * line for each thing in which they differ: leaves, type, bytes, name, subject, date, id, from, to, cc, bcc, sender, reply-to. REVIEWED
 * lists differences in which we are right, one a line: SHA-256 of the message, the thing, the reason. Exit
 * status 1 when there are others.
 *
 * Not compared, because we are right in general:
 * - white space that folding leaves in header text, and quotes;
 * - uuencoded files, what lies in TNEF, and messages within base64: GMime does not look into them;
 * - a multipart in which no part can be found: we read it as text, GMime drops it with the preamble;
 * - white space at the ends of quoted-printable lines, which RFC 2045 6.7 (3) wants deleted;
 * - the last bytes of a base64 group that is cut: GMime drops them;
 * - addresses with dots that RFC 5322 does not allow (".doe@host.example", common in Enron's mail) and those that
 *   list archives spell "jane at host.example": GMime drops them.
 */
#include <fcntl.h>
#include <fts.h>
#include <gmime/gmime.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "mail/mbox.h"
#include "mail/mime.h"
#include "stream/charset.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

struct run {
	struct arena *arena;
	GHashTable *reviewed;
	const char *path;
	size_t at;
	char sha256[DIGEST_HEX];
	size_t n_messages, n_differ, n_reviewed;
};

static void differ(struct run *r, const char *what, const char *part, span ours, span theirs)
{
	g_autofree char *key = g_strdup_printf("%s %s", r->sha256, what);

	if (g_hash_table_contains(r->reviewed, key)) {
		r->n_reviewed++;
		return;
	}
	r->n_differ++;
	printf("%s %s: %.*s | %.*s (%s at %zu%s%s)\n", r->sha256, what, (int)MIN(ours.n, 160), (const char *)ours.p,
	    (int)MIN(theirs.n, 160), (const char *)theirs.p, r->path, r->at, *part != '\0' ? ", part " : "", part);
}

static void differ_number(struct run *r, const char *what, const char *part, int64_t ours, int64_t theirs)
{
	g_autofree char *one = g_strdup_printf("%" PRId64, ours), *two = g_strdup_printf("%" PRId64, theirs);

	differ(r, what, part, span_str(one), span_str(two));
}

/* Says how many there are and what stands where the first difference is. */
static void differ_bytes(struct run *r, const char *part, span ours, span theirs)
{
	size_t at = 0;

	while (at < ours.n && at < theirs.n && ours.p[at] == theirs.p[at])
		at++;
	if (at == ours.n && at == theirs.n)
		return;
	at -= MIN(at, 8);
	{
		span left = span_sub(ours, at, 24), right = span_sub(theirs, at, 24);
		g_autofree char *one = left.n != 0 ? g_strndup((const char *)left.p, left.n) : g_strdup("");
		g_autofree char *two = right.n != 0 ? g_strndup((const char *)right.p, right.n) : g_strdup("");
		g_autofree char *first = g_strescape(one, NULL), *second = g_strescape(two, NULL);
		g_autofree char *a = g_strdup_printf("%zu bytes, at %zu \"%s\"", ours.n, at, first);
		g_autofree char *b = g_strdup_printf("%zu bytes, \"%s\"", theirs.n, second);

		differ(r, "bytes", part, span_str(a), span_str(b));
	}
}

/* Without white space at the ends of lines and at the end of all. */
static span line_ends_trimmed(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (p == NULL)
		abort();
	for (size_t i = 0; i < s.n; i++) {
		while (s.p[i] == '\n' && n != 0 && p[n - 1] != '\n' && ascii_is_space(p[n - 1]))
			n--;
		p[n++] = s.p[i];
	}
	return span_trim(span_of(p, n));
}

static void compare_content(struct run *r, const struct part *p, span ours, span theirs)
{
	if (span_eq(ours, theirs))
		return;
	if (p->encoding == ENCODING_BASE64 && ours.n - theirs.n <= 2 && span_starts(ours, theirs))
		return;
	if (p->encoding == ENCODING_QUOTED_PRINTABLE &&
	    span_eq(line_ends_trimmed(r->arena, ours), line_ends_trimmed(r->arena, theirs)))
		return;
	differ_bytes(r, p->path, ours, theirs);
}

/* Without white space and quotes: what folding leaves of it, and whether quotes are kept, is nobody's meaning. */
static span squeeze(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (p == NULL)
		abort();
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]) && s.p[i] != '"')
			p[n++] = s.p[i];
	return span_of(p, n);
}

static void compare_text(struct run *r, const char *what, const char *part, span ours, const char *theirs)
{
	span one = squeeze(r->arena, ours), two = squeeze(r->arena, span_str(theirs));

	if (!span_eq(one, two))
		differ(r, what, part, one, two);
}

static void gmime_addresses(InternetAddressList *list, GString *out)
{
	for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
		InternetAddress *ia = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_GROUP(ia))
			gmime_addresses(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(ia)), out);
		else
			g_string_append_printf(out, "%s <%s>, ", ia->name != NULL ? ia->name : "",
			    internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(ia)));
	}
}

static bool has_odd_dots(span address)
{
	return span_starts(address, SPAN_LIT(".")) || span_has(address, SPAN_LIT("..")) ||
	       span_has(address, SPAN_LIT(".@"));
}

static void compare_addresses(struct run *r, const char *what, const struct headers *h, InternetAddressList *list)
{
	struct address_list ours = {0};
	g_autoptr(GString) one = g_string_new(NULL);
	g_autoptr(GString) two = g_string_new(NULL);
	bool spelled = false;
	struct err e;
	span a, b;

	for (const struct field *f = headers_get(h, what); f != NULL; f = headers_next(h, f)) {
		if (header_addresses(r->arena, f->value, h->charset, &ours, &e) != OK)
			abort();
		spelled |= span_find(f->value, SPAN_LIT(" at ")) < f->value.n;
	}
	if (spelled && (list == NULL || internet_address_list_length(list) == 0))
		return;
	for (size_t i = 0; i < ours.n; i++)
		if (!has_odd_dots(ours.v[i].address))
			g_string_append_printf(one, "%.*s <%.*s>, ", (int)ours.v[i].name.n, (const char *)ours.v[i].name.p,
		    (int)ours.v[i].address.n, (const char *)ours.v[i].address.p);
	gmime_addresses(list, two);
	a = squeeze(r->arena, span_of(one->str, one->len));
	b = squeeze(r->arena, span_of(two->str, two->len));
	if (!span_eq_nocase(a, b))
		differ(r, what, "", a, b);
}

static void compare_headers(struct run *r, const struct message *m, GMimeMessage *g)
{
	const struct field *f;
	GDateTime *date = g_mime_message_get_date(g);
	int64_t theirs = date != NULL ? g_date_time_to_unix(date) : TIME_NONE;
	int64_t ours = (f = headers_get(&m->headers, "date")) != NULL ? header_date(f->value) : TIME_NONE;
	const char *id = g_mime_message_get_message_id(g);

	if (theirs < 0) /* before 1970 is no date of mail */
		theirs = TIME_NONE;
	if (ours != theirs)
		differ_number(r, "date", "", ours, theirs);
	f = headers_get(&m->headers, "subject");
	compare_text(r, "subject", "", f != NULL ? header_text(r->arena, f->value, m->headers.charset) : SPAN_EMPTY,
	    g_mime_message_get_subject(g) != NULL ? g_mime_message_get_subject(g) : "");
	f = headers_get(&m->headers, "message-id");
	compare_text(r, "id", "", f != NULL ? header_message_id(r->arena, f->value) : SPAN_EMPTY, id != NULL ? id : "");
	compare_addresses(r, "from", &m->headers, g_mime_message_get_from(g));
	compare_addresses(r, "to", &m->headers, g_mime_message_get_to(g));
	compare_addresses(r, "cc", &m->headers, g_mime_message_get_cc(g));
	compare_addresses(r, "bcc", &m->headers, g_mime_message_get_bcc(g));
	compare_addresses(r, "sender", &m->headers, g_mime_message_get_sender(g));
	compare_addresses(r, "reply-to", &m->headers, g_mime_message_get_reply_to(g));
}

static void gmime_leaves(GMimeObject *o, GPtrArray *out)
{
	if (o == NULL)
		return;
	if (!GMIME_IS_MULTIPART(o)) {
		g_ptr_array_add(out, o);
		return;
	}
	for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(o)); i++)
		gmime_leaves(g_mime_multipart_get_part(GMIME_MULTIPART(o), i), out);
}

static void compare_message(struct run *r, span raw, const char *within, GMimeMessage *g);

static void compare_leaf(struct run *r, const struct message *m, const struct part *p, GMimeObject *o)
{
	GMimeContentType *type = g_mime_object_get_content_type(o);
	g_autofree char *name = g_ascii_strdown(g_mime_content_type_get_mime_type(type), -1);
	GMimeDataWrapper *wrapper = GMIME_IS_PART(o) ? g_mime_part_get_content(GMIME_PART(o)) : NULL;
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new();
	GByteArray *bytes;
	unsigned problems = 0;
	struct err e;
	span ours;

	if (!span_eq(p->type, span_str(name)))
		differ(r, "type", p->path, p->type, span_str(name));
	if (part_content(r->arena, m, p, &ours, &problems, &e) != OK)
		abort();
	if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));

		if (inner != NULL && p->kind == PART_MESSAGE && p->encoding == ENCODING_IDENTITY)
			compare_message(r, ours, p->path, inner);
		return;
	}
	if (wrapper != NULL)
		g_mime_data_wrapper_write_to_stream(wrapper, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	compare_content(r, p, ours, span_of(bytes->data, bytes->len));
	compare_text(r, "name", p->path, p->filename,
	    GMIME_IS_PART(o) && g_mime_part_get_filename(GMIME_PART(o)) != NULL ? g_mime_part_get_filename(GMIME_PART(o)) : "");
}

static bool is_compared(const struct part *p)
{
	return p->kind != PART_MULTIPART && !p->uuencoded && !p->made && (p->problems & (MIME_NO_BOUNDARY | MIME_BOUNDARY_MISSING)) == 0;
}

static void compare_message(struct run *r, span raw, const char *within, GMimeMessage *g)
{
	g_autoptr(GPtrArray) leaves = g_ptr_array_new();
	struct message *m;
	struct err e;
	size_t n = 0;

	if (mime_parse(r->arena, raw, false, &m, &e) != OK)
		abort();
	compare_headers(r, m, g);
	gmime_leaves(g_mime_message_get_mime_part(g), leaves);
	for (size_t i = 0; i < m->n_parts; i++)
		n += is_compared(&m->parts[i]);
	if (n != leaves->len) {
		differ_number(r, "leaves", within, (int64_t)n, leaves->len);
		return;
	}
	n = 0;
	for (size_t i = 0; i < m->n_parts; i++)
		if (is_compared(&m->parts[i]))
			compare_leaf(r, m, &m->parts[i], leaves->pdata[n++]);
}

static void compare_bytes(struct run *r, span raw)
{
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer((const char *)raw.p, raw.n);
	g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
	g_autoptr(GMimeMessage) g = g_mime_parser_construct_message(parser, NULL);
	struct digest d;

	sha256_of(raw, &d);
	digest_hex(&d, r->sha256);
	r->n_messages++;
	if (g != NULL)
		compare_message(r, raw, "", g);
	else if (message_sniff(raw))
		differ(r, "leaves", "", SPAN_LIT("a message"), SPAN_LIT("none"));
	arena_reset(r->arena);
}

static void compare_file(struct run *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct mbox_entry entry;
	struct stat st;
	void *p;
	span file;

	r->path = path;
	r->at = 0;
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
		if (fd >= 0)
			close(fd);
		return;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return;
	file = span_of(p, (size_t)st.st_size);
	if (mbox_sniff(file)) {
		for (size_t at = 0; mbox_next(file, at, &entry); at = entry.at + entry.n) {
			r->at = entry.at;
			if (entry.message_n != 0)
				compare_bytes(r, span_sub(file, entry.message_at, entry.message_n));
		}
	} else if (message_sniff(file)) {
		compare_bytes(r, file);
	}
	munmap(p, (size_t)st.st_size);
}

static bool reviewed_read(struct run *r, const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	lines = g_strsplit(text, "\n", 0);
	for (size_t i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);

		if (lines[i][0] != '#' && g_strv_length(words) == 3)
			g_hash_table_add(r->reviewed, g_strdup_printf("%s %s", words[0], words[1]));
	}
	return true;
}

int main(int argc, char *argv[])
{
	struct run r = {.reviewed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	struct err e;
	FTS *tree;
	int i = 1;

	g_mime_init();
	if (arena_new(&r.arena, SIZE_MAX, &e) != OK || charset_open(&e) != OK)
		return 2;
	if (argc > 2 && strcmp(argv[1], "-r") == 0) {
		if (!reviewed_read(&r, argv[2]))
			return 2;
		i = 3;
	}
	if (i < argc && access(argv[i], R_OK) != 0) {
		printf("1..0 # SKIP no real mail at %s\n", argv[i]);
		return 77;
	}
	if (i >= argc || (tree = fts_open(argv + i, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return 2;
	for (FTSENT *f; (f = fts_read(tree)) != NULL;)
		if (f->fts_info == FTS_F)
			compare_file(&r, f->fts_path);
	fts_close(tree);
	printf("%zu messages, %zu differences reviewed, %zu not\n", r.n_messages, r.n_reviewed, r.n_differ);
	arena_free(r.arena);
	g_hash_table_destroy(r.reviewed);
	g_mime_shutdown();
	return r.n_messages == 0 ? 2 : r.n_differ != 0;
}
