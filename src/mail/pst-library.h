/* libpff and its libbfio, as pst*.c call them: pff.file_open(). pst_load comes first. */
#ifndef TOCSIN_MAIL_PST_LIBRARY_H
#define TOCSIN_MAIL_PST_LIBRARY_H

#include <libbfio.h>
#include <libpff.h>

#include "base/err.h"

#define PFF_CALLS(X) \
	X(attachment_data_read_buffer) X(attachment_data_seek_offset) X(attachment_get_data_size) X(attachment_get_item) \
	X(attachment_get_type) X(error_free) X(error_sprint) X(file_close) X(file_free) X(file_get_encryption_type) \
	X(file_get_item_by_identifier) X(file_get_message_store) X(file_get_number_of_orphan_items) \
	X(file_get_number_of_recovered_items) X(file_get_orphan_item_by_index) X(file_get_recovered_item_by_index) \
	X(file_get_root_folder) X(file_get_type) X(file_initialize) X(file_is_corrupted) X(file_open_file_io_handle) \
	X(file_recover_items) X(folder_get_number_of_sub_associated_contents) X(folder_get_number_of_sub_folders) \
	X(folder_get_number_of_sub_messages) X(folder_get_sub_associated_content) X(folder_get_sub_folder) \
	X(folder_get_sub_message) X(folder_get_sub_messages) X(folder_get_utf8_name) X(folder_get_utf8_name_size) \
	X(item_free) X(item_get_identifier) X(item_get_number_of_record_sets) X(item_get_record_set_by_index) \
	X(message_get_attachment) X(message_get_entry_value_utf8_string_size) X(message_get_number_of_attachments) \
	X(message_get_recipients) X(name_to_id_map_entry_get_guid) X(name_to_id_map_entry_get_number) \
	X(name_to_id_map_entry_get_type) X(name_to_id_map_entry_get_utf8_string) \
	X(name_to_id_map_entry_get_utf8_string_size) X(record_entry_free) X(record_entry_get_data) \
	X(record_entry_get_data_as_32bit_integer) X(record_entry_get_data_size) X(record_entry_get_entry_type) \
	X(record_entry_get_name_to_id_map_entry) X(record_entry_get_value_type) X(record_set_free) \
	X(record_set_get_entry_by_index) X(record_set_get_entry_by_type) X(record_set_get_number_of_entries)
#define BFIO_CALLS(X) X(handle_free) X(handle_initialize)

#define PFF_CALL(name) __typeof__(libpff_##name) *name;
extern struct pff { PFF_CALLS(PFF_CALL) } pff;
#undef PFF_CALL
#define BFIO_CALL(name) __typeof__(libbfio_##name) *name;
extern struct bfio { BFIO_CALLS(BFIO_CALL) } bfio;
#undef BFIO_CALL

MUST_CHECK enum errc pst_load(struct err *e);

#endif
