/*
 * What keeper and worker say to each other of one message, for both sides. All of an answer is hostile until checked.
 *
 * A question is empty (ASK_TEXT), or u8 enum ask and u32 how many of: the paths of parts (ASK_PARTS), passwords to try on all that
 * asks for one (ASK_ALL, ASK_ALL_CUT), nothing (ASK_VALUES, ASK_MAIL).
 *
 * An answer is, to ASK_TEXT and ASK_MAIL, a block, names, u32 how many parts wait, and of each its path and its charset; to ASK_PARTS a block for each
 * path, and names, in that order; to ASK_ALL a block and names; to ASK_VALUES u32 how many passwords stand in it, and each.
 *
 * A block is u32 how many rows of coverage, each path, type, filename, u64 bytes, u8 enum coverage, reason; u64 bytes of text, u32
 * parts that have an outcome, u32 members; u32 how many findings, each path, type, u64 at, u64 bytes, u32 rule, u8 certainty, masked
 * form, host, place, digest; u32 how many passwords opened something, each path, u32 number of the password: those of one
 * part follow each other.
 *
 * Names are u32 how many secrets stand in what the case keeps of the message in words, and each: the path of a part, whose name it is in,
 * SUBJECT_PATH, or KEPT_PARTY and the number of a party, from 0; u64 at, u64 bytes.
 */
#ifndef TOCSIN_SCAN_TASK_H
#define TOCSIN_SCAN_TASK_H

enum ask {
	ASK_TEXT,    /* the text of the mail and what is small; attachments wait */
	ASK_PARTS,   /* these parts and nothing else */
	ASK_ALL,     /* all of it, with passwords */
	ASK_ALL_CUT, /* the same, and there were more passwords than are tried */
	ASK_VALUES,  /* the passwords that stand in it, to be tried on others */
	ASK_MAIL,    /* ASK_TEXT of one that ended its worker: what is small waits, too */
};

#endif
