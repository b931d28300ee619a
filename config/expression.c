#include "config/expression.h"

#include "config/memory.h"
#include "config/text.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 60, STACK_MAX = 64, STEPS_MAX = 1024, VARIADIC = -1 };

typedef double (*operation)(const double *values, int count);

/* The formula in postfix order: numbers and inputs go onto a stack, operations take their values from it. */
struct step {
    operation run; /* NULL: push */
    int count;     /* values the operation takes */
    int input;     /* pushed: its place; -1: the number */
    double number;
};
struct input {
    const char *name;
    size_t at;
};
struct expression {
    struct step *steps;
    struct input *inputs;
    size_t n_steps, n_inputs;
};

/* --- operations */

#define OPERATION(name, result)                                                                                                                      \
    static double name(const double *v, int n)                                                                                                       \
    {                                                                                                                                                \
        (void)n;                                                                                                                                     \
        return result;                                                                                                                               \
    }
OPERATION(add, v[0] + v[1])
OPERATION(subtract, v[0] - v[1])
OPERATION(multiply, v[0] * v[1])
OPERATION(divide, v[1] == 0 ? NAN : v[0] / v[1])
OPERATION(power, pow(v[0], v[1]))
OPERATION(negate, -v[0])
OPERATION(equal, v[0] == v[1])
OPERATION(unequal, v[0] != v[1])
OPERATION(less, v[0] < v[1])
OPERATION(at_most, v[0] <= v[1])
OPERATION(greater, v[0] > v[1])
OPERATION(at_least, v[0] >= v[1])
OPERATION(absolute, fabs(v[0]))
OPERATION(root, sqrt(v[0]))
OPERATION(choose, v[0] != 0 ? v[1] : v[2])

static double least(const double *v, int n)
{
    double result = v[0];
    for (int i = 1; i < n; i++)
        result = v[i] < result ? v[i] : result;
    return result;
}
static double most(const double *v, int n)
{
    double result = v[0];
    for (int i = 1; i < n; i++)
        result = v[i] > result ? v[i] : result;
    return result;
}
/* Operators between two values, by how tightly they bind; longer ones before those they begin with. */
enum { BIND_COMPARE, BIND_ADD, BIND_MULTIPLY, BINDS };
static const struct {
    const char *sign;
    int bind;
    operation run;
} operators[] = {
    {"==", BIND_COMPARE, equal},   {"=", BIND_COMPARE, equal}, {"!=", BIND_COMPARE, unequal},  {"<>", BIND_COMPARE, unequal},
    {"<=", BIND_COMPARE, at_most}, {"<", BIND_COMPARE, less},  {">=", BIND_COMPARE, at_least}, {">", BIND_COMPARE, greater},
    {"+", BIND_ADD, add},          {"-", BIND_ADD, subtract},  {"*", BIND_MULTIPLY, multiply}, {"/", BIND_MULTIPLY, divide},
};

static const struct function {
    const char *name;
    int count;
    operation run;
} functions[] = {{"min", VARIADIC, least}, {"max", VARIADIC, most}, {"abs", 1, absolute}, {"sqrt", 1, root}, {"if", 3, choose}};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

/* --- the parser */

struct parser {
    const char *text;
    size_t at;
    struct arena *arena;
    struct step steps[STEPS_MAX];
    size_t n_steps;
    struct input inputs[STEPS_MAX];
    size_t n_inputs;
    int stack, depth;
    size_t *wrong_at;
    char *why;
    size_t size;
};

__attribute__((format(printf, 3, 4))) static int wrong(struct parser *parser, size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(parser->why, parser->size, format, arguments);
    va_end(arguments);
    *parser->wrong_at = at;
    return -1;
}

static char peek(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, " \t");
    return parser->text[parser->at];
}

static bool accept(struct parser *parser, const char *sign)
{
    peek(parser);
    if (strncmp(parser->text + parser->at, sign, strlen(sign)) != 0)
        return false;
    parser->at += strlen(sign);
    return true;
}

