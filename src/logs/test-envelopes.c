/* One invented Bind in every envelope: what is around it changes nothing. */
#include <stdio.h>

#include "base/buf.h"
#include "logs/test-logs.h"

#define RECORD "{" RECORD_MEMBERS "}"
#define RECORD_MEMBERS                                                                                         \
	"\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"AAAAAAAA-1111-2222-3333-444444444444\","            \
	"\"Operation\":\"MailItemsAccessed\",\"OrganizationId\":\"t\",\"RecordType\":50,\"ResultStatus\":\"Succeeded\"," \
	"\"UserType\":0,\"Workload\":\"Exchange\",\"UserId\":\"eve@firm.example\",\"ClientIPAddress\":\"192.0.2.7\"," \
	"\"MailboxOwnerUPN\":\"ann@firm.example\",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]," \
	"\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":\"<one@x.example>\"}],\"Id\":\"F1\",\"Path\":\"\\\\Inbox\"}]," \
	"\"OperationCount\":1"
/* The same in a string of JSON, and in a cell of CSV. */
#define IN_STRING                                                                                              \
	"\"{\\\"CreationTime\\\":\\\"2024-03-05T10:11:12\\\",\\\"Id\\\":\\\"aaaaaaaa-1111-2222-3333-444444444444\\\"," \
	"\\\"Operation\\\":\\\"MailItemsAccessed\\\",\\\"RecordType\\\":50,\\\"UserId\\\":\\\"eve@firm.example\\\"," \
	"\\\"ClientIPAddress\\\":\\\"192.0.2.7\\\",\\\"MailboxOwnerUPN\\\":\\\"ann@firm.example\\\","            \
	"\\\"OperationProperties\\\":[{\\\"Name\\\":\\\"MailAccessType\\\",\\\"Value\\\":\\\"Bind\\\"}],"        \
	"\\\"Folders\\\":[{\\\"FolderItems\\\":[{\\\"InternetMessageId\\\":\\\"<one@x.example>\\\"}],"           \
	"\\\"Id\\\":\\\"F1\\\",\\\"Path\\\":\\\"\\\\\\\\Inbox\\\"}],\\\"OperationCount\\\":1}\""
#define IN_CELL                                                                                                \
	"\"{\"\"CreationTime\"\":\"\"2024-03-05T10:11:12\"\",\"\"Id\"\":\"\"aaaaaaaa-1111-2222-3333-444444444444\"\"," \
	"\"\"Operation\"\":\"\"MailItemsAccessed\"\",\"\"RecordType\"\":50,\"\"UserId\"\":\"\"eve@firm.example\"\"," \
	"\"\"ClientIPAddress\"\":\"\"192.0.2.7\"\",\"\"MailboxOwnerUPN\"\":\"\"ann@firm.example\"\","            \
	"\"\"OperationProperties\"\":[{\"\"Name\"\":\"\"MailAccessType\"\",\"\"Value\"\":\"\"Bind\"\"}],"        \
	"\"\"Folders\"\":[{\"\"FolderItems\"\":[{\"\"InternetMessageId\"\":\"\"<one@x.example>\"\"}],"           \
	"\"\"Id\"\":\"\"F1\"\",\"\"Path\"\":\"\"\\\\Inbox\"\"}],\"\"OperationCount\"\":1}\""

static void check(const char *text, enum log_envelope envelope, size_t n)
{
	struct read got = read_text(text);

	if (logs_envelope(got.l) != envelope)
		fail_msg("%s instead of %s: %.60s", log_envelope_name(logs_envelope(got.l)), log_envelope_name(envelope), text);
	assert_int_equal(got.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct log_record *r = got.r[i];

		if (r->outcome != LOG_PARSED)
			fail_msg("%s: %.60s", r->reason, text);
		assert_int_equal(r->kind, LOG_BIND);
		assert_int_equal(r->product, LOG_M365);
		assert_span(r->id, "aaaaaaaa-1111-2222-3333-444444444444");
		assert_int_equal(r->when_utc, 1709633472);
		assert_span(r->mailbox, "ann@firm.example");
		assert_span(r->user, "eve@firm.example");
		assert_span(r->ip, "192.0.2.7");
		assert_int_equal(r->n_items, 1);
		assert_span(r->items[0].message_id, "one@x.example");
		assert_int_equal(r->n_folders, 1);
		assert_span(r->folders[0].path, "\\Inbox");
		assert_span(r->folders[0].name, "Inbox");
	}
	read_done(&got);
}

