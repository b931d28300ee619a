#ifndef GEMBA_CONFIG_EXPRESSION_H
#define GEMBA_CONFIG_EXPRESSION_H

#include "config/arena.h"

/* A formula over tags, as "(gauge-7.bore - gauge-7.offset) * 2". From the loosest to the tightest:
 *
 *   = != < <= > >=     1 when it holds, else 0; == is =, <> is !=
 *   + -
 *   * /
 *   - (of one value)   -2 ^ 2 is -4
 *   ^                  from the right: 2 ^ 3 ^ 2 is 2 ^ 9
 *   1.5e-3  (a)  name  min(a, ...)  max(a, ...)  abs(a)  sqrt(a)  if(condition, a, b)
 *
 * A name begins with a letter or _ and goes on with letters, digits and . _ -, so a minus behind a name has a blank before it; a name that begins
 * otherwise stands in 'quotes'. A condition holds when it is not 0. What has no result (1 / 0, sqrt(-1)) is NAN or infinite. */
struct expression;

/* Both the expression and the names in it are the arena's. NULL with the reason in why and the offset of its place in *at. */
struct expression *expression_parse(const char *text, struct arena *arena, size_t *at, char *why, size_t size);

/* The names it uses, each once, in the order of their first use; *at: its offset there. */
size_t expression_inputs(const struct expression *expression);
const char *expression_input(const struct expression *expression, size_t i, size_t *at);

/* Its value, by the values of its inputs. Pure; never fails. */
double expression_value(const struct expression *expression, const double *inputs);

#endif
