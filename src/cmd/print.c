/* Cells out: each output form escapes in its own way. */
#include "cmd/print.h"

#include <stdio.h>
#include "base/time.h"
#include "base/utf8.h"

enum { JSON_MOST = 1 << 30, CELL_MOST = 60 };

void table_open(struct table *t, struct op *op, const struct cli *cli, const char *const *columns)
{
    *t = (struct table){.op = op, .cli = cli, .columns = columns};
    while (columns[t->width])
        t->width++;
    t->widths = arena_array(op->mem, t->width, sizeof *t->widths);
}

void table_row(struct table *t, const struct str *cells)
{
    for (size_t i = 0; i < t->width; i++)
        *vec_push(t->op->mem, &t->cells) = cells[i];
}

/* A list's separator inside an element; cell_list escapes it, TSV leaves that escape alone. */
static const char list_escape = '\x1a';

struct str cell_list(struct arena *mem, const struct str *list, size_t n)
{
    struct buf b;
    buf_open(&b, mem, "cell", 64 << 20);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(&b, ';');
        for (size_t k = 0; k < list[i].n; k++) {
            if (list[i].p[k] == ';')
                buf_byte(&b, list_escape);
            buf_byte(&b, list[i].p[k]);
        }
    }
    return buf_str(&b);
}

static void put(struct str s)
{
    fwrite(s.p, 1, s.n, stdout);
}

static void tsv_cell(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = utf8_len(str_from(s, i));
        if (c == '\t')
            put(STR("\\t"));
        else if (c == '\n')
            put(STR("\\n"));
        else if (c == '\\')
            put(STR("\\\\"));
        else if (s.p[i] == list_escape && i + 1 < s.n && s.p[i + 1] == ';')
            put(STR("\\"));
        else if (len == 0 || c < 0x20 || c == 0x7f)
            printf("\\x%02x", c);
        else
            put(str_upto(str_from(s, i), len));
        i += len ? len : 1;
    }
}

static void csv_cell(struct str s)
{
    bool quote = str_chr(s, ',') != STR_NONE || str_chr(s, '"') != STR_NONE || str_chr(s, '\n') != STR_NONE || str_chr(s, '\r') != STR_NONE;
    /* A spreadsheet would run a cell that starts like a formula. */
    if (s.n && strchr("=+-@\t", s.p[0]))
        quote = true;
    if (quote)
        putchar('"');
    if (s.n && strchr("=+@\t", s.p[0]))
        putchar('\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == list_escape)
            continue;
        if (s.p[i] == '"')
            putchar('"');
        putchar(s.p[i]);
    }
    if (quote)
        putchar('"');
}

static void print_separated(struct table *t, char separator, void (*cell)(struct str))
{
    for (size_t i = 0; !t->begun && i < t->width; i++)
        printf("%s%c", t->columns[i], i + 1 < t->width ? separator : '\n');
    for (size_t i = 0; i < t->cells.n; i++) {
        cell(t->cells.at[i]);
        putchar((i + 1) % t->width ? separator : '\n');
    }
}

/* Columns on a terminal: characters, not bytes; combining and wide ones are not counted apart. */
static size_t shown_width(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void pad(size_t n)
{
    printf("%*s", (int)n, "");
}

static struct str for_people(struct table *t, struct str s)
{
    struct str out = str_escape(t->op->mem, s);
    size_t at;
    while ((at = str_find(out, STR("\\x1a"))) != STR_NONE)
        out = str_join(t->op->mem, str_upto(out, at), str_from(out, at + 4), STR(""));
    return out;
}

static void print_heads(const struct table *t, const size_t *widths)
{
    for (size_t i = 0; i < t->width; i++) {
        struct str head = str_of(t->columns[i]);
        if (widths[i] == 0)
            continue;
        for (size_t k = 0; k < head.n; k++)
            putchar(head.p[k] >= 'a' && head.p[k] <= 'z' ? head.p[k] - 32 : head.p[k] == '_' ? ' ' : head.p[k]);
        pad(widths[i] - head.n + 2);
    }
    putchar('\n');
}

/* Makes the cells fit to be shown; true when the columns need a line of heads. */
static bool measure(struct table *t)
{
    bool heads = !t->begun;
    for (size_t i = 0; i < t->cells.n; i++) {
        t->cells.at[i] = for_people(t, t->cells.at[i]);
        size_t w = shown_width(t->cells.at[i]), head = strlen(t->columns[i % t->width]), *width = &t->widths[i % t->width];
        w = w > CELL_MOST ? CELL_MOST : w;
        w = w && w < head ? head : w;
        heads |= w && !*width;
        *width = w > *width ? w : *width;
    }
    return heads;
}

/* Columns in which nothing stands are left out. */
static void print_aligned(struct table *t)
{
    if (measure(t))
        print_heads(t, t->widths);
    for (size_t i = 0; i < t->cells.n; i++) {
        size_t w = shown_width(t->cells.at[i]), column = i % t->width;
        if (t->widths[column]) {
            put(t->cells.at[i]);
            pad((w < t->widths[column] ? t->widths[column] - w : 0) + 2);
        }
        if (column + 1 == t->width)
            putchar('\n');
    }
}

void table_print(struct table *t)
{
    switch (t->cli->output) {
    case OUTPUT_CSV: print_separated(t, ',', csv_cell); break;
    case OUTPUT_TSV: print_separated(t, '\t', tsv_cell); break;
    case OUTPUT_TABLE:
        if (t->cells.n)
            print_aligned(t);
        break;
    case OUTPUT_JSON: break; /* each command writes its own document */
    }
    t->begun |= t->cells.n || t->cli->output != OUTPUT_TABLE;
    t->cells.n = 0;
}

void table_flush(struct table *t)
{
    table_print(t);
    fflush(stdout);
}

void json_page_open(struct json_page *p, struct op *op)
{
    buf_open(&p->buf, op->mem, "the JSON answer", JSON_MOST);
    json_out_open(&p->w, &p->buf);
}

int json_page_print(struct op *op, const struct cli *cli, struct json_page *p, int status)
{
    struct str text;
    if (buf_done(op, &p->buf, &text) != RC_OK)
        return cli_failed(op, cli);
    put(text);
    putchar('\n');
    return status;
}

struct str print_time(struct arena *mem, int64_t t)
{
    return t ? time_print(mem, t) : STR("");
}
