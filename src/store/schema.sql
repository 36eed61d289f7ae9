-- The case file. Integers that stand for names are the enums of src/case/; times are seconds since 1970 UTC;
-- digests are 32-byte blobs. No table holds a secret: findings hold a place, a masked form and a keyed digest.
PRAGMA application_id = 0x54434e31; -- "TCN1"
PRAGMA user_version = 8;

CREATE TABLE setting (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- ---- ingest -------------------------------------------------------------------------------------------------
CREATE TABLE mailbox (
	id INTEGER PRIMARY KEY,
	root TEXT NOT NULL UNIQUE,        -- path of the folder or file that is the mailbox
	owner TEXT,                       -- address, NULL when unknown
	grade INTEGER NOT NULL,           -- enum owner_grade
	ground TEXT NOT NULL              -- why that owner; '' while it is still to be asked
);
CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL,
	kind INTEGER NOT NULL,            -- enum source_kind
	n_bytes INTEGER NOT NULL,
	mtime_ns INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	state INTEGER NOT NULL,           -- enum source_state
	mailbox_id INTEGER REFERENCES mailbox,
	folder TEXT NOT NULL,
	replaces INTEGER REFERENCES source,
	note TEXT                         -- what it is, when it is no mail
);
CREATE INDEX source_path ON source (path);
CREATE INDEX source_mailbox ON source (mailbox_id);
CREATE TABLE message (
	id INTEGER PRIMARY KEY,
	content_digest BLOB NOT NULL UNIQUE,
	sha256 BLOB NOT NULL,             -- of the raw bytes at its first location
	rfc822_id TEXT NOT NULL,          -- Message-ID without angle brackets, '' when none
	when_utc INTEGER,                 -- Date, NULL when there is none that makes sense
	subject TEXT NOT NULL,
	n_bytes INTEGER NOT NULL,
	traits INTEGER NOT NULL,          -- bits of enum message_trait: of bulk, list, automatic and junk those that every copy has
	problems INTEGER NOT NULL,        -- bits of enum mime_problem
	verified_domain TEXT NOT NULL,    -- domain of From that Authentication-Results of an own host passed, or ''
	verdict INTEGER NOT NULL DEFAULT 0 -- enum verdict; unknown until scope has looked
);
CREATE INDEX message_rfc822_id ON message (rfc822_id) WHERE rfc822_id <> '';
-- Anything met inside a source. Item and message are one to one where the outcome is parsed or partial.
CREATE TABLE item (
	id INTEGER PRIMARY KEY,
	source_id INTEGER NOT NULL REFERENCES source,
	member INTEGER NOT NULL,          -- index within an archive or PST, -1 when the source is none
	member_name TEXT NOT NULL,
	at_byte INTEGER NOT NULL,         -- of the whole entry: From_ line and separator included
	n_bytes INTEGER NOT NULL,
	outcome INTEGER NOT NULL,         -- enum outcome
	reason TEXT NOT NULL,
	message_id INTEGER REFERENCES message
);
CREATE INDEX item_source ON item (source_id);
-- Where a message lies. nest is '' for a message that is an item, else the path of parts that leads into it
-- ("2", "1.3/2"); at_byte is then its offset within the item's message when it is there unencoded, else -1.
CREATE TABLE location (
	message_id INTEGER NOT NULL REFERENCES message,
	item_id INTEGER NOT NULL REFERENCES item,
	nest TEXT NOT NULL,
	at_byte INTEGER NOT NULL,
	n_bytes INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	parent_id INTEGER REFERENCES message, -- the message that carries it, for nested ones
	from_quoted INTEGER NOT NULL,
	received_utc INTEGER,             -- the earliest stamp from the top to that of received_by, NULL when none has a date
	received_by TEXT NOT NULL DEFAULT '', -- the topmost server that gives its name, '' when none does
	traits INTEGER NOT NULL DEFAULT 0, -- of the copy that lies here, and of its folder
	delivered_id INTEGER REFERENCES address, -- to whom it was delivered (Delivered-To), NULL when it does not say
	PRIMARY KEY (message_id, item_id, nest)
) WITHOUT ROWID;
CREATE INDEX location_nested ON location (item_id, nest) WHERE nest <> '';
CREATE TABLE address (
	id INTEGER PRIMARY KEY,
	address TEXT NOT NULL UNIQUE,
	domain TEXT NOT NULL
);
-- JSON: [[role, address id, "display name"], ...], the name left out where there is none; see store/parties.h.
-- The view `party` over it (message_id, seq, role, address_id, name) is made anew in each connection by store.c.
CREATE TABLE party_list (message_id INTEGER PRIMARY KEY REFERENCES message, list TEXT NOT NULL);
CREATE TABLE part (
	message_id INTEGER NOT NULL REFERENCES message,
	seq INTEGER NOT NULL,
	path TEXT NOT NULL,
	type TEXT NOT NULL,               -- as declared
	content_type TEXT NOT NULL,       -- by its bytes; '' where the declared one says it best
	filename TEXT NOT NULL,
	encoding INTEGER NOT NULL,
	n_bytes INTEGER NOT NULL,         -- decoded
	sha256 BLOB NOT NULL,             -- of the decoded bytes
	problems INTEGER NOT NULL,
	PRIMARY KEY (message_id, path, seq) -- findings and documents ask by path
) WITHOUT ROWID;

