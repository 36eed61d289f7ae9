/* What was changed so that mail could be reached: rules, forwarding, permissions, auditing; consent and roles of applications. */
#include "logs/private.h"

static const struct { const char *operation; enum log_kind kind; } changes[] = {
	{"New-InboxRule", LOG_INBOX_RULE}, {"Set-InboxRule", LOG_INBOX_RULE}, {"UpdateInboxRules", LOG_INBOX_RULE},
	{"Enable-InboxRule", LOG_INBOX_RULE}, {"Disable-InboxRule", LOG_INBOX_RULE},
	{"Remove-InboxRule", LOG_INBOX_RULE},
	{"New-TransportRule", LOG_FORWARDING}, {"Set-TransportRule", LOG_FORWARDING},
	{"Enable-TransportRule", LOG_FORWARDING}, {"Disable-TransportRule", LOG_FORWARDING},
	{"Remove-TransportRule", LOG_FORWARDING},
	{"New-JournalRule", LOG_FORWARDING}, {"Set-JournalRule", LOG_FORWARDING},
	{"Enable-JournalRule", LOG_FORWARDING}, {"Disable-JournalRule", LOG_FORWARDING}, {"Remove-JournalRule", LOG_FORWARDING},
	{"New-OutboundConnector", LOG_FORWARDING}, {"Set-OutboundConnector", LOG_FORWARDING}, {"Remove-OutboundConnector", LOG_FORWARDING},
	{"New-SendConnector", LOG_FORWARDING}, {"Set-SendConnector", LOG_FORWARDING}, {"Remove-SendConnector", LOG_FORWARDING},
	{"Add-MailboxPermission", LOG_MAILBOX_PERMISSION}, {"Remove-MailboxPermission", LOG_MAILBOX_PERMISSION},
	{"Add-RecipientPermission", LOG_MAILBOX_PERMISSION}, {"Remove-RecipientPermission", LOG_MAILBOX_PERMISSION},
	{"Add-MailboxFolderPermission", LOG_MAILBOX_PERMISSION}, {"Set-MailboxFolderPermission", LOG_MAILBOX_PERMISSION},
	{"Remove-MailboxFolderPermission", LOG_MAILBOX_PERMISSION}, {"AddFolderPermissions", LOG_MAILBOX_PERMISSION},
	{"ModifyFolderPermissions", LOG_MAILBOX_PERMISSION}, {"RemoveFolderPermissions", LOG_MAILBOX_PERMISSION},
	{"UpdateFolderPermissions", LOG_MAILBOX_PERMISSION}, {"UpdateCalendarDelegation", LOG_MAILBOX_PERMISSION},
	{"New-MailboxExportRequest", LOG_EXPORT}, {"New-MailboxRestoreRequest", LOG_EXPORT},
	{"New-MigrationBatch", LOG_EXPORT}, {"New-MoveRequest", LOG_EXPORT}, {"Change user license.", LOG_AUDIT_CONFIG},
	{"Set-MailboxAuditBypassAssociation", LOG_AUDIT_CONFIG}, {"Set-AdminAuditLogConfig", LOG_AUDIT_CONFIG},
};

/* Of New-InboxRule and New-TransportRule: what is no condition. The rest of their parameters is one. */
static const char *const no_condition[] = {"AlwaysDeleteOutlookRulesBlob", "Force", "Name", "Mailbox", "Identity",
    "DeleteMessage", "MoveToFolder", "CopyToFolder", "ForwardTo", "RedirectTo", "ForwardAsAttachmentTo",
    "StopProcessingRules", "MarkAsRead", "Priority", "Confirm", "DomainController", "MarkImportance", "ApplyCategory",
    "SendTextMessageNotificationTo", "SoftDeleteMessage", "PinMessage", "ApplySystemCategory", "DeleteSystemCategory",
    "BlindCopyTo", "CopyTo", "RedirectMessageTo", "AddToRecipients", "JournalEmailAddress", "Comments", "Mode", "RuleErrorAction",
    "RouteMessageOutboundConnector", "ModerateMessageByUser", "GenerateIncidentReport", "IncidentReportContent", "SmartHosts", "UseMXRecord",
    "DNSRoutingEnabled", "ConnectorType", "ConnectorSource", "TlsSettings", "TlsDomain", "IsTransportRuleScoped", "JournalingReportNdrTo", "RuleSubType", "UseLegacyRegex", "ActivationDate", "ExpiryDate", "PrependSubject", "SetSCL",
    "Enabled", "WhatIf", "RuleOperation", "RuleId", "RuleState", "RuleName", "RuleProvider", "RuleActions", NULL};

