/* Control limits of the characteristic on the chart: what holds, what a decision would change, and all that ever held. */
#include "tui/screen.h"
#include "tui/terminal.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum action action;
    enum limits_decision decision;
} decisions[] = {{ACTION_CALCULATE_LIMITS, LIMITS_CALCULATE},
                 {ACTION_APPROVE_LIMITS, LIMITS_APPROVE},
                 {ACTION_LOCK_LIMITS, LIMITS_LOCK},
                 {ACTION_UNLOCK_LIMITS, LIMITS_UNLOCK},
                 {ACTION_ENTER_LIMITS, LIMITS_ENTER}};

static bool decision_of(enum action action, enum limits_decision *decision)
{
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (decisions[i].action == action) {
            *decision = decisions[i].decision;
            return true;
        }
    return false;
}

static int load_group(struct console *console, struct error *err)
{
    struct group_point *points;
    size_t count;
    int64_t group = console->limits.group->id;
    if (store_group_models(console->store, group, &console->limits.models, &console->limits.count, err) ||
        store_group_points(console->store, group, 0, INT64_MAX, 1, &points, &count, err))
        return -1;
    console->limits.newest = count ? points[0].number : 0;
    free(points);
    return 0;
}

static void forget(struct console *console)
{
    free(console->limits.history);
    free(console->limits.models);
    console->limits.history = NULL;
    console->limits.models = NULL;
    console->limits.count = 0;
}

/* --- where each part has limits of its own: whose are shown */

/* Points that are read to find the newest of a part. */
enum { PART_POINTS = 2000 };

static bool is_shown(const struct console *console, const struct limits *limits)
{
    return !console->characteristic->learns_parts || !strcmp(limits->part, console->limits.part);
}

/* The part of the point under the cursor, or of the newest. */
static int choose_part(struct console *console, struct error *err)
{
    const struct point *shown = screen_chart_point(console);
    struct point_cursor *cursor;
    struct point point;
    if (console->limits.part_chosen)
        return 0;
    console->limits.part[0] = 0;
    if (shown && shown->characteristic == console->characteristic->id) {
        snprintf(console->limits.part, sizeof console->limits.part, "%s", shown->part);
        console->limits.part_chosen = true;
        return 0;
    }
    if (point_cursor_open(&cursor, console->store, console->characteristic->id, 0, INT64_MAX, 1, err))
        return -1;
    int more = point_cursor_next(cursor, &point, err);
    point_cursor_close(cursor);
    if (more == 1)
        snprintf(console->limits.part, sizeof console->limits.part, "%s", point.part);
    console->limits.part_chosen = more == 1;
    return more < 0 ? -1 : 0;
}

/* To the next row in force, in the order in which they came; round. The one of all parts is the first. */
static void turn_part(struct console *console, int by)
{
    const struct limits *list = console->limits.history;
    int count = (int)console->limits.count, at = by > 0 ? -1 : count;
    for (int i = 0; i < count; i++)
        if (!list[i].superseded_by && !strcmp(list[i].part, console->limits.part))
            at = i;
    for (int step = 0; step < count; step++) {
        at = (at + by + count) % count;
        if (list[at].superseded_by || (!list[at].part[0] && !z_is_pooled(&console->characteristic->settings)))
            continue;
        snprintf(console->limits.part, sizeof console->limits.part, "%s", list[at].part);
        console->limits.part_chosen = true;
        console->limits.top = 0;
        return;
    }
}

/* Where its newest `baseline` points begin and end. */
static int part_range(struct console *console, int64_t *first, int64_t *last)
{
    struct point_cursor *cursor;
    struct point point;
    struct error err;
    int64_t *numbers = memory_zero(PART_POINTS, sizeof *numbers);
    size_t count = 0, most = (size_t)console->characteristic->baseline;
    int more = point_cursor_open(&cursor, console->store, console->characteristic->id, 0, INT64_MAX, PART_POINTS, &err);
    if (!more) {
        while ((more = point_cursor_next(cursor, &point, &err)) == 1)
            if (!console->limits.part[0] || !strcmp(point.part, console->limits.part))
                numbers[count++] = point.number;
        point_cursor_close(cursor);
    }
    if (count) {
        *first = numbers[count > most ? count - most : 0];
        *last = numbers[count - 1];
    }
    free(numbers);
    if (more < 0)
        console_say(console, LOOK_WARN, "%s", err.text);
    return more;
}

