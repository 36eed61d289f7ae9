/*
 * Every bound, with its reason. What happens when one is hit is said beside it; none is silent: a limit that
 * is hit in evidence is a row in the case.
 */
#ifndef TOCSIN_BASE_LIMITS_H
#define TOCSIN_BASE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* Our own YAML. A rule pack of 2,000 rules is about 60,000 values; more is a mistake. Refused. */
#define LIMIT_YAML_BYTES (8 * MIB)
#define LIMIT_YAML_NODES 400000
#define LIMIT_YAML_DEPTH 16
/* Members of one map, each of which is looked for among those before it. Our largest has 72, words of a template. Refused. */
#define LIMIT_YAML_MEMBERS 2000

/* Multipart and message/rfc822 nesting. Real mail stays under 12; deeper parts are left unread, noted. */
#define LIMIT_MIME_DEPTH 64
/* Parts of one message, nested messages' not counted. A digest of a busy list has hundreds. */
#define LIMIT_MIME_PARTS 4096
/* Bytes of one message's header section; the rest is taken as body, noted. The largest seen was 380 KiB. */
#define LIMIT_HEADER_BYTES (4 * MIB)
/* Header fields of one entity; further ones are left out, noted. */
#define LIMIT_HEADER_FIELDS 8192
/* Addresses taken from one message in all; further ones are left out, noted. */
#define LIMIT_ADDRESSES 20000
/*
 * Pieces of one message that was sent in pieces (message/partial), and what they come to: it is put together in memory. Old programs cut
 * into 60 KiB, and servers take 50 MiB. Of first pieces that differ in their header fields alone so many are tried, each for a message of
 * its own; of messages within a message put together, those that have so many places. What is over is not put together, noted.
 */
#define LIMIT_PIECES 1000u
#define LIMIT_PIECES_BYTES (128 * MIB)
#define LIMIT_FIRST_PIECES 16
#define LIMIT_PIECES_PLACES 500000
/* Messages within messages, by message/rfc822. Deeper ones stay a part that was not read. */
#define LIMIT_NEST_DEPTH 16
/* Text of one message, in all its parts and what lies in them: more is not read within LIMIT_MESSAGE_SECONDS, and is a lie. */
#define LIMIT_MESSAGE_TEXT ((uint64_t)1 << 40)
/* Decoded bytes of one part that is read as text; the rest is not read, noted. */
#define LIMIT_TEXT_BYTES (64 * MIB)
/* Bytes past ASCII by which the charset of a text that names none is judged: more say the same. */
#define LIMIT_GUESSED_BYTES 1024
/* Decoded bytes of one part: a part that decodes to more is recorded as not decoded. */
#define LIMIT_PART_BYTES (2 * GIB)
/* One message of an mbox or one file; a larger one is recorded as failed, at its offset. */
#define LIMIT_MESSAGE_BYTES (4 * GIB)

/* Members of an office document; those of one within another, and so on. A real one has some hundred, and two levels. */
#define LIMIT_DOCUMENT_MEMBERS 20000
#define LIMIT_DOCUMENT_DEPTH 4
/* Members of a binary property list, and letters of its strings, as often as they are named: they may lie across each other. Half a second. */
#define LIMIT_PLIST_STEPS (32 * MIB)
/* What the members of one document unpack to in all: the rest is not read, noted. Text of the largest seen is 60 MiB. */
#define LIMIT_DOCUMENT_BYTES (256 * MIB)
/* Memory of one document while it is read, and of one member of an attached archive: what needs more is not read, noted. */
#define LIMIT_DOCUMENT_ARENA (768 * MIB)
#define LIMIT_ATTACHED_MEMBER (128 * MIB)
/* Members of one attached archive with all within it, and how deep they nest. */
#define LIMIT_ATTACHED_MEMBERS 20000
#define LIMIT_ATTACHED_DEPTH 4
/*
 * The name of a volume of an archive: what file systems allow. Each is compared with each, and what a row says of one has room for its
 * name. A file with a longer one is a file like any other.
 */
#define LIMIT_VOLUME_NAME 255
/* Objects of a PDF, and bytes decoded of one in all: what is over is not read, noted. */
#define LIMIT_PDF_OBJECTS 4000000
#define LIMIT_PDF_BYTES (256 * MIB)

/* Encoded bytes below which an attachment does not wait for the text of all mail: it is read as fast as it is put off. */
#define LIMIT_SMALL_ATTACHMENT ((size_t)4096)

/* One archive member, decompressed, and an archive in all: what is over is recorded as not read. */
#define LIMIT_MEMBER_BYTES (64 * GIB)
#define LIMIT_ARCHIVE_BYTES (256 * GIB)
#define LIMIT_ARCHIVE_MEMBERS 5000000
/*
 * Decompressed to compressed bytes above which a member over 64 MiB is taken for a bomb, and what the archives within an attached one
 * give in all, where that is over 1 GiB.
 */
