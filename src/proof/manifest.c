#include "proof/manifest.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "proof/note.h"

#define TITLE "tocsin wave manifest v1"
#define PROOF_TITLE "tocsin manifest proof v1"

static void name_of(span domain, uint64_t wave, struct buf *out)
{
	buf_put(out, domain);
	buf_printf(out, "/wave-%" PRIu64, wave);
}

enum errc manifest_sign(const struct sign_key *k, const struct manifest *m, struct buf *out, struct err *e)
{
	char hex[DIGEST_HEX];
	struct buf text, name;
	enum errc rc;

	buf_init(&text, NOTE_MAX);
	buf_init(&name, 1024);
	name_of(m->domain, m->wave, &name);
	buf_printf(&text, TITLE "\ndomain %.*s\nwave %" PRIu64 "\nplanned %.*s\n", (int)m->domain.n, m->domain.p, m->wave, (int)m->planned.n,
	    m->planned.p);
	buf_printf(&text, "told-first %" PRIu64 "\nsupplemented %" PRIu64 "\n", m->first, m->supplemented);
	if (m->anew != 0)
		buf_printf(&text, "told-anew %" PRIu64 "\n", m->anew);
	buf_printf(&text, "unreachable %" PRIu64 "\npersons %" PRIu64 "\nnotices %" PRIu64
	    "\nmessages %" PRIu64 "\nexposures %" PRIu64 "\n", m->unreachable, m->persons, m->notices, m->messages, m->exposures);
	buf_printf(&text, "from %.*s\nto %.*s\n", (int)m->from.n, m->from.n != 0 ? (const char *)m->from.p : "", (int)m->to.n,
	    m->to.n != 0 ? (const char *)m->to.p : "");
	buf_printf(&text, "size %" PRIu64 "\nroot %s\n", m->size, digest_hex(&m->root, hex));
	if ((rc = buf_check(&text, e)) == OK && (rc = buf_check(&name, e)) == OK)
		rc = note_sign(k, buf_span(&name), buf_span(&text), out, e);
	buf_free(&text);
	buf_free(&name);
	return rc;
}

/* "word value": the next line must begin so. */
static bool take(span *text, const char *word, span *value)
{
	span line, name = span_str(word);

	if (!span_line(text, &line) || !span_starts(line, name) || line.n <= name.n || line.p[name.n] != ' ')
		return false;
	*value = span_from(line, name.n + 1);
	return true;
}

static bool take_number(span *text, const char *word, uint64_t *out)
{
	span v;

	*out = 0;
	return take(text, word, &v) && (v.n < 2 || v.p[0] != '0') && span_number(v, 999999999999999, out);
}

static bool take_digest(span *text, const char *word, struct digest *out)
{
	span v;

	return take(text, word, &v) && hex_read(v, out->b, DIGEST_SIZE);
}

/* The line is not there when nobody was told anew, as it was before there was such a line. */
static bool take_anew(span *text, uint64_t *out)
{
	*out = 0;
	return !span_starts(*text, SPAN_LIT("told-anew ")) || (take_number(text, "told-anew", out) && *out != 0);
}

static bool manifest_read(span text, struct manifest *m)
{
	span line;

	*m = (struct manifest){0};
	return span_line(&text, &line) && span_eq(line, SPAN_LIT(TITLE)) && take(&text, "domain", &m->domain) && m->domain.n < 256 &&
	       take_number(&text, "wave", &m->wave) && take(&text, "planned", &m->planned) && take_number(&text, "told-first", &m->first) &&
	       take_number(&text, "supplemented", &m->supplemented) && take_anew(&text, &m->anew) && take_number(&text, "unreachable", &m->unreachable) &&
	       take_number(&text, "persons", &m->persons) &&
	       take_number(&text, "notices", &m->notices) && take_number(&text, "messages", &m->messages) &&
	       take_number(&text, "exposures", &m->exposures) && take(&text, "from", &m->from) && take(&text, "to", &m->to) &&
	       take_number(&text, "size", &m->size) && take_digest(&text, "root", &m->root) && text.n == 0 &&
	       m->first + m->supplemented + m->anew + m->unreachable == m->size;
}

enum errc manifest_verify(span note, const unsigned char key[VERIFY_KEY_SIZE], struct manifest *out, struct err *e)
{
	struct buf name;
	span text;
	enum errc rc = note_text(note, &text, e);

	if (rc != OK)
		return rc;
	if (!manifest_read(text, out))
		return err_set(e, ERR_EVIDENCE, "no manifest of a wave");
	buf_init(&name, 1024);
	name_of(out->domain, out->wave, &name);
	if ((rc = buf_check(&name, e)) == OK)
		rc = note_verify(note, buf_span(&name), key, &text, e);
	buf_free(&name);
	return rc;
}

void manifest_leaf(const unsigned char salt[MANIFEST_SALT], span entry, struct digest *out)
{
	struct digest inner;
	unsigned char b[MANIFEST_SALT + DIGEST_SIZE];

	/* The entry by its digest: one length, whatever the name. */
	sha256_of(entry, &inner);
	memcpy(b, salt, MANIFEST_SALT);
	memcpy(b + MANIFEST_SALT, inner.b, DIGEST_SIZE);
	merkle_leaf(span_of(b, sizeof b), out);
}

void manifest_proof_write(const struct manifest_proof *p, struct buf *out)
{
	char hex[DIGEST_HEX], salt[2 * MANIFEST_SALT + 1];

	hex_write(salt, span_of(p->salt, MANIFEST_SALT));
	buf_str(out, PROOF_TITLE "\nentry ");
	buf_put(out, p->entry);
	buf_printf(out, "\nsalt %s\nindex %" PRIu64 "\n", salt, p->index);
	for (size_t i = 0; i < p->path.n; i++)
		buf_printf(out, "path %s\n", digest_hex(&p->path.v[i], hex));
}

enum errc manifest_proof_read(span file, struct manifest_proof *out, struct err *e)
{
	span line, salt;
	bool good;

	*out = (struct manifest_proof){0};
	good = span_line(&file, &line) && span_eq(line, SPAN_LIT(PROOF_TITLE)) && take(&file, "entry", &out->entry) &&
	       take(&file, "salt", &salt) && hex_read(salt, out->salt, MANIFEST_SALT) && take_number(&file, "index", &out->index);
	while (good && file.n != 0) {
		good = out->path.n < MERKLE_LEVELS && take_digest(&file, "path", &out->path.v[out->path.n]);
		out->path.n += good;
	}
	return good ? OK : err_set(e, ERR_EVIDENCE, "no proof of a manifest");
}

bool manifest_proof_holds(const struct manifest_proof *p, const struct manifest *m)
{
	struct digest leaf;

	manifest_leaf(p->salt, p->entry, &leaf);
	return p->index < m->size && merkle_check(&leaf, p->index, m->size, &p->path, &m->root);
}
