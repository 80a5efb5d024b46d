/* One line in, one answer out: compare, contains, upstream. */
#include "version/lines.h"

#include "version/range.h"

const char *version_compare_line(const struct version_scheme *scheme, struct str line)
{
    struct str a, b;
    if (!str_split(line, '\t', &a, &b) || scheme->valid(a) == VERSION_INVALID || scheme->valid(b) == VERSION_INVALID)
        return "?";
    int c = scheme->same && scheme->same(a, b) ? 0 : scheme->compare(a, b);
    return c < 0 ? "<" : c > 0 ? ">" : "=";
}

const char *version_contains_line(struct op *op, const struct version_scheme *scheme, struct str line)
{
    struct str text, version;
    struct range range;
    if (!str_rsplit(line, '\t', &text, &version))
        return "?";
    if (range_parse_native(op, scheme, text, &range) != RC_OK) {
        op_clear(op);
        return "?";
    }
    switch (range_contains(&range, version)) {
    case ANSWER_YES: return "true";
    case ANSWER_NO: return "false";
    case ANSWER_UNKNOWN: break;
    }
    return "?";
}

struct str version_upstream_line(struct op *op, const struct version_scheme *scheme, struct str line)
{
    struct str v = scheme->upstream ? scheme->upstream(op->mem, line) : line;
    return v.n ? v : STR("?");
}
