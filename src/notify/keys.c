#include "base/json.h"
#include "notify/private.h"
#include "proof/statement.h"

static enum errc record(const struct notify *n, const struct signing *s, bool rotated, struct err *e)
{
	char id[KEY_ID_TEXT];
	struct ledger_note note;

	ledger_begin(&note);
	json_str(&note.j, "key", key_id_text(s->public.id, id));
	json_span(&note.j, "domain", s->domain);
	return ledger_end(&note, n->store, rotated ? "signing keys rotated" : "signing keys made", e);
}

enum errc notify_keys(const struct notify *n, struct arena *a, bool rotate, struct notify_keys *out, struct err *e)
{
	char text[VERIFY_KEY_TEXT], id[KEY_ID_TEXT];
	struct signing s = {0};
	struct buf b;
	enum errc rc;

	*out = (struct notify_keys){0};
	buf_init(&b, 65536);
	if ((rc = signing_make(a, n->config, rotate, &out->made, e)) != OK ||
	    (rc = signing_load(a, n->config, &s, e)) != OK || (rc = signing_records(&s, &b, e)) != OK)
		goto out;
	out->smime = s.smime != NULL;
	out->id = arena_cstr(a, span_str(key_id_text(s.public.id, id)));
	out->public = arena_cstr(a, span_str(verify_key_text(&s.public, text)));
	out->records = arena_cstr(a, buf_span(&b));
	buf_clear(&b);
	statement_origin(s.domain, &b);
	out->log = arena_cstr(a, buf_span(&b));
	if (out->id == NULL || out->public == NULL || out->records == NULL || out->log == NULL)
		rc = err_memory(e);
	else if (out->made && (rc = record(n, &s, rotate, e)) == OK)
		rc = store_commit(n->store, e);
out:
	buf_free(&b);
	signing_close(&s);
	return rc;
}