/* RuleActions: [{"ActionType": "Forward", "Recipients": ["a@b"]}, ...] */
static void rule_actions(struct making *m, span text)
{
	struct json_node in = {.type = JSON_STRING, .text = text};
	const struct json_node *actions = making_tree(m, &in);
	static const char *const forwards[] = {"Forward", "Redirect", "ForwardAsAttachment", "Delegate", NULL};

	for (const struct json_node *a = actions != NULL && actions->type == JSON_ARRAY ? actions->child : NULL; a != NULL;
	     a = a->next) {
		span type = json_get_text(a, "ActionType"), folder = json_get_text(a, "DestinationFolder");
		const struct json_node *to = json_get(a, "Recipients");

		if (span_is_one_of_nocase(type, forwards) && to != NULL) {
			if (to->type == JSON_ARRAY)
				for (const struct json_node *t = to->child; t != NULL; t = t->next)
					making_target(m, json_text(t));
			else
				making_target(m, json_text(to));
		}
		m->r->rule.deletes |= span_eq_nocase(type, SPAN_LIT("Delete")) ||
		                      span_eq_nocase(type, SPAN_LIT("PermanentDelete"));
		m->r->rule.marks_read |= span_eq_nocase(type, SPAN_LIT("MarkAsRead"));
		if (folder.n != 0)
			m->r->rule.move_to = folder;
	}
}

static void rule_conditions(struct making *m)
{
	struct log_record *r = m->r;
	struct log_pair *conditions;

	if (r->n_pairs == 0)
		return;
	if ((conditions = arena_zero(m->a, r->n_pairs, sizeof *conditions)) == NULL) {
		m->no_memory = true;
		return;
	}
	r->rule.conditions = conditions;
	for (size_t i = 0; i < r->n_pairs; i++)
		if (!span_is_one_of_nocase(r->pairs[i].name, no_condition) && r->pairs[i].value.n != 0)
			conditions[r->rule.n_conditions++] = r->pairs[i];
}

/* Is it gone with this, or another from here on? */
static void rule_fate(struct log_record *r)
{
	struct log_rule *rule = &r->rule;

	rule->removed = span_starts_nocase(r->operation, SPAN_LIT("Remove-")) || span_starts_nocase(r->operation, SPAN_LIT("Disable-")) ||
	    span_eq_nocase(log_pair_get(r, "RuleOperation"), SPAN_LIT("RemoveMailboxRule")) ||
	    span_eq_nocase(log_pair_get(r, "Enabled"), SPAN_LIT("False"));
	/* An AddMailboxRule is a new one. */
	rule->changed = span_starts_nocase(r->operation, SPAN_LIT("Set-")) || (span_eq_nocase(r->operation, SPAN_LIT("UpdateInboxRules")) &&
	    !rule->removed && !span_eq_nocase(log_pair_get(r, "RuleOperation"), SPAN_LIT("AddMailboxRule")));
	rule->renamed = rule->changed && log_has_pair(r, "Name") && log_has_pair(r, "Identity") &&
	    !span_eq(log_pair_get(r, "Name"), folder_last(log_pair_get(r, "Identity")));
}

static void make_rule(struct making *m)
{
	static const char *const forwards[] = {"ForwardTo", "RedirectTo", "ForwardAsAttachmentTo", NULL};
	struct log_record *r = m->r;
	struct log_rule *rule = &r->rule;

	for (size_t i = 0; forwards[i] != NULL; i++)
		making_target(m, log_pair_get(r, forwards[i]));
	rule->name = pair_first(r, (const char *const[]){"Name", "RuleName", NULL});
	rule->id = pair_first(r, (const char *const[]){"RuleId", NULL});
	if (rule->name.n == 0) /* "ada\\invoices", or a number behind the backslash */
		rule->name = folder_last(log_pair_get(r, "Identity"));
	rule_fate(r);
	rule->deletes = text_is_true(log_pair_get(r, "DeleteMessage")) || text_is_true(log_pair_get(r, "SoftDeleteMessage"));
	rule->marks_read = text_is_true(log_pair_get(r, "MarkAsRead"));
	rule->move_to = pair_first(r, (const char *const[]){"MoveToFolder", "CopyToFolder", NULL});
	rule_actions(m, log_pair_get(r, "RuleActions"));
	rule_conditions(m);
}

