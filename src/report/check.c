#include <inttypes.h>

#include "base/utf8.h"
#include "report/private.h"

/* Rows of a broken check that a person is shown at once; --json has up to CHECK_ROWS. */
enum { SHOWN_ROWS = 20 };

struct proving {
	struct buf *out;
	struct report_proof *proof;
	struct json j;
	bool as_json;
};

static void as_text(struct buf *b, const struct check_result *r)
{
	buf_printf(b, "%-8s %-11s %s", check_state_name(r->state), r->name, r->says);
	if (r->state == CHECK_NOT_YET)
		buf_printf(b, " (%s)", r->why);
	if (r->n_broken != 0)
		buf_printf(b, ": %" PRId64 " row%s %s", r->n_broken, r->n_broken == 1 ? "" : "s",
		    r->state == CHECK_NOT_YET ? "waiting" : "break it");
	buf_byte(b, '\n');
	if (r->state != CHECK_BROKEN)
		return;
	for (size_t i = 0; i < r->n_rows && i < SHOWN_ROWS; i++) {
		buf_str(b, "             ");
		utf8_show(b, r->rows[i]);
		buf_byte(b, '\n');
	}
	if (r->n_broken > SHOWN_ROWS)
		buf_printf(b, "             and %" PRId64 " more\n", r->n_broken - SHOWN_ROWS);
}

static void as_object(struct json *j, const struct check_result *r)
{
	json_open(j, NULL, '{');
	json_str(j, "check", r->name);
	json_str(j, "says", r->says);
	json_str(j, "state", r->state == CHECK_NOT_YET ? "not_yet" : r->state == CHECK_OK ? "ok" : "broken");
	json_str(j, "why", r->why);
	json_i64(j, "n_broken", r->n_broken);
	json_open(j, "rows", '[');
	for (size_t i = 0; i < r->n_rows; i++)
		json_span(j, NULL, r->rows[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static enum errc one(void *ctx, const struct check_result *r, struct err *e)
{
	struct proving *p = ctx;

	switch (r->state) {
	case CHECK_OK:
		p->proof->ok++;
		break;
	case CHECK_NOT_YET:
		p->proof->not_yet++;
		break;
	case CHECK_BROKEN:
		p->proof->broken++;
		break;
	}
	if (p->as_json)
		as_object(&p->j, r);
	else
		as_text(p->out, r);
	return buf_check(p->out, e);
}

enum errc report_check(struct store *st, const struct case_config *config, bool as_json, struct buf *out, struct report_proof *proof,
    struct err *e)
{
	struct proving p = {.out = out, .proof = proof, .j = json_to(out), .as_json = as_json};
	enum errc rc;

	*proof = (struct report_proof){0};
	if (as_json) {
		json_open(&p.j, NULL, '{');
		json_open(&p.j, "checks", '[');
	}
	if ((rc = checks_run(st, policy_of(config), one, &p, e)) != OK)
		return rc;
	if (as_json) {
		json_close(&p.j, ']');
		json_u64(&p.j, "ok", proof->ok);
		json_u64(&p.j, "not_yet", proof->not_yet);
		json_u64(&p.j, "broken", proof->broken);
		json_close(&p.j, '}');
		json_end_line(&p.j);
	} else {
		buf_printf(out, "%u ok, %u not yet, %u broken\n", proof->ok, proof->not_yet, proof->broken);
	}
	return buf_check(out, e);
}
