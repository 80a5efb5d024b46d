/* Reading the options of a scan, printing its components. */
#include "cmd/scan_options.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/time.h"

bool size_read(struct str text, uint64_t *ret)
{
    static const char letters[] = "kKmMgGtT";
    uint64_t unit = 1;
    const char *at = text.n > 1 ? strchr(letters, text.p[text.n - 1]) : NULL;
    if (at) {
        for (long i = 0; i <= (at - letters) / 2; i++)
            unit *= 1024;
        text = str_but(text, 1);
    }
    return str_num(text, ret) && *ret > 0 && !__builtin_mul_overflow(*ret, unit, ret);
}

static bool limit(const struct cli *cli, const char *name, uint64_t most, uint64_t *ret)
{
    struct str v = cli_option(cli, name);
    uint64_t n;
    if (!v.p)
        return true;
    if (!size_read(v, &n) || n > most) {
        cli_usage(cli, "--%s '" STR_FMT "': expected a number above 0, perhaps with K, M or G", name, STR_ARG(v));
        return false;
    }
    *ret = n;
    return true;
}

static bool limits_read(const struct cli *cli, struct limits *l)
{
    uint64_t depth = l->depth;
    int64_t time_s = l->time_s;
    bool ok = limit(cli, "limit-inflated", UINT64_MAX, &l->inflated_bytes) && limit(cli, "limit-file", UINT64_MAX, &l->file_bytes)
        && limit(cli, "limit-ratio", UINT64_MAX, &l->ratio) && limit(cli, "limit-entries", UINT64_MAX, &l->entries)
        && limit(cli, "limit-depth", 64, &depth) && limit(cli, "limit-memory", UINT64_MAX, &l->worker_bytes)
        && cli_duration(cli, "limit-time", &time_s);
    l->depth = (unsigned)depth;
    l->time_s = time_s < 1 ? 1 : time_s > 1000000 ? 1000000 : (unsigned)time_s;
    return ok;
}

static bool profile_read(const struct cli *cli, unsigned *ret)
{
    struct str p = cli_option(cli, "profile");
    if (!p.p)
        return true;
    *ret = str_eq(p, STR("installed")) ? PROFILE_INSTALLED : str_eq(p, STR("declared")) ? PROFILE_DECLARED : str_eq(p, STR("all")) ? PROFILE_ALL : 0;
    if (*ret == 0)
        cli_usage(cli, "--profile '" STR_FMT "': expected installed, declared or all", STR_ARG(p));
    return *ret != 0;
}

bool scan_options_read(struct op *op, const struct cli *cli, struct scan_options *ret)
{
    struct scan_options o = {.limits = limits_default};
    struct str_list excludes = {0};
    o.as = cli_option(cli, "as");
    o.kind = cli_option(cli, "kind");
    o.owner = cli_option(cli, "owner");
    cli_options(op, cli, "tag", &o.tags);
    o.replace = cli_switch(cli, "replace");
    o.survey.platform = cli_option(cli, "platform").p ? cli_option(cli, "platform") : STR("");
    o.survey.all_layers = cli_switch(cli, "all-layers");
    o.survey.one_file_system = cli_switch(cli, "one-file-system");
    o.survey.digests = cli_switch(cli, "digests");
    cli_options(op, cli, "exclude", &excludes);
    for (size_t i = 0; i < excludes.n; i++)
        *vec_push(op->mem, &o.survey.excludes) = excludes.at[i];
    if (!profile_read(cli, &o.survey.profile) || !limits_read(cli, &o.limits))
        return false;
    *ret = o;
    return true;
}

/* ---- the components ---- */

struct row {
    struct str cells[9];
};

static int row_compare(const void *va, const void *vb)
{
    const struct row *a = va, *b = vb;
    for (size_t i = 0; i < 9; i++) {
        int c = str_cmp(a->cells[i], b->cells[i]);
        if (c)
            return c;
    }
    return 0;
}

