/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is never NULL: running out ends the process, the supervisor restarts it.
 * Sizes that came from outside are checked against a named limit before they get here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

void *mem_new(size_t size);                       /* zeroed */
void *mem_array(size_t n, size_t size);           /* zeroed, overflow-checked */
void *mem_resize(void *p, size_t n, size_t size); /* overflow-checked; new bytes not zeroed */
char *mem_strdup(const char *s);                  /* NULL gives NULL */
char *mem_strndup(const char *s, size_t n);
void *mem_dup(const void *p, size_t n);

bool size_add(size_t a, size_t b, size_t *out); /* false on overflow */
bool size_mul(size_t a, size_t b, size_t *out);

void mem_cleanup(void *pp); /* frees *(void **)pp */
void fd_cleanup(int *fd);   /* closes when >= 0 */
#define SCOPED_MEM __attribute__((cleanup(mem_cleanup), unused))
#define SCOPED_FD  __attribute__((cleanup(fd_cleanup), unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
