namespace Hutch.Formats.Tests.Peers;

/// <summary>The program that writes the variants: <c>seed</c> and <c>count</c> are set before it.</summary>
internal static class MrcVariants
{
    public const string Script = """
        import bz2, gzip, hashlib, json, random, struct, warnings
        import mrcfile
        warnings.simplefilter("ignore")
        kinds = {0: "i1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 12: "f2"}
        imod = 1146047817

        def numbers(g, shape, dtype):
            dtype = np.dtype(dtype)
            if dtype.kind in "ui": return g.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
            return (g.standard_normal(shape) * 100 + (1j * g.standard_normal(shape) if dtype.kind == "c" else 0)).astype(dtype)

        def written(r, g, name, e): # by mrcfile
            mode = r.choice(list(kinds)); shape = [r.randint(1, 7) for _ in range(r.choice([2, 3, 3, 4]))]
            a = numbers(g, shape, kinds[mode])
            packing = r.choice([None, None, "gzip"])
            with mrcfile.new(name, overwrite=True, compression=packing) as m:
                m.set_data(a)
                if len(shape) == 3 and r.random() < .5: m.set_image_stack()
                size = [round(r.uniform(.3, 9), 3) for _ in range(3)]; m.voxel_size = tuple(size)
                if r.random() < .4: m.set_extended_header(np.frombuffer(g.bytes(r.randint(1, 3000)), "V1"))
                for i in range(r.randint(0, 4)): m.add_label("label %d of a trial" % i)
                axes = [1, 2, 3]
                if r.random() < .3: r.shuffle(axes); m.header.mapc, m.header.mapr, m.header.maps = axes
                n = [int(m.header.mx), int(m.header.my), int(m.header.mz)]; m.header.cella.x, m.header.cella.y, m.header.cella.z = [s * k for s, k in zip(size, n)]
                e["attributes"] = dict(mode=mode, space_group=int(m.header.ispg), voxel_size_angstrom=[size[x - 1] for x in axes[::-1]], axes=["xyz"[x - 1] for x in axes[::-1]], labels=[str(x).rstrip() for x in m.get_labels()])
            return a if len(shape) > 2 else a[None]

        def made(r, g, name, e): # word by word
            mode = r.choice([0, 0, 0, 0, 1, 2, 4, 6, 12, 16, 101]); order = r.choice("<>"); shape = [r.randint(1, 40) for _ in range(3)]; nz, ny, nx = shape
            least, greatest, stamp, flags, version = 0., 0., 0, 0, 0
            kind = kinds.get(mode, "u1"); what = None
            if mode == 0:
                what = r.choice(["imod unsigned", "imod signed", "old unsigned", "old signed", "2014", "2014 but unsigned", "unknown"])
                if "unsigned" in what: kind = "u1"
                if "imod" in what: stamp, flags = imod, int("unsigned" not in what) + 2 * r.randint(0, 1)
                if "2014" in what: version = r.choice([20140, 20141])
            a = numbers(g, shape + ([3] if mode == 16 else []), (order + kind) if kind[1] != "1" else kind)
            if mode == 101: a = a % 16
            if mode == 0: a.flat[0] = 200 if kind == "u1" else -100
            if mode not in (4, 16) and what != "unknown": least, greatest = float(a.min()), float(a.max())
            if mode == 0 and what == "unknown": e["notes"].append("sign"); least, greatest = r.choice([(0., 0.), (0., -1.), (1., 100.)])
            stamps = {"<": [b"\x44\x44\0\0", b"\x44\x41\0\0", b"\x44\0\0\0", b"\x44\x20\x20\x20", b"\0\0\0\0", b"\x11\x11\0\0"], ">": [b"\x11\x11\0\0", b"\x11\0\0\0", b"\0\0\0\0", b"\x44\x44\0\0"]}[order]
            mark = r.choice([b"MAP ", b"MAP ", b"MAP\0", b"\0\0\0\0", b"    "]); machine = r.choice(stamps)
            axes = r.choice([[1, 2, 3], [1, 2, 3], [0, 0, 0], [3, 2, 1], [2, 1, 3], [1, 3, 2], [2, 3, 1]])
            if axes == [0, 0, 0] and nx * ny * nz == 0: axes = [1, 2, 3]
            space = axes if axes[0] else [1, 2, 3]; group = r.choice([0, 1, 1, 19, 401]); depth = nz
            if group == 401: depth = r.choice([k for k in range(1, nz + 1) if nz % k == 0])
            extended = r.choice([0, 0, 3, 122, 1024, 3072]); intervals = [0 if r.random() < .1 else k for k in (nx, ny, depth)]
            if group == 401: intervals[2] = depth
            cell = [round(r.uniform(1, 500), 2) for _ in range(3)]
            h = bytearray(1024)
            begin = r.choice([[0, 0, 0], [-3, 0, 7]]); origin = r.choice([[0., 0., 0.], [12.5, -40., 0.]])
            struct.pack_into(order + "10i", h, 0, nx, ny, nz, mode, *begin, *intervals); struct.pack_into(order + "3f", h, 196, *origin)
            struct.pack_into(order + "6f3i3f2i", h, 40, *cell, 90, 90, 90, *axes, least, greatest, (least + greatest) / 2, group, extended)
            h[104:108] = r.choice([b"\0\0\0\0", b"FEI1", b"SERI", b"AGAR"]); struct.pack_into(order + "i", h, 108, version); struct.pack_into(order + "2i", h, 152, stamp, flags)
            h[208:212] = mark; h[212:216] = machine
            labels = ["a label", "Å and µ"][:r.randint(0, 2)]; struct.pack_into(order + "fi", h, 216, 1., len(labels))
            for i, l in enumerate(labels): h[224 + 80 * i:304 + 80 * i] = l.encode("latin-1").ljust(80, r.choice([b" ", b"\0"]))
            data = a.tobytes()
            if mode == 101:
                p = np.zeros((nz, ny, (nx + 1) // 2 * 2), "u1"); p[..., :nx] = a; data = (p[..., ::2] | p[..., 1::2] << 4).tobytes()
            tail = r.choice([b"", b"", b"\0" * min(3, len(data) // nz - 1)])
            if r.random() < .1: tail = data; e["notes"].append("more images")
            ending = r.choice([".mrc", ".mrcs", ".map", ".rec", ".st", ".ali", ".preali", ".ccp4", ".MRC"]) if mark[:3] != b"MAP" or r.random() < .5 else ".dat"
            whole = bytes(h) + g.bytes(extended) + data + tail
            if r.random() < .15: ending += ".gz"; whole = gzip.compress(whole, 1); e["notes"] = [n for n in e["notes"] if n != "more images"]
            e["file"] = name.replace(".mrc", ending); open(e["file"], "wb").write(whole)
            size = [cell[x - 1] / intervals[x - 1] if intervals[x - 1] else None for x in space]
            first = [origin[x - 1] for x in space] if any(origin) else [k and (s * k if s else None) for k, s in zip(begin, size)]
            e["attributes"] = dict(mode=mode, space_group=group, voxel_size_angstrom=size[::-1], origin_angstrom=first[::-1], axes=["xyz"[x - 1] for x in space[::-1]], labels=labels)
            e["variant"] = str(dict(mode=mode, order=order, what=what, mark=mark, machine=machine, axes=axes, group=group, extended=extended))
            if mode in kinds and kind != "u1" and machine[:2] in (b"\x44\x44", b"\x44\x41", b"\x11\x11", b"\0\0") and (machine[0] == 0x11) == (order == ">"):
                with mrcfile.open(e["file"], permissive=True) as m: assert (m.data.ravel() == a.ravel()).all() or mode in (2, 4, 12), (e, "mrcfile")
            return a.reshape([nz // depth, depth] + list(a.shape[1:])) if group == 401 else a

        expected = []
        for number in range(count):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            e = dict(file="v%05d.mrc" % number, notes=[], variant="mrcfile")
            a = (written if r.random() < .4 else made)(r, g, e["file"], e)
            one = np.ascontiguousarray(a.astype(a.dtype.newbyteorder("<")))
            expected.append(dict(e, shape=list(a.shape), kind=a.dtype.kind + str(a.itemsize), sha256=hashlib.sha256(one.tobytes()).hexdigest()))
        json.dump(expected, open("expected.json", "w"))
        """;
}