-- ---- scope --------------------------------------------------------------------------------------------------
-- One file of audit logs, or one member of an archive of them; an archive itself has a row of its own.
CREATE TABLE log_source (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL,
	member INTEGER NOT NULL,          -- index within an archive, -1 for the file itself
	member_name TEXT NOT NULL,
	n_bytes INTEGER NOT NULL,
	mtime_ns INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	envelope TEXT NOT NULL,           -- what lies around the records; '' when it is no log
	state INTEGER NOT NULL,           -- enum source_state
	outcome INTEGER NOT NULL,         -- enum outcome
	note TEXT NOT NULL,               -- what it looks like, or why it was not read
	n_records INTEGER NOT NULL,
	n_partial INTEGER NOT NULL,
	n_failed INTEGER NOT NULL,
	n_duplicates INTEGER NOT NULL,    -- records that stood in the case already
	UNIQUE (path, member)
);
CREATE TABLE log_failure (
	source_id INTEGER NOT NULL REFERENCES log_source,
	at_byte INTEGER NOT NULL,
	n_bytes INTEGER NOT NULL,
	line INTEGER NOT NULL,            -- of a CSV, from 1; else 0
	reason TEXT NOT NULL,
	PRIMARY KEY (source_id, at_byte)
) WITHOUT ROWID;
-- What a file names that is no log: addresses, Message-IDs, GUIDs, in lower case. '' says that it names more than is kept.
CREATE TABLE log_name (
	source_id INTEGER NOT NULL REFERENCES log_source,
	name TEXT NOT NULL,
	PRIMARY KEY (source_id, name)
) WITHOUT ROWID;
-- Who acted, and from where: what a record says of it. '' where it says nothing.
CREATE TABLE context (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	user TEXT NOT NULL, user_id TEXT NOT NULL, service_principal TEXT NOT NULL, ip TEXT NOT NULL,
	user_agent TEXT NOT NULL, client_info TEXT NOT NULL, session_id TEXT NOT NULL, aad_session_id TEXT NOT NULL,
	unique_token_id TEXT NOT NULL, token_object_id TEXT NOT NULL, app_id TEXT NOT NULL, client_app_id TEXT NOT NULL,
	app_name TEXT NOT NULL, country TEXT NOT NULL,
	logon_type INTEGER, user_type INTEGER, -- NULL when not said
	external INTEGER NOT NULL
);
-- One record of a log. The same Id counts once; the same Id with other content is kept beside the first (same_as).
CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE,         -- over product and Id, else over the content
	content BLOB NOT NULL,            -- digest of the normalised record
	same_as INTEGER REFERENCES event,
	source_id INTEGER NOT NULL REFERENCES log_source,
	at_byte INTEGER NOT NULL,
	n_bytes INTEGER NOT NULL,
	product TEXT NOT NULL,
	kind TEXT NOT NULL,
	record_type INTEGER NOT NULL,
	operation TEXT NOT NULL,
	record_id TEXT NOT NULL,
	when_utc INTEGER,                 -- NULL when the record has no time
	mailbox TEXT NOT NULL,            -- as logged, lower case; '' when the record is about none
	mailbox_guid TEXT NOT NULL,
	context_id INTEGER NOT NULL REFERENCES context,
	success INTEGER NOT NULL,         -- 0 not said, 1 no, 2 yes
	throttled INTEGER NOT NULL,
	operation_count INTEGER,
	problems INTEGER NOT NULL,        -- findings about the log itself, as bits; reason has them in words
	reason TEXT NOT NULL,
	detail TEXT NOT NULL              -- JSON object: rule, targets, grant, query ...
);
CREATE INDEX event_source ON event (source_id);
CREATE TABLE log_folder (
	id INTEGER PRIMARY KEY,
	folder_id TEXT NOT NULL,
	path TEXT NOT NULL,               -- as logged, "\Inbox\Sub"; '' when only the name is known
	name TEXT NOT NULL,
	UNIQUE (folder_id, path, name)
);
-- What a record names: a message in a folder, or with an empty Message-ID a whole folder.
CREATE TABLE access (
	event_id INTEGER NOT NULL REFERENCES event,
	seq INTEGER NOT NULL,
	rfc822_id TEXT NOT NULL,
	item_id TEXT NOT NULL,            -- of Exchange or of Graph, as logged
	immutable_id TEXT NOT NULL,
	folder_id INTEGER REFERENCES log_folder,
	PRIMARY KEY (event_id, seq)
) WITHOUT ROWID;
CREATE INDEX access_message ON access (rfc822_id) WHERE rfc822_id <> '';
-- The records that are the intruder's by the actor file, or that may be.
CREATE TABLE suspect (
	event_id INTEGER PRIMARY KEY REFERENCES event,
	certain INTEGER NOT NULL,         -- 1: the predicates hold; 0: the record lacks what they ask for
	confidence INTEGER NOT NULL,      -- enum certainty
	actor TEXT NOT NULL               -- name of the actor in the file
);
-- What is known of one message in one mailbox. message_id is NULL for what a record names and no evidence holds.
CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	mailbox_id INTEGER REFERENCES mailbox,
	mailbox TEXT NOT NULL,            -- its owner, or as logged
	message_id INTEGER REFERENCES message,
	rfc822_id TEXT NOT NULL,
	item_id TEXT NOT NULL,            -- of what was reached by an id that nothing resolves; else ''
	verdict INTEGER NOT NULL,         -- enum verdict
	reason INTEGER NOT NULL,          -- enum verdict_reason
	confidence INTEGER NOT NULL,      -- enum certainty
	n_records INTEGER NOT NULL,       -- the intruder's that say so
	first_utc INTEGER,
	last_utc INTEGER,
	first_event INTEGER REFERENCES event,
	last_event INTEGER REFERENCES event,
	missing_utc INTEGER,              -- of not_declared and gap: the first day that they are about
	unread_id INTEGER REFERENCES log_source -- of unread_file: which
);
CREATE INDEX verdict_message ON verdict (message_id);

