/* A case with messages of one mailbox and records of the logs, for the tests of verdicts. */
#ifndef TOCSIN_SCOPE_TEST_WORLD_H
#define TOCSIN_SCOPE_TEST_WORLD_H

#include "base/test.h"

#include "base/clock.h"
#include "scope/judge.h"

#define DAY ((int64_t)86400)
#define JUNE(day) (1748736000 + ((day) - 1) * DAY) /* 2025-06-01T00:00:00Z + day - 1 */

struct world {
	char dir[64];
	struct arena *a;
	struct store *st;
	struct case_config config;
	int64_t mailbox, n;
};

struct world *world_new(void);
void world_free(struct world *w);
/* Message-ID, folder, Date, stamp of our own server (0: none): a message in ada's mailbox; in "Sent Items" from ada. */
void mail(struct world *w, const char *id, const char *folder, int64_t date, int64_t received);
/* logs/ reads them, and they are put into the store as read.c does. */
void record(struct world *w, const char *json);
void record_with(struct world *w, const char *json, const char *detail);
void judge(struct world *w, const char *actor);
/* "accessed named": of several the worst, as the message's own verdict is. The world's. */
const char *verdict_of(struct world *w, const char *id);
#define assert_verdict(w, id, want) assert_string_equal(verdict_of(w, id), want)

#define WHEN(day) "\"CreationTime\":\"2025-06-" day "T10:00:00\","
#define HEAD(day, id, operation, type) "{" WHEN(day) "\"Id\":\"" id "\",\"Operation\":\"" operation "\",\"RecordType\":" type "," \
	"\"Workload\":\"Exchange\",\"MailboxOwnerUPN\":\"ada@us.example\",\"UserId\":\"ada@us.example\","
#define EVIL "\"SessionId\":\"evil\","
#define GOOD "\"SessionId\":\"good\","
#define ACCESS(how) "\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"" how "\"}],"
#define ITEMS(path, items) "\"Folders\":[{\"Id\":\"F-" path "\",\"Path\":\"\\\\" path "\",\"FolderItems\":[" items "]}]"
#define ITEM(id) "{\"InternetMessageId\":\"" id "\"}"
#define BIND(day, id, who, item) HEAD(day, id, "MailItemsAccessed", "50") who ACCESS("Bind") "\"OperationCount\":1," ITEMS("Inbox", ITEM(item)) "}"
#define SYNC(day, id, who, path) HEAD(day, id, "MailItemsAccessed", "50") who ACCESS("Sync") "\"Folders\":[{\"Id\":\"F-" path "\",\"Path\":\"\\\\" path "\"}]}"

/* From 10 to 12 June; the logs are vouched for, and days without a record are no gap. */
#define ACTOR "actors:\n  - {name: x, session_id: evil}\nwindow: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}\n"
#define VOUCHED "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-12, quiet_days: true, ground: test}\n"
#define UNMOVED "folders_unchanged: true\n"

#define BEFORE JUNE(2), JUNE(2)

#endif
