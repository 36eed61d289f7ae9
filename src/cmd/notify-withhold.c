/* What people decide that nobody is told, and that it is told again. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/near.h"
#include "cmd/notify.h"

void withheld_say(struct buf *out, const struct withheld_totals *t)
{
	if (t->messages + t->exposures == 0)
		return;
	buf_printf(out, "Withheld by decision: %" PRId64 " message%s, %" PRId64 " exposure%s", t->messages, cmd_s((uint64_t)t->messages), t->exposures,
	    cmd_s((uint64_t)t->exposures));
	if (t->within != 0)
		buf_printf(out, " (and %" PRId64 " that stand%s in such messages alone)", t->within, t->within == 1 ? "s" : "");
	if (t->orgs != 0)
		buf_printf(out, "; %" PRId64 " organisation%s told nothing because of it", t->orgs, t->orgs == 1 ? " is" : "s are");
	if (t->persons != 0)
		buf_printf(out, "; %" PRId64 " private person%s told nothing because of it", t->persons, t->persons == 1 ? " is" : "s are");
	buf_str(out, ". tocsin list withheld has who and why.\n");
}

void withheld_json(struct json *j, const struct withheld_totals *t)
{
	json_open(j, "withheld", '{');
	json_i64(j, "messages", t->messages);
	json_i64(j, "exposures", t->exposures);
	json_i64(j, "exposures_in_messages_alone", t->within);
	json_i64(j, "organisations_left_with_nothing", t->orgs);
	json_i64(j, "persons_left_with_nothing", t->persons);
	json_close(j, '}');
}

static const char *have(int64_t n) { return n == 1 ? "has" : "have"; }

/* What the decision does not change, and what is to be done about it. */
static void say_withheld(struct buf *out, const struct withheld_stands *s, const char *it, bool by_hand)
{
	if (s->planned != 0)
		buf_printf(out, "Wave %" PRId64 " is planned with %s and cannot be written: tocsin notify plan\n", s->planned, it);
	if (s->told != 0)
		buf_printf(out, "Told already by notices that are written: %" PRId64 " organisation%s or person%s (tocsin list told). What has left stays told; that it no longer\n"
		    "holds two people say: tocsin notify withdraw. %s\n", s->told, cmd_s((uint64_t)s->told), cmd_s((uint64_t)s->told),
		    by_hand ? "What nobody has handed over yet, keep back and withdraw." : "What has not left does not leave.");
	if (s->sealed != 0)
		buf_printf(out, "%" PRId64 " organisation%s %s a sealed bundle with %s. The reading room shows it until it has a newer one: that of the next wave, or\n"
		    "one of tocsin notify seal --new-keys ORG. A bundle that is not there yet is made again: tocsin notify seal\n", s->sealed,
		    cmd_s((uint64_t)s->sealed), have(s->sealed), it);
	if (s->within != 0)
		buf_printf(out, "Enclosed in %s: %" PRId64 " message%s of %s own, and due as before (tocsin list messages: parent).\n", it, s->within, cmd_s((uint64_t)s->within),
		    s->within == 1 ? "its" : "their");
}

static void say_released(struct buf *out, const struct withheld_stands *s, const char *it)
{
	buf_str(out, "Next: tocsin notify plan\n");
	if (s->told != 0)
		buf_printf(out, "%" PRId64 " organisation%s or person%s %s a notice that tells %s, and %s not told again.%s\n", s->told, cmd_s((uint64_t)s->told),
		    cmd_s((uint64_t)s->told), have(s->told), it, s->told == 1 ? "is" : "are", s->sealed == 0 ? "" : " A bundle that was made since lacks it: tocsin notify seal");
}

static void put_json(struct buf *out, const struct notify_decision *d, const struct withheld_stands *s)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_str(&j, "kind", withheld_kind_name((int)d->kind));
	json_bool(&j, "withheld", !d->release);
	json_u64(&j, "decided", d->n);
	json_i64(&j, "told", s->told);
	json_i64(&j, "planned_wave", s->planned);
	json_i64(&j, "sealed", s->sealed);
	json_i64(&j, "enclosed", s->within);
	json_close(&j, '}');
	json_end_line(&j);
}

static enum errc decide(struct cmd *c, const struct verb *v, int argc, char **argv, bool release)
{
	struct notify_decision d = {.release = release};
	struct notify n = {.now_utc = time_now()};
	const struct cmd_option options[] = {
	    {"by", "NAME", "who decides", .text = &d.by},
	    {"why", "TEXT", "for what reason; not the secret itself", .text = &d.why},
	};
	struct withheld_stands s;
	struct near near;
	const char *const *operand;
	struct buf out;
	size_t n_operands;
	enum errc rc;

	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n_operands)) != OK)
		return rc;
	for (int kind = WITHHELD_MESSAGE; kind <= WITHHELD_EXPOSURE && n_operands != 0; kind++)
		if (strcmp(operand[0], withheld_kind_name(kind)) == 0)
			d.kind = (enum withheld_kind)kind;
	if (n_operands != 0 && d.kind == 0) {
		near = near_among(span_str(operand[0]), SPAN_WORDS("message", "exposure"));
		return err_set(&c->e, ERR_USAGE, "wants message or exposure before what it is about, not \"%.80s\"%s", operand[0], near_says(&near));
	}
	if (n_operands < 2 || d.by == NULL || span_trim(span_str(d.by)).n == 0 || d.why == NULL || span_trim(span_str(d.why)).n == 0)
		return err_set(&c->e, ERR_USAGE, "wants message or exposure, which, --by NAME and --why TEXT");
	d.names = operand + 1;
	d.n = n_operands - 1;
	n.store = c->store;
	n.config = &c->config;
	if ((rc = notify_withhold(&n, c->a, &d, &s, &c->e)) != OK)
		return rc;
	buf_init(&out, 64 * KIB);
	if (c->json) {
		put_json(&out, &d, &s);
	} else {
		buf_printf(&out, "%zu %s%s: %s.\n", d.n, withheld_kind_name((int)d.kind), cmd_s(d.n), release ? "due to whom it is not told" : "told to nobody from now on");
		if (release)
			say_released(&out, &s, d.n == 1 ? "it" : "some");
		else
			say_withheld(&out, &s, d.n == 1 ? "it" : "some", c->config.delivery.by == DELIVERY_NOT_SET);
	}
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

enum errc notify_cmd_withhold(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	(void)status;
	return decide(c, v, argc, argv, false);
}

enum errc notify_cmd_release(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	(void)status;
	return decide(c, v, argc, argv, true);
}
