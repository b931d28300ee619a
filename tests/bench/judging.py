"""What judging costs: a value at a time as the collector does it, and a table of 10^7 values through `gemba study`, beside the same job in numpy and
R's qcc where they are installed."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

VALUES, QCC_VALUES = 10_000_000, 50_000

NUMPY = """
import sys, time
import numpy as np
began = time.perf_counter()
x = np.loadtxt(sys.argv[1], skiprows=1)
read = time.perf_counter()
g = x.reshape(-1, 5)
m, r = g.mean(1), np.ptp(g, 1)
c, s = m.mean(), r.mean() / 2.325928947
z = (m - c) / (s / 5 ** 0.5)
up, one, two, rise = z > 0, z > 1, z > 2, np.diff(m) > 0
def window(bits, n, k):
    sums = np.cumsum(np.concatenate(([0], bits.astype(int))))
    return (sums[n:] - sums[:-n] >= k).sum()
found = (abs(z) > 3).sum() + sum(window(b, n, k) for b, n, k in ((up, 9, 9), (~up, 9, 9), (rise, 5, 5), (~rise, 5, 5), (two, 3, 2), (z < -2, 3, 2),
    (one, 5, 4), (z < -1, 5, 4), (abs(z) < 1, 15, 15), (abs(z) > 1, 8, 8), (np.diff(np.sign(np.diff(m))) != 0, 12, 12)))
cpk = min(25.05 - x.mean(), x.mean() - 24.95) / (3 * np.sqrt(g.var(1, ddof=1).mean()))
print(1e9 * (time.perf_counter() - read) / len(x), read - began)
"""
QCC = """
suppressMessages(library(qcc))
x <- matrix(head(scan(commandArgs(TRUE)[1], skip = 1, quiet = TRUE), %d), ncol = 5, byrow = TRUE)
took <- system.time({q <- qcc(x, type = "xbar", plot = FALSE)})[["elapsed"]]
cat(1e9 * took / length(x), 0)
""" % QCC_VALUES


def write_table(path):
    """10^7 values of four decimals; the same hundred thousand again and again, because the reader does not know."""
    import random
    source = random.Random(1)
    block = "".join(f"{source.gauss(25, 0.01):.4f}\n" for _ in range(100_000))
    with open(path, "w") as file:
        file.write("x\n")
        for _ in range(VALUES // 100_000):
            file.write(block)


def study(gemba, path, arguments):
    """Seconds and megabytes of one study."""
    began = time.monotonic()
    child = subprocess.Popen([gemba, "study", path, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit("bench: gemba study failed")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def peer(command, source, path):
    """ns a value and seconds of reading of another program; None where it is not installed."""
    if not shutil.which(command[0]):
        return None
    done = subprocess.run([*command, source, *(["--args"] if command[0] == "R" else []), path], capture_output=True, text=True)
    words = done.stdout.split()
    return [float(word) for word in words[-2:]] if done.returncode == 0 and len(words) >= 2 else None


def part_judge(bench):
    """judging: a value at a time, and ten million from CSV"""
    told = subprocess.run([bench.program("judge")], capture_output=True, text=True, check=True).stdout
    for chart, n, cost in (line.split() for line in told.splitlines()):
        judged = chart != "bare"
        bench.row(f"chart, 8 rules, running capability: {chart} n={n}" if judged else "  a bare loop of sums and one comparison", f"{float(cost):.1f} ns", must="< 60 ns" if judged else "",
                  met=float(cost) < 60 if judged else None)
    path = bench.file(".csv")
    write_table(path)
    for arguments in (["-n", "5"], [], ["-n", "5", "-f", "csv"]):
        took, memory = study(bench.gemba, path, ["--lsl", "24.95", "--usl", "25.05", *arguments])
        text = "csv" not in arguments
        bench.row(f"gemba study of 10^7 values, {' '.join(arguments) or 'single'}: {memory:.0f} MB", f"{took:.2f} s", must="< 5 s" if text else "",
                  met=took < 5 if text else None)
    for name, command, source in (("numpy", [sys.executable, "-c"], NUMPY), ("R qcc, 50,000 values", ["Rscript", "-e"], QCC)):
        answer = peer(command, source, path)
        bench.row(f"  the same in {name}", "", f"{answer[0]:.1f} ns" if answer else "not installed")
