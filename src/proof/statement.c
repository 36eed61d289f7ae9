#include "proof/statement.h"

#include "base/json.h"

enum errc statement_write(const struct statement *s, struct buf *out, struct err *e)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_span(&j, "domain", s->domain);
	json_span(&j, "id", s->id);
	json_time(&j, "issued", s->issued_utc);
	json_span(&j, "organisation", s->organisation);
	json_span(&j, "portal", s->portal);
	json_span(&j, "signer", s->signer);
	json_digest(&j, "text_sha256", &s->text_sha256);
	json_str(&j, "type", STATEMENT_TYPE);
	json_close(&j, '}');
	return buf_check(out, e);
}

enum errc statement_text_digest(span text, struct digest *out, struct err *e)
{
	struct sha256 *h;
	size_t n_empty = 0;
	span line;
	enum errc rc = sha256_new(&h, e);

	if (rc != OK)
		return rc;
	sha256_start(h);
	while (span_line(&text, &line)) {
		if (line.n == 0) {
			n_empty++;
			continue;
		}
		for (; n_empty != 0; n_empty--)
			sha256_add(h, SPAN_LIT("\n"));
		sha256_add(h, line);
		sha256_add(h, SPAN_LIT("\n"));
	}
	sha256_done(h, out);
	sha256_free(h);
	return OK;
}

void statement_origin(span domain, struct buf *out)
{
	buf_put(out, domain);
	buf_str(out, "/notices");
}