-- ---- scan ---------------------------------------------------------------------------------------------------
CREATE TABLE ruleset (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, n_rules INTEGER NOT NULL);
CREATE TABLE scanned (
	message_id INTEGER PRIMARY KEY REFERENCES message,
	ruleset_id INTEGER NOT NULL REFERENCES ruleset,
	n_text INTEGER NOT NULL,          -- bytes of text read
	n_parts INTEGER NOT NULL,         -- parts that were read, or have a row in coverage, or hold others
	n_members INTEGER NOT NULL,       -- texts met within attached archives, likewise
	n_unread INTEGER NOT NULL         -- rows in coverage
);
-- Attachments put off until the text of all mail is read. Those of one key are the same: see store/waiting.h.
CREATE TABLE waiting (
	message_id INTEGER NOT NULL REFERENCES message,
	path TEXT NOT NULL,
	key BLOB NOT NULL,
	state INTEGER NOT NULL,           -- enum waiting_state
	PRIMARY KEY (message_id, path)
) WITHOUT ROWID;
CREATE INDEX waiting_key ON waiting (key, message_id, path);
-- One row for each part that was not, or not wholly, read as text.
CREATE TABLE coverage (
	message_id INTEGER NOT NULL REFERENCES message,
	path TEXT NOT NULL,               -- of the part; '' when the whole message could not be read
	type TEXT NOT NULL,
	filename TEXT NOT NULL,
	n_bytes INTEGER NOT NULL,
	outcome INTEGER NOT NULL,         -- enum coverage
	reason TEXT NOT NULL,
	PRIMARY KEY (message_id, path)
) WITHOUT ROWID;
CREATE TABLE exposure (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,      -- HMAC-SHA-256 under the case key of the normalised value
	class TEXT NOT NULL,
	severity INTEGER NOT NULL,
	masked TEXT NOT NULL
);
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	message_id INTEGER NOT NULL REFERENCES message,
	path TEXT NOT NULL,
	part_type TEXT NOT NULL,
	at_byte INTEGER NOT NULL,         -- within the decoded part
	n_bytes INTEGER NOT NULL,
	class TEXT NOT NULL,
	detector TEXT NOT NULL,
	severity INTEGER NOT NULL,
	certainty INTEGER NOT NULL,
	masked TEXT NOT NULL,
	host TEXT NOT NULL,               -- host, domain or account name beside the secret, '' when none
	place TEXT NOT NULL DEFAULT '',   -- within a document, in words: "sheet Hosts, cell D14"
	exposure_id INTEGER NOT NULL REFERENCES exposure
);
CREATE INDEX finding_message ON finding (message_id);
CREATE INDEX finding_exposure ON finding (exposure_id);

