#include "base/limits.h"
#include "mail/lines.h"
#include "mail/mime-private.h"
#include "mail/text-kind.h"

void mime_problem_names(unsigned bits, char *out, size_t size)
{
	static const char *const names[] = {"no_headers", "bad_header_line", "header_8bit", "nul", "bare_cr",
	    "no_boundary", "boundary_missing", "boundary_unclosed", "unknown_encoding", "bad_encoding",
	    "bad_charset", "limit_depth", "limit_parts", "limit_headers", "limit_size", "truncated", "limit_nest",
	    "limit_addresses", "utf_16", "damaged"};
	size_t n = 0;

	assert(size != 0);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t len = strlen(names[i]);

		if ((bits >> i & 1) == 0 || len + 2 > size - n)
			continue;
		if (n != 0)
			out[n++] = ',';
		memcpy(out + n, names[i], len);
		n += len;
	}
	out[n] = '\0';
}

/* The next line from `at` on that matches ^>+From_: where its first '>' is, or s.n. */
static size_t quoted_from(span s, size_t at)
{
	while ((at = line_find(s, at, '>', LINE_ANY)) < s.n) {
		size_t i = at;

		while (i < s.n && s.p[i] == '>')
			i++;
		if (span_starts(span_from(s, i), SPAN_LIT("From ")))
			return at;
		at = i;
	}
	return s.n;
}

/* mboxrd and mboxo: a line that began with From_ was given a '>' when it was stored. */
static enum errc unquote(struct arena *a, span in, span *out, struct err *e)
{
	size_t at = quoted_from(in, 0), from = 0, n = 0;
	unsigned char *p;

	*out = in;
	if (at == in.n)
		return OK;
	if ((p = arena_alloc(a, in.n)) == NULL)
		return err_memory(e);
	for (;;) {
		memcpy(p + n, in.p + from, at - from);
		n += at - from;
		if (at == in.n)
			break;
		from = at + 1;
		at = quoted_from(in, from);
	}
	*out = span_of(p, n);
	return OK;
}

/* Text that lists and gateways have put their own words behind or before: they are kept as they stand. */
static enum errc decode_and_keep(struct arena *a, span body, size_t begin, size_t end, span *out, unsigned *damage, struct err *e)
{
	span rest = span_from(body, end);
	enum errc rc = decode(a, ENCODING_BASE64, span_sub(body, begin, end - begin), out, damage, e);
	unsigned char *p;

	if (rc != OK)
		return rc;
	if ((p = arena_alloc(a, begin + out->n + rest.n)) == NULL)
		return err_memory(e);
	if (begin != 0)
		memcpy(p, body.p, begin);
	if (out->n != 0)
		memcpy(p + begin, out->p, out->n);
	if (rest.n != 0)
		memcpy(p + begin + out->n, rest.p, rest.n);
	*out = span_of(p, begin + out->n + rest.n);
	return OK;
}

enum errc part_content(struct arena *a, const struct message *m, const struct part *p, span *out, unsigned *problems,
    struct err *e)
{
	span body = p->body;
	unsigned damage = 0;
	bool base64_text = p->encoding == ENCODING_BASE64 && span_starts(p->type, SPAN_LIT("text/"));
	size_t begin, end;
	enum errc rc;

	if (body.n > LIMIT_PART_BYTES)
		return err_set(e, ERR_LIMIT, "part %s: larger than %zu bytes", p->path, LIMIT_PART_BYTES);
	if (m->from_quoted && !p->made && p->encoding != ENCODING_BASE64 && p->encoding != ENCODING_UUENCODE &&
	    p->encoding != ENCODING_YENC && p->encoding != ENCODING_BINHEX &&
	    (rc = unquote(a, body, &body, e)) != OK)
		return rc;
	if ((rc = decode(a, p->encoding, body, out, &damage, e)) != OK)
		return rc;
	begin = base64_text ? base64_text_begin(body) : 0;
	end = base64_text && (begin != 0 || (damage & DECODE_GARBAGE) != 0 || !base64_ends(body)) ? begin + base64_text_end(span_from(body, begin)) : body.n;
	if ((begin != 0 || end < body.n) && (rc = decode_and_keep(a, body, begin, end, out, &damage, e)) != OK)
		return rc;
	if (damage != 0)
		*problems |= MIME_BAD_ENCODING;
	return OK;
}

bool part_is_smime(const struct part *p)
{
	return span_eq(p->type, SPAN_LIT("application/pkcs7-mime")) || span_eq(p->type, SPAN_LIT("application/x-pkcs7-mime")) ||
	       span_ends_nocase(p->filename, SPAN_LIT(".p7m")) || span_ends_nocase(p->filename, SPAN_LIT(".p7z"));
}

/* Is its content OpenPGP and encrypted? As far as the encoding of mail programs lets it be seen without memory. */
static bool openpgp_encrypted(const struct part *p)
{
	UNFILLED unsigned char head[4096];
	span first = span_first(p->body, sizeof head);
	unsigned ignored = 0;

	if (p->encoding == ENCODING_BASE64)
		first = span_of(head, base64_decode(first, head, &ignored));
	else if (p->encoding == ENCODING_QUOTED_PRINTABLE)
		first = span_of(head, quoted_printable_decode(first, head, &ignored));
	return text_openpgp(first, p->filename) == OPENPGP_ENCRYPTED;
}

const char *part_sealed(const struct part *p)
{
	static const char smime[] = "S/MIME encrypted", openpgp[] = "OpenPGP encrypted";

	if (p->kind == PART_MESSAGE || p->opened)
		return NULL;
	if (p->encrypted)
		return smime;
	if (part_is_smime(p))
		/* RFC 8551 3.2.2: what is only signed or compressed says so. */
		return span_has_one_of_nocase(p->header, SPAN_WORDS("signed-data", "certs-only", "compressed-data", ".p7z")) ? NULL : smime;
	if (span_eq(p->type, SPAN_LIT("multipart/encrypted")))
		return span_has_nocase(p->header, SPAN_LIT("pkcs7")) ? smime : openpgp;
	return span_eq(p->type, SPAN_LIT("application/pgp-encrypted")) || p->in_encrypted || openpgp_encrypted(p) ? openpgp : NULL;
}
