-- The reading room's state. Tokens, codes and secrets are here as SHA-256 only, sealed values as they came. Times are seconds
-- since 1970 UTC; state and roles are the enums of private.h. What belongs to a case names it, so that each question can ask for both.
PRAGMA application_id = 0x54435031; -- "TCP1"
PRAGMA user_version = 3;

CREATE TABLE room (                        -- a case, as the portal has it
	id TEXT PRIMARY KEY,               -- 32 digits
	state INTEGER NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER,                     -- when the state ends by itself
	notified INTEGER,                  -- when its code began to be of use
	generation INTEGER NOT NULL, version INTEGER NOT NULL, wave INTEGER NOT NULL,
	file TEXT NOT NULL,                -- in sealed/; '' when erased
	manifest_at INTEGER NOT NULL, manifest_n INTEGER NOT NULL, signature_at INTEGER NOT NULL, signature_n INTEGER NOT NULL,
	data_at INTEGER NOT NULL,
	share_b BLOB,
	identity TEXT,                     -- JSON, once claimed
	two_nominators INTEGER NOT NULL DEFAULT 0,
	messages INTEGER NOT NULL DEFAULT 0,
	objection BLOB,                    -- SHA-256 of the token in the alert
	dispute TEXT,                      -- why
	weekly INTEGER,                    -- when people were told last where it stands
	reminded INTEGER                   -- up to when of what is due they were reminded
) WITHOUT ROWID;
CREATE INDEX room_until ON room (until) WHERE until IS NOT NULL;
CREATE INDEX room_file ON room (file);
CREATE TABLE notice (
	id TEXT PRIMARY KEY,               -- '' is nobody's: what an unknown id is looked up as
	room TEXT NOT NULL,
	auth BLOB NOT NULL,                -- SHA-256 of auth_A
	wrapped_ck BLOB NOT NULL,
	identity BLOB NOT NULL,            -- sealed
	identity_key BLOB,                 -- that opens it and its successors, once claimed with this notice
	wrong INTEGER NOT NULL DEFAULT 0,
	locked_until INTEGER NOT NULL DEFAULT 0,
	claim TEXT                         -- that used it
) WITHOUT ROWID;
CREATE INDEX notice_room ON notice (room);
CREATE TABLE earlier (room TEXT NOT NULL, version INTEGER NOT NULL, wrapped_ck BLOB NOT NULL, PRIMARY KEY (room, version)) WITHOUT ROWID;
CREATE TABLE record (                      -- of a sealed file: that of a case, or one that is about to be, or was
	file TEXT NOT NULL, id TEXT NOT NULL,  -- id '' is the export
	at INTEGER NOT NULL, n INTEGER NOT NULL, sha256 BLOB NOT NULL,
	PRIMARY KEY (file, id)
) WITHOUT ROWID;
CREATE INDEX record_id ON record (id);     -- is it another case's?
CREATE TABLE exposure (room TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (room, id)) WITHOUT ROWID;
CREATE INDEX exposure_id ON exposure (id);
CREATE TABLE due (room TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (room, what)) WITHOUT ROWID; -- an exposure or a task

CREATE TABLE claim (
	id TEXT PRIMARY KEY, room TEXT NOT NULL, notice TEXT NOT NULL,
	made INTEGER NOT NULL, network TEXT NOT NULL,
	value TEXT NOT NULL,               -- what DNS or the file is to say
	expires INTEGER NOT NULL,
	account TEXT                       -- once there is a passkey
) WITHOUT ROWID;
CREATE INDEX claim_room ON claim (room);
CREATE TABLE proof (
	room TEXT NOT NULL, claim TEXT NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
	state TEXT NOT NULL,               -- working, proven, failed
	made INTEGER NOT NULL, next INTEGER, waiting INTEGER NOT NULL DEFAULT 0,
	good INTEGER NOT NULL DEFAULT 0, first_good INTEGER,
	PRIMARY KEY (claim, method, target)
) WITHOUT ROWID;
CREATE TABLE sign_on (                     -- somebody is on his way to an issuer and back: ten minutes at most
	claim TEXT PRIMARY KEY, room TEXT NOT NULL,
	tag BLOB NOT NULL,                 -- names it to fetch
	issuer TEXT NOT NULL, domain TEXT NOT NULL,
	state TEXT NOT NULL,               -- asked, ready, ending, failed (the issuer could not be asked)
	made INTEGER NOT NULL, asked INTEGER,
	secret BLOB NOT NULL,              -- of which state, nonce and verifier are made: opens nothing without the issuer's code
	iss TEXT, tenant TEXT, authorization TEXT, token TEXT, jwks TEXT
) WITHOUT ROWID;
CREATE TABLE proof_check (claim TEXT NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL, found INTEGER NOT NULL,
	dnssec TEXT NOT NULL);
