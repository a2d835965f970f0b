"""Writes random structures with gemmi and random tables with csv and json, and says what gemmi, pandas and json read in them."""
import base64, csv, io, json, random, re, sys
import gemmi, pandas

seed, count = int(sys.argv[1]), int(sys.argv[2])
names = [(" N  ", "N"), (" CA ", "C"), (" C  ", "C"), (" O  ", "O"), (" CB ", "C"), (" SG ", "S"), (" H  ", "H"), (" HA ", "H"), ("HG11", "H"), ("HE21", "H"), ("HO5'", "H"), ("1HB ", "H"), (" CD1", "C"), (" OP1", "O"), (" P  ", "P")]
hetero = [("ZN  ", "ZN", "ZN"), ("FE  ", "FE", "HEM"), (" NA ", "N", "HEM"), ("CL1 ", "CL", "LIG"), ("BR2 ", "BR", "LIG"), ("CL12", "CL", "LIG"), (" C1 ", "C", "LIG"), ("CA  ", "CA", "CA"), ("NA  ", "NA", "NA"), ("HG  ", "HG", "HG"), (" O  ", "O", "HOH")]

def structure(r, is_pdb):
    s = gemmi.Structure(); s.name = "trial"
    for number in range(r.choice([1, 1, 1, 2])):
        model = gemmi.Model(str(number + 1))
        for chain_name in r.sample(r.choice(["ABCXYZ", "ABCXYZ", ["AA", "AB", "BA", "A", "B", "7A"]]), r.randint(1, 3)):
            chain = gemmi.Chain(chain_name); at = r.choice([-3, 1, 95, 9997, 12000, 35999])
            for _ in range(r.randint(1, 6)):
                is_hetero = r.random() < .4
                kinds = [r.choice(["ALA", "CYS", "ILE", "DA"])] if not is_hetero else [r.choice(hetero)[2]]
                if not is_hetero and r.random() < .15: kinds.append("SER") # two kinds by turns
                icode = r.choice([" ", " ", " ", "A", "B"])
                for kind in kinds:
                    residue = gemmi.Residue(); residue.name = kind; residue.seqid = gemmi.SeqId(at, icode); residue.het_flag = "H" if is_hetero else "A"
                    known = [(n, e) for n, e, k in hetero if k == kind] if is_hetero else names
                    for name, element in r.sample(known, r.randint(1, min(5, len(known)))):
                        places = ["\0"] if len(kinds) == 1 else ["AB"[kinds.index(kind)]]
                        if len(kinds) == 1 and r.random() < .3: places = r.choice([["A", "B"], ["B"], ["B", "C"], ["2"], ["1", "2"]])
                        for place in places:
                            atom = gemmi.Atom(); atom.name = name.strip(); atom.altloc = place; atom.element = gemmi.Element(element.capitalize())
                            atom.pos = gemmi.Position(*[round(r.uniform(-99, 99), 3) for _ in range(3)]); atom.b_iso = round(r.uniform(1, 99), 2); atom.occ = .5
                            residue.add_atom(atom)
                    chain.add_residue(residue)
                at += r.choice([1, 1, 2])
            model.add_chain(chain)
        s.add_model(model)
    s.setup_entities()
    if is_pdb:
        text = s.make_minimal_pdb(); read = gemmi.read_pdb_string(text)
        if r.random() < .4: text = "\n".join(line[:76] if line[:6] in ("ATOM  ", "HETATM") else line for line in text.split("\n"))
        if r.random() < .3: # frames that only END ends
            text = re.sub("(?m)^ENDMDL.*$", "END", re.sub("(?m)^MODEL .*\n", "", text))
        if r.random() < .3: text = text.replace("\n", r.choice(["\r\n", "\r"]))
    else:
        text = s.make_mmcif_document().as_string(); read = gemmi.make_structure_from_block(gemmi.cif.read_string(text)[0])
        if r.random() < .2: text = re.sub(r"(?m)^(_atom_site\.\w+|data_|loop_)", lambda m: m[0].upper(), text)
    atoms, others, kind_of, place_of = [], 0, {}, {}
    for chain in read[0]:
        for residue in chain:
            for atom in residue:
                key = (chain.name, str(residue.seqid))
                if atom.altloc != "\0" and (kind_of.setdefault(key, residue.name) != residue.name or place_of.setdefault(key + (atom.name,), atom.altloc) != atom.altloc): others += 1; continue
                atoms.append([chain.name, residue.seqid.num, residue.seqid.icode.strip(), residue.name, atom.name, atom.element.name.upper(), *[round(x, 3) for x in atom.pos.tolist()], round(atom.b_iso, 2), residue.het_flag == "H"])
    return dict(kind="pdb" if is_pdb else "mmcif", text=text, atoms=sorted(atoms, key=str), others=others, models=len(s))