int screen_limits_load(struct console *console, struct error *err)
{
    struct standing standing;
    struct error none = {0};
    const struct characteristic *c = console->characteristic;
    bool from_groups = console->n_back && console->back[console->n_back - 1] == ACTION_GROUPS;
    forget(console);
    console->limits.group = from_groups ? console->group.group : NULL;
    if (console->limits.group)
        return load_group(console, err);
    if (!c)
        return 0;
    if (store_limits_history(console->store, c->id, &console->limits.history, &console->limits.count, err))
        return -1;
    if (c->learns_parts && choose_part(console, err))
        return -1;
    console->limits.newest = 0;
    if (store_standing(console->store, c->id, &standing, &none) == 0)
        console->limits.newest = standing.points;
    return 0;
}

void screen_limits_close(struct console *console)
{
    forget(console);
    console->limits.proposed = false;
}

static const struct limits *in_force(const struct console *console)
{
    for (size_t i = console->limits.count; i-- > 0;)
        if (!console->limits.history[i].superseded_by && is_shown(console, &console->limits.history[i]))
            return &console->limits.history[i];
    return NULL;
}

/* --- deciding: numbers first where a decision takes some, then the reason, with what it would change in sight */

static void propose(struct console *console, enum action asking, enum limits_decision decision, const struct limits_wish *asked)
{
    struct error err;
    struct limits_wish wish = *asked;
    const struct characteristic_group *group = console->limits.group;
    if (!group && console->characteristic->learns_parts && console->limits.part[0])
        wish.part = console->limits.part;
    if (group ? group_limits_propose(&console->limits.group_proposal, console->store, group, decision, &wish, &err)
              : limits_propose(&console->limits.proposal, console->store, console->characteristic, decision, &wish, &err)) {
        console_say(console, LOOK_WARN, "%s", err.text);
        return;
    }
    console->limits.proposed = true;
    console->asking = asking;
    prompt_open(&console->prompt, "reason: ", "");
}

static void ask_range(struct console *console)
{
    char range[48];
    int baseline = console->limits.group ? console->limits.group->baseline : console->characteristic->baseline;
    int64_t last = console->limits.newest, first = last - baseline + 1;
    if (!console->limits.group && console->characteristic->learns_parts && part_range(console, &first, &last))
        return;
    snprintf(range, sizeof range, "%lld-%lld", (long long)(first < 1 ? 1 : first), (long long)last);
    console->asking = ACTION_CALCULATE_LIMITS;
    prompt_open(&console->prompt, "from points: ", range);
}

static void start(struct console *console, enum action action, enum limits_decision decision)
{
    console->limits.proposed = false;
    if (!(console->limits.group || console->characteristic) || !console->store)
        return;
    if (decision == LIMITS_CALCULATE)
        ask_range(console);
    else if (decision == LIMITS_ENTER && !console->limits.group) {
        console->asking = action;
        prompt_open(&console->prompt, "center X sigma X, or lcl X ucl X: ", "");
    } else
        propose(console, action, decision, &limits_no_wish);
}

static bool read_range(const char *text, struct limits_wish *wish)
{
    char *end;
    wish->first = strtoll(text, &end, 10);
    while (isspace((unsigned char)*end) || *end == '-' || *end == '.')
        end++;
    wish->last = strtoll(end, &end, 10);
    return !*end && wish->first > 0 && wish->last >= wish->first;
}

/* "center 25.001 sigma 0.004", "ucl 3.2": names and numbers in turn. */
static bool read_numbers(const char *text, struct limits_wish *wish)
{
    const struct {
        const char *name;
        double *value;
    } names[] = {{"center", &wish->center}, {"sigma", &wish->sigma},  {"lcl", &wish->lcl},
                 {"ucl", &wish->ucl},       {"within", &wish->extra}, {"sigma-z", &wish->extra}};
    enum { NAMES = sizeof names / sizeof names[0] };
    bool any = false;
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " "), i = 0;
        while (i < NAMES && (strlen(names[i].name) != length || strncmp(names[i].name, text, length) != 0))
            i++;
        if (i == NAMES)
            return false;
        char *end;
        *names[i].value = strtod(text + length, &end);
        if (end == text + length || !isfinite(*names[i].value) || (*end && *end != ' '))
            return false;
        text = end;
        any = true;
    }
    return any;
}

