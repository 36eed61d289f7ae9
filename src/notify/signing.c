#include "notify/signing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "notify/notify.h"

#define PATH(a, c, name) arena_printf(a, "%s/keys/%s", (c)->dir, name)

static bool there(const char *path)
{
	struct stat sb;

	return lstat(path, &sb) == 0 && S_ISREG(sb.st_mode);
}

bool notify_has_keys(const struct case_config *c)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/keys/notice.pub", c->dir);

	return n > 0 && (size_t)n < sizeof path && there(path);
}

/* A secret file: ours alone. */
static enum errc secret_read(struct arena *a, const char *path, span *out, struct err *e)
{
	struct stat sb;

	if (lstat(path, &sb) != 0)
		return err_sys(e, "%s", path);
	if (!S_ISREG(sb.st_mode) || (sb.st_mode & 077) != 0)
		return err_set(e, ERR_REFUSED, "%s: others may read this secret key; chmod 600 it", path);
	return io_read_file(a, path, 64 * KIB, out, e);
}

enum errc signing_words_read(const struct case_config *c, struct signing_words *out, struct err *e)
{
	struct verify_key k;
	struct arena *a;
	const char *public, *dkim, *smime;
	span file;
	enum errc rc = arena_new(&a, MIB, e);

	*out = (struct signing_words){0};
	if (rc != OK)
		return rc;
	public = PATH(a, c, "notice.pub");
	dkim = PATH(a, c, "dkim-rsa.pem");
	smime = PATH(a, c, "smime.pem");
	if (public == NULL || dkim == NULL || smime == NULL) {
		rc = err_memory(e);
	} else if (there(public) && (rc = io_read_file(a, public, 4096, &file, e)) == OK) {
		if ((rc = verify_key_read(file, &k, e)) != OK)
			err_in(e, "%s", public);
		else
			(void)verify_key_text(&k, out->key);
		out->dkim = c->dkim_mta || there(dkim);
		out->smime = there(smime);
	}
	arena_free(a);
	return rc;
}

static enum errc load_dkim(struct arena *a, const char *path, struct dkim_key **out, struct err *e)
{
	span pem;
	enum errc rc = secret_read(a, path, &pem, e);

	if (rc != OK)
		return rc;
	if ((rc = dkim_key_read(pem, out, e)) != OK)
		err_in(e, "%s", path);
	explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
	return rc;
}

static enum errc load_smime(struct arena *a, const char *certificate, const char *key, struct cms_identity **out,
    struct err *e)
{
	span certificates, pem;
	enum errc rc = io_read_file(a, certificate, 256 * KIB, &certificates, e);

	if (rc != OK || (rc = secret_read(a, key, &pem, e)) != OK)
		return rc;
	if ((rc = cms_identity_read(certificates, pem, out, e)) != OK)
		err_in(e, "%s", certificate);
	explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
	return rc;
}

/* "tocsin-1842b4e8-r": a selector of one case and one generation of keys. */
static void set_selectors(struct signing *s)
{
	char id[KEY_ID_TEXT];

	(void)key_id_text(s->public.id, id);
	for (size_t i = 0; i < 8; i++)
		id[i] = (char)ascii_lower((unsigned char)id[i]);
	(void)snprintf(s->selector[0], sizeof s->selector[0], "tocsin-%.8s-r", id);
	(void)snprintf(s->selector[1], sizeof s->selector[1], "tocsin-%.8s-e", id);
}

enum errc signing_load(struct arena *a, const struct case_config *c, struct signing *out, struct err *e)
{
	const char *notice = PATH(a, c, "notice.key"), *rsa = PATH(a, c, "dkim-rsa.pem"),
		   *ed25519 = PATH(a, c, "dkim-ed25519.pem"), *certificate = PATH(a, c, "smime.pem"), *key = PATH(a, c, "smime.key");
	span address = span_str(c->sender_address);
	enum errc rc;

	*out = (struct signing){.domain = span_from(address, span_find_byte(address, '@') + 1)};
	if (notice == NULL || rsa == NULL || ed25519 == NULL || certificate == NULL || key == NULL)
		return err_memory(e);
	if (!there(notice))
		return OK;
	rc = sign_key_load(notice, &out->notice, e);
	if (rc == OK) {
		sign_key_public(out->notice, &out->public);
		set_selectors(out);
	}
	if (rc == OK && !c->dkim_mta && (rc = load_dkim(a, rsa, &out->rsa, e)) == OK)
		rc = load_dkim(a, ed25519, &out->ed25519, e);
	if (rc == OK && there(certificate))
		rc = load_smime(a, certificate, key, &out->smime, e);
	if (rc != OK)
		signing_close(out);
	return rc;
}

void signing_close(struct signing *s)
{
	sign_key_free(s->notice);
	dkim_key_free(s->rsa);
	dkim_key_free(s->ed25519);
	cms_identity_free(s->smime);
	*s = (struct signing){0};
}

static enum errc make_dkim(const char *path, enum dkim_algorithm algorithm, bool *made, struct err *e)
{
	struct dkim_key *k;
	struct buf b;
	enum errc rc;