static size_t rows_of(struct op *op, const struct scanned *a, struct row **ret)
{
    struct scan_lines lines = {0};
    scan_lines(op, &a->part->bom, a->part->facts.layers.at, a->part->facts.layers.n, &lines);
    struct row *rows = arena_array(op->mem, lines.list.n, sizeof *rows);
    for (size_t i = 0; i < lines.list.n; i++) {
        const struct scan_line *l = &lines.list.at[i];
        const struct component *c = l->component;
        rows[i] = (struct row){{c->type, component_name(op->mem, c), c->version, component_purl(op->mem, c), str_of(scope_name(l->scope)), l->layer,
                                cell_list(op->mem, l->paths.at, l->paths.n), c->upstream, c->upstream_version}};
    }
    if (lines.list.n)
        qsort(rows, lines.list.n, sizeof *rows, row_compare);
    *ret = rows;
    return lines.list.n;
}

void scan_print_lines(struct op *op, const struct cli *cli, const struct scanned *a)
{
    static const char *const full[] = {"type", "name", "version", "purl", "scope", "layer", "path", "upstream", "upstream_version", NULL};
    static const char *const brief[] = {"type", "name", "version", "scope", "upstream", "upstream_version", "path", NULL};
    struct row *rows;
    size_t n = rows_of(op, a, &rows);
    struct table t;
    table_open(&t, op, cli, cli->output == OUTPUT_TABLE ? brief : full);
    for (size_t i = 0; i < n; i++) {
        const struct str *c = rows[i].cells;
        if (cli->output == OUTPUT_TABLE)
            table_add(&t, c[0], c[1], c[2], c[4], c[7], c[8], c[6]);
        else
            table_row(&t, c);
    }
    table_print(&t);
}

void scan_json_lines(struct op *op, struct json_out *w, const struct scanned *a)
{
    struct scan_lines lines = {0};
    scan_lines(op, &a->part->bom, a->part->facts.layers.at, a->part->facts.layers.n, &lines);
    json_out_name(w, "components");
    json_out_array(w);
    vec_each(struct scan_line, l, &lines.list) {
        const struct component *c = l->component;
        json_out_object(w);
        json_out_member(w, "purl", component_purl(op->mem, c));
        json_out_member(w, "type", c->type);
        json_out_member(w, "name", component_name(op->mem, c));
        json_out_opt(w, "version", c->version);
        json_out_member(w, "scope", str_of(scope_name(l->scope)));
        json_out_opt(w, "layer", l->layer);
        json_out_opt(w, "gone_in", l->gone_in);
        json_out_name(w, "paths");
        json_out_array(w);
        vec_each(struct str, p, &l->paths)
            json_out_str(w, *p);
        json_out_end_array(w);
        json_out_member(w, "upstream", c->upstream);
        json_out_opt(w, "upstream_version", c->upstream_version);
        json_out_opt(w, "digest", c->digest);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

void scan_json_gaps(struct json_out *w, const struct gap *gaps, size_t n)
{
    json_out_name(w, "gaps");
    json_out_array(w);
    for (size_t i = 0; i < n; i++) {
        json_out_object(w);
        json_out_member(w, "path", gaps[i].path);
        json_out_member(w, "why", gaps[i].why);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

void scan_say_gaps(struct op *op, const struct cli *cli, struct str name, const struct gap *gaps, size_t n)
{
    enum { SHOWN = 10 };
    if (n == 0)
        return;
    cli_say(cli, STR_FMT ": incomplete: %zu part%s of it could not be read:", STR_ARG(name), n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n && (i < SHOWN || cli->verbose); i++)
        cli_say(cli, "  " STR_FMT "%s" STR_FMT, STR_ARG(str_escape(op->mem, gaps[i].path)), gaps[i].path.n ? ": " : "",
                STR_ARG(str_escape(op->mem, gaps[i].why)));
    if (n > SHOWN && !cli->verbose)
        cli_say(cli, "  and %zu more (--verbose lists them)", n - SHOWN);
}
