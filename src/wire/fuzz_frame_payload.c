/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the payload of each frame but batches; the first byte chooses the message. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ProtobufCMessageDescriptor *const messages[] = {
	&otasuke__wire__hello__descriptor,       &otasuke__wire__welcome__descriptor,
	&otasuke__wire__ack__descriptor,         &otasuke__wire__refuse__descriptor,
	&otasuke__wire__enrol__descriptor,       &otasuke__wire__enrolled__descriptor,
	&otasuke__wire__item__descriptor,        &otasuke__wire__item_ack__descriptor,
	&otasuke__wire__record__descriptor,      &otasuke__wire__blob_ask__descriptor,
	&otasuke__wire__blob_part__descriptor,   &otasuke__wire__upload_part__descriptor,
	&otasuke__wire__upload_have__descriptor,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ProtobufCMessage *m = NULL;

	if (size < 1)
		return 0;
	if (frame_unpack(messages[data[0] % ARRAY_LEN(messages)], data + 1, size - 1, &m, NULL) ==
	    0)
		protobuf_c_message_free_unpacked(m, NULL);
	return 0;
}
