"""Writes random tables of instruments, and says what numpy, silx and gemmi read in them."""
import base64, io, json, os, random, sys, tempfile
import gemmi, numpy
from silx.io.specfile import SpecFile

seed, count = int(sys.argv[1]), int(sys.argv[2])
words = ["energy", "mu_trans", "I(q)", "q [1/A]", "two theta", "Detector", "H", "K", "Epoch", "i0", "sigma"]

def number(r):
    value = r.choice([r.uniform(-1, 1), r.uniform(-1e5, 1e5), r.uniform(0, 1e-9), float(r.randint(-9, 10**6))])
    return r.choice(["%.6e", "%.10g", "%.4f", "%g"]) % value

def columns(r):
    width, rows = r.randint(2, 6), r.randint(3, 40)
    eol, gap = r.choice(["\n", "\r\n"]), r.choice([" ", "   ", "\t", " \t "])
    names = [r.choice(words).replace(" ", "_") for _ in range(width)]
    lines = [f"# comment {i} of the beamline: {number(r)}" for i in range(r.randint(0, 4))]
    lines.append("# " + " ".join(names))
    for _ in range(rows):
        lines.append(r.choice(["", " ", "    "]) + gap.join(number(r) for _ in range(width)) + r.choice(["", "", " "]))
        if r.random() < .05: lines.append(r.choice(["", "# shutter closed", "   "]))
    raw = eol.join(lines) + r.choice(["", eol])
    read = numpy.genfromtxt(io.StringIO(raw), comments="#", ndmin=2)
    return "columns", raw, [("", names, read.tolist())]

def spec(r):
    eol = r.choice(["\n", "\r\n"]) if False else "\n" # silx keeps the carriage returns in the names
    lines = ["#F random.spec", f"#E {r.randint(1, 10**9)}", "#D Mon Nov 30 12:00:00 2026", "#C by hand", "#O0 Two Theta  Theta  Chi", ""]
    last = 0
    for _ in range(r.randint(1, 6)):
        last = max(1, last + r.choice([0, 1, 1, 2]))
        width, rows = r.randint(2, 6), r.randint(1, 30)
        names = r.sample(words, width)
        lines += [f"#S {last}  ascan {names[0]} 0 1 {rows} 0.1", "#D Mon Nov 30 12:00:00 2026", f"#T {r.randint(1, 9)}  (Seconds)",
                  "#P0 " + " ".join(number(r) for _ in range(3)), f"#N {width}", "#L " + "  ".join(names)]
        for _ in range(rows):
            lines.append(" ".join(number(r) for _ in range(width)))
            if r.random() < .1: lines += ["@A 1 2 3 4 5\\", " 6 7 8 9 10"]
            if r.random() < .05: lines.append("#C beam lost")
        lines.append("")
    raw = eol.join(lines)
    with tempfile.NamedTemporaryFile("w", suffix=".spec") as file:
        file.write(raw); file.flush()
        scans = SpecFile(file.name)
        tables = [(f"{scan.number}.{scan.order}", list(scan.labels), scan.data.T.tolist()) for scan in scans]
        scans.close()
    return "spec", raw, tables

def field(r, is_text):
    if not is_text: return number(r)
    text = r.choice(["mic/a.mrc", "000001@stack.mrcs", "with blank", "it's", 'say "x" now', "", "None", "#7", "Zn2+"])
    if text and not any(c in text for c in " '\"#"): return text
    return f'"{text}"' if '"' not in text else f"'{text}'"

def star(r):
    lines = ["", "# version 30001", ""]
    for number_of in range(r.randint(1, 4)):
        lines += [f"data_{r.choice(['optics', 'particles', 'general', 'job'])}_{number_of}", ""]
        if r.random() < .5:
            lines += [f"_rlnValue{i}   {field(r, r.random() < .5)}" for i in range(r.randint(1, 4))] + [""]
        if r.random() < .8:
            kinds = [r.random() < .3 for _ in range(r.randint(1, 6))]
            lines += [r.choice(["loop_", "loop_ "])] + [f"_rlnColumn{i} #{i + 1} " for i in range(len(kinds))]
            lines += [" " + "  ".join(field(r, kind) for kind in kinds) + " " for _ in range(r.randint(1, 20))] + [" "]
    if lines[-2].startswith("data_"): lines.append("_rlnLast 1")
    raw = "\n".join(lines) + "\n"
    tables = []
    for block in gemmi.cif.read_string(raw):
        values = [item.pair for item in block if item.pair]
        for item in block:
            if item.pair and values:
                tables.append((block.name + ", values", ["name", "value"], [[tag[1:], gemmi.cif.as_string(value)] for tag, value in values])); values = []
            elif item.loop:
                loop = item.loop
                rows = [[gemmi.cif.as_string(loop.val(row, at)) for at in range(loop.width())] for row in range(loop.length())]
                tables.append((block.name, [tag[1:] for tag in loop.tags], rows))
    return "star", raw, tables

def cs(r):
    kinds = ["<f4", "<f8", "<i4", "<u8", "|u1", ">f4", ">i2", "|S9", "<U5", "|b1", "<i8"]
    dtype = []
    for at in range(r.randint(1, 9)):
        kind = r.choice(kinds)
        dtype.append((f"group/{at}", kind) if r.random() < .7 else (f"pose/{at}", kind, r.choice([(2,), (3,), (2, 2)])))
    rows = r.randint(1, 50)
    array = numpy.zeros(rows, dtype)
    for name in array.dtype.names:
        base, shape = array.dtype[name].base, (rows,) + array.dtype[name].shape
        random_values = numpy.random.default_rng(r.randint(0, 1 << 30))
        if base.kind in "SU": values = numpy.array([r.choice(["", "a/b.mrc", "xyz", "µ" if base.kind == "U" else "m"]) for _ in range(int(numpy.prod(shape)))]).reshape(shape)
        elif base.kind == "f": values = random_values.normal(size=shape) * 10.0 ** r.randint(-9, 9)
        elif base.kind == "b": values = random_values.random(shape) < .5
        else: values = random_values.integers(numpy.iinfo(base).min, numpy.iinfo(base).max, shape, dtype=base.newbyteorder("="), endpoint=True)
        array[name] = values
    names, columns_of = [], []
    for name in array.dtype.names:
        for index in numpy.ndindex(array.dtype[name].shape):
            names.append(name + (f"[{','.join(map(str, index))}]" if index else ""))
            columns_of.append(array[name][(slice(None),) + index])
    def said(value):
        if isinstance(value, bytes): return value.decode()
        if isinstance(value, numpy.float32): return f"single {value}" # several texts may be the shortest
        if isinstance(value, numpy.bool_): return str(bool(value)).lower()
        return str(value)
    out = io.BytesIO(); numpy.save(out, array)
    return "numpy", out.getvalue(), [("", names, [[said(column[row]) for column in columns_of] for row in range(rows)])]

made = []
for place in range(count):
    r = random.Random(f"{seed}/{place}")
    kind, raw, tables = r.choice([columns, spec, star, cs])(r)
    raw = raw if isinstance(raw, bytes) else raw.encode()
    made.append({"kind": kind, "raw": base64.b64encode(raw).decode(), "tables": [{"title": t, "columns": c, "rows": rows} for t, c, rows in tables]})
print(json.dumps(made))