static void bare_records_in_any_framing_are_read(void **state)
{
	(void)state;
	check(RECORD, LOG_ENVELOPE_M365_JSON, 1);
	check(RECORD "\n" RECORD "\r\n\n" RECORD "\n", LOG_ENVELOPE_M365_JSON, 3);
	check("[" RECORD ",\n" RECORD "]", LOG_ENVELOPE_M365_JSON, 2);
	check("[" RECORD "]\n[" RECORD "," RECORD "]\n", LOG_ENVELOPE_M365_JSON, 3);
	check("[[" RECORD "]]", LOG_ENVELOPE_M365_JSON, 1);
	check("\xef\xbb\xbf" RECORD, LOG_ENVELOPE_M365_JSON, 1);
	check(RECORD RECORD, LOG_ENVELOPE_M365_JSON, 2);
}

/* The records that are left where reading goes on behind the first k. */
static size_t left_behind(span text, size_t k)
{
	struct arena *a = test_arena();
	const struct log_record *r;
	struct logs_mark mark;
	struct logs *l;
	size_t n = 0;

	assert_ok(logs_open(&l, text, SPAN_EMPTY, &e));
	for (size_t i = 0; i < k; i++)
		assert_ok(logs_next(l, a, &r, &e));
	mark = logs_mark(l);
	logs_close(l);
	assert_ok(logs_open(&l, text, SPAN_EMPTY, &e));
	logs_go(l, &mark);
	do
		assert_ok(logs_next(l, a, &r, &e));
	while (r != NULL && ++n < MANY);
	logs_close(l);
	arena_free(a);
	return n;
}

static void records_in_the_text_of_a_queues_message_are_read(void **state)
{
	static const char *const parts[] = {"{\"body\":\"{\\\"records\\\":[", RECORD, ", ", RECORD, "]}\",\"offset\":\"1\"}\n{\"message\":\"[",
	    RECORD, "]\"}\n{\"offset\":\"2\",\"body\":\"{\\\"records\\\":[]}\"}\n" RECORD "\n"};
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		for (const char *c = parts[i]; *c != '\0'; c++) {
			if (parts[i][2] == 'C' && (*c == '"' || *c == '\\')) /* RECORD alone */
				buf_byte(&b, '\\');
			buf_byte(&b, (unsigned char)*c);
		}
	check(buf_cstr(&b), LOG_ENVELOPE_M365_JSON, 4);
	for (size_t k = 0; k <= 4; k++)
		assert_int_equal(left_behind(buf_span(&b), k), 4 - k);
	buf_free(&b);
}

static void what_queues_and_shippers_put_around_a_record_is_taken_off(void **state)
{
	(void)state;
	check("{\"timestamp\":\"x\",\"rule\":{\"id\":\"1\"},\"id\":\"1.2\",\"data\":{\"integration\":\"office365\",\"office365\":" RECORD "},\"location\":\"l\"}\n",
	    LOG_ENVELOPE_M365_JSON, 1);
	check("{\"log\":" IN_STRING ",\"stream\":\"stdout\",\"time\":\"2024-03-05T10:11:13Z\"}\n", LOG_ENVELOPE_M365_JSON, 1);
	check("{\"topic\":\"t\",\"offset\":4,\"value\":" IN_STRING "}\n{\"topic\":\"t\",\"offset\":5,\"value\":" RECORD "}\n", LOG_ENVELOPE_M365_JSON, 2);
	check("{\"version\":\"1.1\",\"short_message\":" IN_STRING "}", LOG_ENVELOPE_M365_JSON, 1);
	check("{\"offset\":\"1\",\"body\":{\"records\":[" RECORD "," RECORD "]},\"partitionKey\":null}", LOG_ENVELOPE_M365_JSON, 2);
	check("{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logEvents\":[{\"id\":\"3\",\"timestamp\":1,\"message\":" IN_STRING "}]}",
	    LOG_ENVELOPE_M365_JSON, 1);
	/* a record's own member of such a name holds none */
	check("[{\"Data\":\"{\\\"a\\\":1}\"," RECORD_MEMBERS "}]", LOG_ENVELOPE_M365_JSON, 1);
}

