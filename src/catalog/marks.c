/* The table of marks, and the cutting of versions out of the text around them. */
#include "catalog/marks.h"

#include "base/glob.h"

/* clang-format off */
const struct mark marks[] = {
    {.project = "xz", .files = "liblzma.so* liblzma-*.so*", .bare = "5."},
    {.project = "xz", .files = "xz xzdec lzmadec lzmainfo", .anchor = "(XZ Utils) ", .flags = MARK_EMBEDDED},
    {.project = "xz", .files = "liblzma.so* liblzma-*.so*", .anchor = "\xfd" "7zXZ", .bare = "5.",
     .flags = MARK_EMBEDDED | MARK_EVEN},
    {.project = "openssl", .files = "libcrypto.so* libcrypto-*.so*", .anchor = "OpenSSL ", .flags = MARK_EMBEDDED | MARK_DATE},
    {.project = "zlib", .files = "libz.so* libz-*.so*", .anchor = " deflate ", .after = " Copyright ", .flags = MARK_EMBEDDED},
    {.project = "zlib", .files = "libz.so* libz-*.so*", .anchor = " inflate ", .after = " Copyright ", .flags = MARK_EMBEDDED},
    {.project = "zstd", .files = "libzstd.so* libzstd-*.so*", .bare = "1."},
    {.project = "zstd", .files = "zstd pzstd", .anchor = "Zstandard CLI", .bare = "1.", .flags = MARK_V},
    {.project = "bzip2", .files = "libbz2.so* libbz2-*.so*", .anchor = "bzip2/libbzip2: internal error number", .after = ", ",
     .bare = "1.", .flags = MARK_EMBEDDED},
    {.project = "curl", .files = "libcurl.so* libcurl-*.so*", .anchor = "libcurl/", .flags = MARK_EMBEDDED},
    {.project = "curl", .files = "curl", .anchor = "curl/"},
    {.project = "sqlite", .files = "libsqlite3.so* libsqlite3-*.so*", .anchor = "unable to delete/modify collation sequence",
     .bare = "3.", .flags = MARK_EMBEDDED | MARK_SEVEN},
    {.project = "libxml2", .files = "libxml2.so* libxml2-*.so*", .anchor = "program compiled against libxml %d using older",
     .bare = "2", .flags = MARK_EMBEDDED | MARK_PACKED},
    {.project = "expat", .files = "libexpat.so* libexpat-*.so* libexpatw.so*", .anchor = "expat_", .flags = MARK_EMBEDDED},
    {.project = "busybox", .files = "busybox busybox.*", .anchor = "BusyBox v", .flags = MARK_EMBEDDED},
    {.project = "openssh", .files = "ssh sshd ssh-* sftp-server scp sftp sshd-*", .anchor = "OpenSSH_", .flags = MARK_PATCH},
    {.project = "python", .files = "python python3 python3.* libpython3.*.so*", .bare = "3.", .confirm = "cpython-"},
    {.project = "python", .files = "python python2 python2.* libpython2.*.so*", .bare = "2."},
    {.project = "node", .files = "node libnode.so*", .anchor = "node.js/v", .flags = MARK_EMBEDDED},
    {.project = "ruby", .files = "ruby ruby2* ruby3* ruby4* libruby.so* libruby-*.so*",
     .anchor = "ruby ", .flags = MARK_DIGITS | MARK_THREE},
    {.project = "perl", .files = "perl perl5* libperl.so*", .bare = "5.", .flags = MARK_V},
    {.project = "php", .files = "php php-* php7* php8* libphp*.so*", .anchor = "X-Powered-By: PHP/", .flags = MARK_EMBEDDED},
    {.project = "nginx", .files = "nginx", .anchor = "nginx version: nginx/", .flags = MARK_EMBEDDED},
    {.project = "httpd", .files = "httpd apache2", .anchor = "Apache/", .flags = MARK_THREE},
    {.project = "redis", .files = "redis-server redis-cli redis-sentinel redis-check-* redis-benchmark",
     .anchor = "Redis server v=", .bare = "", .flags = MARK_GREATEST | MARK_THREE},
    {.project = "redis", .files = "redis-cli redis-benchmark", .bare = "", .flags = MARK_GREATEST | MARK_THREE},
    {.project = "postgresql", .files = "postgres", .anchor = "postgres (PostgreSQL) "},
    {.project = "openjdk", .files = "libjvm.so", .anchor = "OpenJDK 64-Bit Server VM (", .skip = " JRE (", .flags = MARK_CORE},
    {.project = "openjdk", .files = "libjvm.so", .anchor = "OpenJDK Server VM (", .skip = " JRE (", .flags = MARK_CORE},
    {.project = "openjdk", .files = "libjvm.so", .anchor = "OpenJDK 64-Bit Minimal VM (", .skip = " JRE (", .flags = MARK_CORE},
    {.project = "glibc", .files = "libc.so.6 libc-2.*.so", .anchor = "GNU C Library (", .skip = " version ",
     .flags = MARK_EMBEDDED},
    {.project = "musl", .files = "ld-musl-* libc.musl-* libc.so", .anchor = "musl libc (", .bare = "1."},
    {.project = "bash", .files = "bash", .anchor = "@(#)Bash version ", .flags = MARK_EMBEDDED},
    {.project = "git", .files = "git git-*", .anchor = "git/", .flags = MARK_DIGITS},
    {.project = NULL},
};
/* clang-format on */

