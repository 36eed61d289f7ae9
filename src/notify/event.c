#include "notify/event.h"

#include "base/clock.h"
#include "stream/json-read.h"

enum { MEMBERS = 16 };

/* Members that the case keeps beside the line; in the order of struct portal_entry. */
static const char *const members[MEMBERS] = {"event", "case", "at", "to", "account", "person", "record", "exposure", "mark", "note",
    "application", "task", "done", "kind", "text", "reason"};

enum errc event_read(struct arena *a, span line, struct buf *out, struct err *e)
{
	struct json_node *root = NULL;
	int64_t when;
	enum errc rc = json_read_strict(a, line, &root, e);

	if (rc != OK && rc != ERR_EVIDENCE && rc != ERR_LIMIT)
		return rc;
	if (rc != OK || root->type != JSON_OBJECT || json_text(json_member(root, "event")).n == 0 ||
	    !time_parse(json_text(json_member(root, "at")), &when)) {
		buf_u8(out, 0);
		return OK;
	}
	buf_u8(out, 1);
	for (size_t i = 0; i < MEMBERS; i++)
		buf_bytes(out, json_text(json_member(root, members[i])));
	return OK;
}

bool event_take(struct cursor *said, uint64_t number, span line, struct portal_entry *p, bool *bad)
{
	uint8_t is_event = cursor_u8(said);
	span v[MEMBERS];

	*p = (struct portal_entry){.number = number, .line = line};
	*bad = is_event != 1;
	if (*bad) {
		p->event = SPAN_LIT("unreadable");
		p->line = SPAN_LIT("{}"); /* what it was stands in the log */
		return !said->bad && is_event == 0;
	}
	for (size_t i = 0; i < MEMBERS; i++)
		v[i] = cursor_bytes(said);
	p->event = v[0];
	p->case_id = v[1];
	p->to = v[3];
	p->account = v[4];
	p->person = v[5];
	p->record = v[6];
	p->exposure = v[7];
	p->mark = v[8];
	p->note = v[9];
	p->application = v[10];
	p->task = v[11];
	p->done = v[12];
	p->kind = v[13];
	p->text = v[14];
	p->reason = v[15];
	return !said->bad && time_parse(v[2], &p->when_utc);
}
