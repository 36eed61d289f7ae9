/* A list of accesses that somebody made: time, mailbox, message_id or folder, client, ip, actor. */
#include "logs/private.h"

/* Where the list says what was done, in our words or in those of the logs. */
static enum log_kind kind_said(span type)
{
	static const struct { const char *word; enum log_kind kind; } words[] = {
		{"read", LOG_BIND}, {"open", LOG_BIND}, {"opened", LOG_BIND}, {"view", LOG_BIND}, {"download", LOG_BIND},
		{"synced", LOG_SYNC}, {"synchronised", LOG_SYNC}, {"sent", LOG_SEND}, {"delete", LOG_SOFT_DELETE},
		{"deleted", LOG_SOFT_DELETE}, {"moved", LOG_MOVE},
	};

	for (int k = LOG_BIND; k <= LOG_MOVE; k++)
		if (span_eq_nocase(type, span_str(log_kind_name((enum log_kind)k))))
			return (enum log_kind)k;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(type, span_str(words[i].word)))
			return words[i].kind;
	return LOG_OTHER;
}

/*
 * What Get-MessageIDs of the Microsoft Extractor Suite writes of MailItemsAccessed: a row a message, in which User is who read and, but for
 * delegates, whose mailbox it was. A sync is a row that names no message. Times are CreationTime's, UTC.
 */
bool is_extract(const struct making *m)
{
	return m->f[F_user] != NULL && m->f[F_internetmessageid] != NULL && m->f[F_ipaddress] != NULL && m->f[F_sessionid] != NULL &&
	       m->f[F_sizeinbytes] != NULL && m->f[F_timestamp] != NULL;
}

void make_list(struct making *m)
{
	struct log_record *r = m->r;
	span folder = TEXT_OF(m, F_folderpath, F_folder, F_foldername), message = TEXT_OF(m, F_messageid, F_internetmessageid);
	span type = TEXT_OF(m, F_accesstype, F_operation, F_action);
	struct log_item *it;
	uint32_t at;

	r->operation = type;
	r->id = making_text(m, F_id);
	making_time(m, TEXT_OF(m, F_time, F_timestamp, F_when, F_datetime, F_date, F_dateutc, F_creationtime), is_extract(m));
	r->mailbox = TEXT_OF(m, F_mailbox, F_mailboxownerupn, F_owner, F_account);
	r->user = TEXT_OF(m, F_actor, F_user, F_userid, F_username, F_userprincipalname);
	making_ip(m, TEXT_OF(m, F_ip, F_clientip, F_ipaddress, F_clientipaddress));
	r->client_info = TEXT_OF(m, F_client, F_clientapp, F_clientinfostring);
	r->user_agent = making_text(m, F_useragent);
	r->session_id = making_text(m, F_sessionid);
	r->app_id = TEXT_OF(m, F_appid, F_application);
	r->app_name = making_text(m, F_appname);
	at = making_folder(m, SPAN_EMPTY, folder, SPAN_EMPTY);
	if (is_extract(m)) {
		r->mailbox = r->mailbox.n == 0 ? r->user : r->mailbox;
		/* Before 2024 it gave a record of one message the last of the record before, with its size, and no session. */
		if (r->session_id.n == 0 && making_text(m, F_sizeinbytes).n != 0)
			message = SPAN_EMPTY;
	}
	if (message.n != 0 && (it = making_item(m, at)) != NULL) {
		it->message_id = message_id_bare(message);
		it->subject = making_text(m, F_subject);
	}
	r->kind = kind_said(type);
	if (r->kind == LOG_OTHER || (message.n == 0 && r->kind == LOG_BIND))
		r->kind = message.n != 0 ? LOG_BIND : LOG_SYNC;
	if (r->mailbox.n == 0)
		making_problem(m, LOG_NO_MAILBOX, NULL);
	if (message.n == 0 && folder.n == 0)
		making_problem(m, LOG_NO_ITEMS, NULL);
}

/* Which message has which id: columns or members id (item_id, graph_id), immutable_id, internetMessageId, mailbox. */
void make_id_map(struct making *m)
{
	struct log_record *r = m->r;
	span id = TEXT_OF(m, F_itemid, F_graphid, F_restid, F_id), message = TEXT_OF(m, F_internetmessageid, F_messageid);
	struct log_item *it;

	r->kind = LOG_ITEM_ID;
	r->mailbox = TEXT_OF(m, F_mailbox, F_mailboxownerupn, F_owner, F_user, F_userprincipalname, F_account);
	if ((it = making_item(m, LOG_FOLDER_NONE)) == NULL)
		return;
	it->message_id = message_id_bare(message);
	it->item_id = id;
	it->immutable_id = making_text(m, F_immutableid);
	if (it->message_id.n == 0)
		making_problem(m, LOG_ITEM_NO_MESSAGE_ID, NULL);
	if (it->item_id.n == 0 && it->immutable_id.n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}