_Static_assert(sizeof marks / sizeof *marks <= MARKS_MOST, "raise MARKS_MOST");

bool mark_names(const struct mark *m, struct str name)
{
    struct str rest = str_of(m->files), pattern;
    while (str_word(&rest, &pattern))
        if (name.n && glob_match(pattern, name))
            return true;
    return false;
}

static bool version_byte(char c)
{
    return is_alnum(c) || c == '.' || c == '-' || c == '+' || c == '_';
}

/* Digits, or digits and letters with dots: what every version at least is. */
static struct str token(const struct mark *m, struct str text)
{
    size_t n = 0;
    bool digits = m->flags & MARK_DIGITS;
    while (n < text.n && n < 64 && (digits ? is_digit(text.p[n]) || text.p[n] == '.' : version_byte(text.p[n])))
        n++;
    struct str v = str_upto(text, n);
    while (v.n && !is_alnum(v.p[v.n - 1]))
        v.n--;
    if (str_ends(v, STR("-fips")))
        v.n -= 5;
    for (size_t i = 0; (m->flags & MARK_CORE) && i < v.n; i++)
        if (v.p[i] == '+' || v.p[i] == '-')
            v.n = i;
    bool packed = m->flags & MARK_PACKED;
    bool ok = v.n && n < 64 && is_digit(v.p[0]) && (packed || str_chr(v, '.') != STR_NONE);
    return ok ? v : str_upto(text, 0);
}

/* "  19 Sep 2023" */
static bool date(struct str s)
{
    struct str day, month, year;
    uint64_t d, y;
    s = str_upto(s, 24);
    if (!str_word(&s, &day) || !str_word(&s, &month) || !str_word(&s, &year))
        return false;
    return str_num(day, &d) && d <= 31 && month.n == 3 && is_alpha(month.p[0]) && str_num(str_upto(year, 4), &y) && y > 1990
           && y < 2100;
}

static bool three_numbers(struct str v)
{
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++)
        dots += v.p[i] == '.';
    return dots == 2;
}

static bool has_patch(struct str v)
{
    size_t p = str_chr(v, 'p');
    return p != STR_NONE && p + 1 < v.n && is_digit(v.p[p + 1]);
}