static bool is_connector(const struct log_record *r)
{
	return span_has_one_of_nocase(r->operation, SPAN_WORDS("OutboundConnector", "SendConnector"));
}

/* Rules of transport, journals and connectors stand over every mailbox; their Identity is their own name. */
static bool over_all_mailboxes(const struct log_record *r)
{
	return is_connector(r) || span_has_one_of_nocase(r->operation, SPAN_WORDS("TransportRule", "JournalRule", "TransportConfig", "ManagementRoleAssignment"));
}

/*
 * Mail that leaves goes to the smart host of a connector (Microsoft, New-OutboundConnector). One that is for rules of transport alone has
 * what such a rule sends to it. A change that names no host may have put mail through the one that was there.
 */
static void connector_target(struct making *m)
{
	static const char *const widens[] = {"RecipientDomains", "AddressSpaces", "AllAcceptedDomains", "RouteAllMessagesViaOnPremises", NULL};
	const struct log_record *r = m->r;
	bool rules_only = text_is_true(log_pair_get(r, "IsTransportRuleScoped"));

	if (log_pair_get(r, "SmartHosts").n != 0 && !rules_only)
		making_target(m, log_pair_get(r, "SmartHosts"));
	else if (span_starts_nocase(r->operation, SPAN_LIT("Set-")) && !rules_only && (pair_first(r, widens).n != 0 || text_is_true(log_pair_get(r, "Enabled")) ||
	    span_eq_nocase(log_pair_get(r, "IsTransportRuleScoped"), SPAN_LIT("False"))))
		making_target(m, pair_first(r, (const char *const[]){"Identity", "Name", NULL}));
}

/* Mail to such a mailbox goes to the moderators first (Microsoft, Set-Mailbox), who may have been named before. */
static bool is_moderation(const struct log_record *r) { return log_has_pair(r, "ModeratedBy") || log_has_pair(r, "ModerationEnabled"); }

static void name_setting(struct making *m)
{
	struct log_record *r = m->r;
	bool smtp = log_has_pair(r, "ForwardingSmtpAddress"), other = log_has_pair(r, "ForwardingAddress");

	if (is_moderation(r) && r->n_targets == 0 && text_is_true(log_pair_get(r, "ModerationEnabled")))
		making_target(m, log_pair_get(r, "Identity").n != 0 ? log_pair_get(r, "Identity") : r->object);
	r->rule.name = smtp && other ? SPAN_LIT(LOG_ALL_FORWARDING) : smtp ? SPAN_LIT("ForwardingSmtpAddress") : SPAN_LIT("ForwardingAddress");
	if (is_moderation(r))
		r->rule.name = smtp || other ? SPAN_LIT(LOG_MODERATION " and forwarding") : SPAN_LIT(LOG_MODERATION);
	r->rule.removed = r->n_targets == 0 && r->n_pairs != 0;
}

static void make_forwarding(struct making *m)
{
	static const char *const targets[] = {"ForwardingSmtpAddress", "ForwardingAddress", "RedirectMessageTo",
	    "BlindCopyTo", "CopyTo", "AddToRecipients", "JournalEmailAddress", "RouteMessageOutboundConnector", "ModerateMessageByUser",
	    "GenerateIncidentReport", "JournalingReportNdrTo", "ModeratedBy", NULL};

	for (size_t i = 0; targets[i] != NULL; i++)
		making_target(m, log_pair_get(m->r, targets[i]));
	if (!over_all_mailboxes(m->r)) {
		name_setting(m);
		return;
	}
	if (is_connector(m->r))
		connector_target(m);
	m->r->rule.name = pair_first(m->r, (const char *const[]){"Name", "Identity", NULL});
	rule_fate(m->r);
	if (log_has_pair(m->r, "JournalingReportNdrTo")) {
		m->r->rule.name = SPAN_LIT("JournalingReportNdrTo");
		m->r->rule.removed = m->r->n_targets == 0;
	}
	rule_conditions(m);
}

