namespace Hutch.Formats.Tests.Peers;

/// <summary>Files of numpy: every version of the format, order and type; and those that others write by hand.</summary>
/// <remarks>Case 106.</remarks>
public sealed class NumpyVariantsTests
{
    private const string Script = """
        import hashlib, json, random, struct, warnings
        warnings.simplefilter("ignore")
        kinds = ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8", "c16"]
        expected = []
        for number in range(count):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            name, o = "v%05d.npy" % number, r.choice("<>")
            kind = r.choice(kinds + ["V", "O", "f16"])
            shape = [r.choice([1, 1, 2, 3, 5, 17, 40]) for _ in range(r.randint(0, 5))]
            while np.prod(shape) > 20000: shape.pop()
            if r.random() < .05 and shape: shape[r.randrange(len(shape))] = 0
            variant = dict(kind=o + kind, shape=shape)
            if kind in ("V", "O"):
                a = np.zeros(shape, [("a", "i4"), ("b", "f8")]) if kind == "V" else np.array([{1: 2}, None], object)
                np.save(name, a)
                expected.append(dict(file=name, variant=str(variant), refusal="structured array" if kind == "V" else "no plain numbers")); continue
            dtype = np.dtype(o + kind)
            if dtype.kind == "f" or dtype.kind == "c": a = (g.standard_normal(shape) * 1e3 + (1j * g.standard_normal(shape) if dtype.kind == "c" else 0)).astype(dtype)
            elif kind == "b1": a = g.integers(0, 2, shape).astype(bool)
            else: a = g.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
            a = np.asarray(a, dtype)
            if r.random() < .4: a = np.asfortranarray(a)
            version, form = r.choice([(1, 0), (1, 0), (2, 0), (3, 0)]), r.choice(["numpy", "numpy", "hand"])
            if form == "numpy":
                with open(name, "wb") as f: np.lib.format.write_array(f, a, version=version)
            else:
                # The header is a Python literal: order of the keys, blanks and quotes are free.
                is_column_major = bool(a.flags.f_contiguous and not a.flags.c_contiguous)
                q = r.choice("'\"")
                items = [f"{q}descr{q}: {q}{a.dtype.str}{q}", f"{q}fortran_order{q}: {is_column_major}", f"{q}shape{q}: ({', '.join(map(str, a.shape))}{',' if len(a.shape) == 1 else ''})"]
                r.shuffle(items)
                head = "{" + r.choice([", ", ",", " , "]).join(items) + r.choice(["", ",", ", "]) + "}"
                if r.random() < .3: head = head.replace(": ", ":")
                pad = r.choice([0, 16, 64]); lead = 10 if version[0] == 1 else 12
                head += " " * (-(lead + len(head) + 1) % pad if pad else 0) + r.choice(["\n", "\n", ""])
                open(name, "wb").write(b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", len(head)) + head.encode() + a.tobytes("F" if is_column_major else "C"))
                variant["head"] = head
            b = np.load(name)
            assert b.shape == a.shape and b.dtype == a.dtype and b.tobytes() == a.tobytes(), (name, variant)
            order = "F" if a.flags.f_contiguous and not a.flags.c_contiguous else "C" # the order of the axes in Zarr, too
            one = a.astype(a.dtype.newbyteorder("<"))
            expected.append(dict(file=name, variant=str(variant | dict(fortran=not a.flags.c_contiguous)), shape=list(a.shape), kind=a.dtype.kind + str(a.itemsize), sha256=hashlib.sha256(one.tobytes(order)).hexdigest()))
        json.dump(expected, open("expected.json", "w"))
        """;

    [Fact]
    public Task Every_number_is_that_of_numpy() => ArrayVariants.CompareAsync(Script);
}