struct str mark_version(const struct mark *m, struct str text)
{
    enum { SAME_STRING = 160 };
    struct str none = str_upto(text, 0);
    if (m->skip) {
        struct str near = str_upto(text, SAME_STRING);
        near = str_upto(near, str_chr(near, '\0') == STR_NONE ? near.n : str_chr(near, '\0'));
        size_t at = str_find(near, str_of(m->skip));
        if (at == STR_NONE)
            return none;
        text = str_from(text, at + strlen(m->skip));
    }
    struct str v = token(m, text), rest = str_from(text, v.n);
    if (v.n == 0 || ((m->flags & MARK_DATE) && !date(str_starts(rest, STR("-fips")) ? str_from(rest, 5) : rest)))
        return none;
    if (m->after && !str_starts(rest, str_of(m->after)))
        return none;
    if ((m->flags & MARK_THREE) && !three_numbers(v))
        return none;
    return (m->flags & MARK_PATCH) && !has_patch(v) ? none : v;
}

/* Three numbers or more: two would match too much. A packed one is five digits. */
static bool bare_valid(const struct mark *m, struct str v)
{
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++) {
        if ((m->flags & MARK_PACKED) && !is_digit(v.p[i]))
            return false;
        dots += v.p[i] == '.';
    }
    if (m->flags & MARK_PACKED)
        return v.n == 5;
    if ((m->flags & MARK_SEVEN) && v.n > 3 && v.p[3] == '.' && v.p[2] < '7')
        return false;
    if ((m->flags & MARK_EVEN) && (v.n < 4 || (v.p[2] - '0') % 2 != 0 || v.p[3] != '.'))
        return false;
    return m->flags & MARK_THREE ? dots == 2 : dots >= 2;
}

/* Does a version end at its string's end, as far as the mark wants it? A linker may have put it at the end of another string. */
static bool stands_alone(const struct mark *m, struct str bytes, size_t at, size_t n)
{
    bool v = m->flags & MARK_V;
    size_t before = v ? at - 1 : at;
    if (v && (at == 0 || bytes.p[at - 1] != 'v'))
        return false;
    if (before > 0 && version_byte(bytes.p[before - 1]))
        return false;
    struct str rest = str_from(bytes, at + n);
    return m->after ? str_starts(rest, str_of(m->after)) : str_starts(rest, (struct str){"\0", 1});
}

enum { BLOCK = 64 };

/* Do these two bytes stand next to one another in p[0..BLOCK]? Without a branch, so that compilers take many at once. */
static bool has_pair(const char *p, char a, char b)
{
    unsigned char any = 0;
    for (size_t i = 0; i < BLOCK; i++)
        any |= (unsigned char)((p[i] == a) & (p[i + 1] == b));
    return any;
}

static size_t find_prefix(struct str bytes, struct str prefix)
{
    size_t at = 0;
    if (prefix.n == 2)
        while (at + BLOCK < bytes.n && !has_pair(bytes.p + at, prefix.p[0], prefix.p[1]))
            at += BLOCK;
    size_t found = str_find(str_from(bytes, at), prefix);
    return found == STR_NONE ? found : at + found;
}

/* Where the next text that may be a version begins: after a NUL, or at the prefix. */
static size_t next_start(const struct mark *m, struct str bytes, size_t from)
{
    size_t n = strlen(m->bare);
    if (n)
        return find_prefix(str_from(bytes, from), str_of(m->bare));
    for (size_t i = from; i < bytes.n; i++)
        if (is_digit(bytes.p[i]) && (i == 0 || bytes.p[i - 1] == '\0'))
            return i - from;
    return STR_NONE;
}

bool mark_bare(const struct mark *m, struct str bytes, size_t *at, struct str *ret)
{
    while (*at < bytes.n) {
        size_t found = next_start(m, bytes, *at);
        if (found == STR_NONE)
            break;
        size_t from = *at + found;
        struct str v = token(m, str_from(bytes, from));
        *at = from + (v.n ? v.n : 1);
        if (v.n && bare_valid(m, v) && stands_alone(m, bytes, from, v.n)) {
            *ret = v;
            return true;
        }
    }
    *at = bytes.n;
    return false;
}

struct str mark_print(const struct mark *m, struct arena *mem, struct str v)
{
    uint64_t n;
    if (!(m->flags & MARK_PACKED) || !str_num(v, &n))
        return v;
    return str_print(mem, "%u.%u.%u", (unsigned)(n / 10000), (unsigned)(n / 100 % 100), (unsigned)(n % 100));
}