/* Roles by which whoever has them opens every mailbox (Microsoft, "Role Based Access Control for Applications in Exchange Online"). */
static bool opens_mailboxes(span role)
{
	return span_eq_nocase(role, SPAN_LIT("ApplicationImpersonation")) ||
	    (span_starts_nocase(role, SPAN_LIT("Application ")) && span_has_one_of_nocase(role, SPAN_WORDS("Mail.Read", "Full Access", "EWS.AccessAsApp")));
}

/* Mailboxes are moved within an organisation, and into it, every day: only out of it somebody else has them. */
static bool leads_out(const struct log_record *r)
{
	return !span_has_one_of_nocase(r->operation, SPAN_WORDS("MigrationBatch", "MoveRequest")) || log_pair_get(r, "TargetEndpoint").n != 0 ||
	    text_is_true(log_pair_get(r, "Outbound"));
}

static bool sets_auditing(const struct log_record *r)
{
	return log_has_pair(r, "AuditEnabled") || log_has_pair(r, "AuditOwner") || log_has_pair(r, "AuditDelegate") || log_has_pair(r, "AuditAdmin") ||
	    log_has_pair(r, "DefaultAuditSet") || log_has_pair(r, "AuditLogAgeLimit");
}

/* One command for many settings of a mailbox. */
static enum log_kind set_mailbox(const struct log_record *r, bool lost)
{
	if (lost) /* perhaps that */
		return LOG_FORWARDING;
	if (log_has_pair(r, "ForwardingSmtpAddress") || log_has_pair(r, "ForwardingAddress") || is_moderation(r))
		return LOG_FORWARDING;
	if (log_has_pair(r, "GrantSendOnBehalfTo"))
		return LOG_MAILBOX_PERMISSION;
	return sets_auditing(r) ? LOG_AUDIT_CONFIG : LOG_OTHER;
}

static bool is_set(const struct log_record *r, const char *name, bool on)
{
	static const char *const yes[] = {"True", "$true", "1", NULL}, *const no[] = {"False", "$false", "0", NULL};

	return span_is_one_of_nocase(span_trim(log_pair_get(r, name)), on ? yes : no);
}

/* Set-Mailbox -AuditEnabled $true and its like for the organisation; a list of what is audited may be shorter than before. */
static bool turns_audit_on(const struct log_record *r)
{
	span op = r->operation;

	if ((r->problems & (LOG_TRUNCATED | LOG_LIMITED | LOG_ODD_SHAPE)) != 0)
		return false;
	for (size_t i = 0; i < r->n_pairs; i++)
		if (span_starts_nocase(r->pairs[i].name, SPAN_LIT("AdminAuditLog")) ||
		    (span_has_nocase(r->pairs[i].name, SPAN_LIT("Audit")) && !span_is_one_of_nocase(r->pairs[i].name,
		        (const char *const[]){"AuditEnabled", "AuditDisabled", "UnifiedAuditLogIngestionEnabled", NULL})))
			return false;
	if (span_eq_nocase(op, SPAN_LIT("Set-Mailbox")))
		return is_set(r, "AuditEnabled", true);
	if (span_eq_nocase(op, SPAN_LIT("Set-OrganizationConfig")))
		return is_set(r, "AuditDisabled", false);
	return span_eq_nocase(op, SPAN_LIT("Set-AdminAuditLogConfig")) && is_set(r, "UnifiedAuditLogIngestionEnabled", true);
}

/* "EURPR04A009.../tenant/ada\\invoices": ada; empty without a backslash. */
static span before_rule(span identity)
{
	size_t n = span_find_byte(identity, '\\');

	return n < identity.n ? folder_last(span_first(identity, n)) : SPAN_EMPTY;
}

/*
 * What was changed says whose a rule is where the parameters do not. In the directory of the cloud a mailbox may be called by an id that no log
 * of mailboxes has, or by a person's name: then it is taken for that of who did it.
 */
static span of_object(const struct making *m)
{
	span object = m->r->object, owner = before_rule(object);

	if (is_admin_audit(m))
		return owner.n != 0 ? owner : folder_last(object);
	return span_is_guid(owner) || span_find_byte(owner, ' ') < owner.n ? SPAN_EMPTY : owner;
}

