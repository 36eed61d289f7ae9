/*
 * open: an organisation's own reader. Takes the export of the reading room with its key, or a sealed bundle with the notice's
 * access code, checks all of it and unpacks it. Needs no case and no network. Keys are typed or come from a file, never as
 * an argument, which others on the machine could see.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "cmd/verbs.h"
#include "seal/age.h"
#include "seal/unpack.h"

struct opening {
	struct cmd *c;
	const char *path, *key_file, *signer_file, *out, *notice;
	const char *unfinished; /* what out is called until all of it is there */
	bool list;
	span file;
	struct verify_key signer;
	struct seal_key secret;
	struct buf text;
	struct json j;
};

static enum errc map_file(struct opening *o)
{
	struct err *e = &o->c->e;
	struct stat sb;
	void *p;
	int fd = open(o->path, O_RDONLY | O_CLOEXEC);
	enum errc rc = OK;

	if (fd < 0 || fstat(fd, &sb) != 0) {
		rc = err_sys(e, "%s", o->path);
	} else if (!S_ISREG(sb.st_mode) || sb.st_size == 0) {
		rc = err_set(e, ERR_USAGE, "%s: not an export", o->path);
	} else if ((p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
		rc = err_sys(e, "%s", o->path);
	} else {
		o->file = span_of(p, (size_t)sb.st_size);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* One line from the terminal without echo, or from standard input. */
static enum errc typed(const char *prompt, struct buf *out, struct err *e)
{
	struct termios was, quiet;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &was) == 0;
	ssize_t n = 1;
	char c;

	if (terminal) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)fputs(prompt, stderr);
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		buf_byte(out, (unsigned char)c);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		(void)fputc('\n', stderr);
	}
	return n < 0 ? err_sys(e, "standard input") : buf_check(out, e);
}

/* The key or the code: the last line of a file that is no comment, or typed. */
static enum errc read_key(struct opening *o, const char *prompt, struct buf *out)
{
	struct err *e = &o->c->e;
	span file, line;
	enum errc rc;

	if (o->key_file == NULL)
		return typed(prompt, out, e);
	if ((rc = io_read_file(o->c->a, o->key_file, 64 * KIB, &file, e)) != OK)
		return rc;
	while (span_line(&file, &line))
		if (span_trim(line).n != 0 && line.p[0] != '#') {
			buf_clear(out);
			buf_put(out, span_trim(line));
		}
	return buf_check(out, e);
}

static enum errc read_signer(struct opening *o)
{
	span text;
	enum errc rc;

	if (o->signer_file == NULL)
		return OK;
	if ((rc = io_read_file(o->c->a, o->signer_file, 64 * KIB, &text, &o->c->e)) != OK)
		return rc;
	if ((rc = verify_key_read(text, &o->signer, &o->c->e)) != OK)
		err_in(&o->c->e, "%s", o->signer_file);
	return rc;
}

/* ---- a bundle, with an access code ---------------------------------------------------------------------------- */

static enum errc bundle_secret(struct opening *o, const struct seal_bundle *b, const char *code, struct err *e)
{
	const struct bundle_notice *n = NULL;
	struct seal_key kek_a, kek, ck;
	enum errc rc;

	for (size_t i = 0; i < b->n_notices; i++)
		if (strcmp(b->notices[i].id, o->notice) == 0)
			n = &b->notices[i];
	if (n == NULL)
		return err_set(e, ERR_REFUSED, "%s is not for notice %s", o->path, o->notice);
	seal_kek_a(o->notice, code, &kek_a);
	seal_kek(&kek_a, &b->share_b, &b->id, &kek);
	if ((rc = seal_unwrap_ck(&kek, &b->id, o->notice, b->round, n->wrapped_ck, &ck, e)) == OK)
		seal_export_key(&ck, &b->id, &o->secret);
	explicit_bzero(&kek_a, sizeof kek_a);
	explicit_bzero(&kek, sizeof kek);
	explicit_bzero(&ck, sizeof ck);
	return rc;
}

