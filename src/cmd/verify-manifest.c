/* verify --manifest FILE: for a regulator, or an organisation that has its proof. Status 0: it holds; 1: it does not. */
#include <inttypes.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/verify.h"
#include "verify/verify.h"

static void put_span(struct buf *out, span s) { utf8_show(out, span_first(s, 300)); }

static void tell_text(struct buf *out, const struct manifest *m, const struct manifest_proof *p, bool holds)
{
	buf_printf(out, "GENUINE: manifest of wave %" PRIu64 " of ", m->wave);
	put_span(out, m->domain);
	buf_printf(out, ": %" PRIu64 " organisation%s told for the first time, %" PRIu64 " supplemented, ", m->first, cmd_s(m->first), m->supplemented);
	if (m->anew != 0)
		buf_printf(out, "%" PRIu64 " told anew what was withdrawn, ", m->anew);
	buf_printf(out, "%" PRIu64 " that nobody could be told of; %" PRIu64 " private person%s told; %" PRIu64 " notice%s about %" PRIu64 " message%s",
	    m->unreachable, m->persons, cmd_s(m->persons), m->notices, cmd_s(m->notices), m->messages, cmd_s(m->messages));
	if (m->from.n != 0) {
		buf_str(out, " from ");
		put_span(out, m->from);
		buf_str(out, " to ");
		put_span(out, m->to);
	}
	buf_byte(out, '\n');
	if (p == NULL)
		return;
	buf_str(out, holds ? "In it: " : "NOT in it: ");
	put_span(out, p->entry);
	buf_byte(out, '\n');
}

static void tell_json(struct buf *out, const struct manifest *m, const struct manifest_proof *p, bool holds)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_bool(&j, "genuine", true);
	json_span(&j, "domain", m->domain);
	json_u64(&j, "wave", m->wave);
	json_u64(&j, "told_first", m->first);
	json_u64(&j, "supplemented", m->supplemented);
	json_u64(&j, "told_anew", m->anew);
	json_u64(&j, "unreachable", m->unreachable);
	json_u64(&j, "persons", m->persons);
	json_u64(&j, "notices", m->notices);
	json_u64(&j, "messages", m->messages);
	json_u64(&j, "exposures", m->exposures);
	json_span(&j, "from", m->from);
	json_span(&j, "to", m->to);
	if (p != NULL) {
		json_span(&j, "entry", p->entry);
		json_bool(&j, "in_it", holds);
	}
	json_close(&j, '}');
	json_end_line(&j);
}

enum errc verify_the_manifest(struct cmd *c, const struct verify_manifest *v, int *status)
{
	struct verify_manifest_result r;
	span note, keys, proof = SPAN_EMPTY;
	struct buf out;
	enum errc rc;

	if (v->keys.n == 0)
		return err_set(&c->e, ERR_USAGE, "--manifest wants --key: what it is signed with");
	if ((rc = io_read_file(c->a, v->manifest, 64 * KIB, &note, &c->e)) != OK || (rc = verify_read_keys(c, &v->keys, &keys)) != OK ||
	    (v->proof != NULL && (rc = io_read_file(c->a, v->proof, 64 * KIB, &proof, &c->e)) != OK))
		return rc;
	buf_init(&out, MIB);
	if ((rc = verify_manifest(note, keys, proof, &r, &c->e)) == ERR_EVIDENCE) {
		*status = 1;
		if (c->json)
			buf_str(&out, "{\"genuine\":false}\n");
		else
			buf_printf(&out, "NOT GENUINE: %s\n", c->e.text);
		rc = cmd_print(&out, &c->e);
	} else if (rc == OK) {
		const struct manifest_proof *p = v->proof != NULL ? &r.p : NULL;

		*status = p != NULL && !r.in_it;
		if (c->json)
			tell_json(&out, &r.m, p, r.in_it);
		else
			tell_text(&out, &r.m, p, r.in_it);
		rc = cmd_print(&out, &c->e);
	}
	buf_free(&out);
	return rc;
}
