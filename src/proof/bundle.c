#include "proof/bundle.h"

#include "proof/text64.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1", extra[] = "extra ", index_word[] = "index ";

enum errc bundle_write(const struct bundle *b, struct buf *out, struct err *e)
{
	buf_printf(out, "%s\n", first_line);
	if (b->salted) {
		buf_str(out, extra);
		text64_put(out, span_of(b->salt, LOG_SALT));
		buf_byte(out, '\n');
	}
	buf_printf(out, "%s%llu\n", index_word, (unsigned long long)b->index);
	for (size_t i = 0; i < b->proof.n; i++) {
		text64_put(out, digest_span(&b->proof.v[i]));
		buf_byte(out, '\n');
	}
	buf_byte(out, '\n');
	buf_put(out, b->checkpoint);
	return buf_check(out, e);
}

static bool read_index(span s, uint64_t *out)
{
	*out = 0;
	return (s.n < 2 || s.p[0] != '0') && span_number(s, 999999999999999999, out);
}

enum errc bundle_read(span text, struct bundle *out, struct err *e)
{
	span line, note;
	enum errc rc;

	*out = (struct bundle){0};
	if (!span_line(&text, &line) || !span_eq(line, span_str(first_line)) || !span_line(&text, &line))
		return err_set(e, ERR_EVIDENCE, "not a proof of inclusion");
	if (span_starts(line, span_str(extra))) {
		if (!text64_read(span_from(line, sizeof extra - 1), out->salt, LOG_SALT) || !span_line(&text, &line))
			return err_set(e, ERR_EVIDENCE, "the proof's salt is not 16 bytes");
		out->salted = true;
	}
	if (!span_starts(line, span_str(index_word)) || !read_index(span_from(line, sizeof index_word - 1), &out->index))
		return err_set(e, ERR_EVIDENCE, "the proof has no index");
	while (span_line(&text, &line) && line.n != 0) {
		if (out->proof.n == MERKLE_LEVELS || !text64_read(line, out->proof.v[out->proof.n].b, DIGEST_SIZE))
			return err_set(e, ERR_EVIDENCE, "the proof has a line that is no digest, or too many of them");
		out->proof.n++;
	}
	out->checkpoint = text;
	if ((rc = note_text(out->checkpoint, &note, e)) != OK)
		err_in(e, "the proof's checkpoint");
	return rc;
}

enum errc bundle_verify(const struct bundle *b, span line, span origin, const unsigned char key[VERIFY_KEY_SIZE],
    struct checkpoint *out, struct err *e)
{
	struct digest leaf;
	enum errc rc = checkpoint_verify(b->checkpoint, origin, key, out, e);

	if (rc != OK)
		return rc;
	if (b->salted)
		merkle_log_leaf(b->salt, line, &leaf);
	else
		merkle_leaf(line, &leaf);
	return merkle_check(&leaf, b->index, out->size, &b->proof, &out->root)
	    ? OK : err_set(e, ERR_EVIDENCE, "the proof does not lead from this entry to the checkpoint's root");
}
