#include "seal/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "seal/age.h"
#include "seal/tar.h"
#include "stream/json-read.h"

struct input { struct age_reader age; span have; };

/* Up to max bytes of what comes next; empty at the end. */
static enum errc some(struct input *in, size_t max, span *out, struct err *e)
{
	enum errc rc = in->have.n == 0 ? age_next(&in->age, &in->have, e) : OK;

	*out = rc == OK ? span_first(in->have, max) : SPAN_EMPTY;
	in->have = span_from(in->have, out->n);
	return rc;
}

static enum errc exactly(struct input *in, unsigned char *out, size_t n, struct err *e)
{
	while (n != 0) {
		span s;
		enum errc rc = some(in, n, &s, e);

		if (rc != OK)
			return rc;
		if (s.n == 0)
			return err_set(e, ERR_EVIDENCE, "the archive ends early");
		memcpy(out, s.p, s.n);
		out += s.n;
		n -= s.n;
	}
	return OK;
}

static enum errc pass_over(struct input *in, uint64_t n, struct err *e)
{
	unsigned char rest[TAR_BLOCK];

	return exactly(in, rest, (TAR_BLOCK - n % TAR_BLOCK) % TAR_BLOCK, e);
}

/* The names of the format: a file, or one in a known folder, or attachments/RECORD/NUMBER. */
static bool name_ok(const char *name)
{
	static const char *const alone[] = {"index.json", "index.html", "messages.csv", "credentials.csv"};
	static const char *const folders[] = {"records/", "messages/", "text/", "attachments/"};
	size_t n = 0, slashes = 0;

	for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
		if (strcmp(name, alone[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (strncmp(name, folders[i], strlen(folders[i])) == 0)
			n = strlen(folders[i]);
	if (n == 0)
		return false;
	for (const char *p = name + n; *p != '\0'; p++) {
		slashes += *p == '/';
		if (!ascii_is_alnum((unsigned char)*p) && *p != '.' && *p != '/')
			return false;
		if ((*p == '.' || *p == '/') && (p[1] == '\0' || !ascii_is_alnum((unsigned char)p[1])))
			return false;
	}
	return name[n] != '/' && name[n] != '.' && slashes == (strncmp(name, "attachments/", 12) == 0 ? 1u : 0u);
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static enum errc make_folders(const char *dir, const char *name, struct err *e)
{
	char path[4096];
	enum errc rc = OK;

	for (const char *slash = strchr(name, '/'); slash != NULL && rc == OK; slash = strchr(slash + 1, '/')) {
		(void)snprintf(path, sizeof path, "%s/%.*s", dir, (int)(slash - name), name);
		rc = io_make_dir(path, 0700, e);
	}
	return rc;
}

static enum errc open_file(const char *dir, const char *name, int *fd, struct err *e)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/%s", dir, name);
	enum errc rc;

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", dir);
	if ((rc = make_folders(dir, name, e)) != OK)
		return rc;
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *fd < 0 ? err_sys(e, "%s", path) : OK;
}

static enum errc take_file(struct input *in, const struct unpack *u, const char *name, uint64_t n, const struct digest *want,
    struct sha256 *h, struct err *e)
{
	uint64_t left = n;
	struct digest got;
	int fd = -1;
	enum errc rc = u->dir != NULL ? open_file(u->dir, name, &fd, e) : OK;

	sha256_start(h);
	while (rc == OK && left != 0) {
		span s;

		if ((rc = some(in, left < AGE_CHUNK ? (size_t)left : AGE_CHUNK, &s, e)) != OK)
			break;
		if (s.n == 0)
			rc = err_set(e, ERR_EVIDENCE, "the archive ends early");
		sha256_add(h, s);
		left -= s.n;
		if (rc == OK && fd >= 0)
			rc = io_write(fd, s, e);
	}
	if (fd >= 0 && close(fd) != 0 && rc == OK)
		rc = err_sys(e, "%s", name);
	sha256_done(h, &got);
	if (rc == OK && want != NULL && memcmp(&got, want, sizeof got) != 0)
		rc = err_set(e, ERR_EVIDENCE, "%s is not what the manifest says", name);
	return rc == OK ? pass_over(in, n, e) : rc;
}

/* The next member, which must have that name; its bytes into the arena. */
static enum errc take_whole(struct input *in, struct arena *a, const char *want, size_t max, span *out, struct err *e)
{
	unsigned char block[TAR_BLOCK], *p;
	char name[TAR_NAME + 1];
	uint64_t n;
	bool bad;
	enum errc rc = exactly(in, block, sizeof block, e);

	if (rc != OK)
		return rc;
	if (!tar_read(block, name, &n, &bad) || strcmp(name, want) != 0 || n > max)
		return err_set(e, ERR_EVIDENCE, "no export: %s does not stand where it should", want);
	if ((p = arena_alloc(a, (size_t)n)) == NULL)
		return err_memory(e);
	*out = span_of(p, (size_t)n);
	rc = exactly(in, p, (size_t)n, e);
	return rc == OK ? pass_over(in, n, e) : rc;
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

static bool number(const struct json_node *n, uint64_t *out)
{
	*out = 0;
	return n != NULL && n->type == JSON_NUMBER && span_number(n->text, 999999999999999, out);
}

static enum errc take_listed(struct input *in, const struct unpack *u, const struct json_node *file, struct sha256 *h,
    struct unpacked *out, struct err *e)
{
	unsigned char block[TAR_BLOCK];
	char name[TAR_NAME + 1];
	struct digest want;
	uint64_t n, listed;
	bool bad;
	enum errc rc;

	if (!number(json_get(file, "bytes"), &listed) || !hex_read(json_get_text(file, "sha256"), want.b, DIGEST_SIZE))
		return err_set(e, ERR_EVIDENCE, "the manifest of the export is damaged");
	if ((rc = exactly(in, block, sizeof block, e)) != OK)
		return rc;
	if (!tar_read(block, name, &n, &bad) || !span_eq(json_get_text(file, "name"), span_str(name)) || n != listed || !name_ok(name))
		return err_set(e, ERR_EVIDENCE, "the archive is not what its manifest says, at file %llu", (unsigned long long)out->n_files + 1);
	if ((rc = take_file(in, u, name, n, &want, h, e)) != OK)
		return rc;
	out->n_files++;
	out->n_bytes += n;
	if (u->each != NULL)
		u->each(u->ctx, name, n);
	return OK;
}

/* Nothing but zeros, to the end, which is when the file is known to be whole. */
static enum errc take_end(struct input *in, struct err *e)
{
	span s;
	enum errc rc;

	while ((rc = some(in, AGE_CHUNK, &s, e)) == OK && s.n != 0)
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] != 0)
				return err_set(e, ERR_EVIDENCE, "the archive has more than its manifest says");
	return rc;
}

static enum errc unpack_all(struct input *in, struct arena *a, const struct unpack *u, struct sha256 *h, struct unpacked *out,
    struct err *e)
{
	const struct json_node *files;
	struct json_node *root;
	span manifest, signature, text;
	unsigned char id[SEAL_CASE_ID];
	unsigned problems = 0;
	size_t used;
	enum errc rc;

	if ((rc = take_whole(in, a, "manifest.json", LIMIT_BUNDLE_MANIFEST, &manifest, e)) != OK ||
	    (rc = take_whole(in, a, "manifest.json.minisig", 4 * KIB, &signature, e)) != OK ||
	    (u->signer != NULL && (rc = minisign_verify(u->signer, manifest, signature, NULL, NULL, e)) != OK) ||
	    (rc = json_read_most(a, manifest, 16 * (size_t)LIMIT_BUNDLE_RECORDS, &root, &used, &problems, e)) != OK)
		return rc;
	text = json_get_text(root, "case"); /* goes to the terminal: the signature need not have been checked */
	files = json_get(root, "files");
	if (!hex_read(text, id, sizeof id) || files == NULL || files->type != JSON_ARRAY || problems != 0 ||
	    !number(json_get(root, "generation"), &out->generation) || !number(json_get(root, "version"), &out->version))
		return err_set(e, ERR_EVIDENCE, "the manifest of the export is damaged");
	memcpy(out->case_hex, text.p, text.n);
	for (const struct json_node *f = files->child; f != NULL && rc == OK; f = f->next)
		rc = take_listed(in, u, f, h, out, e);
	return rc == OK ? take_end(in, e) : rc;
}

enum errc unpack(struct arena *a, const struct unpack *u, struct unpacked *out, struct err *e)
{
	struct input *in = calloc(1, sizeof *in);
	struct sha256 *h = NULL;
	enum errc rc;

	*out = (struct unpacked){0};
	if (in == NULL)
		return err_memory(e);
	if ((rc = sha256_new(&h, e)) == OK && (rc = age_open(&in->age, u->file, u->secret, e)) == OK)
		rc = unpack_all(in, a, u, h, out, e);
	age_read_close(&in->age);
	sha256_free(h);
	free(in);
	return rc;
}