/* Whose mailbox: the parameter that says so, else the one who did it. */
static void mailbox_of_change(struct making *m)
{
	struct log_record *r = m->r;
	size_t at;
	span named;

	if (over_all_mailboxes(r)) {
		r->mailbox = SPAN_EMPTY;
		return;
	}
	if (r->mailbox.n != 0)
		return;
	if (r->kind == LOG_INBOX_RULE) {
		/* Identity of Set-InboxRule names the rule, and whose it is where there is a backslash: "user\1234567" */
		named = log_pair_get(r, "Mailbox");
		if (named.n == 0)
			named = before_rule(log_pair_get(r, "Identity"));
		if (named.n == 0)
			named = of_object(m);
		if (named.n == 0)
			named = r->user;
		r->mailbox = span_find_byte(named, '@') < named.n ? named : folder_last(named);
		return;
	}
	named = pair_first(r, (const char *const[]){"Identity", "Mailbox", "SourceMailbox", "SourceStoreMailbox", "Users", NULL});
	if (named.n == 0 && !span_eq_nocase(r->operation, SPAN_LIT("New-MigrationBatch"))) /* its object is the batch, and its mailboxes may stand in a file */
		named = r->object;
	/* "ada:\\Inbox" is a folder */
	if ((at = span_find(named, SPAN_LIT(":\\"))) < named.n && r->kind == LOG_MAILBOX_PERMISSION)
		(void)making_folder(m, SPAN_EMPTY, span_from(named, at + 1), SPAN_EMPTY);
	named = span_first(named, at);
	/* "EURPR04A009.../Microsoft Exchange Hosted Organizations/tenant/Alias": the alias */
	r->mailbox = span_find_byte(named, '@') < named.n ? named : folder_last(named);
}

/* What goes to a group goes to its members and moderators (Microsoft, Add-DistributionGroupMember): a condition that no parameter is called like. */
void made_group(struct making *m, span group)
{
	struct log_pair *of = arena_zero(m->a, 1, sizeof *of);

	if (of == NULL) {
		m->no_memory = true;
		return;
	}
	*of = (struct log_pair){SPAN_LIT(LOG_TO_GROUP), group.n != 0 ? group : SPAN_LIT("?")};
	m->r->kind = LOG_FORWARDING;
	m->r->mailbox = SPAN_EMPTY;
	m->r->rule.conditions = of;
	m->r->rule.n_conditions = 1;
}

/* Who was put in a group by that name is no more in it when he is taken out by the same one: the id of the rule that it is. */
void made_membership(struct making *m, span group, span member)
{
	span in = SPAN_LIT(" in ");
	size_t n = member.n + in.n + group.n;
	unsigned char *id;

	if (group.n == 0 || member.n == 0)
		return;
	if ((id = arena_zero(m->a, n, 1)) == NULL) {
		m->no_memory = true;
		return;
	}
	memcpy(id, member.p, member.n);
	memcpy(id + member.n, in.p, in.n);
	memcpy(id + member.n + in.n, group.p, group.n);
	for (size_t i = 0; i < n; i++)
		id[i] = ascii_lower(id[i]);
	m->r->rule.id = span_of(id, n);
}

static bool leave_group(struct making *m, span group)
{
	static const char *const leaves[] = {"Remove-DistributionGroupMember", "Remove-UnifiedGroupLinks", NULL};
	struct log_record *r = m->r;

	if (!span_is_one_of_nocase(r->operation, leaves))
		return false;
	r->kind = LOG_FORWARDING;
	r->rule.removed = true;
	made_membership(m, group, pair_first(r, (const char *const[]){"Member", "Links", NULL}));
	return true;
}

static bool make_group(struct making *m)
{
	static const char *const joins[] = {"Add-DistributionGroupMember", "Update-DistributionGroupMember", "Add-UnifiedGroupLinks", NULL};
	static const char *const makes[] = {"New-DistributionGroup", "New-UnifiedGroup", "Set-DistributionGroup", "Set-DynamicDistributionGroup",
	    "New-DynamicDistributionGroup", "Set-UnifiedGroup", NULL};
	static const char *const who[] = {"Member", "Members", "Links", "ModeratedBy", NULL};
	struct log_record *r = m->r;
	bool joined = span_is_one_of_nocase(r->operation, joins);
	span group = pair_first(r, (const char *const[]){"Identity", "PrimarySmtpAddress", "Alias", "Name", NULL});

	if (group.n == 0)
		group = r->object;
	if (leave_group(m, group))
		return true;
	if (!joined && !span_is_one_of_nocase(r->operation, makes))
		return false;
	for (size_t i = 0; who[i] != NULL; i++)
		making_target(m, log_pair_get(r, who[i]));
	if (r->n_targets == 0 && (joined || text_is_true(log_pair_get(r, "ModerationEnabled"))))
		making_target(m, SPAN_LIT("?"));
	if (r->n_targets != 0)
		made_group(m, group);
	if (joined && r->n_targets == 1)
		made_membership(m, group, pair_first(r, (const char *const[]){"Member", "Links", NULL}));
	return r->n_targets != 0;
}