void screen_limits_prompted(struct console *console, enum action asking, const char *text)
{
    struct limits_wish wish = limits_no_wish;
    if (console->limits.proposed) {
        console->limits.proposed = false;
        if (console->limits.group)
            writing_group_limits(console, &console->limits.group_proposal, text);
        else
            writing_limits(console, &console->limits.proposal, text);
        if (console->store)
            console_tick(console, true);
    } else if (asking == ACTION_CALCULATE_LIMITS && !read_range(text, &wish))
        console_say(console, LOOK_WARN, "'%s' is no range of points, like 101-125", text);
    else if (asking == ACTION_ENTER_LIMITS && !read_numbers(text, &wish))
        console_say(console, LOOK_WARN, "'%s': wanted are names and numbers, like: center 25.001 sigma 0.004", text);
    else
        propose(console, asking, asking == ACTION_ENTER_LIMITS ? LIMITS_ENTER : LIMITS_CALCULATE, &wish);
}

unsigned screen_limits_act(struct console *console, enum action action)
{
    enum limits_decision decision;
    int most = (int)console->limits.count - 1;
    switch (action) {
    case ACTION_UP:
        console->limits.top -= console->limits.top > 0;
        return SCREEN_HANDLED;
    case ACTION_DOWN:
        console->limits.top += console->limits.top < most;
        return SCREEN_HANDLED;
    case ACTION_FIRST:
        console->limits.top = 0;
        return SCREEN_HANDLED;
    case ACTION_NEXT:
    case ACTION_PREVIOUS:
        if (!console->limits.group && console->characteristic && console->characteristic->learns_parts)
            turn_part(console, action == ACTION_NEXT ? 1 : -1);
        return SCREEN_HANDLED;
    default:
        if (!decision_of(action, &decision))
            return 0;
        start(console, action, decision);
        return SCREEN_HANDLED;
    }
}

/* --- the picture */

enum { HEAD = 11 };
struct page {
    struct rect area;
    int row;
};

static void put(struct page *page, enum look look, const char *head, const char *text)
{
    if (page->row >= page->area.rows)
        return;
    int row = page->area.row + page->row++;
    terminal_put(row, page->area.column + 1, HEAD, false, LOOK_HEADER, head);
    terminal_put(row, page->area.column + 1 + HEAD, page->area.columns - HEAD - 1, false, look, text);
}

/* On as many lines as it takes. */
static void put_wrapped(struct page *page, enum look look, const char *head, const char *text)
{
    int room = page->area.columns - HEAD - 1;
    char line[400];
    while (*text) {
        size_t cut = strlen(text);
        snprintf(line, sizeof line, "%s", text);
        while (cut && text_columns(line) > room) {
            while (cut && text[--cut] != ' ')
                ;
            line[cut] = 0;
        }
        put(page, look, head, line);
        head = "";
        if (!cut) /* a word without an end */
            return;
        text += cut + (text[cut] == ' ');
    }
}

/* What does not fit beside the decision, where the numbers come from, has a line of its own. */
static void put_limits(struct page *page, const struct console *console, const char *head, enum look look, const struct limits *limits)
{
    char text[400];
    limits_words(limits, text, sizeof text);
    char *source = text_columns(text) > page->area.columns - HEAD - 1 ? strrchr(text, ';') : NULL;
    if (source)
        *source = 0;
    put(page, look, head, text);
    if (source)
        put(page, look, "", source + 2);
    put(page, look, "", limits_numbers(console->characteristic, limits, text, sizeof text));
}

static void put_proposal(struct page *page, const struct console *console)
{
    const struct limits_proposal *proposal = &console->limits.proposal;
    const struct limits *then = &proposal->then;
    char text[400];
    snprintf(text, sizeof text, "%s; %s", limits_state_name(then->state), then->source);
    page->row++;
    put(page, LOOK_OK, "would be", text);
    put(page, LOOK_OK, "", limits_numbers(console->characteristic, then, text, sizeof text));
    put(page, LOOK_DEFAULT, "", limits_effect(proposal, text, sizeof text));
    if (then->points > 0 && then->points < LIMITS_FEW) {
        snprintf(text, sizeof text, "provisional: from %lld subgroups, where %d are wanted", (long long)then->points, LIMITS_FEW);
        put(page, LOOK_WARN, "", text);
    }
}

static void put_keys(const struct console *console, struct rect area)
{
    bool learns = !console->limits.group && console->characteristic && console->characteristic->learns_parts;
    const char *refusal = action_refusal(ACTION_APPROVE_LIMITS, ACTION_LIMITS, console->person.access, console->kiosk);
    terminal_put(area.row + area.rows - 1, area.column + 1, area.columns - 1, false, LOOK_DIM,
                 refusal                 ? refusal
                 : learns                ? "[ ] other parts  c calculate  a approve  l lock  u unlock  e enter  Esc back"
                 : console->limits.group ? "c calculate from points  a approve  l lock  u unlock  Esc back"
                                         : "c calculate from points  a approve  l lock  u unlock  e enter by hand  Esc back");
}

