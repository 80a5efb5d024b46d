/* Requirements of Python packages, read as PEP 508 and PEP 440 define them. */
#include "catalog/pep508.h"

static bool name_byte(char c)
{
    return is_alnum(c) || c == '.' || c == '-' || c == '_';
}

struct str pep508_name(struct str *text)
{
    size_t n = 0;
    while (n < text->n && name_byte(text->p[n]))
        n++;
    while (n && !is_alnum(text->p[n - 1]))
        n--;
    struct str name = str_upto(*text, n);
    if (n == 0 || !is_alnum(name.p[0]) || n > 256)
        return str_upto(*text, 0);
    *text = str_from(*text, n);
    return name;
}

/* Also the ${NAME} of an environment variable, which pip puts in. */
static bool version_valid(struct str v)
{
    static const char others[] = ".-_+!*${}";
    for (size_t i = 0; i < v.n; i++)
        if (!is_alnum(v.p[i]) && !memchr(others, v.p[i], sizeof others - 1))
            return false;
    return v.n > 0 && v.n <= 256;
}

/* Cuts the operator off the front of one specifier. */
static struct str operator_of(struct str *spec)
{
    static const char *const all[] = {"===", "==", "~=", "!=", "<=", ">=", "<", ">", NULL};
    for (size_t i = 0; all[i]; i++)
        if (str_take(spec, str_of(all[i])))
            return str_of(all[i]);
    return str_upto(*spec, 0);
}

static bool specs_valid(struct str specs)
{
    struct str rest = specs, one;
    if (specs.n == 0)
        return true;
    while (str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        if (one.n == 0 && !rest.p)
            break; /* a comma at the end is written now and then */
        bool any = str_starts(one, STR("==="));
        if (operator_of(&one).n == 0)
            return false;
        one = str_trim(one);
        if (any ? one.n == 0 : !version_valid(one))
            return false;
    }
    return true;
}

struct str pep508_pin(struct str specs)
{
    struct str rest = specs, one, pin = str_upto(specs, 0);
    while (rest.p && str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        struct str operator = operator_of(&one);
        one = str_trim(one);
        bool exact = str_eq(operator, STR("===")) || (str_eq(operator, STR("==")) && !str_ends(one, STR("*")));
        if (!exact || str_chr(one, '$') != STR_NONE)
            continue;
        if (pin.n && !str_eq(pin, one))
            return str_upto(specs, 0);
        pin = one;
    }
    return pin;
}

bool pep508_parse(struct str text, struct pep508 *ret)
{
    struct str rest = str_trim(text), after;
    *ret = (struct pep508){.name = pep508_name(&rest)};
    if (ret->name.n == 0)
        return false;
    rest = str_trim(rest);
    if (str_take(&rest, STR("["))) {
        if (!str_split(rest, ']', &ret->extras, &after))
            return false;
        rest = str_trim(after);
    }
    if (str_take(&rest, STR("@"))) {
        rest = str_trim(rest);
        /* In an address a semicolon counts only after a blank. */
        size_t at = str_find(rest, STR(" ;"));
        ret->address = str_trim(at == STR_NONE ? rest : str_upto(rest, at));
        ret->marker = at == STR_NONE ? str_upto(rest, 0) : str_trim(str_from(rest, at + 2));
        return ret->address.n > 0;
    }
    if (str_split(rest, ';', &ret->specs, &ret->marker)) {
        ret->specs = str_trim(ret->specs);
        ret->marker = str_trim(ret->marker);
    } else {
        ret->specs = rest;
    }
    if (str_take(&ret->specs, STR("("))) {
        if (!str_ends(ret->specs, STR(")")))
            return false;
        ret->specs = str_trim(str_but(ret->specs, 1));
    }
    return specs_valid(ret->specs);
}

struct component pypi_component(struct arena *mem, struct str name, struct str version)
{
    const struct str none = STR("");
    return (struct component){STR("pypi"), none, pypi_name(mem, name), version, none, none, none, none, none, none};
}