static int emit(struct parser *parser, struct step step)
{
    parser->stack += step.run ? 1 - step.count : 1;
    if (parser->n_steps == STEPS_MAX || parser->stack > STACK_MAX)
        return wrong(parser, parser->at, "this is too long for one formula: divide it over several virtual tags");
    parser->steps[parser->n_steps++] = step;
    return 0;
}

static int emit_operation(struct parser *parser, operation run, int count)
{
    return emit(parser, (struct step){.run = run, .count = count});
}

static int emit_input(struct parser *parser, const char *name, size_t length, size_t at)
{
    size_t i = 0;
    while (i < parser->n_inputs && (strlen(parser->inputs[i].name) != length || strncmp(parser->inputs[i].name, name, length) != 0))
        i++;
    if (emit(parser, (struct step){.input = (int)i}) != 0)
        return -1;
    if (i == parser->n_inputs)
        parser->inputs[parser->n_inputs++] = (struct input){arena_format(parser->arena, "%.*s", (int)length, name), at};
    return 0;
}

static int parse_level(struct parser *parser, int bind);

static int parse_number(struct parser *parser)
{
    static const char letters[] = "0123456789.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    const char *from = parser->text + parser->at;
    size_t length = strspn(from, letters);
    if (strchr("eE", from[length - 1]) && from[length] && strchr("+-", from[length])) /* 1e-3 */
        length += 1 + strspn(from + length + 1, letters);
    char text[64], *end;
    snprintf(text, sizeof text, "%.*s", (int)length, from);
    double number = strtod(text, &end);
    if (*end || length >= sizeof text || text[strspn(text, "0123456789.eE+-")])
        return wrong(parser, parser->at, "'%.50s' is no number; a name that begins with a digit stands in 'quotes'", text);
    if (!isfinite(number))
        return wrong(parser, parser->at, "%s is too large for a number", text);
    parser->at += length;
    return emit(parser, (struct step){.input = -1, .number = number});
}

static int unknown_function(struct parser *parser, const char *name, size_t at)
{
    const char *names[FUNCTIONS];
    for (size_t i = 0; i < FUNCTIONS; i++)
        names[i] = functions[i].name;
    const char *nearest = text_nearest(name, names, FUNCTIONS);
    if (nearest)
        return wrong(parser, at, "unknown function '%s': did you mean '%s'?", name, nearest);
    return wrong(parser, at, "unknown function '%s': known are min, max, abs, sqrt and if", name);
}

/* Behind "name(". */
static int parse_call(struct parser *parser, const char *name, size_t at)
{
    size_t i = 0;
    int count = 0;
    while (i < FUNCTIONS && strcmp(functions[i].name, name) != 0)
        i++;
    if (i == FUNCTIONS)
        return unknown_function(parser, name, at);
    if (!accept(parser, ")")) {
        do {
            if (parse_level(parser, BIND_COMPARE) != 0)
                return -1;
            count++;
        } while (accept(parser, ","));
        if (!accept(parser, ")"))
            return wrong(parser, parser->at, "',' or ')' is missing here, after the values of %s", name);
    }
    if (functions[i].count == VARIADIC ? count == 0 : count != functions[i].count)
        return wrong(parser, at, functions[i].count == VARIADIC ? "%s takes one value or more" : "%s takes %d value%s", name, functions[i].count,
                     functions[i].count == 1 ? "" : "s");
    return emit_operation(parser, functions[i].run, count);
}

static int parse_name(struct parser *parser)
{
    size_t at = parser->at, length;
    const char *from = parser->text + at;
    if (*from == '\'') {
        length = strcspn(from + 1, "'");
        if (!from[1 + length] || length == 0)
            return wrong(parser, at, "a name in quotes ends with a quote: 'gauge-7.bore'");
        parser->at += length + 2;
        return emit_input(parser, from + 1, length, at);
    }
    length = strspn(from, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    parser->at += length;
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)length, from);
    if (length < sizeof name && accept(parser, "("))
        return parse_call(parser, name, at);
    return emit_input(parser, from, length, at);
}

