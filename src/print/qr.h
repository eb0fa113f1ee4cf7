/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes as inline SVG, for pages and for paper. */
#ifndef PRINT_QR_H
#define PRINT_QR_H

#include "base/buf.h"
#include "base/err.h"

/* Appends <svg class="qr"> with the quiet zone around it, black on white in dark mode too. It is
 * hidden from screen readers: TEXT should stand beside it. -ELIMIT when TEXT does not fit. */
int qr_svg(const char *text, struct buf *svg_out, struct err *e);

#endif