#define LIMIT_ARCHIVE_RATIO 1000
/* Size to stored bytes above which a sparse member over 64 MiB is read without its holes: images of disks have less. */
#define LIMIT_SPARSE_RATIO 16

/*
 * Entries of a compound file (.msg, .doc) and how deep its storages nest: a message to 4,000 recipients with all their
 * properties has 120,000; messages within messages take two levels each. Further ones are left out, noted.
 */
#define LIMIT_COMPOUND_ENTRIES ((size_t)1000000)
#define LIMIT_COMPOUND_DEPTH 64
/*
 * Folders of a PST and how deep they nest. The largest archives of people who file everything have 10,000, 20 deep. Further
 * ones are left out; the row of the file says so.
 */
#define LIMIT_PST_FOLDERS ((size_t)200000)
#define LIMIT_PST_DEPTH 64
/*
 * Nodes in the index of a PST, which has one for each item and four for each folder, and messages in the tables of its folders. The
 * largest real ones have a million. Further nodes are not looked for: the row of the file says so; messages of further rows count as
 * in no table.
 */
#define LIMIT_PST_NODES ((size_t)4 << 20)
/* Members of an .olm: a message, or an attachment. Further ones are left out; the row of the file says so. */
#define LIMIT_OLM_MEMBERS ((size_t)1 << 21)
/* Groups within groups of RTF, and its fonts. Word writes 20 and 500. Deeper ones are read as the one around them. */
#define LIMIT_RTF_DEPTH 256
#define LIMIT_RTF_FONTS 4096

/* Words of an organisation's name that are compared; what follows in a longer one is not looked at. */
#define LIMIT_NAME_TOKENS 8
/*
 * A name that is looked for in other spellings as well, and in which another one may stand in brackets, and one in that: some forty at
 * most, each a call within the last. A longer one is taken as it is written.
 */
#define LIMIT_NAME_BYTES 256
/* A directory of organisations (one million rows are about 100 MB), and its rows. Refused. */
#define LIMIT_DIRECTORY_BYTES GIB
#define LIMIT_DIRECTORY_ROWS 16000000
/* Hosts and addresses met in one run and kept with whose they are: about three million. */
#define LIMIT_HOST_CACHE_BYTES (512 * MIB)
/* A list of words or domains in rules/. Refused. */
#define LIMIT_WORDS_BYTES (16 * MIB)

/* Rules are our own files; more or longer ones are a mistake. Refused. */
#define LIMIT_RULES 2000
#define LIMIT_RULE_FILES 64
#define LIMIT_RULE_ID ((size_t)48)
#define LIMIT_RULE_ANCHOR ((size_t)64)
#define LIMIT_RULE_PATTERN (8 * KIB)
/* Anchors of one text around which patterns are tried: so many, or one for so many bytes, whichever is more. A text of
 * nothing but "password:" costs seconds, and the part is then recorded as read in part. */
#define LIMIT_SCAN_ANCHORS ((size_t)150000)
#define LIMIT_SCAN_ANCHOR_BYTES ((size_t)22)
/* Steps of one pattern at one place (PCRE2's match limit): a pattern that needs more does not match, noted. */
#define LIMIT_MATCH_STEPS 8000
/* The same behind the first LIMIT_SCAN_ANCHORS of a text. */
#define LIMIT_MATCH_STEPS_LATE 800
/* New states of an automaton at one place, behind which PCRE2 is asked; and what is kept of states, which are made anew behind it. */
#define LIMIT_SIEVE_STATES 2000
#define LIMIT_SIEVE_CACHE (16 * MIB)
/* An armoured key. The largest real ones (PGP with photographs) stay below. */
#define LIMIT_PEM_BYTES (64 * KIB)
/*
 * A subject that is read once more before the text of each part: a line of mail has 998 bytes at most (RFC 5322 2.1.1), and a message
 * of LIMIT_MIME_PARTS would read a longer one for minutes. It counts for itself alone, noted.
 */
#define LIMIT_SUBJECT_BEFORE ((size_t)1000)
/* Codes of one list of them. */
#define LIMIT_LIST_VALUES 100
/* Rows of one table of passwords. */
#define LIMIT_TABLE_ROWS 5000
/* Findings of the text of one message, and of one attachment; further ones are counted in one row that says so. */
#define LIMIT_FINDINGS 20000
/* The digests of all that was found in a case, to hold words against: 32 bytes each, of sixteen million. */
#define LIMIT_DIGESTS_ARENA (1 * GIB)
/* One frame between worker and keeper. A longer one ends the worker: the task counts as crashed. */
#define LIMIT_FRAME_BYTES (64 * MIB)
/* All frames of one task. A large archive ends its task at half of it and goes on in a further one. */
#define LIMIT_RESULT_BYTES (512 * MIB)
/*
 * Places, results and signs of life in one task. Of an item that is read with care there are two, and what is said of a message takes hundreds
 * of bytes of the result: it is full ten times sooner. At this many a worker says the same for ever, which costs no bytes of a result.
 */