static void exports_with_auditdata_are_read(void **state)
{
	(void)state;
	check("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits\n"
	      "x,2024-03-05T10:11:12.0000000Z,50,MailItemsAccessed,eve@firm.example," IN_CELL ",\n", LOG_ENVELOPE_M365_EXPORT, 1);
	check("CreationDate;UserIds;Operations;AuditData\r\n3/5/2024 10:11:12 AM;eve;MailItemsAccessed;" IN_CELL "\r\n"
	      "3/5/2024 10:11:12 AM;eve;MailItemsAccessed;" IN_CELL "\r\n", LOG_ENVELOPE_M365_EXPORT, 2);
	check("[{\"RecordType\":\"ExchangeItemAggregated\",\"CreationDate\":\"\\/Date(1709633472000)\\/\",\"AuditData\":" IN_STRING
	      "}]", LOG_ENVELOPE_M365_EXPORT, 1);
}

static void a_table_that_ends_before_the_last_result_says_so(void **state)
{
#define RESULT(at) "3/5/2024 10:11:12 AM,eve,MailItemsAccessed," IN_CELL "," at ",3\n"
	static const struct { const char *rows; size_t n; bool cut; } cases[] = {{RESULT("1") RESULT("2"), 2, true}, {RESULT("1") RESULT("2") RESULT("3"), 3, false},
	    {RESULT("2") RESULT("3") RESULT("1"), 3, false}, {RESULT("3"), 1, false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[8192];
		struct read got;

		(void)snprintf(text, sizeof text, "CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount\n%s", cases[i].rows);
		got = read_text(text);
		assert_int_equal(got.n, cases[i].n);
		for (size_t k = 0; k < got.n; k++)
			assert_int_equal((got.r[k]->problems & LOG_RESULTS_CUT) != 0, cases[i].cut && k + 1 == got.n);
		read_done(&got);
	}
}

static void graph_defender_and_sentinel_are_read(void **state)
{
	(void)state;
	check("{\"@odata.context\":\"c\",\"value\":[{\"id\":\"q\",\"createdDateTime\":\"2024-03-06T00:00:00Z\","
	      "\"auditLogRecordType\":\"exchangeItemAggregated\",\"auditData\":" RECORD "},{\"id\":\"q\","
	      "\"auditLogRecordType\":\"x\",\"auditData\":" RECORD "}],\"@odata.nextLink\":\"l\"}", LOG_ENVELOPE_M365_GRAPH, 2);
	check("{\"Timestamp\":\"2024-03-06T00:00:00Z\",\"ActionType\":\"MailItemsAccessed\",\"Application\":\"Exchange\","
	      "\"RawEventData\":" RECORD "}", LOG_ENVELOPE_DEFENDER, 1);
	check("Timestamp,ActionType,RawEventData\n2024-03-06,MailItemsAccessed," IN_CELL "\n", LOG_ENVELOPE_DEFENDER, 1);
	check("{\"TimeGenerated\":\"2024-03-05T10:11:12Z\",\"RecordType\":\"ExchangeItemAggregated\",\"Operation\":"
	      "\"MailItemsAccessed\",\"OfficeWorkload\":\"Exchange\",\"OfficeId\":\"aaaaaaaa-1111-2222-3333-444444444444\","
	      "\"UserId\":\"eve@firm.example\",\"Client_IPAddress\":\"192.0.2.7\",\"MailboxOwnerUPN\":\"ann@firm.example\","
	      "\"OperationProperties\":\"[{\\\"Name\\\":\\\"MailAccessType\\\",\\\"Value\\\":\\\"Bind\\\"}]\",\"Folders\":"
	      "\"[{\\\"Id\\\":\\\"F1\\\",\\\"Path\\\":\\\"\\\\\\\\Inbox\\\",\\\"FolderItems\\\":[{\\\"InternetMessageId\\\":"
	      "\\\"<one@x.example>\\\"}]}]\"}", LOG_ENVELOPE_SENTINEL, 1);
}

static void elastic_and_splunk_are_read(void **state)
{
	struct read got;

	(void)state;
	got = read_text("{\"fields\":[\"_raw\",\"_time\"],\"columns\":[[" IN_STRING "," IN_STRING "],[\"x\"]]}\n" RECORD); /* which are of one row? */
	assert_int_equal(got.n, 2);
	assert_int_equal(got.r[0]->outcome, LOG_FAILED);
	read_done(&got);
	check("{\"took\":3,\"hits\":{\"total\":{\"value\":1},\"hits\":[{\"_index\":\"i\",\"_id\":\"1\",\"_source\":"
	      "{\"@timestamp\":\"2024-03-06T00:00:00Z\",\"event\":{\"kind\":\"event\"},\"o365\":{\"audit\":" RECORD
	      "}}}]},\"_shards\":{}}", LOG_ENVELOPE_ELASTIC, 1);
	check("callback([" RECORD ", " RECORD "," RECORD "]);\n", LOG_ENVELOPE_M365_JSON, 3); /* a list in a line */
	check("<14>1 2024-03-05T10:11:12Z h app - - - [" RECORD "," RECORD "]\n<14>1 2024-03-05T10:11:12Z h app - - - " RECORD " {\"x\": 1}\n", LOG_ENVELOPE_M365_JSON, 3);
	check("{\"preview\":false,\"fields\":[\"_raw\",{\"x\":[1],\"name\":\"_time\"}],\"columns\":[[" IN_STRING "," IN_STRING "],[\"x\",null]]}\n" RECORD, LOG_ENVELOPE_SPLUNK, 3);
	check("{\"@timestamp\":\"2024-03-06T00:00:00Z\",\"o365.audit.Operation\":\"MailItemsAccessed\",\"o365.audit.Id\":"
	      "\"aaaaaaaa-1111-2222-3333-444444444444\",\"o365.audit.CreationTime\":\"2024-03-05T10:11:12\","
	      "\"o365.audit.RecordType\":50,\"o365.audit.UserId\":\"eve@firm.example\",\"o365.audit.ClientIP\":\"192.0.2.7\","
	      "\"o365.audit.MailboxOwnerUPN\":\"ann@firm.example\",\"o365.audit.OperationProperties.MailAccessType\":\"Bind\","
	      "\"o365.audit.Folders.Path\":\"\\\\Inbox\",\"o365.audit.Folders.FolderItems.InternetMessageId\":"
	      "[\"<one@x.example>\"]}", LOG_ENVELOPE_ELASTIC, 1);
	check("{\"preview\":false,\"result\":{\"_time\":\"1709633999\",\"_raw\":" IN_STRING ",\"host\":\"h\"}}\n",
	    LOG_ENVELOPE_SPLUNK, 1);
	check("_time,_raw,source\n1709633999," IN_CELL ",o365\n", LOG_ENVELOPE_SPLUNK, 1);
	check("{\"time\":1709633999,\"event\":" RECORD "}", LOG_ENVELOPE_M365_JSON, 1);
}

#define COLUMNS "TimeGenerated", "OfficeId", "Operation", "OfficeWorkload", "RecordType", "UserId", "Client_IPAddress", "MailboxOwnerUPN", \
	"OperationProperties", "Folders"
#define CELLS "\"2024-03-05T10:11:12Z\",\"aaaaaaaa-1111-2222-3333-444444444444\",\"MailItemsAccessed\",\"Exchange\"," \
	"\"ExchangeItemAggregated\",\"eve@firm.example\",\"192.0.2.7\",\"ann@firm.example\"," \
	"\"[{\\\"Name\\\":\\\"MailAccessType\\\",\\\"Value\\\":\\\"Bind\\\"}]\"," \
	"[{\"Id\":\"F1\",\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<one@x.example>\"}]}]"

static void tables_of_log_analytics_are_read(void **state)
{
	static const char *const columns[] = {COLUMNS};
	struct buf new, old;

	(void)state;
	buf_init(&new, 16384);
	buf_init(&old, 16384);
	buf_str(&new, "{\"tables\": [{\"name\": \"PrimaryResult\", \"columns\": [");
	buf_str(&old, "{\"Tables\":[{\"TableName\":\"Table_0\",\"Columns\":[");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		buf_printf(&new, "%s{\"name\": \"%s\", \"type\": \"string\"}", i != 0 ? ", " : "", columns[i]);
		buf_printf(&old, "%s{\"ColumnName\":\"%s\"}", i != 0 ? "," : "", columns[i]);
	}
	buf_str(&new, "],\n\"rows\": [\n [" CELLS "],\n [" CELLS "]\n]}, {\"name\": \"Stats\", \"columns\": [], \"rows\": []}]}");
	buf_str(&old, "],\"Rows\":[[" CELLS "]]}]}");
	check(buf_cstr(&new), LOG_ENVELOPE_SENTINEL, 2);
	check(buf_cstr(&old), LOG_ENVELOPE_SENTINEL, 1);
	buf_free(&new);
	buf_free(&old);
}