CREATE INDEX proof_check_of ON proof_check (claim, method, target);

CREATE TABLE account (
	id TEXT PRIMARY KEY, room TEXT NOT NULL, name TEXT NOT NULL,
	roles INTEGER NOT NULL, pending INTEGER NOT NULL DEFAULT 0, -- roles that wait for a second nominator
	status TEXT NOT NULL,              -- active, waiting, removed
	since INTEGER NOT NULL, made_by TEXT
) WITHOUT ROWID;
CREATE INDEX account_room ON account (room);
CREATE TABLE approval (account TEXT NOT NULL, made_by TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, made_by)) WITHOUT ROWID;
CREATE TABLE passkey (
	id BLOB PRIMARY KEY, room TEXT NOT NULL, account TEXT NOT NULL,
	alg INTEGER NOT NULL, key BLOB NOT NULL, counter INTEGER NOT NULL,
	added INTEGER NOT NULL, used INTEGER
) WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);
CREATE TABLE session (
	hash BLOB PRIMARY KEY,             -- SHA-256 of the cookie
	kind TEXT NOT NULL,                -- none, claim, invited, account
	room TEXT, subject TEXT,           -- claim or invitation
	account TEXT, passkey BLOB, name TEXT,
	made INTEGER NOT NULL, used INTEGER NOT NULL, fresh INTEGER,
	challenge BLOB, challenge_for TEXT, challenge_at INTEGER
) WITHOUT ROWID;
CREATE INDEX session_account ON session (account) WHERE account IS NOT NULL;
CREATE INDEX session_used ON session (used);
CREATE TABLE invitation (
	id TEXT PRIMARY KEY, room TEXT NOT NULL, role INTEGER NOT NULL, name TEXT NOT NULL,
	auth BLOB NOT NULL, wrapped_ck BLOB NOT NULL, generation INTEGER NOT NULL, version INTEGER NOT NULL,
	made_by TEXT NOT NULL, made INTEGER NOT NULL, expires INTEGER NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX invitation_room ON invitation (room);
CREATE TABLE wrap (
	id TEXT PRIMARY KEY, room TEXT NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL, credential TEXT NOT NULL,
	generation INTEGER NOT NULL, version INTEGER NOT NULL, blob BLOB NOT NULL,
	UNIQUE (account, kind, credential)
) WITHOUT ROWID;
CREATE TABLE export (id TEXT PRIMARY KEY, room TEXT NOT NULL, account TEXT NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0)
	WITHOUT ROWID;

CREATE TABLE mark (
	room TEXT NOT NULL, exposure TEXT NOT NULL, mark TEXT NOT NULL, account TEXT NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL,
	note TEXT NOT NULL, application TEXT NOT NULL, PRIMARY KEY (room, exposure)
) WITHOUT ROWID;
-- Messages that are not theirs, they say.
CREATE TABLE disowned (room TEXT NOT NULL, record TEXT NOT NULL, account TEXT NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL,
	note TEXT NOT NULL, PRIMARY KEY (room, record)) WITHOUT ROWID;
CREATE TABLE task (room TEXT NOT NULL, task TEXT NOT NULL, done INTEGER NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
	PRIMARY KEY (room, task)) WITHOUT ROWID;

CREATE TABLE word (room TEXT NOT NULL, what TEXT NOT NULL, uid INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
	PRIMARY KEY (room, what, uid)) WITHOUT ROWID;  -- of one operator, until a second says the same

CREATE TABLE witness (                     -- one row: what the second host has seen of the log
	name TEXT PRIMARY KEY, size INTEGER NOT NULL, at INTEGER NOT NULL,
	alarmed INTEGER NOT NULL DEFAULT 0,
	said INTEGER                        -- what it says that it has seen, where that is not the size that it signed
) WITHOUT ROWID;
CREATE TABLE entry (room TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (room, n)) WITHOUT ROWID; -- of the event log; room '': of none
CREATE TABLE tally (key TEXT NOT NULL, slot INTEGER NOT NULL, seconds INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (key, seconds, slot)) WITHOUT ROWID;
CREATE INDEX tally_slot ON tally (seconds, slot);

INSERT INTO notice (id, room, auth, wrapped_ck, identity) VALUES ('', '', zeroblob(32), zeroblob(60), zeroblob(2076));