void make_m365_change(struct making *m)
{
	struct log_record *r = m->r;
	bool lost = r->n_pairs == 0 && m->f[F_cmdletparameters] == NULL; /* what was set; the latter can be names alone */
	span op = r->operation;

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (span_eq_nocase(op, span_str(changes[i].operation)))
			r->kind = changes[i].kind;
	if (span_eq_nocase(op, SPAN_LIT("Set-Mailbox"))) {
		r->kind = set_mailbox(r, lost);
		r->audit_too = r->kind != LOG_AUDIT_CONFIG && sets_auditing(r) && !turns_audit_on(r);
	} else if (span_is_one_of_nocase(op, (const char *const[]){"Set-RemoteMailbox", "Set-MailUser", NULL}) && is_moderation(r))
		r->kind = LOG_FORWARDING;
	if (span_eq_nocase(op, SPAN_LIT("Set-TransportConfig")) && log_has_pair(r, "JournalingReportNdrTo"))
		r->kind = LOG_FORWARDING;
	if (span_eq_nocase(op, SPAN_LIT("New-ManagementRoleAssignment")) && opens_mailboxes(log_pair_get(r, "Role")))
		r->kind = LOG_MAILBOX_PERMISSION;
	if (r->kind == LOG_OTHER && make_group(m))
		return;
	if (r->kind == LOG_OTHER && (r->kind = search_kind(r)) != LOG_OTHER) {
		make_search(m);
		return;
	}
	if (r->kind == LOG_OTHER && span_eq_nocase(op, SPAN_LIT("Set-OrganizationConfig")) && log_has_pair(r, "AuditDisabled"))
		r->kind = LOG_AUDIT_CONFIG;
	r->audit_on = r->kind == LOG_AUDIT_CONFIG && turns_audit_on(r);
	if (r->kind == LOG_OTHER && (r->kind = directory_kind(op)) != LOG_OTHER) {
		make_directory(m);
		return;
	}
	if (r->kind == LOG_EXPORT && !leads_out(r))
		r->kind = LOG_OTHER;
	if ((r->kind == LOG_INBOX_RULE || r->kind == LOG_FORWARDING) && lost)
		r->problems |= LOG_ODD_SHAPE;
	if (r->kind == LOG_INBOX_RULE)
		make_rule(m);
	if (r->kind == LOG_FORWARDING)
		make_forwarding(m);
	if (r->kind == LOG_MAILBOX_PERMISSION) {
		r->grantee = pair_first(r, (const char *const[]){"User", "Trustee", "GrantSendOnBehalfTo", "App", "SecurityGroup", NULL});
		r->role = pair_first(r, (const char *const[]){"AccessRights", "Role", NULL});
	}
	if (r->kind == LOG_EXPORT)
		r->query = log_pair_get(r, "ContentFilter");
	if (r->kind == LOG_INBOX_RULE || r->kind == LOG_FORWARDING || r->kind == LOG_MAILBOX_PERMISSION ||
	    r->kind == LOG_EXPORT || r->kind == LOG_AUDIT_CONFIG)
		mailbox_of_change(m);
	if (r->kind == LOG_MAILBOX_PERMISSION && making_tree(m, m->f[F_item]) != NULL) {
		const struct json_node *folder = json_get(making_tree(m, m->f[F_item]), "ParentFolder");

		if (r->grantee.n == 0)
			r->grantee = json_get_text(folder, "MemberUpn");
		if (r->role.n == 0)
			r->role = json_get_text(folder, "MemberRights");
	}
	if (r->kind == LOG_MAILBOX_PERMISSION && r->grantee.n == 0)
		r->grantee = making_text(m, F_memberupn);
	if (r->kind == LOG_MAILBOX_PERMISSION && r->role.n == 0)
		r->role = making_text(m, F_memberrights);
}

