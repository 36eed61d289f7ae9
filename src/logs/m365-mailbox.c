/*
 * What Exchange keeps for itself, on premises too. The mailbox audit log of Exchange, as Search-MailboxAuditLog -ShowDetails gives it: flat, a column for each thing. Its columns are the
 * members of MailboxAuditLogEvent (Microsoft, Exchange Server API). One operation on many items lists them in the columns whose names
 * begin with Source and end with List. LastAccessed is in the time of the computer that wrote it, without a zone.
 * The administrator audit log has a cmdlet and its parameters: that of rules, permissions and forwarding.
 */
#include "logs/private.h"

bool is_mailbox_audit(const struct making *m)
{
	return m->f[F_lastaccessed] != NULL && making_text(m, F_operation).n != 0 &&
	    (m->f[F_operationresult] != NULL || m->f[F_logontype] != NULL || m->f[F_mailboxguid] != NULL || m->f[F_mailboxownerupn] != NULL ||
	        m->f[F_mailboxresolvedownername] != NULL);
}

bool is_admin_audit(const struct making *m)
{
	return (m->f[F_cmdlet] != NULL || m->f[F_cmdletname] != NULL) && (m->f[F_caller] != NULL || m->f[F_rundate] != NULL);
}

void make_parameter_names(struct making *m)
{
	static const char *const telling[] = {"ForwardTo", "RedirectTo", "ForwardAsAttachmentTo", "ForwardingSmtpAddress", "ForwardingAddress",
	    "RouteMessageOutboundConnector", "ModerateMessageByUser", "GenerateIncidentReport", "Outbound", "TargetEndpoint", "RedirectMessageTo", "BlindCopyTo", "CopyTo", "AddToRecipients", "JournalEmailAddress", "SmartHosts", "JournalingReportNdrTo", "GrantSendOnBehalfTo", "AuditBypassEnabled",
	    "AuditDisabled", "AuditEnabled", "TargetMailbox", "Export", NULL};
	span names = making_text(m, F_cmdletparameters);

	if (names.n == 0 || m->r->n_pairs != 0)
		return;
	making_problem(m, LOG_TRUNCATED, "the export has the names of parameters, not their values");
	while (names.n != 0) {
		size_t n = 0;

		while (n < names.n && ascii_is_alnum(names.p[n]))
			n++;
		if (span_is_one_of_nocase(span_first(names, n), telling))
			making_pair(m, span_first(names, n), SPAN_LIT("not exported"));
		names = span_from(names, n + 1);
	}
}

span mailbox_audit_property(span properties, const char *name)
{
	size_t at = span_find_nocase(properties, span_str(name)), n = 0;

	properties = span_from(properties, at + strlen(name));
	while (properties.n > 0 && !ascii_is_alnum(properties.p[0]) && properties.p[0] != ';' && properties.p[0] != '}')
		properties = span_from(properties, 1);
	while (n < properties.n && ascii_is_alnum(properties.p[n]))
		n++;
	return span_first(properties, n);
}

static bool parts_list(unsigned char c) { return c == ';' || c == ',' || ascii_is_space(c); }

static size_t count_of(span list)
{
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++)
		n += !parts_list(list.p[i]) && (i == 0 || parts_list(list.p[i - 1]));
	return n;
}

/* The next Message-ID of the list: in its brackets, or without them up to what parts the list. Empty at the end. */
static span next_id(span *list)
{
	size_t n = 0;
	span id;

	/* With quotes, and in brackets: a list as programs write it, in one cell of a table. */
	while (list->n > 0 && (parts_list(list->p[0]) || list->p[0] == '[' || list->p[0] == ']' || list->p[0] == '"' || list->p[0] == '\''))
		*list = span_from(*list, 1);
	if (list->n > 0 && list->p[0] == '<' && (n = span_find_byte(*list, '>')) < list->n)
		n++;
	else
		for (n = 0; n < list->n && !parts_list(list->p[n]) && list->p[n] != '"';)
			n++;
	id = span_first(*list, n);
	*list = span_from(*list, n);
	return id;
}

void make_mailbox_audit(struct making *m)
{
	struct log_record *r = m->r;
	uint32_t folder = making_folder(m, making_text(m, F_folderid), making_text(m, F_folderpathname), making_text(m, F_foldername));
	const struct json_node *list = m->f[F_sourceitems];
	span ids = making_joined(m, m->f[F_sourceiteminternetmessageidslist]), one = making_text(m, F_iteminternetmessageid), id, path;
	struct log_item *it;

	/* A folder that was synchronised or opened is named as a whole. */
	if (one.n != 0 && (it = making_item(m, folder)) != NULL) {
		it->message_id = message_id_bare(one);
		it->item_id = making_text(m, F_itemid);
		it->subject = making_text(m, F_itemsubject);
	}
	while ((id = next_id(&ids)).n != 0 && (it = making_item(m, folder)) != NULL)
		it->message_id = message_id_bare(id);
	for (const struct json_node *c = list != NULL && list->type == JSON_ARRAY && r->n_items == 0 ? list->child : NULL; c != NULL; c = c->next)
		m365_item(m, c, folder);
	if (count_of(making_joined(m, m->f[F_sourceitemidslist])) > r->n_items)
		r->problems |= LOG_COUNT_MISMATCH;
	path = making_text(m, F_destfolderpathname);
	r->target_folder = (struct log_folder){.id = making_text(m, F_destfolderid), .path = path, .name = folder_last(path)};
}

void make_columns(struct making *m)
{
	span paths = TEXT_OF(m, F_folderpath, F_folderpaths, F_parentfolder, F_foldername, F_folder), id, path;
	span ids = making_joined(m, m->f[F_internetmessageid] != NULL ? m->f[F_internetmessageid] : m->f[F_internetmessageids]);
	uint32_t folder = LOG_FOLDER_NONE;
	struct log_item *it;

	for (size_t n; paths.n != 0; paths = span_from(paths, n + 1)) {
		for (n = 0; n < paths.n && paths.p[n] != ';' && paths.p[n] != '\n';)
			n++;
		path = span_trim(span_first(paths, n));
		if (path.n != 0)
			folder = making_folder(m, SPAN_EMPTY, path, SPAN_EMPTY);
	}
	folder = m->r->n_folders == 1 ? folder : LOG_FOLDER_NONE;
	while ((id = next_id(&ids)).n != 0 && (it = making_item(m, folder)) != NULL)
		it->message_id = message_id_bare(id);
}