static void what_tools_do_to_exports_is_seen_through(void **state)
{
	struct read got;

	(void)state;
	/* Encoded twice. */
	check("[{\"AuditData\":\"\\\"{\\\\\\\"CreationTime\\\\\\\":\\\\\\\"2024-03-05T10:11:12\\\\\\\",\\\\\\\"Id\\\\\\\":"
	      "\\\\\\\"aaaaaaaa-1111-2222-3333-444444444444\\\\\\\",\\\\\\\"Operation\\\\\\\":\\\\\\\"MailItemsAccessed\\\\\\\",\\\\\\\"RecordType\\\\\\\":50,"
	      "\\\\\\\"UserId\\\\\\\":\\\\\\\"eve@firm.example\\\\\\\",\\\\\\\"ClientIP\\\\\\\":\\\\\\\"192.0.2.7\\\\\\\",\\\\\\\"MailboxOwnerUPN\\\\\\\":"
	      "\\\\\\\"ann@firm.example\\\\\\\",\\\\\\\"MailAccessType\\\\\\\":\\\\\\\"Bind\\\\\\\",\\\\\\\"Folders\\\\\\\":[{\\\\\\\"Id\\\\\\\":\\\\\\\"F1\\\\\\\",\\\\\\\"Path\\\\\\\":"
	      "\\\\\\\"\\\\\\\\\\\\\\\\Inbox\\\\\\\",\\\\\\\"FolderItems\\\\\\\":[{\\\\\\\"InternetMessageId\\\\\\\":\\\\\\\"<one@x.example>\\\\\\\"}]}]}\\\"\"}]",
	    LOG_ENVELOPE_M365_EXPORT, 1);
	/* Exports one behind the other: the names stand twice, and are no record. */
	check("CreationDate,AuditData\r\nx," IN_CELL "\r\nCreationDate,AuditData\r\nx," IN_CELL "\r\n", LOG_ENVELOPE_M365_EXPORT, 2);
	check("#TYPE Selected.System.Management.Automation.PSCustomObject\r\nCreationDate,AuditData\r\nx," IN_CELL "\r\n",
	    LOG_ENVELOPE_M365_EXPORT, 1);
	check("CreationDate\tAuditData\nx\t" IN_CELL "\n", LOG_ENVELOPE_M365_EXPORT, 1);
	check("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n", LOG_ENVELOPE_M365_EXPORT, 0);
	check("{\"preview\":false,\"init_offset\":0,\"messages\":[],\"results\":[{\"_raw\":" IN_STRING "}]}", LOG_ENVELOPE_SPLUNK, 1);
	check("{\"@timestamp\":\"2024-03-06T00:00:00Z\",\"event\":{\"action\":\"MailItemsAccessed\",\"original\":" IN_STRING "}}",
	    LOG_ENVELOPE_M365_JSON, 1);
	got = read_text("TimeGenerated [UTC],Id,UserPrincipalName,AppId,IPAddress,ResultType,Category\n"
			"\"3/15/2024, 10:11:12.345 AM\",s1,ann@firm.example,A,192.0.2.7,50126,SignInLogs\n");
	assert_int_equal(got.n, 1);
	assert_int_equal(got.r[0]->product, LOG_ENTRA_SIGN_IN);
	assert_int_equal(got.r[0]->when_utc, 1710497472);
	assert_int_equal(got.r[0]->success, LOG_NO);
	assert_span(got.r[0]->user, "ann@firm.example");
	read_done(&got);
	got = read_text("Date (UTC),Request ID,Service principal ID,Service principal name,Application ID,IP address,Status\n"
			"2024-03-05T10:11:12Z,s1,sp,Helper,A,192.0.2.7,Success\n");
	assert_int_equal(got.n, 1);
	assert_int_equal(got.r[0]->product, LOG_ENTRA_SIGN_IN);
	assert_span(got.r[0]->service_principal, "sp");
	assert_span(got.r[0]->app_id, "A");
	assert_int_equal(got.r[0]->success, LOG_YES);
	read_done(&got);
}