#define LIMIT_TASK_FRAMES (16u << 20)
/* A worker's own memory (RLIMIT_DATA); the mapped evidence does not count. */
#define LIMIT_WORKER_BYTES (2 * GIB)
/* Descriptors that the keeper keeps for itself: store, its log, channels to workers, a directory being walked. */
#define LIMIT_OWN_FDS ((size_t)64)
/*
 * Rounds of hashing that passwords may cost one message (a minute is 200 million); what an archive counts for, each member that it names, and how
 * many bytes read of one count for a round.
 */
#define LIMIT_PASSWORD_ROUNDS 60000000
#define LIMIT_PASSWORD_ARCHIVE 2000
#define LIMIT_PASSWORD_MEMBER 4
#define LIMIT_PASSWORD_READ 16
/*
 * Rounds of hashing to one password of a 7z or RAR 5 archive, as a power of two: what their own programs take at most. They write 19 and 15.
 * More is an archive that nobody opens: recorded as not read.
 */
#define LIMIT_PASSWORD_POWER 24
/* Passwords in one file of them, and its size; of those that stand near an attachment. Further ones are not tried, noted. */
#define LIMIT_PASSWORDS 100000
#define LIMIT_PASSWORDS_BYTES (16 * MIB)
#define LIMIT_PASSWORDS_NEAR 1000
/* Messages in which a password was found, to look among them for those that stand near one: 100 MB. Others are not looked at, noted. */
#define LIMIT_PASSWORD_MESSAGES 1000000u
/* Passwords of all messages of which something was opened, for a run that reads it again. */
#define LIMIT_REOPEN_BYTES (512 * MIB)
/* Pictures of one document whose text is looked for: pages of a scan. Further ones are not read, noted. */
#define LIMIT_DOCUMENT_PICTURES ((size_t)500)
/* Pictures whose text is looked for: the sides of the smallest and the pixels of the largest (A3 at 600 dpi is 70 million), and
 * how long one may take, which is less than a stall. What is left out says so. */
#define LIMIT_OCR_LEAST 24
#define LIMIT_OCR_PIXELS 100000000u
#define LIMIT_OCR_SECONDS 40
/* Wall time without any progress after which a worker is ended and its item recorded as failed. */
#define LIMIT_STALL_SECONDS 60
/* Of one that says nothing but that it is alive, and where it is: longer than the largest file takes from a slow disk (a terabyte at 25 MB/s). */
#define LIMIT_BEAT_SECONDS (12 * 60 * 60)
/* How long one message may show progress: an archive of 20,000 documents takes three minutes. Then it counts as stalled. */
#define LIMIT_MESSAGE_SECONDS 600
/* Readers that one file of collected mail may cost: each begins anew, an archive from its first byte. Then its rest is given up, noted. */
#define LIMIT_READER_DEATHS 100u
/* Scratch of one message in a worker. */
#define LIMIT_MESSAGE_ARENA (1536 * MIB)

/*
 * One record of an audit log. The largest real ones (a Bind of a thousand items, a rule with all its conditions) stay
 * under 1 MiB; a larger one is recorded as failed, at its place.
 */
#define LIMIT_LOG_RECORD_BYTES (16 * MIB)
/* Values in one JSON record; depth of nesting that is looked at: what is over is left out, noted. Real: 20,000 and 9. */
#define LIMIT_JSON_NODES 400000
#define LIMIT_JSON_DEPTH 64
/* JSON that programs write for each other (requests, manifests): depth, and members of one object. Refused. */
#define LIMIT_JSON_STRICT_DEPTH 8
#define LIMIT_JSON_STRICT_MEMBERS 64
/* JSON within strings of JSON (Splunk around an export around AuditData). */
#define LIMIT_LOG_WRAPS 6
/* Pairs of one line in CEF: the format's own dictionary has some two hundred. Further ones are left out. */
#define LIMIT_LOG_CEF_PAIRS 512
/*
 * What a session of IMAP is sent that opens no folder: its capabilities (some 600 bytes), an answer to each command, a farewell. One that
 * was sent more may have opened one, and had PREVIEW (RFC 8970) or ENVELOPE of messages, which Dovecot counts nowhere.
 */