-- ---- attribute ----------------------------------------------------------------------------------------------
CREATE TABLE directory (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, path TEXT NOT NULL, n_orgs INTEGER NOT NULL);
-- Only organisations that a link, or our own configuration, names; the directory itself stays a file.
CREATE TABLE org (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,         -- stable: the directory's name, or the registrable domain
	name TEXT NOT NULL,
	origin INTEGER NOT NULL,          -- enum org_origin
	country TEXT NOT NULL,
	language TEXT NOT NULL,
	tenant TEXT NOT NULL,
	notes TEXT NOT NULL
);
-- Its name and what else it is called: what is masked where others read.
CREATE TABLE org_name (org_id INTEGER NOT NULL REFERENCES org, name TEXT NOT NULL, PRIMARY KEY (org_id, name)) WITHOUT ROWID;
CREATE TABLE org_domain (domain TEXT PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES org) WITHOUT ROWID;
CREATE INDEX org_domain_org ON org_domain (org_id);
-- Domains, and addresses of free mail, under which an organisation or person was told, whatever a later directory calls it: what keeps a renamed one
-- the same. Of an organisation those that it had when a wave was written, not what a directory gave it since.
-- One domain may have been two organisations', where a directory made one of them for a time.
CREATE TABLE org_was (domain TEXT NOT NULL, org_id INTEGER NOT NULL REFERENCES org, PRIMARY KEY (domain, org_id)) WITHOUT ROWID;
-- Who was told and is one with another now, by all the domains that it was told by: what the first was told, the other is not told again.
CREATE TABLE joined (org_id INTEGER PRIMARY KEY REFERENCES org, into_id INTEGER NOT NULL REFERENCES org);
CREATE INDEX joined_into ON joined (into_id);
CREATE TABLE contact (
	org_id INTEGER NOT NULL REFERENCES org,
	seq INTEGER NOT NULL,
	address TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (org_id, seq)
) WITHOUT ROWID;
CREATE TABLE conflict (domain TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, PRIMARY KEY (domain, first, second)) WITHOUT ROWID;
CREATE TABLE attributed (
	message_id INTEGER PRIMARY KEY REFERENCES message,
	directory_id INTEGER NOT NULL REFERENCES directory,
	disposition INTEGER NOT NULL,     -- enum disposition: why it is in a dossier, or in none
	ruleset_id INTEGER NOT NULL DEFAULT 0 -- scanned.ruleset_id at the time, 0 when not yet scanned: to see what is due again
);
CREATE TABLE link (
	message_id INTEGER NOT NULL REFERENCES message,
	org_id INTEGER NOT NULL REFERENCES org,
	role INTEGER NOT NULL,            -- enum link_role
	certainty INTEGER NOT NULL,       -- enum certainty
	ground TEXT NOT NULL,             -- "From: a@b.example", "domain b.example", "next to host vpn.b.example"
	at TEXT NOT NULL,                 -- header name, or part path and byte: "1.2:340"
	counts INTEGER NOT NULL,          -- 0: recorded, but makes nobody a party to be notified (bulk, automatic)
	why_not TEXT NOT NULL,            -- reason when counts is 0
	PRIMARY KEY (message_id, org_id, role)
) WITHOUT ROWID;
CREATE INDEX link_org ON link (org_id, message_id, role, counts); -- covers what notify asks of a million links
-- Whose secret it is, as far as its surroundings say.
CREATE TABLE owner (
	exposure_id INTEGER NOT NULL REFERENCES exposure,
	org_id INTEGER NOT NULL REFERENCES org,
	ground TEXT NOT NULL,
	PRIMARY KEY (exposure_id, org_id)
) WITHOUT ROWID;
-- Private persons (free-mail addresses): counted and listed on a track of their own.
CREATE TABLE person (
	message_id INTEGER NOT NULL REFERENCES message,
	address_id INTEGER NOT NULL REFERENCES address,
	role INTEGER NOT NULL,
	PRIMARY KEY (message_id, address_id)
) WITHOUT ROWID;

