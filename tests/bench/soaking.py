"""A plant that goes on: 300 devices x 100 registers and 3,000 characteristics, each once a second, for as long as GEMBA_SOAK_MINUTES says (40).
What waits to be packed stays bounded, and so do the -wal, the collector's memory and how long people wait; what the file grows by is said."""
import os
import sqlite3
import subprocess
import sys
import time

UNITS, REGISTERS, EACH = 300, 100, 10  # EACH: characteristics of a device
KEEP, CHUNK, POLLS = 256, 1024, 8192 // (REGISTERS + 1)  # rows that stay; measurements and polls of a chunk
EVERY_S = 20
LINE = "{:>7} {:>9} {:>11} {:>9} {:>7} {:>7} {:>7} {:>6} {:>9} {:>8} {:>8}"


def plant(bench, ports):
    """Each characteristic with fixed limits, so that every value is judged."""
    config = bench.file(".yaml")
    store = config.replace(".yaml", ".db")
    lines = ["plant: {name: Soak}", f"store: {{path: {store}}}", "links:"]
    lines += [f'  l{i}: {{url: "tcp://127.0.0.1:{port}"}}' for i, port in enumerate(ports)]
    lines.append("instruments:")
    for i in range(UNITS):
        lines += [f"  d{i}: {{link: l{i}, unit: 1, every: 1s, tags: {{"
                  + ", ".join(f'r{r}: {{address: "holding:{r}"}}' for r in range(REGISTERS)) + "}}"]
    lines.append("characteristics:")
    lines += [f"  c{i}x{j}: {{source: d{i}.r{j}, every: 1s, lsl: 900, usl: 1100, chart: i-mr, limits: {{center: 1019.5, sigma: 11.5}}}}"
              for i in range(UNITS) for j in range(EACH)]
    with open(config, "w") as file:
        file.write("\n".join(lines) + "\n")
    return config, store


def size_mb(path):
    return os.path.getsize(path) / 1e6 if os.path.exists(path) else 0


def look(db):
    """What waits to be packed, what is packed, and how the recorder fares."""
    one = lambda text: db.execute(text).fetchone()
    polls, = one("SELECT count(*) FROM journal")
    points, = one("SELECT coalesce(sum(points), 0) FROM standing")
    poll_chunks, packed_polls, poll_bytes = one("SELECT count(*), coalesce(sum(polls), 0), coalesce(sum(bytes), 0) FROM journal_chunk")
    chunks, packed, chunk_bytes = one("SELECT count(*), coalesce(sum(count), 0), coalesce(sum(value_bytes + point_bytes), 0) FROM chunk")
    mean, most, queued, dropped = one("SELECT commit_ms_mean, commit_ms_max, queued, dropped FROM collector_status")
    return {"polls": polls, "values": points - packed, "chunks": chunks + poll_chunks, "packed_polls": packed_polls, "poll_bytes": poll_bytes,
            "packed": packed, "chunk_bytes": chunk_bytes, "commit": mean, "commit_most": most, "queued": queued, "dropped": dropped}


def ask_for_a_chart(bench, config):
    begun = time.monotonic()
    subprocess.run([bench.gemba, "show", "chart", "c7x3", "--format", "csv", "-c", config], stdout=subprocess.DEVNULL, check=True)
    return 1000 * (time.monotonic() - begun)


def watch(bench, config, store, client, cpu_s, rss_mb, minutes):
    seen, begun = [], time.monotonic()
    before_s, before = cpu_s(client.pid), begun
    print(LINE.format("s", "polls", "values wait", "chunks", "file MB", "-wal", "rss MB", "cpu %", "commit ms", "most", "chart ms"), flush=True)
    while time.monotonic() < begun + 60 * minutes:
        time.sleep(EVERY_S)
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            now = look(db)
        db.close()
        spent_s, at = cpu_s(client.pid), time.monotonic()
        now.update(s=at - begun, file=size_mb(store), wal=size_mb(store + "-wal"), rss=rss_mb(client.pid),
                   cpu=100 * (spent_s - before_s) / (at - before), chart=ask_for_a_chart(bench, config))
        before_s, before = spent_s, at
        seen.append(now)
        print(LINE.format(*(f"{now[key]:.0f}" for key in ("s", "polls", "values", "chunks", "file", "wal", "rss", "cpu", "commit", "commit_most",
                                                          "chart"))), flush=True)
    return seen


def slope(seen, key):
    """Of the second half, a second."""
    half = seen[len(seen) // 2:]
    mean_s, mean = sum(n["s"] for n in half) / len(half), sum(n[key] for n in half) / len(half)
    return sum((n["s"] - mean_s) * (n[key] - mean) for n in half) / max(sum((n["s"] - mean_s) ** 2 for n in half), 1e-9)


def report(bench, seen):
    last, half = seen[-1], seen[len(seen) // 2:]
    most = lambda key: max(n[key] for n in half)
    polls_limit, values_limit = UNITS * (KEEP + POLLS) * 1.5, UNITS * EACH * (KEEP + CHUNK) * 1.1
    bench.row("soak: polls that wait to be packed, at most", f"{most('polls'):,.0f}", "", None, f"< {polls_limit:,.0f}", most("polls") < polls_limit)
    bench.row("  values that wait to be packed, at most", f"{most('values'):,.0f}", "", None, f"< {values_limit:,.0f}", most("values") < values_limit)
    bench.row("  -wal MB, at most", f"{max(n['wal'] for n in seen):.0f}", "", None, "< 96", max(n["wal"] for n in seen) < 96)
    bench.row("  memory MB, and its growth in the second half", f"{last['rss']:.0f}, {most('rss') - half[0]['rss']:.0f}", "", None, "growth < 10 %",
              most("rss") < 1.1 * half[0]["rss"])
    bench.row("  CPU %, mean of the second half", f"{sum(n['cpu'] for n in half) / len(half):.0f}")
    bench.row("  polls dropped", f"{last['dropped']}", "", None, "none", last["dropped"] == 0)
    bench.row("  a chart's 125 points, the whole command: ms at most", f"{max(n['chart'] for n in seen):.0f}")
    reading = last["poll_bytes"] / max(last["packed_polls"] * REGISTERS, 1)
    bench.row("  bytes a reading, packed", f"{reading:.2f}")
    gb = 86400 * UNITS * REGISTERS * reading / 1e9
    if last["packed"]:
        value = last["chunk_bytes"] / last["packed"]
        bench.row("  bytes a measurement with its point, packed", f"{value:.2f}")
        gb += 86400 * UNITS * EACH * value / 1e9
        bench.row("  GB a day of both at rest", f"{gb:.1f}")
    else:
        bench.row("  GB a day of the readings at rest", f"{gb:.1f}")
    bench.row("  GB a day as the file grew in the second half", f"{slope(seen, 'file') * 86400 / 1e3:.1f}")


def run(bench, devices, collect, cpu_s, rss_mb, end):
    minutes = float(os.environ.get("GEMBA_SOAK_MINUTES", "40"))
    with devices(bench, "serve", UNITS, "u16") as (_, ports):
        config, store = plant(bench, ports)
        client = subprocess.Popen(collect(bench, config), stdin=subprocess.DEVNULL)
        try:
            time.sleep(4)
            seen = watch(bench, config, store, client, cpu_s, rss_mb, minutes)
        finally:
            end(client)
    report(bench, seen)
    verified = subprocess.run([bench.gemba, "verify", "-c", config], stdout=subprocess.DEVNULL)
    bench.row("  gemba verify", f"exit {verified.returncode}", "", None, "0", verified.returncode == 0)
    if client.returncode:
        sys.exit("bench: the collector did not end well")