def molecule(r): # a small molecule, in parts of its cell; or a ligand
    elements = ["C", "N", "O", "Na", "Cl", "Fe"]; n = r.randint(1, 9); chosen = [r.choice(elements) for _ in range(n)]; labels = [e + str(i + 1) for i, e in enumerate(chosen)]
    is_ligand = r.random() < .4; style = r.choice(["plain", "plain", "errors", "capitals", "later"])
    if is_ligand:
        places = [[round(r.uniform(-9, 9), 3) for _ in range(3)] for _ in range(n)]; ideal = r.random() < .3
        prefix = "_chem_comp_atom."; names = ["comp_id", "atom_id", "type_symbol"] + [f"pdbx_model_Cartn_{a}_ideal" if ideal else f"model_Cartn_{a}" for a in "xyz"]
        rows = [["LIG", label, e.upper(), *map(str, p)] for label, e, p in zip(labels, chosen, places)]; cell = ""
    else:
        lengths, angles = [round(r.uniform(3, 20), 3) for _ in range(3)], [r.choice([90, 90, round(r.uniform(75, 110), 2)]) for _ in range(3)]
        cell = "".join(f"_cell_length_{a} {x}{'(2)' if style == 'errors' else ''}\n" for a, x in zip("abc", lengths)) + "".join(f"_cell_angle_{a} {x}\n" for a, x in zip(["alpha", "beta", "gamma"], angles))
        fractions = [[round(r.uniform(-.2, 1.2), 4) for _ in range(3)] for _ in range(n)]
        places = [gemmi.UnitCell(*lengths, *angles).orthogonalize(gemmi.Fractional(*f)).tolist() for f in fractions]
        prefix = "_atom_site_"; names = ["label", "fract_x", "fract_y", "fract_z"] + (["type_symbol"] if r.random() < .5 else [])
        rows = [[label, *(f"{x:.4f}" + ("(3)" if style == "errors" else "") for x in f)] + ([e] if len(names) == 5 else []) for label, e, f in zip(labels, chosen, fractions)]
    text = f"data_x\n{cell}loop_\n" + "".join(prefix + name + "\n" for name in names) + "".join(" ".join(row) + "\n" for row in rows)
    if style == "capitals": text = re.sub("(?m)^(_[a-z_.]+|data_|loop_)", lambda m: m[0].upper(), text)
    if style == "later": text = "data_global\n_journal_year 2026\n" + text
    return dict(kind="molecule", how=f"{style} {'ligand' if is_ligand else 'small'}", text=text, atoms=[[label, e.upper(), *p] for label, e, p in zip(labels, chosen, places)])

def columns(r): # a table by blanks, as SAXS and SPEC have it
    n, rows = r.randint(2, 6), [];
    for _ in range(r.randint(3, 30)): rows.append([r.choice(["%.4f", "%.5E", "%d"]) % r.gauss(0, 1000) for _ in range(n)])
    names = ["q", "I(q)", "sigma", "n", "fit", "x"][:n]; how = r.choice(["commented", "plain"])
    lines = ["# Sample: lysozyme"][: r.randint(0, 1)] + [("# " if how == "commented" else "") + "  ".join(names)] + [r.choice(["", "  "]) + "".join(v.rjust(14) if r.random() < .5 else " " + v for v in row).strip() + r.choice(["", " "]) for row in rows]
    return dict(kind="csv", how="blanks " + how, raw=base64.b64encode("\n".join(lines).encode()).decode(), columns=names, rows=rows, remark=[])

texts = ["a", "five words of a text", "x,y", "1;2", "tab\tin", 'say "x"', "µ and °", "Å", "", " blank ", "-", "#5", "=1+1"]
def cell(r, more):
    return r.choice([str(r.randint(-10**r.randint(1, 25), 10**r.randint(1, 25))), repr(r.gauss(0, 100)), "%.3f" % r.random(), "nan", "1e400", *more])

