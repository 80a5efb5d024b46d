/* Compiler attributes, under the only names the program uses. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define FORMAT(fmt, first) __attribute__((format(printf, fmt, first)))
#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define COLD __attribute__((cold))
#define UNUSED __attribute__((unused))

#endif