static void rows_of_google_are_read(void **state)
{
	static const char *const opened[] = {
	    "{\"time_usec\":1709633472000000,\"email\":\"ann@firm.example\",\"event_type\":\"message_event\",\"event_name\":\"message_open\","
	    "\"record_type\":\"gmail\",\"ip_address\":\"192.0.2.7\",\"unique_identifier\":\"-5\",\"gmail\":{\"event_info\":{\"mail_event_type\":7},"
	    "\"message_info\":{\"rfc2822_message_id\":\"<one@x.example>\"}}}\n",
	    "time_usec,email,event_name,record_type,ip_address,unique_identifier,gmail.event_info.mail_event_type,"
	    "gmail.message_info.rfc2822_message_id\n1709633472000000,ann@firm.example,message_open,gmail,192.0.2.7,-5,7,<one@x.example>\n",
	    "{\"event_info\":{\"mail_event_type\":\"7\",\"timestamp_usec\":\"1709633472000000\",\"client_context\":{\"client_type\":\"WEB\"}},"
	    "\"message_info\":{\"rfc2822_message_id\":\"<one@x.example>\",\"destination\":[{\"address\":\"ann@firm.example\"}]}}",
	    "Date,Event,Message ID,Subject,Sender,Owner,IP address\n2024-03-05T10:11:12+00:00,Open,<one@x.example>,hi,p@x.example,"
	    "ann@firm.example,192.0.2.7\n",
	};
	struct read got;

	(void)state;
	for (size_t i = 0; i < sizeof opened / sizeof *opened; i++) {
		got = read_text(opened[i]);
		assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_GOOGLE);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.r[0]->outcome, LOG_PARSED);
		assert_int_equal(got.r[0]->kind, LOG_MAIL_READ_GOOGLE);
		assert_int_equal(got.r[0]->when_utc, 1709633472);
		assert_span(got.r[0]->mailbox, "ann@firm.example");
		assert_int_equal(got.r[0]->n_items, 1);
		assert_span(got.r[0]->items[0].message_id, "one@x.example");
		read_done(&got);
	}
	got = read_text("{\"time_usec\":\"1709633472000000\",\"email\":\"ann@firm.example\",\"event_name\":\"authorize\",\"record_type\":\"token\","
			"\"unique_identifier\":\"7\",\"token\":{\"client_id\":\"cid\",\"app_name\":\"Helper\",\"scope\":[\"https://mail.google.com/\"]}}\n"
			"{\"time_usec\":\"1709633472000000\",\"email\":\"ann@firm.example\",\"event_name\":\"login_failure\",\"record_type\":\"login\","
			"\"unique_identifier\":\"8\",\"ip_address\":\"192.0.2.7\",\"login\":{\"login_type\":\"google_password\"}}\n");
	assert_int_equal(got.n, 2);
	assert_int_equal(got.r[0]->kind, LOG_TOKEN);
	assert_span(got.r[0]->app_id, "cid");
	assert_span(got.r[0]->role, "https://mail.google.com/");
	assert_int_equal(got.r[1]->kind, LOG_SIGN_IN);
	assert_int_equal(got.r[1]->success, LOG_NO);
	assert_span(got.r[1]->client_info, "google_password");
	read_done(&got);
}

