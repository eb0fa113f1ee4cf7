/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes on libqrencode. */
#include <errno.h>
#include <string.h>

#include <qrencode.h>

#include "print/qr.h"

enum { TEXT_MAX = 1000, QUIET = 4 /* modules, ISO/IEC 18004, 6.3.8 */ };

static void qr_done(QRcode **q)
{
	QRcode_free(*q);
}

/* One step of the path for each run of dark modules in row Y. */
static void put_row(struct buf *out, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width;) {
		int n = 0;
		while (x + n < width && (row[x + n] & 1))
			n++;
		if (n > 0)
			buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
		x += n > 0 ? n : 1;
	}
}

int qr_svg(const char *text, struct buf *svg_out, struct err *e)
{
	if (!*text || strlen(text) > TEXT_MAX)
		return err_set(e, -ELIMIT, "a QR code holds 1 to %d bytes", TEXT_MAX);
	__attribute__((cleanup(qr_done))) QRcode *q =
		QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!q)
		return err_set(e, -errno, "no QR code: %s", err_text(-errno));
	int size = q->width + 2 * QUIET;
	buf_printf(svg_out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 %d %d\" "
		   "shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
		   "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
		   size, size, size, size);
	for (int y = 0; y < q->width; y++)
		put_row(svg_out, q->data + (size_t)y * (size_t)q->width, q->width, y);
	buf_adds(svg_out, "\"/></svg>");
	return 0;
}