#define LIMIT_IMAP_UNREAD_OUT 1024
/* Columns of a log as CSV. Log Analytics writes 80. Further ones are left out. */
#define LIMIT_LOG_COLUMNS 4096
/* A UTF-16 log is converted whole before it is read. Refused. */
#define LIMIT_LOG_UTF16_BYTES GIB
/* What one such record may take in memory with all that is wrapped in it: the arena of a reader. */
#define LIMIT_LOG_ARENA GIB
/* Bytes looked at again to find the next record behind a damaged one; then the rest of the file is one failed record. */
#define LIMIT_LOG_RESYNC_BYTES (2 * GIB)

/*
 * What a file among the logs names that is none, and how long a name is: a line of mail has 998 bytes. An export of a large tenant's mailboxes
 * names 20,000. One that names more hinders every proof.
 */
#define LIMIT_LOG_NAMES 100000
#define LIMIT_LOG_NAME ((size_t)998)

/* Recipients of one delivery report that are looked at. Ours are about one; an alias may make some hundred of it. The rest is
 * not looked at, and what the report says notes it. */
#define LIMIT_REPORT_GROUPS 1000
/* A mail server's log in which a notice is looked for. A week of a busy one; more is cut out by grep first. Refused. */
#define LIMIT_MAIL_LOG_BYTES (256 * MIB)
/* A page of our own that preflight looks at (security.txt, the policy of MTA-STS): a few lines. A larger one is not read, said. */
#define LIMIT_POLICY_BYTES (64 * KIB)
/* A URL that is asked, or that a redirect leads to: what others write is far below. A longer one is refused, and said to be. */
#define LIMIT_URL_BYTES ((size_t)2000)
/* Records taken of one DNS answer; with more it is taken for none, and that is said. A name has a handful; TXT at the top of a large zone, 60. */
#define LIMIT_DNS_RECORDS ((size_t)200)

/* One notice template or word list, and how deep its sections go. Ours; larger is a mistake. Refused. */
#define LIMIT_TEMPLATE_BYTES (256 * KIB)
#define LIMIT_TEMPLATE_DEPTH 8
/* A mail that verify is given as a notice. Ours are below LIMIT_NOTICE_BYTES; another is none. Refused. */
#define LIMIT_VERIFY_BYTES (16 * MIB)
/* Days after which verify calls a list of withdrawn notices old: what it is silent on may have been withdrawn since. Said, not refused. */
#define LIMIT_LIST_DAYS 30
/* A notice as mail. Two pages are 6 KiB; what does not fit is our mistake. Refused. */
#define LIMIT_NOTICE_BYTES (512 * KIB)
/* HTML that is sanitised for display; a larger part is shown as text only. The largest newsletters are 1 MiB. */
#define LIMIT_SAFE_HTML_BYTES (2 * MIB)
/* Memory of its tree, everything ever asked for. Real mail takes 50 bytes a byte; formatting left open can take its square. */
#define LIMIT_SAFE_HTML_MEMORY (384 * MIB)

/* Text of one part in a record of the reading room; what is over is left out, said in the record. */
#define LIMIT_SEALED_TEXT (4 * MIB)
/* One header field of it: the addresses of some three hundred people; and the name of an attachment. */
#define LIMIT_SEALED_FIELD (16 * KIB)
#define LIMIT_SEALED_NAME KIB
/* Hosts and accounts that one secret of a dossier is said to be for; "..." stands for further ones, which their records name. */
#define LIMIT_SEALED_BESIDE 8
/* Attachments of one message in an export; what is over is withheld, said in the record. */
#define LIMIT_SEALED_ATTACHMENTS (24 * MIB)

/* Who a case is for, with the names and days of its credentials, 42 bytes each: some 70,000 of them. */
#define LIMIT_BUNDLE_IDENTITY (3 * MIB)
/* A sealed bundle: its manifest, records (of 160 bytes there) and notices. Refused. */
#define LIMIT_BUNDLE_MANIFEST (512 * MIB)
#define LIMIT_BUNDLE_RECORDS 2000000
#define LIMIT_BUNDLE_NOTICES 10000

/* Body of a request to the reading room: 200 marks with their notes are 160 KiB at the very most, and nobody writes those. 413. */
#define LIMIT_REQUEST_BYTES (64 * KIB)
/* A message between its processes: an answer that is longer goes out in pieces. Refused, and the portal starts again. */
#define LIMIT_WIRE_BYTES (2 * MIB)
/* Connections at once, and the head of a request on each. Further ones wait; a longer head is 431. */
#define LIMIT_REQUESTS_AT_ONCE 900
#define LIMIT_REQUEST_HEAD_BYTES (12 * KIB)

/* Masked values named in one kind of one notice; the text says how many more there are. */
#define LIMIT_NOTICE_VALUES 12

#endif