static void maps_of_ids_are_read(void **state)
{
	static const char *const maps[] = {
	    "id,internetMessageId,mailbox\nAAMk1,<one@x.example>,ann@firm.example\n",
	    "{\"item_id\":\"AAMk1\",\"internetMessageId\":\"<one@x.example>\",\"mailbox\":\"ann@firm.example\"}\n",
	    "{\"@odata.context\":\"c\",\"value\":[{\"@odata.etag\":\"W\",\"id\":\"AAMk1\",\"internetMessageId\":\"<one@x.example>\",\"user\":\"ann@firm.example\"}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct read got = read_text(maps[i]);

		assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_ID_MAP);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.r[0]->kind, LOG_ITEM_ID);
		assert_span(got.r[0]->items[0].item_id, "AAMk1");
		assert_span(got.r[0]->items[0].message_id, "one@x.example");
		assert_span(got.r[0]->mailbox, "ann@firm.example");
		read_done(&got);
	}
}

static void utf16_is_read_and_places_are_those_of_the_file(void **state)
{
	static const char text[] = RECORD "\n" RECORD "\n";
	unsigned char wide[2 * sizeof text];
	size_t n = 0;
	struct read got;

	(void)state;
	wide[n++] = 0xff;
	wide[n++] = 0xfe;
	for (size_t i = 0; text[i] != '\0'; i++) {
		wide[n++] = (unsigned char)text[i];
		wide[n++] = 0;
	}
	got = read_span(span_of(wide, n));
	assert_int_equal(got.n, 2);
	assert_int_equal(got.r[1]->at_byte, 2 + 2 * sizeof RECORD);
	assert_int_equal(got.r[1]->n_bytes, 2 * (sizeof RECORD - 1));
	read_done(&got);
}

#define BIGQUERY "what BigQuery answered, without rows and their schema: save the result as JSON, as with bq query --format=prettyjson"
#define UDM "events of Google Security Operations (UDM), which leave out what the records named: give the logs as they came, as its raw log search downloads them"

