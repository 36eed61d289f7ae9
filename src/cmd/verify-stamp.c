/*
 * verify --stamp-request and --stamp: the ledger's last hash is dated by somebody else, so that whoever owns the case cannot have
 * written its ledger later. Status of --stamp: 0 it holds; 1 it does not, or is of another ledger.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/verify.h"
#include "store/store.h"
#include "verify/stamp.h"

enum errc verify_stamp_request(struct cmd *c, const char *file)
{
	struct digest last;
	int64_t n, bad;
	struct buf der, out;
	enum errc rc;

	if ((rc = ledger_verify(c->store, &n, &bad, &c->e)) != OK)
		return rc;
	if (bad != 0)
		return err_set(&c->e, ERR_REFUSED, "the ledger's chain is broken at entry %" PRId64 ": it is not worth a date", bad);
	buf_init(&der, KIB);
	buf_init(&out, MIB);
	if ((rc = ledger_hash(c->store, n, &last, &c->e)) != OK || (rc = stamp_request(&last, &der, &c->e)) != OK ||
	    (rc = io_write_file(file, buf_span(&der), 0600, &c->e)) != OK)
		goto out;
	if (c->json) {
		buf_printf(&out, "{\"request_for_entry\":%" PRId64 "}\n", n);
	} else {
		buf_printf(&out, "Request for a time stamp of the ledger's entries 1 to %" PRId64 ": ", n);
		utf8_show(&out, span_str(file));
		buf_str(&out, "\nIt holds a digest and nothing else. Send it to an authority, and keep the reply with the case:\n"
			      "  curl -H 'Content-Type: application/timestamp-query' --data-binary @FILE URL >ledger.tsr\n"
			      "  tocsin verify --stamp ledger.tsr --ca AUTHORITY.pem\n");
	}
	rc = cmd_print(&out, &c->e);
out:
	buf_free(&der);
	buf_free(&out);
	return rc;
}

static void tell_json(struct buf *out, const struct stamp *s, int64_t entry, const char *why)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_bool(&j, "genuine", why == NULL);
	json_time(&j, "stamped", s->when_utc);
	json_str(&j, "by", s->by);
	if (entry != 0)
		json_i64(&j, "entry", entry);
	else
		json_null(&j, "entry");
	json_str(&j, "why_not", why != NULL ? why : "");
	json_close(&j, '}');
	json_end_line(&j);
}

static void tell_text(struct buf *out, const struct stamp *s, int64_t entry, int64_t n, const char *why)
{
	char when[TIME_TEXT];

	if (why != NULL) {
		buf_str(out, "NOT GENUINE: ");
		utf8_show(out, span_first(span_str(why), 200)); /* a worker's words, as those below */
		buf_byte(out, '\n');
		return;
	}
	buf_printf(out, "GENUINE: the ledger's entries 1 to %" PRId64 " of %" PRId64 " were there on %s, says ", entry, n, time_rfc3339(s->when_utc, when));
	utf8_show(out, span_first(span_str(s->by), 200));
	buf_byte(out, '\n');
}

enum errc verify_the_stamp(struct cmd *c, const char *file, const char *ca, int *status)
{
	span reply, pem;
	struct stamp s;
	const char *why;
	int64_t n, bad, entry = 0;
	struct buf out;
	enum errc rc;

	if (ca == NULL)
		return err_set(&c->e, ERR_USAGE, "--stamp wants --ca: the authority's certificates, PEM");
	if ((rc = io_read_file(c->a, file, MIB, &reply, &c->e)) != OK || (rc = io_read_file(c->a, ca, 4 * MIB, &pem, &c->e)) != OK ||
	    (rc = ledger_verify(c->store, &n, &bad, &c->e)) != OK ||
	    (rc = verify_stamp(reply, pem, c->without_jail, c->a, &s, &why, &c->e)) != OK ||
	    (rc = ledger_entry(c->store, &s.of, &entry, &c->e)) != OK)
		return rc;
	if (why == NULL && entry == 0)
		why = "it is a stamp, but of no entry of this ledger";
	else if (why == NULL && bad != 0)
		why = "the ledger's chain is broken";
	*status = why != NULL;
	buf_init(&out, MIB);
	if (c->json)
		tell_json(&out, &s, entry, why);
	else
		tell_text(&out, &s, entry, n, why);
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
