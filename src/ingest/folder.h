/* Which mailbox and folder a file belongs to, by its path alone: pure logic on names. */
#ifndef TOCSIN_INGEST_FOLDER_H
#define TOCSIN_INGEST_FOLDER_H

#include "case/folder.h"

/* The kind of any component of a path of folders, the last that is known. */
enum folder_kind folder_path_kind(span path);

struct mailbox_path {
	span root;   /* the mailbox: a beginning of the path */
	span folder; /* the folder in it; "" when the path does not say */
};

/*
 * path is that of a file below `base` (path begins with base). Maildir (cur, new, Maildir++) is known by its
 * form; else the first component with a folder's name tells where the mailbox ends. False when neither is there.
 */
bool mailbox_of_path(span path, span base, struct mailbox_path *out);

/* The folder that the name of one mbox ends in: "Sent" of "tierney-Sent.mbox"; "" when it does not. */
span folder_of_file(span path);

/* Does the path itself say that this is one message: ".eml", or a Maildir's cur or new? */
bool named_as_message(span path);
/* Or that it is a mailbox: ".mbox", ".mbx"? */
bool named_as_mbox(span path);
/* A piece of Outlook for Mac's store: ".olk14Message", ".olk15MsgSource" ...? */
bool named_as_olk(span path);
/* An attachment that Apple Mail keeps beside its .partial.emlx: "Attachments/1234/2/name", "1234.2.emlxpart"? */
bool named_as_apart(span path);

#endif
