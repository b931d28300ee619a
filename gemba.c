/* gemba: the command table; nothing else. */
#include "acquisition/acquisition.h"
#include "config/config.h"
#include "reports/reports.h"
#include "tui/tui.h"

#include <gsl/gsl_errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"dashboard", dashboard_command, "the console; also what `gemba` alone does"},
    {"show", show_command, "the rows of a screen once, as text, CSV or JSON"},
    {"report", report_command, "quality reports of a period: text, CSV, PDF"},
    {"study", study_command, "SPC of a CSV file, no plant needed: chart, signals, capability"},
    {"limits", limits_command, "control limits: calculate, approve, lock, enter; their history"},
    {"exclude", exclude_command, "takes a point out of the figures, with a reason, and back"},
    {"export", export_command, "samples, measurements or signals as CSV or JSON"},
    {"import", import_command, "measurements and samples from CSV or JSON, judged like live ones"},
    {"trace", trace_command, "everything known about a part, a lot or an order"},
    {"note", note_command, "a note about a part, a characteristic, a machine"},
    {"verify", verify_command, "says what is wrong in the store, and where"},
    {"retain", retain_command, "lets go of what is older than plant.yaml keeps"},
    {"backup", backup_command, "copies the store while the collector records"},
    {"collect", collect_command, "the collector: polls, judges, records"},
    {"check", check_command, "reads plant.yaml, says every error, prints the polling plan"},
    {"write", write_command, "has the collector write a value into a device"},
    {"scan", scan_command, "finds the units on a link, and the registers they let be read"},
    {"read", read_command, "reads one place of a unit and shows it in every type and order"},
    {"simulate", simulate_command, "Modbus servers for the instruments of a plant.yaml"},
    {"demo", demo_command, "a simulated plant, its collector and the console, in one go"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int help(FILE *stream)
{
    fputs("usage: gemba [COMMAND] [-c FILE] [options]\n\nA plant-monitoring and quality-SPC console for the terminal.\n\n", stream);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`gemba COMMAND --help` lists a command's options; `man gemba` is the manual.\n", stream);
    return 0;
}

static int unknown(const char *word)
{
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *nearest = text_nearest(word, names, COMMANDS);
    if (nearest)
        fprintf(stderr, "gemba: unknown command '%s': did you mean '%s'? `gemba --help` lists them\n", word, nearest);
    else
        fprintf(stderr, "gemba: unknown command '%s': `gemba --help` lists them\n", word);
    return 2;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    gsl_set_error_handler_off(); /* a quantile that does not converge is no number; it must not end a collector */
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")))
        return help(stdout);
    if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
        return puts("gemba " GEMBA_VERSION) < 0;
    if (argc < 2 || argv[1][0] == '-')
        return dashboard_command(argc, argv);
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}
