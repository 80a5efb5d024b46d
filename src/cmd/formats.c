/* formats: what this program reads. */
#include "cmd/print.h"
#include "flow/formats.h"
#include "model/bom.h"

static struct str joined(struct op *op, const char *const *list)
{
    VEC(struct str) all = {0};
    for (; list && *list; list++)
        *vec_push(op->mem, &all) = str_of(*list);
    return cell_list(op->mem, all.at, all.n);
}

static int run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"group", "name", "profile", "help", "patterns", NULL};
    struct table t;
    struct format f;
    struct json_page page;
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "formats");
    json_out_array(&page.w);
    for (size_t i = 0; format_get(i, &f); i++) {
        struct str profile = f.profiles ? str_of(profile_name(f.profiles)) : STR("");
        if (cli->output != OUTPUT_JSON) {
            table_add(&t, str_of(f.group), str_of(f.name), profile, str_of(f.help), joined(op, f.paths));
            continue;
        }
        json_out_object(&page.w);
        json_out_member(&page.w, "group", str_of(f.group));
        json_out_member(&page.w, "name", str_of(f.name));
        json_out_opt(&page.w, "profile", profile);
        json_out_member(&page.w, "help", str_of(f.help));
        json_out_name(&page.w, "patterns");
        json_out_array(&page.w);
        for (const char *const *p = f.paths; p && *p; p++)
            json_out_str(&page.w, str_of(*p));
        json_out_end_array(&page.w);
        json_out_end_object(&page.w);
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, EXIT_DONE);
    table_print(&t);
    return EXIT_DONE;
}

const struct command command_formats = {
    .name = "formats",
    .help = "Lists what can be read: sources, package formats, version schemes.",
    .usage = "",
    .run = run,
};