-- ---- notify -------------------------------------------------------------------------------------------------
CREATE TABLE wave (
	number INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,           -- enum wave_state
	plan_digest BLOB NOT NULL,        -- over everything the wave would tell
	planned_utc INTEGER NOT NULL,
	by_hand INTEGER NOT NULL DEFAULT 0 -- enum hand_over; but for 0, what tocsin does not send counts as handed over
);
CREATE TABLE dossier (
	wave INTEGER NOT NULL REFERENCES wave,
	org_id INTEGER NOT NULL REFERENCES org,
	version INTEGER NOT NULL,         -- 1 for the first that this organisation is told
	n_messages INTEGER NOT NULL,
	n_exposures INTEGER NOT NULL,
	track INTEGER NOT NULL,           -- enum track: notified, internal
	PRIMARY KEY (wave, org_id)
) WITHOUT ROWID;
CREATE INDEX dossier_org ON dossier (org_id);
-- What a wave tells an organisation for the first time: one row a (message, role) link and one a (message, exposure). What was told of a
-- message without knowing that it was opened is told once more when that is known.
-- The rows of an organisation without a contact were told to nobody: they move into the next wave once it has one.
CREATE TABLE told (
	org_id INTEGER NOT NULL REFERENCES org,
	message_id INTEGER NOT NULL REFERENCES message,
	role INTEGER NOT NULL,            -- enum link_role; 0 for an exposure, which is told once whatever the roles
	exposure_id INTEGER NOT NULL,     -- 0 for the link itself
	opened INTEGER NOT NULL,          -- 1: the message's verdict was accessed
	-- Last: SQLite 3.40 checks the integrity of tables without row ids by the place of a column, and takes another for it.
	wave INTEGER NOT NULL REFERENCES wave,
	PRIMARY KEY (org_id, message_id, role, exposure_id, opened)
) WITHOUT ROWID;
CREATE INDEX told_wave ON told (wave);
-- What a written wave told, as it was written: history, which no later directory, plan or withdrawal changes. Messages and exposures are those
-- that its notices tell of, each once; a row of wave_told_org for each dossier, also those that are told to nobody.
CREATE TABLE wave_told (
	wave INTEGER PRIMARY KEY REFERENCES wave,
	n_messages INTEGER NOT NULL,
	n_exposures INTEGER NOT NULL,
	from_utc INTEGER,                 -- of the earliest message with a date, and of the newest
	to_utc INTEGER
);
CREATE TABLE wave_told_org (
	wave INTEGER NOT NULL REFERENCES wave,
	org_id INTEGER NOT NULL REFERENCES org,
	org TEXT NOT NULL,                -- its key then
	version INTEGER NOT NULL,
	n_messages INTEGER NOT NULL,
	n_exposures INTEGER NOT NULL,
	track INTEGER NOT NULL,
	anew INTEGER NOT NULL,            -- 1: not its first, and nothing of those before stood
	told INTEGER NOT NULL,            -- 0: it had no contact, or is ourselves
	PRIMARY KEY (wave, org_id)
) WITHOUT ROWID;
CREATE TABLE notice (
	id TEXT PRIMARY KEY,              -- "TN-7Q4K-2M9D"
	wave INTEGER NOT NULL REFERENCES wave,
	org_id INTEGER NOT NULL REFERENCES org,
	address TEXT NOT NULL,            -- '' when the organisation has no contact: listed, never dropped
	contact_role TEXT NOT NULL,
	language TEXT NOT NULL,
	state INTEGER NOT NULL,           -- enum notice_state
	text_sha256 BLOB,                 -- of the mail as it was approved, before it is signed; NULL without a contact
	file TEXT NOT NULL,               -- below the case folder, '' until written
	place INTEGER NOT NULL            -- among the organisation's contacts, from 0: the later ones stand by
) WITHOUT ROWID;
CREATE INDEX notice_org ON notice (org_id, wave);
-- What a written notice states of itself, signed; its entry in the notice log; the digest of the mail with its signatures.
CREATE TABLE notice_proof (
	notice_id TEXT PRIMARY KEY REFERENCES notice,
	statement TEXT NOT NULL,
	log_index INTEGER NOT NULL,
	file_sha256 BLOB NOT NULL
) WITHOUT ROWID;
-- A notice is withdrawn when two people have said so.
CREATE TABLE withdrawal (
	notice_id TEXT NOT NULL REFERENCES notice,
	name TEXT NOT NULL,               -- folded: one person counts once, however he is spelled
	said_by TEXT NOT NULL,            -- as it was given
	why TEXT NOT NULL,
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (notice_id, name)
) WITHOUT ROWID;
-- What a wave told an organisation and was taken back: it is due again, as far as it still holds. Notices stay, dossier and rows go.
CREATE TABLE taken_back (
	org_id INTEGER NOT NULL REFERENCES org,
	wave INTEGER NOT NULL REFERENCES wave,
	why INTEGER NOT NULL,             -- enum back_reason
	by_wave INTEGER NOT NULL,         -- the first wave that knows of it
	PRIMARY KEY (org_id, wave)
) WITHOUT ROWID;
-- What a person decided that nobody is told. By the digests of what was judged: rows of messages and exposures are made anew by other runs.
CREATE TABLE withheld (
	kind INTEGER NOT NULL,            -- enum withheld_kind
	digest BLOB NOT NULL,             -- message.content_digest, exposure.digest
	name TEXT NOT NULL,
	why TEXT NOT NULL,
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (kind, digest)
) WITHOUT ROWID;
CREATE VIEW withheld_message AS SELECT m.id FROM withheld w CROSS JOIN message m ON m.content_digest = w.digest WHERE w.kind = 1;
CREATE VIEW withheld_exposure AS SELECT x.id FROM withheld w CROSS JOIN exposure x ON x.digest = w.digest WHERE w.kind = 2;
-- Found besides the directory. `whose` is a domain or, of one without any, an organisation's key: rows outlive the ids of organisations.
CREATE TABLE contact_found (
	whose TEXT NOT NULL,
	source INTEGER NOT NULL,          -- enum contact_source: also its rank
	address TEXT NOT NULL,
	role TEXT NOT NULL,
	ground TEXT NOT NULL,             -- what says so: a URL, a file
	seen_utc INTEGER NOT NULL,
	expires_utc INTEGER,              -- NULL: it does not say
	state INTEGER NOT NULL,           -- enum contact_state
	note TEXT NOT NULL,
	PRIMARY KEY (whose, source, address)
) WITHOUT ROWID;
CREATE VIEW contact_known AS
	SELECT d.org_id, f.* FROM org_domain d JOIN contact_found f ON f.whose = d.domain
	UNION ALL SELECT o.id, f.* FROM org o JOIN contact_found f ON f.whose = o.key
	WHERE NOT EXISTS (SELECT 1 FROM org_domain d WHERE d.domain = f.whose);
