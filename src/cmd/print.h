/* Records on stdout: aligned columns for people, CSV (RFC 4180), TSV with the contract's escapes. */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "cmd/cmd.h"

struct table {
    struct op *op;
    const struct cli *cli;
    const char *const *columns; /* NULL at the end */
    size_t width;               /* number of columns */
    VEC(struct str) cells;      /* row after row; not yet printed */
    size_t *widths;             /* of the columns, as printed last */
    bool begun;                 /* something was printed */
};

/* The columns' names are lower case; a table shows them in capitals. */
void table_open(struct table *t, struct op *op, const struct cli *cli, const char *const *columns);

/* One row: exactly as many cells as columns. Cells are raw text; escaping is done when they are printed. */
void table_row(struct table *t, const struct str *cells);
#define table_add(t, ...) table_row(t, (const struct str[]){__VA_ARGS__})

/* Prints what there is so far, and lets go of it: long answers begin to show early. Columns are as wide as what was seen by
 * then asks for; one that was left out and is needed later gets a new line of heads. */
void table_flush(struct table *t);

/* Prints the rest: at the end, always. */
void table_print(struct table *t);

/* Several values in one cell, joined by ';' so that --tsv can be taken apart again. */
struct str cell_list(struct arena *mem, const struct str *list, size_t n);

/* A JSON document: begin, write with json_out_…, end (prints it with a newline). */
struct json_page {
    struct buf buf;
    struct json_out w;
};
void json_page_open(struct json_page *p, struct op *op);
int json_page_print(struct op *op, const struct cli *cli, struct json_page *p, int status);

/* A time, or "" for 0. */
struct str print_time(struct arena *mem, int64_t t);

#endif