enum log_kind directory_kind(span op)
{
	static const struct { const char *begins; enum log_kind kind; } words[] = {
		{"Consent to application", LOG_CONSENT}, {"Add delegated permission grant", LOG_CONSENT},
		{"Update delegated permission grant", LOG_CONSENT}, {"Add OAuth2PermissionGrant", LOG_CONSENT},
		{"Add app role assignment to", LOG_APP_ROLE}, {"Add service principal credentials", LOG_APP_CREDENTIAL},
		{"Change user license", LOG_AUDIT_CONFIG}, {"Add member to group", LOG_FORWARDING},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts_nocase(op, span_str(words[i].begins)))
			return words[i].kind;
	/* "Update application – Certificates and secrets management ": the dash is an en dash, or what became of it. */
	if (span_has_nocase(op, SPAN_LIT("Certificates and secrets")))
		return LOG_APP_CREDENTIAL;
	return LOG_OTHER;
}

/* ["a"], "\"a\"", {a}: to a */
static span bare(span s)
{
	s = span_trim(s);
	while (s.n > 1 && ((s.p[0] == '"' && s.p[s.n - 1] == '"') || (s.p[0] == '[' && s.p[s.n - 1] == ']')))
		s = span_trim(span_sub(s, 1, s.n - 2));
	return s;
}

/* "[] => [[..., Scope: Mail.Read User.Read, ...]]": what follows Scope: up to the next comma or bracket. */
static span scope_of(span s)
{
	size_t at = span_find_nocase(s, SPAN_LIT("Scope:")), last = s.n;

	for (; at < s.n; at += 6 + span_find_nocase(span_from(s, at + 6), SPAN_LIT("Scope:")))
		last = at; /* the last one is the new state */
	if (last >= s.n)
		return SPAN_EMPTY;
	s = span_from(s, last + 6);
	for (size_t n = 0; n < s.n; n++)
		if (s.p[n] == ',' || s.p[n] == ']')
			return span_trim(span_first(s, n));
	return span_trim(s);
}

/* "Application_8d8d96a4-...": the id */
static span object_id(span s)
{
	if (span_starts_nocase(s, SPAN_LIT("Application_")))
		return span_from(s, 12);
	return span_starts_nocase(s, SPAN_LIT("ServicePrincipal_")) ? span_from(s, 17) : s;
}

/* Target: [{ID, Type}], where type 1 is the name (Microsoft, "Enum: IdentityType"). */
static span named_target(struct making *m)
{
	const struct json_node *list = making_tree(m, m->f[F_target]);

	for (const struct json_node *t = list != NULL && list->type == JSON_ARRAY ? list->child : NULL; t != NULL; t = t->next)
		if (span_eq(json_get_text(t, "Type"), SPAN_LIT("1")))
			return json_get_text(t, "ID");
	return SPAN_EMPTY;
}

void make_directory(struct making *m)
{
	struct log_record *r = m->r;
	span s, name;

	if (r->kind == LOG_FORWARDING) { /* the object is the member, in logs of Entra by an id */
		making_target(m, span_find_byte(r->target_name, '@') < r->target_name.n ? r->target_name : r->object.n != 0 ? r->object : SPAN_LIT("?"));
		made_group(m, bare(log_pair_get(r, "Group.DisplayName")));
		return;
	}
	s = bare(pair_first(r, (const char *const[]){"DelegatedPermissionGrant.Scope", "AppRole.Value", NULL}));
	r->role = s.n != 0 ? s : scope_of(log_pair_get(r, "ConsentAction.Permissions"));
	r->target_app_id = bare(log_pair_get(r, "ServicePrincipal.AppId"));
	s = bare(pair_first(r, (const char *const[]){"ServicePrincipal.DisplayName", "ServicePrincipal.Name", NULL}));
	if (s.n != 0)
		r->target_name = s;
	s = bare(log_pair_get(r, "TargetId.ServicePrincipalNames"));
	name = named_target(m);
	if (r->kind == LOG_APP_ROLE) {
		r->resource = s;
	} else if (span_has_nocase(r->operation, SPAN_LIT("permission grant"))) {
		r->resource = name.n != 0 ? name : s; /* the target is whose permission it is, not who gets it */
		name = SPAN_EMPTY;
	} else if (r->target_app_id.n == 0) {
		r->target_app_id = s.n != 0 ? s : object_id(r->object);
	}
	if (r->target_name.n == 0)
		r->target_name = name;
}
