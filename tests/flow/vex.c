/* Who speaks in a statement, and how statements may name an asset. */
#include "flow/vex.h"
#include "tests/lib/tap.h"

static enum vex_origin origin(struct op *op, const char *author, const char *document, const char *product, const char *part)
{
    struct vex_statement s = {.author = str_of(author), .document = str_of(document), .product = str_of(product),
                              .subcomponent = str_of(part)};
    return vex_origin_of(op, &s);
}

static void origins(struct op *op)
{
    static const struct {
        const char *author, *document, *product, *part;
        bool vendor;
    } cases[] = {
        {"Red Hat Product Security", "CVE-2024-1", "cpe:/o:redhat:enterprise_linux:9", "pkg:rpm/redhat/xz?arch=src", true},
        {"Red Hat Product Security", "CVE-2024-1", "cpe:/o:redhat:enterprise_linux:9", "", true},
        {"SUSE Product Security Team", "CVE-2024-1", "pkg:rpm/opensuse/xz", "", true},
        {"Debian Security Team", "x", "pkg:deb/debian/xz-utils", "", true},
        {"Canonical Ltd.", "x", "pkg:deb/ubuntu/xz-utils", "", true},
        {"someone", "https://images.chainguard.dev/vex/1", "pkg:apk/wolfi/xz", "", true},
        {"Apache Software Foundation", "x", "pkg:maven/org.apache.tomcat/tomcat", "", true},
        {"Acme", "x", "pkg:oci/app@sha256%3Aaa?repository_url=ghcr.io/acme/app", "pkg:npm/qs", true},
        {"Example Ltd", "https://example.com/1", "pkg:deb/debian/xz-utils", "", false},
        {"Debian Security Team", "x", "pkg:rpm/redhat/xz", "", false},
        {"Debiana", "x", "pkg:deb/debian/xz-utils", "", false},
        {"The Open Security Project Team", "https://github.com/x", "pkg:golang/github.com/security/project", "", false},
        {"qs", "x", "pkg:npm/qs", "", false},
        {"", "", "", "", false},
        {"a", "://", "pkg:", "cpe:/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tap_ok((origin(op, cases[i].author, cases[i].document, cases[i].product, cases[i].part) == VEX_VENDOR) == cases[i].vendor,
               "%s about %s %s: %s", cases[i].author, cases[i].product, cases[i].part, cases[i].vendor ? "the maker" : "another");
}

static bool holds(const struct str_list *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->at[i], str_of(name)))
            return true;
    return false;
}

static void names(struct op *op)
{
    struct str_list none = {NULL, 0, 0}, digests = {NULL, 0, 0}, got = {NULL, 0, 0}, empty = {NULL, 0, 0};
    *vec_push(op->mem, &digests) = STR("sha256:aa");
    vex_within(op, STR("registry.example/team/App:1"), &none, &digests, &got);
    tap_ok(got.n == 3 && holds(&got, "registry.example/team/App:1") && holds(&got, "sha256:aa")
               && holds(&got, "pkg:oci/app@sha256:aa"),
           "an image: name, digest, purl");
    vex_within(op, STR(""), &none, &none, &empty);
    tap_ok(empty.n == 0, "an asset without a name");
}

int main(void)
{
    struct op op = {.mem = arena_open(64 << 20)};
    origins(&op);
    names(&op);
    arena_close(op.mem);
    return tap_done();
}