-- Whom mail can be sent to, given and found, in the order of rank: source, seq, address.
CREATE VIEW usable_contact AS
	SELECT org_id, 1 AS source, seq, address, role FROM contact
	UNION ALL SELECT org_id, source, 1000, address, role FROM contact_known WHERE state IN (1, 3);
-- What discovery was answered: everything else reads it here, without a network.
CREATE TABLE fetched (
	url TEXT PRIMARY KEY,
	when_utc INTEGER NOT NULL,
	status INTEGER NOT NULL,          -- of HTTP; 0: no answer, note says why
	final_url TEXT NOT NULL,
	type TEXT NOT NULL,
	body BLOB NOT NULL,
	note TEXT NOT NULL
) WITHOUT ROWID;
-- One mail to one address of one dossier version. The key is what keeps anybody from being told twice.
CREATE TABLE delivery (
	notice_id TEXT PRIMARY KEY REFERENCES notice,
	wave INTEGER NOT NULL REFERENCES wave,
	org_id INTEGER NOT NULL REFERENCES org,
	version INTEGER NOT NULL,
	address TEXT NOT NULL,            -- lower case
	place INTEGER NOT NULL,
	state INTEGER NOT NULL,           -- enum delivery_state
	attempts INTEGER NOT NULL,
	due_utc INTEGER,                  -- not before; NULL: at once
	intent_utc INTEGER,               -- when the last hand-over began
	handed_utc INTEGER,
	queue_id TEXT NOT NULL,           -- the mail server's, where it is known
	note TEXT NOT NULL,               -- the last reply, or what is wrong
	escalated INTEGER NOT NULL DEFAULT 0, -- 1: it stood by, and those before it failed or did not answer
	UNIQUE (org_id, version, address)
) WITHOUT ROWID;
CREATE INDEX delivery_state ON delivery (wave, state);
CREATE INDEX delivery_org ON delivery (org_id, wave); -- plan and status ask of each dossier what became of its mails
-- One mail that came back: what it is and which notice it is about. Whatever it says, it counts only when certain.
CREATE TABLE heard (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	path TEXT NOT NULL,
	at_byte INTEGER NOT NULL,         -- in an archive: the number of the mail in it, from 0
	kind INTEGER NOT NULL,            -- enum heard_kind
	notice_id TEXT NOT NULL,          -- '' when it is about none that we know
	certain INTEGER NOT NULL,         -- 1: it carries the mark that only our own mail could give it
	how TEXT NOT NULL,                -- by what it was matched, or why not
	sent_utc INTEGER,                 -- its Date
	collected_utc INTEGER NOT NULL,
	sender TEXT NOT NULL,
	subject TEXT NOT NULL,
	status TEXT NOT NULL,             -- "failed 5.1.1 550 no such user"
	text TEXT NOT NULL                -- of an answer, its beginning
);
CREATE INDEX heard_notice ON heard (notice_id);
CREATE TABLE hold (
	org_id INTEGER PRIMARY KEY REFERENCES org,
	state INTEGER NOT NULL,           -- enum hold_state
	why TEXT NOT NULL,
	since_utc INTEGER NOT NULL,
	until_utc INTEGER                 -- NULL: until resumed
);
-- What a person must do: call, write a letter, ask a CSIRT to pass it on, say that a notice was withdrawn.
CREATE TABLE task (
	id INTEGER PRIMARY KEY,
	org_id INTEGER NOT NULL REFERENCES org,
	wave INTEGER NOT NULL,
	kind INTEGER NOT NULL,            -- enum todo_kind
	what TEXT NOT NULL,
	owner TEXT NOT NULL,
	made_utc INTEGER NOT NULL,
	due_utc INTEGER NOT NULL,
	done_utc INTEGER,
	done_by TEXT NOT NULL,
	note TEXT NOT NULL,
	UNIQUE (org_id, wave, kind)
);
CREATE TABLE preflight (
	name TEXT PRIMARY KEY,
	seq INTEGER NOT NULL,
	state INTEGER NOT NULL,           -- enum preflight_state
	found TEXT NOT NULL,
	advice TEXT NOT NULL,
	when_utc INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE preflight_override (
	name TEXT PRIMARY KEY,
	found TEXT NOT NULL,              -- what the check found then: it holds for that alone
	why TEXT NOT NULL,
	first TEXT NOT NULL,
	second TEXT NOT NULL,
	when_utc INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE approval (
	wave INTEGER NOT NULL REFERENCES wave,
	name TEXT NOT NULL,
	plan_digest BLOB NOT NULL,
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (wave, name)
) WITHOUT ROWID;

-- ---- the reading room ---------------------------------------------------------------------------------------
-- Which keys an organisation's dossier is sealed under: counts up when they are renewed. None: 1.
CREATE TABLE seal_generation (org_id INTEGER PRIMARY KEY REFERENCES org, generation INTEGER NOT NULL);
-- Bundles that were made (doc/sealed-bundle.md). The keys are derived from the case key and are nowhere.
CREATE TABLE sealed (
	org_id INTEGER NOT NULL REFERENCES org,
	generation INTEGER NOT NULL,
	version INTEGER NOT NULL,         -- of the dossier
	wave INTEGER NOT NULL REFERENCES wave,
	case_id TEXT NOT NULL,            -- 32 hexadecimal digits; the name of the file
	sha256 BLOB NOT NULL,             -- of the file
	n_messages INTEGER NOT NULL,
	n_exposures INTEGER NOT NULL,
	n_withheld INTEGER NOT NULL,      -- parts and attachments that are not given
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (org_id, generation, version)
) WITHOUT ROWID;
-- What the names in a bundle stand for, for what comes back from the reading room.
CREATE TABLE sealed_record (
	org_id INTEGER NOT NULL REFERENCES org,
	record TEXT NOT NULL,
	message_id INTEGER NOT NULL REFERENCES message,
	PRIMARY KEY (org_id, record)
) WITHOUT ROWID;
CREATE TABLE sealed_exposure (
	org_id INTEGER NOT NULL REFERENCES org,
	exposure TEXT NOT NULL,
	exposure_id INTEGER NOT NULL,
	PRIMARY KEY (org_id, exposure)
) WITHOUT ROWID;
CREATE INDEX sealed_exposure_id ON sealed_exposure (org_id, exposure_id);

-- What the reading room's log told, entry by entry; the settings portal_log_size and portal_log_root are its tree so far.
CREATE TABLE portal_event (
	number INTEGER PRIMARY KEY,       -- in the log, from 0
	org_id INTEGER REFERENCES org,    -- NULL: about no case, or one that was never sealed here
	when_utc INTEGER NOT NULL,
	event TEXT NOT NULL,              -- the words of doc/portal-api.md
	entry TEXT NOT NULL               -- the line, JSON
);
CREATE INDEX portal_event_org ON portal_event (org_id, event);
-- Where an organisation's case stands in the reading room.
CREATE TABLE portal_case (
	org_id INTEGER PRIMARY KEY REFERENCES org,
	state TEXT NOT NULL,
	claimed_utc INTEGER,              -- first time that a claim was proven
	read_utc INTEGER,                 -- first record read
	n_reads INTEGER NOT NULL DEFAULT 0,
	n_exports INTEGER NOT NULL DEFAULT 0,
	logs_done INTEGER NOT NULL DEFAULT 0,    -- it says that it looked through its own logs
	content_done INTEGER NOT NULL DEFAULT 0  -- and through all that was exposed
);
-- What an organisation says of a credential of its dossier; none: open.
CREATE TABLE remediation (
	org_id INTEGER NOT NULL REFERENCES org,
	exposure TEXT NOT NULL,           -- its name in the bundle
	mark TEXT NOT NULL,               -- rotated, revoked, deactivated, not_ours, false_alarm, risk_accepted
	person TEXT NOT NULL,
	note TEXT NOT NULL,
	application TEXT NOT NULL,
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (org_id, exposure)
) WITHOUT ROWID;
-- What a person here has of an organisation by telephone, letter or mail, and of our own credentials what we did. Newer than what the reading
-- room's log says of the same, which ends it otherwise. By its digest: rows of exposures are made anew by other runs.
CREATE TABLE marked (
	org_id INTEGER NOT NULL REFERENCES org,
	digest BLOB NOT NULL,             -- exposure.digest
	mark TEXT NOT NULL,               -- as in remediation; or open: no more
	person TEXT NOT NULL,
	note TEXT NOT NULL,
	when_utc INTEGER NOT NULL,
	PRIMARY KEY (org_id, digest)
) WITHOUT ROWID;
-- "You missed one", "not ours": for a person here to decide.
CREATE TABLE question (
	id INTEGER PRIMARY KEY,
	org_id INTEGER NOT NULL REFERENCES org,
	kind TEXT NOT NULL,               -- missed, not_ours
	record TEXT NOT NULL,
	exposure TEXT NOT NULL,
	text TEXT NOT NULL,
	person TEXT NOT NULL,
	when_utc INTEGER NOT NULL,
	decision TEXT NOT NULL DEFAULT '', -- accepted, rejected; withdrawn, by whoever asked
	decided_by TEXT NOT NULL DEFAULT '',
	why TEXT NOT NULL DEFAULT '',
	decided_utc INTEGER
);
CREATE INDEX question_org ON question (org_id, kind, exposure);

-- ---- the record of who did what -----------------------------------------------------------------------------
CREATE TABLE ledger (
	seq INTEGER PRIMARY KEY,
	when_utc INTEGER NOT NULL,
	who TEXT NOT NULL,
	what TEXT NOT NULL,               -- "ingest", "reveal", "wave approved" ...
	detail TEXT NOT NULL,             -- JSON object, no secret
	hash BLOB NOT NULL                -- SHA-256(hash before || canonical line of this entry)
);
