/* The options that scan and gate check share, and a scan's components on stdout. */
#ifndef CMD_SCAN_OPTIONS_H
#define CMD_SCAN_OPTIONS_H

#include "cmd/print.h"
#include "flow/scan.h"

/* Options of how to read a target: for the option tables. */
#define READING_OPTIONS                                                                                       \
    {"profile", "P", "read what is installed, declared, or all (default: by the kind of target)"},            \
    {"platform", "OS/ARCH", "which image of a multi-platform index (default: this machine's)"},               \
    {"one-file-system", NULL, "do not cross into other mounted file systems"},                                \
    {"exclude", "GLOB", "do not read these paths; recorded as a gap (may be repeated)"},                      \
    {"digests", NULL, "take SHA-256 digests of archives and unowned binaries, for `where sha256:…`"},         \
    {"limit-inflated", "SIZE", "most bytes decompression may yield (64G)"},                                   \
    {"limit-file", "SIZE", "largest file that is read (2G)"},                                                 \
    {"limit-ratio", "N", "most output per input byte of one decompression past 64 MiB (2000)"},               \
    {"limit-entries", "N", "most files, folders and links of one tree (10M)"},                                \
    {"limit-depth", "N", "archives in archives (8)"},                                                         \
    {"limit-time", "DURATION", "longest time for one target (1h)"},                                           \
    {"limit-memory", "SIZE", "memory of the reading process (2G)"}

/* "500M": a number with K, M, G or T; false on anything else. */
bool size_read(struct str text, uint64_t *ret);

/* Fills ret from the options; false after saying what is wrong. */
bool scan_options_read(struct op *op, const struct cli *cli, struct scan_options *ret);

/* The contract's columns, one line per component. */
void scan_print_lines(struct op *op, const struct cli *cli, const struct scanned *a);
void scan_json_lines(struct op *op, struct json_out *w, const struct scanned *a);

/* The member "gaps". */
void scan_json_gaps(struct json_out *w, const struct gap *gaps, size_t n);

/* What was not read, on stderr, the first few of it. */
void scan_say_gaps(struct op *op, const struct cli *cli, struct str name, const struct gap *gaps, size_t n);

#endif