static enum errc open_bundle(struct opening *o, span *export)
{
	struct err *e = &o->c->e;
	char code[SEAL_CODE + 1];
	struct seal_bundle b;
	struct buf text;
	enum errc rc;

	if (o->notice == NULL || o->signer_file == NULL)
		return err_set(e, ERR_USAGE, "%s is a sealed bundle: it wants %s%s%s", o->path,
		    o->notice == NULL ? "--notice ID, the number on the notice that has the access code" : "", o->notice == NULL && o->signer_file == NULL ? ", and " : "",
		    o->signer_file == NULL ? "--signer FILE, the key that dossiers are signed with (tocsin.pub): nothing of a bundle is read before its signature" : "");
	buf_init(&text, KIB);
	if ((rc = seal_bundle_read(o->c->a, o->file, &o->signer, &b, e)) != OK) {
		err_in(e, "%s, checked with the key in %s", o->path, o->signer_file);
		goto out;
	}
	if ((rc = read_key(o, "access code: ", &text)) != OK)
		goto out;
	if (!code_read(o->notice, buf_span(&text), code))
		rc = err_set(e, ERR_REFUSED, "this is not the access code of notice %s: a character is wrong, or the notice is", o->notice);
	else if ((rc = bundle_secret(o, &b, code, e)) == OK)
		rc = seal_bundle_get(&b, &b.export, export, e);
	explicit_bzero(code, sizeof code);
out:
	buf_wipe(&text);
	return rc;
}

static enum errc open_export(struct opening *o, span *export)
{
	struct buf text;
	enum errc rc;

	buf_init(&text, KIB);
	*export = o->file;
	if (!age_file_begins(o->file))
		rc = err_set(&o->c->e, ERR_USAGE, "%s is neither an export of a reading room (an age file) nor a sealed bundle", o->path);
	else if ((rc = read_key(o, "key (AGE-SECRET-KEY-1...): ", &text)) == OK && !age_secret_read(buf_span(&text), &o->secret))
		rc = span_starts_nocase(span_trim(buf_span(&text)), SPAN_LIT("AGE-SECRET-KEY-"))
		    ? err_set(&o->c->e, ERR_REFUSED, "this is no AGE-SECRET-KEY-1...: a character is wrong or missing")
		    : err_set(&o->c->e, ERR_REFUSED, "an export opens with the key that was shown when it was made, AGE-SECRET-KEY-1...; an access code"
		                                     " opens a sealed bundle only");
	buf_wipe(&text);
	return rc;
}

/* ---- the door ------------------------------------------------------------------------------------------------- */

static void each(void *ctx, const char *name, uint64_t n_bytes)
{
	struct opening *o = ctx;

	if (!o->list)
		return;
	if (!o->c->json) {
		buf_printf(&o->text, "%10" PRIu64 "  %s\n", n_bytes, name);
		return;
	}
	json_open(&o->j, NULL, '{');
	json_str(&o->j, "name", name);
	json_u64(&o->j, "bytes", n_bytes);
	json_close(&o->j, '}');
}

/* All of it is checked before anything is written. */
static enum errc make_out(struct opening *o, struct unpack u)
{
	struct unpacked done;
	struct arena *a = NULL;
	struct stat sb;
	size_t n;
	enum errc rc;

	if (o->list)
		return OK;
	if (lstat(o->out, &sb) == 0)
		return err_set(&o->c->e, ERR_REFUSED, "%s is there already: give a folder that is not", o->out);
	for (n = strlen(o->out); n > 1 && o->out[n - 1] == '/';)
		n--;
	if ((o->unfinished = arena_printf(o->c->a, "%.*s.unfinished", (int)n, o->out)) == NULL)
		return err_memory(&o->c->e);
	u.dir = NULL;
	u.each = NULL;
	if ((rc = arena_new(&a, GIB, &o->c->e)) != OK)
		return rc;
	if ((rc = unpack(a, &u, &done, &o->c->e)) != OK)
		err_in(&o->c->e, "%s", o->path);
	arena_free(a);
	if (rc != OK)
		return rc;
	return mkdir(o->unfinished, 0700) == 0 ? OK
	    : errno == EEXIST ? err_set(&o->c->e, ERR_REFUSED, "%s is there, of a run that was cut off: remove it", o->unfinished)
	                      : io_unmade(o->out, o->unfinished, &o->c->e);
}