static void what_is_no_log_is_refused_with_what_it_looks_like(void **state)
{
	static const struct { const char *text, *looks; } files[] = {
		{"", "empty"}, {"PK\x03\x04zip", "a ZIP archive"}, {"From a@b Mon\nSubject: x\n\n", "mail"},
		{"{\"a\":1,\"b\":2}", "JSON with members a, b"}, {"x,y\n1,2\n", "CSV with columns x, y"}, {"hello", "text"},
		{"#Software: Microsoft Exchange Server\r\n#Version: 15.01\r\n#Log-type: Message Tracking Log\r\n#Fields: date-time\r\n",
		    "a log of Microsoft Exchange Server, Message Tracking Log, which is not read: write what it shows as a list of accesses, see tocsin-scope(1)"},
		{"---\n- Operation: MailItemsAccessed\n  Id: x\n", "YAML: make JSON of it, as with yq -o json"}, {"Note: nothing\nfound", "text"},
		{"\"Received\",\"SenderAddress\",\"RecipientAddress\",\"MessageTraceId\"\n", "a message trace, which says what was delivered and not who read it"},
		{"{\"kind\":\"bigquery#tableDataList\",\"rows\":[{\"f\":[{\"v\":\"1\"}]}]}", BIGQUERY}, {"[{\"f\":[{\"v\":\"1\"},{\"v\":\"x\"}]}]", BIGQUERY},
		{"{\"rows\":[{\"g\":1}]}", "JSON with members rows"}, {"{\"event\":{\"metadata\":{\"x\":1}}}", "JSON with members event"},
		{"{\"events\":[{\"event\":{\"metadata\":{\"eventType\":\"EMAIL_UNCATEGORIZED\"},\"target\":{}}}]}", UDM},
		{"{\"metadata\":{\"event_type\":\"USER_LOGIN\"},\"principal\":{\"ip\":[\"192.0.2.1\"]}}", UDM},
		{"{\"a\":", "damaged JSON"}, {"[1,2]", "JSON that holds no objects"}, {"\x01\x02\x03", "binary"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct arena *a = test_arena();
		struct logs *l;
		struct err e = {0};

		assert_int_equal(logs_open(&l, span_str(files[i].text), SPAN_EMPTY, &e), ERR_EVIDENCE);
		assert_int_equal(logs_sniff(span_str(files[i].text)), LOG_ENVELOPE_NONE);
		assert_string_equal(logs_looks_like(a, span_str(files[i].text)), files[i].looks);
		arena_free(a);
	}
}

static void damage_costs_its_own_record(void **state)
{
	static const char *const damaged[] = {
		RECORD "\n{\"CreationTime\":\"2024\n" RECORD "\n", RECORD "\n{\"CreationTime\":nonsense,\"Id\":\"b\"}\n" RECORD "\n",
		"[" RECORD ",{\"CreationTime\":\"2024,\"Id\":\"b\"}," RECORD "]", "[" RECORD ",{\"CreationTime\": bad}," RECORD "]",
		RECORD "\nan error occurred\n" RECORD, RECORD "\n}}}}\n" RECORD,
		"[\n  " RECORD ",\n  {\"CreationTime\": \"x,\n   \"Id\": 1\n  },\n  " RECORD "\n]\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		struct read got = read_text(damaged[i]);
		size_t whole = 0;

		for (size_t k = 0; k < got.n; k++) {
			whole += got.r[k]->outcome == LOG_PARSED;
			if (got.r[k]->outcome != LOG_PARSED)
				assert_non_null(got.r[k]->reason);
		}
		if (whole != 2 || got.n != 3)
			fail_msg("case %zu: %zu of %zu records are whole", i, whole, got.n);
		read_done(&got);
	}
}

static void many_damaged_records_in_one_long_line_cost_only_themselves(void **state)
{
	size_t n = 40000, one = strlen("{\"CreationTime\":x}," RECORD ","), whole = 0, failed = 0;
	char *text = malloc(n * one + 2), *p = text;
	const struct log_record *r;
	struct arena *a = test_arena();
	struct logs *l;

	(void)state;
	*p++ = '[';
	for (size_t i = 0; i < n; i++, p += one)
		memcpy(p, "{\"CreationTime\":x}," RECORD ",", one);
	*p++ = ']';
	assert_ok(logs_open(&l, span_of(text, (size_t)(p - text)), SPAN_EMPTY, &e));
	for (;; arena_reset(a)) {
		assert_ok(logs_next(l, a, &r, &e));
		if (r == NULL)
			break;
		whole += r->outcome == LOG_PARSED;
		failed += r->outcome == LOG_FAILED;
	}
	assert_int_equal(whole, n);
	assert_int_equal(failed, n);
	logs_close(l);
	arena_free(a);
	free(text);
}

static void a_row_with_an_open_quote_costs_its_own_line(void **state)
{
	struct read got = read_text("CreationDate,Operations,AuditData\nx,MailItemsAccessed," IN_CELL "\n"
	                            "2024-03-05T01:00:00Z,MailItemsAccessed,\"{\"\"Id\"\":1");

	(void)state;
	assert_int_equal(got.n, 2);
	assert_int_equal(got.r[0]->outcome, LOG_PARSED);
	assert_int_equal(got.r[1]->outcome, LOG_FAILED);
	assert_int_equal(got.r[1]->line, 3);
	read_done(&got);
}

static void an_empty_auditdata_still_says_when_and_who(void **state)
{
	struct read got = read_text("CreationDate,UserIds,Operations,AuditData\n"
	                            "2024-03-05T01:00:00Z,ann@firm.example,MailItemsAccessed,\n");

	(void)state;
	assert_int_equal(got.r[0]->outcome, LOG_FAILED);
	assert_string_equal(got.r[0]->reason, "AuditData is empty or was left out");
	assert_span(got.r[0]->user, "ann@firm.example");
	assert_span(got.r[0]->operation, "MailItemsAccessed");
	assert_int_equal(got.r[0]->when_utc, 1709600400);
	read_done(&got);
}

static void a_cut_cell_gives_what_stood_before_the_cut(void **state)
{
	struct read got = read_text("AuditData\n\"{\"\"CreationTime\"\":\"\"2024-03-05T10:11:12\"\",\"\"Operation\"\":"
	                            "\"\"MailItemsAccessed\"\",\"\"Id\"\":\"\"x\"\",\"\"RecordType\"\":50,\"\"Folders\"\":[{"
	                            "\"\"FolderItems\"\":[{\"\"InternetMessageId\"\":\"\"<a@b>\"\"},{\"\"Intern\"\n");

	(void)state;
	assert_int_equal(got.n, 1);
	assert_int_equal(got.r[0]->outcome, LOG_PARTIAL);
	assert_true((got.r[0]->problems & LOG_TRUNCATED) != 0);
	assert_int_equal(got.r[0]->kind, LOG_BIND);
	assert_span(got.r[0]->items[0].message_id, "a@b");
	read_done(&got);
}

static void a_log_cut_at_any_length_gives_the_records_before_the_cut(void **state)
{
	static const char text[] = RECORD "\n" RECORD "\n", first[] = RECORD;

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		char *copy = malloc(n + 1);
		struct logs *l;
		const struct log_record *r;
		struct arena *a = test_arena();
		size_t whole = 0;

		memcpy(copy, text, n);
		if (logs_open(&l, span_of(copy, n), SPAN_EMPTY, NULL) == OK) {
			for (;;) {
				assert_ok(logs_next(l, a, &r, &e));
				if (r == NULL)
					break;
				whole += r->outcome == LOG_PARSED;
			}
			logs_close(l);
		} else {
			assert_true(n < sizeof first - 1);
		}
		assert_int_equal(whole, n >= sizeof text - 2 ? 2 : n >= sizeof first - 1 ? 1 : 0);
		arena_free(a);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bare_records_in_any_framing_are_read),
		cmocka_unit_test(records_in_the_text_of_a_queues_message_are_read),
		cmocka_unit_test(what_queues_and_shippers_put_around_a_record_is_taken_off),
		cmocka_unit_test(exports_with_auditdata_are_read),
		cmocka_unit_test(a_table_that_ends_before_the_last_result_says_so),
		cmocka_unit_test(graph_defender_and_sentinel_are_read),
		cmocka_unit_test(elastic_and_splunk_are_read),
		cmocka_unit_test(tables_of_log_analytics_are_read),
		cmocka_unit_test(what_tools_do_to_exports_is_seen_through),
		cmocka_unit_test(rows_of_google_are_read),
		cmocka_unit_test(maps_of_ids_are_read),
		cmocka_unit_test(utf16_is_read_and_places_are_those_of_the_file),
		cmocka_unit_test(what_is_no_log_is_refused_with_what_it_looks_like),
		cmocka_unit_test(damage_costs_its_own_record),
		cmocka_unit_test(many_damaged_records_in_one_long_line_cost_only_themselves),
		cmocka_unit_test(a_row_with_an_open_quote_costs_its_own_line),
		cmocka_unit_test(an_empty_auditdata_still_says_when_and_who),
		cmocka_unit_test(a_cut_cell_gives_what_stood_before_the_cut),
		cmocka_unit_test(a_log_cut_at_any_length_gives_the_records_before_the_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