def table(r):
    end = r.choice(["\n", "\n", "\r\n", "\r"]); separator = r.choice([",", ",", ";", "\t"]); encoding = r.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1", "latin-1"])
    more = texts + (["two\nlines"] if end != "\r" else [])
    columns, rows = r.randint(2, 7), r.randint(2, 30)
    numbers = r.random() < .3
    head = ["name %d" % i if r.random() < .8 else "%s %d" % (r.choice(["q (Å)", 'the "q"', "x,y"]), i) for i in range(columns)]
    body = [["%.3f" % r.random() if numbers else cell(r, more) for _ in range(columns)] for _ in range(rows)]
    if not numbers:
        for row in body: row[0], row[-1] = row[0] or "first", row[-1] or "last"
    out = io.StringIO(); writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    how = r.choice(["plain", "plain", "comments", "title", "sep", "commented head", "index"])
    if how == "index" and columns < 3: how = "plain"
    if how == "commented head" and not numbers: how = "comments"
    before = []
    if how in ("comments", "commented head"): before = ["# of a trial", "# by µ-program"][: r.randint(1, 2)]
    if how == "title": before = ["Report of a trial", ""][: r.randint(1, 2)]
    if how == "sep": before = ["sep=" + separator]
    if how == "commented head": head = ["n%d" % i for i in range(columns)]; before.append("# " + separator.join(head))
    else: writer.writerow(head[1:] if how == "index" else head)
    writer.writerows(body)
    raw = ("".join(line + end for line in before) + out.getvalue()).encode(encoding)
    skip = len(before)
    read = pandas.read_csv(io.BytesIO(raw), sep=separator, skiprows=skip, encoding=encoding, dtype=str, keep_default_na=False, header=None, names=range(columns), skip_blank_lines=False, lineterminator="\r" if end == "\r" and encoding != "utf-16" else None)
    if how != "commented head": read = read.iloc[1:]
    if end != "\r": assert read.values.tolist() == body, (how, encoding, separator, body, read)
    if how == "index": head = [""] + head[1:]
    return dict(kind="csv", how=f"{how} {encoding} {end!r} {separator!r}", raw=base64.b64encode(raw).decode(), columns=[h or "column 1" for h in head], rows=body, remark=[b.strip() for b in before[: -1 if how == "commented head" else None] if b and how != "sep"])

def lines(r):
    keys = ["epoch", "loss", "µ", "a \"b\"", "n"][: r.randint(1, 5)]
    scalars = ["NaN", "Infinity", "-Infinity", "12345678901234567890", "-9007199254740993", "1e400", "1.10", "0.1", "-0", "true", "null", "5", "1E-7", '"text"', '"\\u00b5 \\n"', '[1, NaN, {"x": 12345678901234567890}]', '{"deep": [1.50]}', "[]", "{}"]
    all_lines, rows = [], []
    for _ in range(r.randint(1, 20)):
        some = {k: r.choice(scalars) for k in keys if r.random() < .9} or {keys[0]: "1"}
        text = "{" + r.choice([", ", ","]).join(json.dumps(k, ensure_ascii=r.random() < .5) + r.choice([": ", ":"]) + v for k, v in some.items()) + "}"
        class Raw(str): pass
        parsed = json.loads(text, parse_int=Raw, parse_float=Raw, parse_constant=Raw)
        rows.append({k: (str(v) if isinstance(v, (Raw, str)) else some[k]) for k, v in parsed.items()}); all_lines.append(text)
    columns = list(dict.fromkeys(k for row in rows for k in row))
    if r.random() < .2: all_lines.append('{"epoch": 5, "los'); rows.append({columns[0]: all_lines[-1]})
    raw = "\n".join(all_lines).encode()
    bad = all_lines[-1].endswith("los")
    return dict(kind="lines", raw=base64.b64encode(raw).decode(), columns=columns, rows=[[row.get(c, "") for c in columns] for row in rows], bad=bad)

answer = []
for number in range(count):
    r = random.Random(seed * 1000003 + number)
    answer.append([lambda r: structure(r, True), lambda r: structure(r, False), table, lines, molecule, columns][number % 6](r))
json.dump(answer, sys.stdout)