static void put_model(struct page *page, const char *head, enum look look, const struct group_model *model)
{
    char text[400];
    put(page, look, head, group_model_words(model, text, sizeof text));
    put(page, look, "", group_limits_numbers(model, text, sizeof text));
}

static void put_group_proposal(struct page *page, const struct group_proposal *proposal)
{
    char text[400];
    const struct group_model *then = &proposal->then;
    page->row++;
    snprintf(text, sizeof text, "%s; calculated from points %lld-%lld", limits_state_name(then->state), (long long)then->first_point,
             (long long)then->last_point);
    put(page, LOOK_OK, "would be", text);
    put(page, LOOK_OK, "", group_limits_numbers(then, text, sizeof text));
    put(page, LOOK_DEFAULT, "", limits_effect(&proposal->effect, text, sizeof text));
}

static void draw_group(struct console *console, struct page *page)
{
    const struct characteristic_group *group = console->limits.group;
    char text[500], settings[400];
    const struct group_model *now = NULL;
    for (size_t i = 0; i < console->limits.count; i++)
        if (!console->limits.models[i].superseded_by)
            now = &console->limits.models[i];
    snprintf(text, sizeof text, "%s  newest point %lld  %s", group->name, (long long)console->limits.newest,
             group_settings(group, settings, sizeof settings));
    put(page, LOOK_HEADER, "limits of", text);
    page->row++;
    if (now && group_fits(now, group))
        put_model(page, "in force", LOOK_DEFAULT, now);
    else
        put(page, LOOK_DIM, "in force", "none yet: the collector calculates them from the baseline");
    if (console->limits.proposed && console->prompt.label)
        put_group_proposal(page, &console->limits.group_proposal);
    page->row++;
    for (int i = (int)console->limits.count - 1 - console->limits.top; i >= 0; i--)
        if (console->limits.models[i].superseded_by || !group_fits(&console->limits.models[i], group))
            put_model(page, "before", LOOK_DIM, &console->limits.models[i]);
}

void screen_limits_draw(struct console *console, struct rect area)
{
    struct page page = {{area.row, area.column, area.rows - 1, area.columns}, 0};
    const struct characteristic *c = console->characteristic;
    const struct limits *now = console->limits.group ? NULL : in_force(console);
    char text[200], told[480];
    if (console->limits.group) {
        draw_group(console, &page);
        put_keys(console, area);
        return;
    }
    if (!c) {
        terminal_put(area.row + 1, area.column + 2, area.columns - 2, false, LOOK_DIM, "no characteristic is chosen: go back to its chart");
        return;
    }
    snprintf(text, sizeof text, "%s  %s  %s n=%d  newest point %lld", c->name, c->unit ? c->unit : "", c->chart->name, c->subgroup,
             (long long)console->limits.newest);
    put(&page, LOOK_HEADER, "limits of", text);
    if (c->learns_parts) {
        snprintf(text, sizeof text, "%s%s",
                 console->limits.part[0]     ? ""
                 : z_is_pooled(&c->settings) ? "the sigma that all share"
                                             : "none was made yet",
                 console->limits.part);
        put(&page, LOOK_HEADER, "part", text);
    }
    put_wrapped(&page, LOOK_DIM, "told", chart_told(c, told, sizeof told));
    if (!isnan(c->locked_center))
        put(&page, LOOK_WARN, "", "plant.yaml locks these limits and wins: change or remove them there");
    page.row++;
    if (now)
        put_limits(&page, console, "in force", LOOK_DEFAULT, now);
    else
        put(&page, LOOK_DIM, "in force",
            c->learns_parts ? "none yet: the collector calculates them from the part's first values"
                            : "none yet: the collector calculates them from the baseline");
    if (console->suggestion[0])
        put_wrapped(&page, LOOK_DIM, "", console->suggestion);
    if (console->limits.proposed && console->prompt.label)
        put_proposal(&page, console);
    page.row++;
    int skip = console->limits.top;
    for (int i = (int)console->limits.count - 1; i >= 0; i--) {
        const struct limits *limits = &console->limits.history[i];
        if (limits->superseded_by && is_shown(console, limits) && skip-- <= 0)
            put_limits(&page, console, "before", LOOK_DIM, limits);
    }
    put_keys(console, area);
}

void screen_limits_detail(const struct console *console, char *out, size_t size)
{
    const struct limits *now = console->limits.group ? NULL : in_force(console);
    out[0] = 0;
    if (now)
        limits_words(now, out, size);
}
