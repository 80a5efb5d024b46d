/* The numbered steps of sql/, embedded by sql/embed.py. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stddef.h>

extern const char *const schema_sqlite[];

#endif