static int parse_primary(struct parser *parser)
{
    char first = peek(parser);
    if (isdigit((unsigned char)first) || first == '.')
        return parse_number(parser);
    if (isalpha((unsigned char)first) || first == '_' || first == '\'')
        return parse_name(parser);
    if (!first)
        return wrong(parser, parser->at, "the formula ends where a value is wanted");
    size_t at = parser->at;
    if (!accept(parser, "("))
        return wrong(parser, at, "'%.*s' stands where a value is wanted: a number, INSTRUMENT.TAG, a function or '('",
                     (int)(1 + strspn(parser->text + at + 1, "=<>")), parser->text + at);
    if (parse_level(parser, BIND_COMPARE) != 0)
        return -1;
    return accept(parser, ")") ? 0 : wrong(parser, at, "this '(' is not closed");
}

static int parse_signed(struct parser *parser);

static int parse_power(struct parser *parser)
{
    if (parse_primary(parser) != 0)
        return -1;
    if (!accept(parser, "^"))
        return 0;
    return parse_signed(parser) != 0 ? -1 : emit_operation(parser, power, 2);
}

static int parse_signed(struct parser *parser)
{
    if (++parser->depth > DEPTH_MAX)
        return wrong(parser, parser->at, "this goes more than %d levels deep: divide it over several virtual tags", DEPTH_MAX);
    int failed;
    if (accept(parser, "-"))
        failed = parse_signed(parser) != 0 || emit_operation(parser, negate, 1) != 0;
    else
        failed = parse_power(parser);
    parser->depth--;
    return failed ? -1 : 0;
}

static operation accept_operator(struct parser *parser, int bind)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (operators[i].bind == bind && accept(parser, operators[i].sign))
            return operators[i].run;
    return NULL;
}

static int parse_level(struct parser *parser, int bind)
{
    operation run;
    if (bind == BINDS)
        return parse_signed(parser);
    if (parse_level(parser, bind + 1) != 0)
        return -1;
    for (int chained = 0; (run = accept_operator(parser, bind)); chained++) {
        if (chained && bind == BIND_COMPARE)
            return wrong(parser, parser->at - 1, "comparisons are not chained: put the first in brackets, or use if(a < b, b < c, 0)");
        if (parse_level(parser, bind + 1) != 0 || emit_operation(parser, run, 2) != 0)
            return -1;
    }
    return 0;
}

static int parse_all(struct parser *parser)
{
    if (parse_level(parser, BIND_COMPARE) != 0)
        return -1;
    char next = peek(parser);
    if (!next)
        return 0;
    if (next == ')')
        return wrong(parser, parser->at, "this ')' closes nothing");
    return wrong(parser, parser->at, "an operator is missing before '%.20s'", parser->text + parser->at);
}

struct expression *expression_parse(const char *text, struct arena *arena, size_t *at, char *why, size_t size)
{
    struct parser *parser = memory_zero(1, sizeof *parser);
    struct expression *expression = NULL;
    *parser = (struct parser){.text = text, .arena = arena, .wrong_at = at, .why = why, .size = size};
    if (parse_all(parser) == 0) {
        expression = arena_zero(arena, 1, sizeof *expression);
        *expression = (struct expression){arena_zero(arena, parser->n_steps, sizeof(struct step)),
                                          arena_zero(arena, parser->n_inputs + 1, sizeof(struct input)), parser->n_steps, parser->n_inputs};
        memcpy(expression->steps, parser->steps, parser->n_steps * sizeof(struct step));
        memcpy(expression->inputs, parser->inputs, parser->n_inputs * sizeof(struct input));
    }
    free(parser);
    return expression;
}

size_t expression_inputs(const struct expression *expression)
{
    return expression->n_inputs;
}

const char *expression_input(const struct expression *expression, size_t i, size_t *at)
{
    *at = expression->inputs[i].at;
    return expression->inputs[i].name;
}

double expression_value(const struct expression *expression, const double *inputs)
{
    double stack[STACK_MAX];
    int top = 0;
    for (size_t i = 0; i < expression->n_steps; i++) {
        const struct step *step = &expression->steps[i];
        if (!step->run)
            stack[top++] = step->input < 0 ? step->number : inputs[step->input];
        else {
            top -= step->count;
            stack[top] = step->run(stack + top, step->count);
            top++;
        }
    }
    return stack[0];
}
