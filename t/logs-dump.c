/* logs-dump [-q] FILE...: reads log files as scope does and prints each record as JSON, and behind them counts and speed on stderr; -q: these only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "logs/logs.h"

struct counts { uint64_t records, failed, items, folders; };

static void show_items(struct json *j, const struct log_record *r)
{
	json_open(j, "items", '[');
	for (size_t i = 0; i < r->n_items; i++) {
		json_open(j, NULL, '{');
		json_span(j, "message_id", r->items[i].message_id);
		json_span(j, "item_id", r->items[i].item_id);
		json_span(j, "immutable_id", r->items[i].immutable_id);
		json_span(j, "subject", r->items[i].subject);
		json_u64(j, "size", r->items[i].size);
		json_i64(j, "folder", r->items[i].folder == LOG_FOLDER_NONE ? -1 : (int64_t)r->items[i].folder);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_open(j, "folders", '[');
	for (size_t i = 0; i < r->n_folders; i++) {
		json_open(j, NULL, '{');
		json_span(j, "id", r->folders[i].id);
		json_span(j, "path", r->folders[i].path);
		json_span(j, "name", r->folders[i].name);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void show_change(struct json *j, const struct log_record *r)
{
	json_open(j, "targets", '[');
	for (size_t i = 0; i < r->n_targets; i++)
		json_span(j, NULL, r->targets[i]);
	json_close(j, ']');
	json_span(j, "rule", r->rule.name);
	json_bool(j, "rule_removed", r->rule.removed);
	json_bool(j, "rule_deletes", r->rule.deletes);
	json_bool(j, "rule_marks_read", r->rule.marks_read);
	json_span(j, "rule_moves_to", r->rule.move_to);
	json_open(j, "conditions", '{');
	for (size_t i = 0; i < r->rule.n_conditions; i++) {
		char *name = strndup((const char *)r->rule.conditions[i].name.p, r->rule.conditions[i].name.n);

		json_span(j, name, r->rule.conditions[i].value);
		free(name);
	}
	json_close(j, '}');
	json_span(j, "object", r->object);
	json_span(j, "grantee", r->grantee);
	json_span(j, "role", r->role);
	json_span(j, "resource", r->resource);
	json_span(j, "target_app_id", r->target_app_id);
	json_span(j, "target_name", r->target_name);
	json_span(j, "query", r->query);
	json_span(j, "request_uri", r->request_uri);
	json_span(j, "request_method", r->request_method);
	json_span(j, "target_folder", r->target_folder.path);
}

static void show_context(struct json *j, const struct log_record *r)
{
	json_span(j, "mailbox", r->mailbox);
	json_span(j, "user", r->user);
	json_span(j, "user_id", r->user_id);
	json_span(j, "service_principal", r->service_principal);
	json_span(j, "ip", r->ip);
	json_span(j, "ip_logged", r->ip_logged);
	json_span(j, "user_agent", r->user_agent);
	json_span(j, "client_info", r->client_info);
	json_span(j, "session_id", r->session_id);
	json_span(j, "aad_session_id", r->aad_session_id);
	json_span(j, "unique_token_id", r->unique_token_id);
	json_span(j, "token_object_id", r->token_object_id);
	json_span(j, "app_id", r->app_id);
	json_span(j, "client_app_id", r->client_app_id);
	json_span(j, "app_name", r->app_name);
	json_span(j, "mailbox_guid", r->mailbox_guid);
	json_span(j, "organisation", r->organisation);
	json_span(j, "country", r->country);
	json_i64(j, "logon_type", r->logon_type == LOG_LOGON_UNSAID ? -1 : (int64_t)r->logon_type);
	json_i64(j, "user_type", r->user_type == LOG_LOGON_UNSAID ? -1 : (int64_t)r->user_type);
	json_bool(j, "external_access", r->external_access);
	json_bool(j, "is_throttled", r->is_throttled);
	if (r->has_operation_count)
		json_u64(j, "operation_count", r->operation_count);
}

static void show(struct buf *out, const struct log_record *r)
{
	static const char *const outcomes[] = {"parsed", "partial", "failed"};
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_str(&j, "outcome", outcomes[r->outcome]);
	json_str(&j, "reason", r->reason);
	json_u64(&j, "problems", r->problems);
	json_u64(&j, "at", r->at_byte);
	json_u64(&j, "n", r->n_bytes);
	json_u64(&j, "line", r->line);
	json_str(&j, "product", log_product_name(r->product));
	json_str(&j, "kind", log_kind_name(r->kind));
	json_u64(&j, "record_type", r->record_type);
	json_span(&j, "operation", r->operation);
	json_span(&j, "workload", r->workload);
	json_span(&j, "id", r->id);
	json_time(&j, "time", r->when_utc);
	json_u64(&j, "nanos", r->when_nanos);
	json_str(&j, "success", r->success == LOG_YES ? "yes" : r->success == LOG_NO ? "no" : "unsaid");
	json_span(&j, "result", r->result);
	show_context(&j, r);
	show_items(&j, r);
	show_change(&j, r);
	json_close(&j, '}');
	json_end_line(&j);
}

static enum errc dump(span file, bool quiet, struct counts *n, enum log_envelope *envelope, struct err *e)
{
	const struct log_record *r;
	struct arena *a = NULL;
	struct logs *l = NULL;
	struct buf out;
	enum errc rc;

	buf_init(&out, (size_t)1 << 28);
	if ((rc = arena_new(&a, (size_t)1 << 30, e)) != OK || (rc = logs_open(&l, file, SPAN_EMPTY, e)) != OK)
		goto out;
	*envelope = logs_envelope(l);
	while ((rc = logs_next(l, a, &r, e)) == OK && r != NULL) {
		n->records++;
		n->failed += r->outcome == LOG_FAILED;
		n->items += r->n_items;
		n->folders += r->n_folders;
		if (!quiet)
			show(&out, r);
		if (out.n > 1 << 20) {
			if ((rc = io_write(1, buf_span(&out), e)) != OK)
				goto out;
			buf_clear(&out);
		}
		arena_reset(a);
	}
	if (rc == OK)
		rc = io_write(1, buf_span(&out), e);
out:
	buf_free(&out);
	logs_close(l);
	arena_free(a);
	return rc;
}

static int one(const char *path, bool quiet)
{
	struct counts n = {0};
	enum log_envelope envelope = LOG_ENVELOPE_NONE;
	struct err e = {0};
	struct stat st;
	uint64_t begin = time_monotonic_ms(), took;
	void *p = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum errc rc;

	if (fd < 0 || fstat(fd, &st) != 0 ||
	    (st.st_size > 0 && (p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	rc = dump(span_of(p, (size_t)st.st_size), quiet, &n, &envelope, &e);
	took = time_monotonic_ms() - begin;
	fprintf(stderr, "%s: %s; %llu records, %llu failed, %llu items, %llu folders; %.1f MB/s%s%s\n", path, log_envelope_name(envelope),
	    (unsigned long long)n.records, (unsigned long long)n.failed, (unsigned long long)n.items, (unsigned long long)n.folders,
	    (double)st.st_size / 1000.0 / (double)(took + (took == 0)), rc != OK ? "; " : "", rc != OK ? e.text : "");
	if (p != NULL)
		munmap(p, (size_t)st.st_size);
	close(fd);
	return rc != OK;
}

int main(int argc, char **argv)
{
	bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	int bad = 0;

	for (int i = 1 + quiet; i < argc; i++)
		bad |= one(argv[i], quiet);
	return bad;
}