static enum errc run(struct opening *o)
{
	struct err *e = &o->c->e;
	struct unpacked done;
	span export = SPAN_EMPTY;
	struct unpack u = {.secret = &o->secret, .signer = o->signer_file != NULL ? &o->signer : NULL, .ctx = o, .each = each};
	enum errc rc;

	if ((rc = map_file(o)) != OK || (rc = read_signer(o)) != OK)
		return rc;
	rc = span_starts(o->file, SPAN_LIT(BUNDLE_MAGIC)) ? open_bundle(o, &export) : open_export(o, &export);
	u.file = export;
	if (rc != OK || (rc = make_out(o, u)) != OK)
		return rc;
	u.dir = o->unfinished;
	if (o->c->json) {
		json_open(&o->j, NULL, '{');
		json_open(&o->j, "files", '[');
	}
	if ((rc = unpack(o->c->a, &u, &done, e)) != OK) {
		err_in(e, "%s", o->path);
		return rc;
	}
	/* Under its own name when all of it is there: nobody takes a part for the whole. */
	if (!o->list && rename(o->unfinished, o->out) != 0)
		return err_sys(e, "%s", o->out);
	if (o->c->json) {
		json_close(&o->j, ']');
		json_str(&o->j, "case", done.case_hex);
		json_u64(&o->j, "generation", done.generation);
		json_u64(&o->j, "version", done.version);
		json_bool(&o->j, "signature_checked", u.signer != NULL);
		json_str(&o->j, "folder", o->list ? NULL : o->out);
		json_close(&o->j, '}');
		json_end_line(&o->j);
	} else {
		buf_printf(&o->text, "%" PRIu64 " files, %" PRIu64 " bytes, all as the manifest says; case %s, version %" PRIu64 "\n", done.n_files,
		    done.n_bytes, done.case_hex, done.version);
		buf_printf(&o->text, "%s\n", u.signer != NULL ? "The signature holds."
		                                              : "The signature was NOT checked: give --signer FILE, from a source that you trust.");
		if (!o->list)
			buf_printf(&o->text, "Begin with %s/index.html\n", o->out);
	}
	return OK;
}

enum errc cmd_open(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct opening o = {.c = c};
	const struct cmd_option options[] = {
	    {"out", "DIR", "the folder to unpack into; it must not be there", .text = &o.out},
	    {"list", NULL, "only check it and list what is in it", .flag = &o.list},
	    {"key-file", "FILE", "a file with the key (or the access code); else it is asked for", .text = &o.key_file, .read = true},
	    {"signer", "FILE", "the minisign public key of whoever made it", .text = &o.signer_file, .read = true},
	    {"notice", "ID", "a sealed bundle: the notice whose access code opens it", .text = &o.notice},
	};
	const char *const *operand;
	size_t n;
	enum errc rc;

	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (n != 1)
		return err_set(&c->e, ERR_USAGE, "wants one file: the export that the reading room gave you, or a sealed bundle");
	if ((o.out == NULL) == !o.list)
		return err_set(&c->e, ERR_USAGE, o.list ? "takes --out DIR or --list, not both"
		                                        : "wants --out DIR, a new folder to unpack into, or --list, to look only");
	o.path = operand[0];
	if ((rc = cmd_file(c, o.path)) != OK)
		return rc;
	buf_init(&o.text, GIB);
	o.j = json_to(&o.text);
	if ((rc = run(&o)) == OK)
		rc = cmd_print(&o.text, &c->e);
	if (rc == OK && o.signer_file == NULL)
		*status = 1;
	if (o.file.p != NULL)
		(void)munmap((void *)(uintptr_t)o.file.p, o.file.n);
	explicit_bzero(&o.secret, sizeof o.secret);
	buf_free(&o.text);
	return rc;
}
