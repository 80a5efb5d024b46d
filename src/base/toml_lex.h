/* The tokens of TOML; for toml.c only. Each stands at t->p, moves it past the token, and fails through toml_fail. */
#ifndef BASE_TOML_LEX_H
#define BASE_TOML_LEX_H

#include "base/toml.h"

/* A string in any of the four quotings; `line` refuses the two that span lines (keys). */
bool toml_lex_string(struct toml *t, bool line, struct str *ret);

/* A number, date or boolean: its text and kind. */
bool toml_lex_bare(struct toml *t, struct str *ret, enum toml_kind *ret_kind);

#endif
