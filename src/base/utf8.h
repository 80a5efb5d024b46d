/* UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Length in bytes of the character at the front of s; 0 when it is not valid UTF-8 (or s is empty). */
size_t utf8_len(struct str s);

/* Offset of the first byte that is not valid UTF-8, or STR_NONE when all is well. */
size_t utf8_invalid(struct str s);

/* Writes the character's 1..4 bytes; the code point must be a valid scalar value. Returns their number. */
size_t utf8_write(uint32_t code_point, char out[4]);

#endif