	if (there(path))
		return OK;
	if ((rc = dkim_key_new(algorithm, &k, e)) != OK)
		return rc;
	buf_init(&b, 65536);
	if (!buf_room(&b, 8192))
		rc = err_memory(e);
	else if ((rc = dkim_key_write(k, &b, e)) == OK && (rc = io_write_file(path, buf_span(&b), 0600, e)) == OK)
		*made = true;
	buf_wipe(&b);
	dkim_key_free(k);
	return rc;
}

/* The public half also where a run that was cut off, or somebody, left the secret one alone. */
static enum errc make_notice(struct arena *a, const struct case_config *c, bool *made, struct err *e)
{
	const char *path = PATH(a, c, "notice.key"), *public = PATH(a, c, "notice.pub");
	struct verify_key v;
	struct sign_key *k;
	struct buf b;
	bool had;
	enum errc rc;

	if (path == NULL || public == NULL)
		return err_memory(e);
	had = there(path);
	if (had && there(public))
		return OK;
	if ((rc = had ? sign_key_load(path, &k, e) : sign_key_new(&k, e)) != OK)
		return rc;
	buf_init(&b, 4096);
	sign_key_public(k, &v);
	verify_key_write(&v, &b);
	if ((rc = buf_check(&b, e)) == OK && (had || (rc = sign_key_save(k, path, e)) == OK))
		rc = io_write_file(public, buf_span(&b), 0644, e);
	*made = rc == OK && !had;
	buf_free(&b);
	sign_key_free(k);
	return rc;
}

static enum errc move_old(struct arena *a, const struct case_config *c, struct err *e)
{
	static const char *const names[] = {"notice.key", "notice.pub", "dkim-rsa.pem", "dkim-ed25519.pem"};
	struct signing s;
	char id[KEY_ID_TEXT];
	const char *dir;
	enum errc rc = signing_load(a, c, &s, e);

	if (rc != OK)
		return rc;
	if (s.notice == NULL)
		return err_set(e, ERR_USAGE, "there are no keys yet to rotate");
	dir = arena_printf(a, "%s/keys/old-%s", c->dir, key_id_text(s.public.id, id));
	signing_close(&s);
	if (dir == NULL)
		return err_memory(e);
	if ((rc = io_make_dir(dir, 0700, e)) != OK)
		return rc;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *from = PATH(a, c, names[i]), *to = arena_printf(a, "%s/%s", dir, names[i]);

		if (from == NULL || to == NULL)
			return err_memory(e);
		if (rename(from, to) != 0 && errno != ENOENT)
			return err_sys(e, "%s", from);
	}
	return OK;
}

enum errc signing_make(struct arena *a, const struct case_config *c, bool rotate, bool *made, struct err *e)
{
	const char *dir = arena_printf(a, "%s/keys", c->dir), *rsa = PATH(a, c, "dkim-rsa.pem"),
		   *ed25519 = PATH(a, c, "dkim-ed25519.pem");
	enum errc rc;

	*made = false;
	if (dir == NULL || rsa == NULL || ed25519 == NULL)
		return err_memory(e);
	if (c->sender_address[0] == '\0')
		return err_set(e, ERR_USAGE, "case.yaml: missing: sender: address (the keys are for its domain)");
	if (!eml_address_ok(span_str(c->sender_address)))
		return err_set(e, ERR_USAGE, "case.yaml: sender: address is no plain mail address; the keys are for its domain");
	if ((rc = io_make_dir(dir, 0700, e)) != OK || (rotate && (rc = move_old(a, c, e)) != OK) ||
	    (rc = make_notice(a, c, made, e)) != OK)
		return rc;
	if (c->dkim_mta)
		return OK;
	return (rc = make_dkim(rsa, DKIM_RSA, made, e)) == OK ? make_dkim(ed25519, DKIM_ED25519, made, e) : rc;
}

/* A TXT record's strings hold at most 255 bytes each (RFC 1035 3.3.14). */
static void put_txt(struct buf *out, const char *name, span domain, span text)
{
	buf_printf(out, "%s.%.*s. IN TXT (", name, (int)domain.n, (const char *)domain.p);
	for (; text.n != 0; text = span_from(text, 250))
		buf_printf(out, " \"%.*s\"", text.n < 250 ? (int)text.n : 250, (const char *)text.p);
	buf_str(out, " )\n");
}

static enum errc put_dkim(const struct signing *s, const struct dkim_key *k, const char *selector, struct buf *out,
    struct err *e)
{
	char name[64];
	struct buf b;
	enum errc rc;

	buf_init(&b, 8192);
	(void)snprintf(name, sizeof name, "%s._domainkey", selector);
	if ((rc = dkim_key_record(k, &b, e)) == OK)
		put_txt(out, name, s->domain, buf_span(&b));
	buf_free(&b);
	return rc;
}

enum errc signing_records(const struct signing *s, struct buf *out, struct err *e)
{
	char text[VERIFY_KEY_TEXT], key[VERIFY_KEY_TEXT + 16];
	enum errc rc;

	if (s->rsa != NULL && ((rc = put_dkim(s, s->rsa, s->selector[0], out, e)) != OK ||
	                          (rc = put_dkim(s, s->ed25519, s->selector[1], out, e)) != OK))
		return rc;
	(void)snprintf(key, sizeof key, "v=TN1; k=%s", verify_key_text(&s->public, text));
	put_txt(out, "_notice", s->domain, span_str(key));
	return buf_check(out, e);
}
