namespace Hutch.Formats.Tests.Peers;

/// <summary>
/// The program that writes the variants: <c>seed</c> and <c>count</c> are set before it, and <c>only</c>, the one kind of file or nothing.
/// </summary>
internal static class TiffVariants
{
    public const string Script = """
        import hashlib, io, json, random, struct, warnings, zlib, logging
        import tifffile
        from PIL import Image
        warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
        sizes = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 16: 8}; letters = {1: "B", 3: "H", 4: "I", 16: "Q"}

        def tiff(pages, o, big):
            # Pages: the tags, the bytes of the pieces and the tag of their places.
            width, item = (8, "Q") if big else (4, "I")
            out = bytearray((b"II" if o == "<" else b"MM") + (struct.pack(o + "HHHQ", 43, 8, 0, 0) if big else struct.pack(o + "HI", 42, 0)))
            link = 8 if big else 4
            for tags, pieces, where, counts in pages:
                tags = dict(tags); at = []
                for b in pieces: out += b"\0" * (len(out) % 2); at.append(len(out) if b else 0); out += b
                if pieces: tags[where] = (16 if big else 4, at)
                if counts: tags[counts] = (16 if big else 4, [len(b) for b in pieces])
                items = b""
                for tag in sorted(tags):
                    t, v = tags[tag]
                    raw = bytes(v) if isinstance(v, (bytes, bytearray)) else struct.pack(o + str(len(v)) + letters[t], *v)
                    n = len(raw) // sizes[t]
                    if len(raw) > width: out += b"\0" * (len(out) % 2); raw, _ = struct.pack(o + item, len(out)), out.extend(raw)
                    items += struct.pack(o + "HH" + item, tag, t, n) + raw.ljust(width, b"\0")
                out += b"\0" * (len(out) % 2)
                struct.pack_into(o + item, out, link, len(out))
                out += struct.pack(o + ("Q" if big else "H"), len(items) // (20 if big else 12)) + items; link = len(out); out += b"\0" * width
            return bytes(out), link

        def packbits(b):
            return b"".join(bytes([len(b[i:i + 128]) - 1]) + b[i:i + 128] for i in range(0, len(b), 128))

        def differences(a): # rows, columns, samples
            u = np.ascontiguousarray(a).view(a.dtype.byteorder.replace("|", "<").replace("=", "<") + "u" + str(a.itemsize))
            d = u.copy(); d[:, 1:] = (u[:, 1:] - u[:, :-1]).astype(u.dtype); return d.tobytes()

        def sorted_floats(a):
            rows = a.shape[0]; b = np.ascontiguousarray(a.astype(a.dtype.newbyteorder(">"))).reshape(rows, -1).view("u1").reshape(rows, -1, a.itemsize)
            b = b.transpose(0, 2, 1).reshape(rows, -1); s = a.shape[2]; d = b.copy(); d[:, s:] = b[:, s:] - b[:, :-s]; return d.tobytes()

        def bits(a, n): # rows, values: each row ends with a byte
            b = ((a[..., None].astype(int) >> np.arange(n - 1, -1, -1)) & 1).astype("u1").reshape(a.shape[0], -1)
            return np.packbits(b, axis=1).tobytes()

        def electrons(r, frame, run, place, pad):
            out, n, flat, longest = 0, 0, frame.ravel(), (1 << run) - 1
            def put(value, width):
                nonlocal out, n
                out |= value << n; n += width
            gap = 0
            for hit in list(flat) + [None]:
                if hit == 0: gap += 1; continue
                while gap >= longest: put(longest, run); put(0, place if pad else 0); gap -= longest
                put(gap, run); gap = 0
                put(r.getrandbits(place) if hit else 0, place) # after the last pixel, they have no meaning
            return out.to_bytes(-(-n // 64) * 8, "little")

        kinds = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8", "c16"]
        def numbers(g, shape, dtype):
            dtype = np.dtype(dtype)
            if dtype.kind in "ui": return g.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
            return (g.standard_normal(shape) * 1e3 + (1j * g.standard_normal(shape) if dtype.kind == "c" else 0)).astype(dtype)

        def foreign(r, g, name): # tifffile, and libtiff through Pillow
            pick, e = r.choice, {}
            if r.random() < .4:
                mode, dtype = pick([("L", "u1"), ("I;16", "<u2"), ("I", "<i4"), ("F", "<f4"), ("RGB", "u1"), ("RGBA", "u1"), ("1", "u1")])
                rows, columns, n = r.randint(1, 40), r.randint(1, 40), r.randint(1, 4)
                shape = (n, rows, columns) + {"RGB": (3,), "RGBA": (4,)}.get(mode, ())
                a = numbers(g, shape, dtype) if mode != "1" else g.integers(0, 2, shape).astype("u1")
                if mode in ("L", "RGB") and r.random() < .5: a = np.sort(a, axis=2)
                if mode == "1": pages = [Image.fromarray((p * 255).astype("u1")).convert("1", dither=0) for p in a]
                else: pages = [Image.frombytes(mode, (columns, rows), p.tobytes()) for p in a]
                packing = pick([None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd", "zstd"] + (["jpeg"] * 4 if mode in ("L", "RGB") else []))
                info = {}
                if packing == "jpeg": # not the numbers that were written, but those that libtiff reads
                    a = np.cumsum(a, axis=1, dtype="u1") // 2 + np.arange(columns, dtype="u1")[(slice(None),) + (None,) * (a.ndim - 3)] if a.ndim == 3 else a
                    pages = [Image.fromarray(p).convert("YCbCr") if mode == "RGB" and r.random() < .5 else Image.fromarray(p) for p in a[:1]] + [Image.fromarray(p) for p in a[1:]]
                    if mode == "RGB": pages = [p.convert(pages[0].mode) for p in pages]
                elif packing and mode != "1" and r.random() < .5: info[317] = 3 if mode == "F" and packing != "packbits" and r.random() < .5 else 2 if mode != "1" else 1
                if packing and r.random() < .5: info[278] = r.randint(1, rows) if packing != "jpeg" else 16 * r.randint(1, 2)
                pages[0].save(name, compression=packing, save_all=True, append_images=pages[1:], tiffinfo=info)
                with Image.open(name) as f:
                    for k in range(n):
                        f.seek(k); got = np.array(f.convert("L") if mode == "1" else f)
                        if packing == "jpeg": a[k] = got; continue
                        assert ((got > 0 if mode == "1" else got) == a[k]).all(), (name, "Pillow")
                return a, dict(packing=packing, info=info, mode=mode)
            imagej = r.random() < .3
            dtype = pick(["u1", "u2", "f4"] if imagej else kinds); o = pick("<>")
            samples = pick([1, 1, 1, 3, 4]) if dtype in ("u1", "u2") else 1
            if imagej and dtype != "u1": samples = 1
            lead = [r.randint(1, 4) for _ in range(pick([1, 1, 2, 3]))]
            if imagej: lead = [r.randint(1, 4) for _ in range(3)]
            rows, columns = r.randint(2, 40), r.randint(5, 40)
            planar = samples > 1 and not imagej and r.random() < .4
            image = ([samples] if planar else []) + [rows, columns] + ([samples] if samples > 1 and not planar else [])
            a = numbers(g, lead + image, o + dtype)
            is_ome = not imagej and np.dtype(dtype).kind in "uif" and dtype not in ("f2", "i8", "u8") and r.random() < .3
            if is_ome: lead = [r.randint(1, 4) for _ in range(3)]; a = numbers(g, lead + image, o + dtype)
            how = dict(byteorder=o, photometric="rgb" if samples > 1 else pick(["minisblack", "miniswhite"]), bigtiff=r.random() < .3 and not imagej)
            if samples > 1: how["planarconfig"] = "separate" if planar else "contig"
            if imagej: how = dict(byteorder=o, imagej=True, photometric="rgb" if samples > 1 else "minisblack")
            else:
                if r.random() < .5: how["compression"] = "zlib"
                if r.random() < .3: how["tile"] = (16 * r.randint(1, 2), 16 * r.randint(1, 2))
                elif r.random() < .5: how["rowsperstrip"] = r.randint(1, rows)
                if is_ome: how |= dict(ome=True, metadata=dict(axes="".join(r.sample("TCZ", 3)) + ("SYX" if planar else "YXS" if samples > 1 else "YX")))
                elif r.random() < .5: how["metadata"] = None
                elif "compression" not in how and "tile" not in how and r.random() < .4 and np.prod(lead) > 1: how["truncate"] = True
            if imagej: how["metadata"] = {"axes": "TZCYXS" if samples > 1 else "TZCYX"}
            tifffile.imwrite(name, a, **how)
            if imagej or how.get("metadata", 1): lead = [n for n in lead if n > 1] or [1]
            else: lead = [int(np.prod(lead))]
            return a.reshape(lead + image), dict(how, shape=list(a.shape))

        def made(r, g, name): # tag by tag
            pick, o, big = r.choice, r.choice("<>"), r.random() < .3
            rows, columns, n = r.randint(1, 20), r.randint(1, 20), r.randint(1, 4)
            what = only or pick(["predictor", "predictor", "strips", "bits", "bits", "order", "imagej", "imagej", "metamorph", "unlike", "unlike", "eer", "eer", "counts", "list", "list", "tiles", "gdal", "gdal", "jpeg", "jpeg", "refused"])
            said = dict(what=what, order=o, big=big); notes, left = [], 0
            dtype = pick(["u1", o + "u2", o + "i2", o + "u4", o + "f4", o + "f8", o + "f2"]); fmt = {"u": 1, "i": 2, "f": 3}[np.dtype(dtype).kind]
            samples = pick([1, 1, 3]); size = np.dtype(dtype).itemsize
            def tags(a, packing=1, strip=None, more=None, bps=None, rgb=None):
                s = a.shape[2]
                t = {256: (4, [a.shape[1]]), 257: (4, [a.shape[0]]), 258: (3, [bps or a.itemsize * 8] * s), 259: (3, [packing]), 262: (3, [2 if s == 3 else 1]), 277: (3, [s]), 339: (3, [{"u": 1, "i": 2, "f": 3}[a.dtype.kind]] * s)}
                if strip is not None: t[278] = (4, [strip])
                return t | (more or {})
            a = numbers(g, (n, rows, columns, samples), dtype)
            pages = []
            if what in ("predictor", "order"):
                flip = what == "order"
                for p in a:
                    packing, predictor = pick([(1, 2), (1, 3), (32773, 2), (32773, 3), (8, 1), (8, 2), (32946, 2)] + ([(8, 3)] * 2 if fmt == 3 else []))
                    strip = r.randint(1, rows)
                    cut = [p[i:i + strip] for i in range(0, rows, strip)]
                    done = [c.tobytes() if packing < 3 or packing == 32773 or predictor == 1 else differences(c) if predictor == 2 else sorted_floats(c) for c in cut]
                    done = [packbits(b) if packing == 32773 else zlib.compress(b) if packing in (8, 32946) else b for b in done]
                    if flip: done = [bytes(int(f"{x:08b}"[::-1], 2) for x in b) for b in done]
                    pages.append((tags(p, packing, strip, {317: (3, [predictor])} | ({266: (3, [2])} if flip else {})), done, 273, 279))
            elif what == "strips":
                for p in a:
                    rule = pick([None, 0, rows, 2**32 - 1, 2**31, 95318, "short", "one"])
                    t = tags(p, strip=None if rule in (None, "short", "one") else rule)
                    if rule == "short": t[278] = (3, [65535])
                    if rule == "one": t[278] = (4, [1]) # but one place for all
                    pages.append((t, [p.tobytes()], 273, pick([279, None])))
            elif what == "bits":
                b = pick([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]); dtype = "u1" if b < 8 else "<u2"; said["bits"] = b
                a = g.integers(0, 1 << b, (n, rows, columns, samples)).astype(dtype); strip = r.randint(1, rows); flip = r.random() < .3
                for p in a:
                    packing = pick([1, 8, 32773]); done = [bits(p[i:i + strip].reshape(len(p[i:i + strip]), -1), b) for i in range(0, rows, strip)]
                    done = [zlib.compress(x) if packing == 8 else packbits(x) if packing == 32773 else x for x in done]
                    if flip: done = [bytes(int(f"{x:08b}"[::-1], 2) for x in y) for y in done]
                    pages.append((tags(p, packing, strip, {266: (3, [2])} if flip else {}, b), done, 273, 279))
            elif what in ("imagej", "metamorph"):
                frames, slices, channels = r.randint(1, 4), r.randint(1, 4), r.randint(1, 3)
                is_colour = channels == samples == 3; planes = 1 if is_colour else channels # of a pixel, said as channels
                order, axes = pick([("", (frames, slices, planes)), ("order=zct\n", (frames, planes, slices)), ("order=tzc\n", (planes, slices, frames))])
                total = frames * slices * planes if what == "imagej" else r.randint(2, 9)
                a = numbers(g, (total, rows, columns, samples), dtype); keep = total
                text = f"ImageJ=1.53t\nimages={total}\n" + (f"channels={channels}\n" if channels > 1 or r.random() < .3 else "") + (f"slices={slices}\n" if slices > 1 else "") + (f"frames={frames}\n" if frames > 1 else "") + order
                t = tags(a[0], strip=rows, more={270: (2, text.encode() + b"\0")} if what == "imagej" else {33629: (16 if big else 4, [0] * total)})
                t[279] = (4, [a[0].nbytes]); t[273] = (4, [0])
                at = len(tiff([(t, [], 273, None)], o, big)[0]); t[273] = (4, [at])
                data = a.tobytes()
                lead = [x for x in axes if x > 1] or [1]
                if what == "metamorph": lead = [total]
                if total > 2 and r.random() < .3: keep = r.randint(1, total - 1); data = data[:keep * a[0].nbytes + r.randint(0, a[0].nbytes - 1)]; lead = [keep]; notes.append("of %d images" % total)
                open(name, "wb").write(tiff([(t, [], 273, None)], o, big)[0] + data)
                a = a[:keep]
                return a.reshape(lead + list(a.shape[1:]) if samples > 1 else lead + list(a.shape[1:3])), dict(said, text=text), 0, notes
            elif what == "eer":
                run, place, tag, more = pick([(8, 4, 65000, {}), (7, 4, 65001, {}), (7, 4, 65002, {65007: (3, [7]), 65008: (3, [2]), 65009: (3, [2])}), (6, 6, 65002, {65007: (3, [6]), 65008: (3, [3]), 65009: (3, [3])})])
                rows, columns = rows * 8, columns * 8; pad = tag == 65000 and r.random() < .5; said["coding"] = (tag, pad)
                a = (g.random((n, rows, columns, 1)) < pick([.0, .001, .02, .3])).astype("u1")
                if pad: a[:, 0, 0] = 1
                for p in a:
                    t = {256: (4, [columns]), 257: (4, [rows]), 259: (3, [tag]), 278: (4, [rows]), 65001: (7, b"<metadata/>\0")} | more
                    if r.random() < .5: t[258] = (3, [pick([1, 8])])
                    pages.append((t, [electrons(r, p, run, place, pad)], 273, 279))
                samples = 1
            elif what == "unlike":
                for p in a: pages.append((tags(p, strip=rows), [p.tobytes()], 273, 279))
                for _ in range(r.randint(1, 3)):
                    o8 = np.zeros((4, 4, 3), "u1"); one = np.zeros((4, 4, 1), "u1"); s = dict(a.dtype.fields or {})
                    other = pick([(tags(o8, 6), [b"\xff\xd8"], 273, 279), (tags(o8) | {262: (3, [6])}, [bytes(48)], 273, 279), (tags(one, bps=1) | {256: (4, [31])}, [bytes(16)], 273, 279),
                        (tags(one) | {277: (3, [2]), 258: (3, [8, 16])}, [bytes(48)], 273, 279), (tags(p) | {254: (4, [1])}, [p.tobytes()], 273, 279), (tags(p) | {255: (3, [2])}, [p.tobytes()], 273, 279),
                        (tags(p) | {254: (4, [4])}, [p.tobytes()], 273, 279), (tags(one) | {256: (4, [rows + 77])}, [bytes(9)], 273, 279), (tags(one) | {257: (4, [0])}, [bytes(9)], 273, 279), (tags(one, 34887), [b"x"], 273, 279)])
                    pages.insert(r.randint(1, len(pages)), other); left += 1
            elif what == "counts":
                for p in a:
                    packing, strip = pick([1, 8, 32773]), r.randint(1, rows)
                    done = [p[i:i + strip].tobytes() for i in range(0, rows, strip)]
                    done = [zlib.compress(x) if packing == 8 else packbits(x) if packing == 32773 else x for x in done]
                    rule = pick(["none", "zero", "few", "huge"])
                    t = tags(p, packing, strip)
                    if rule != "none": t[279] = (4, [0] * len(done) if rule == "zero" else [len(done[0])] if rule == "few" else [2**31] * len(done))
                    pages.append((t, done, 273, None))
            elif what == "list":
                for p in a: pages.append((tags(p, strip=rows), [p.tobytes()], 273, 279))
            elif what == "refused":
                packing, name_of = pick([(6, "JPEG in the old style"), (34887, "LERC"), (50001, "WebP"), (34925, "LZMA"), (2, "CCITT fax"), (34712, "JPEG 2000")])
                open(name, "wb").write(tiff([(tags(a[0], packing, rows), [a[0].tobytes()], 273, 279)], o, big)[0])
                return None, dict(said, packing=packing), name_of, []
            elif what == "jpeg":
                # Strips or tiles, with tables of their own or common ones; colours as RGB, as YCbCr with fewer pixels of colour, or in planes.
                colours, samples = pick([("gray", 1), ("gray", 1), ("rgb", 3), ("ycc", 3), ("planes", 3)]); dtype = "u1"
                fewer, quality, apart, tiled = pick([0, 1, 2]), r.randint(30, 95), r.random() < .5, r.random() < .5
                a = np.cumsum(g.integers(0, 9, (n, rows, columns, samples)), axis=2).astype("u1"); said.update(colours=colours, apart=apart, tiled=tiled)
                h, w = (16 * r.randint(1, 2), 16) if tiled else (pick([8, 16, rows]), columns)
                def stream(c): # its tables, the rest, and what a JPEG reader finds
                    f = io.BytesIO()
                    # Pillow stores the three numbers of its YCbCr as they are: here, they are red, green and blue.
                    i = Image.fromarray(c[..., 0]) if c.shape[2] == 1 else Image.fromarray(c, "YCbCr" if colours == "rgb" else "RGB")
                    i.save(f, "JPEG", quality=quality, subsampling=fewer if colours == "ycc" else 0)
                    b, i = f.getvalue(), Image.open(f)
                    if colours == "rgb": i.draft("YCbCr", i.size)
                    at, tables, rest = 2, b"", b""
                    while b[at + 1] != 0xDA:
                        size = 2 + struct.unpack_from(">H", b, at + 2)[0]; segment = b[at:at + size]; at += size
                        if segment[1] in (0xDB, 0xC4): tables += segment
                        elif segment[1] & 0xF0 != 0xE0 or r.random() < .5: rest += segment
                    return tables, rest + b[at:], np.array(i).reshape(c.shape)
                for k, p in enumerate(a):
                    done, common = [], None
                    for plane in ([p[..., s:s + 1] for s in range(3)] if colours == "planes" else [p]):
                        for y in range(0, rows, h):
                            for x in range(0, columns, w):
                                c = plane[y:y + h, x:x + w]
                                whole = np.pad(c, ((0, h - c.shape[0] if tiled or r.random() < .3 else 0), (0, w - c.shape[1]), (0, 0)), mode="edge")
                                tables, rest, got = stream(np.ascontiguousarray(whole))
                                common = common or tables
                                plane[y:y + h, x:x + w] = got[:c.shape[0], :c.shape[1]]
                                done.append(b"\xff\xd8" + (rest if apart and tables == common else tables + rest))
                    more = {347: (7, b"\xff\xd8" + common + b"\xff\xd9")} if apart else {}
                    if tiled: more |= {322: (4, [w]), 323: (4, [h])}
                    t = tags(p, 7, None if tiled else h, more)
                    if colours == "ycc": t[262] = (3, [6]); t[530] = (3, [1 + (fewer > 0), 1 + (fewer > 1)])
                    if colours == "planes": t[284] = (3, [2])
                    pages.append((t, done, 324 if tiled else 273, 325 if tiled else 279))
                open(name, "wb").write(tiff(pages, o, big)[0])
                if colours != "planes" and not (big and o == ">"): # which Pillow does not know
                    with Image.open(name) as f:
                        for k in range(n):
                            f.seek(k); got = np.array(f).reshape(a[k].shape); assert (got == a[k]).all(), (name, said, "libtiff")
                if colours == "planes": a = a.transpose(0, 3, 1, 2)
            elif what == "gdal": # tiles that were never written have no data
                none = pick(["-9999", "nan", "-3.4028234663852886e+38", "255", " 0 ", "1e3", "inf", "-inf", "-1.#QNAN"]) if fmt == 3 else pick(["255", "7", "-9999", "1e2"])
                value = float(none.replace("-1.#QNAN", "nan")); low, high = (np.iinfo(dtype).min, np.iinfo(dtype).max) if fmt < 3 else (-np.inf, np.inf)
                is_known = low <= value <= high or value != value; fill = np.array(value if is_known else 0).astype(dtype)
                for p in a:
                    packing, tiled = pick([1, 8]), r.random() < .7; h, w = (16, 16) if tiled else (r.randint(1, rows), columns); cut = []
                    for y in range(0, rows, h):
                        for x in range(0, columns, w):
                            c = p[y:y + h, x:x + w]
                            if r.random() < .4 and (rows > h or tiled): c[...] = fill; cut.append(b""); continue
                            c = np.pad(c, ((0, h - c.shape[0] if tiled else 0), (0, w - c.shape[1]), (0, 0))); cut.append(zlib.compress(c.tobytes()) if packing == 8 else c.tobytes())
                    t = tags(p, packing, None if tiled else h, {42113: (2, none.encode() + b"\0")} | ({322: (4, [w]), 323: (4, [h])} if tiled else {}))
                    pages.append((t, cut, 324 if tiled else 273, 325 if tiled else 279))
                if is_known: said["no_data"] = "NaN" if value != value else float(fill) if abs(float(fill)) < 1e300 else "Infinity" if fill > 0 else "-Infinity"
            elif what == "tiles":
                th, tw = 16 * r.randint(1, 2), 16
                for p in a:
                    cut = []
                    for y in range(0, rows, th):
                        for x in range(0, columns, tw):
                            c = np.zeros((th, tw, samples), a.dtype); q = p[y:y + th, x:x + tw]; c[:q.shape[0], :q.shape[1]] = q
                            cut.append(c[:q.shape[0]] if r.random() < .3 else c)
                    packing = pick([1, 8]); where, counts = pick([(324, 325), (273, 279)])
                    pages.append((tags(p, packing, more={322: (4, [tw]), 323: (4, [th])}), [zlib.compress(c.tobytes()) if packing == 8 else c.tobytes() for c in cut], where, counts))
            data, link = tiff(pages, o, big)
            if what == "list":
                data = bytearray(data); end = pick([8 if big else 4, len(data) + 99, len(data) - 1, 0])
                if end == 0: data = data[:link + r.randint(0, 7 if big else 3)]; notes.append("ends inside the link after page %d" % n)
                else:
                    struct.pack_into(o + ("Q" if big else "I"), data, link, end if end > 8 else struct.unpack_from(o + ("Q" if big else "I"), data, end)[0])
                    notes.append("circle" if end <= 8 else "breaks off")
            open(name, "wb").write(data)
            if what in ("strips", "tiles"): # tifffile reads these, too
                f = np.array([tifffile.imread(name, key=k) for k in range(n)]); assert f.size == a.size and (f.ravel() == a.ravel()).all(), (name, said, "tifffile")
            return a if samples > 1 else a[..., 0], said, left, notes

        expected = []
        for number in range(count):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            name = "v%05d.tif" % number
            a, said, *rest = (foreign if not only and r.random() < .5 else made)(r, g, name)
            left, notes = rest or (0, [])
            if a is None: expected.append(dict(file=name, variant=str(said), refusal=left)); continue
            one = a.astype(a.dtype.newbyteorder("<"))
            expected.append(dict(file=name, variant=str(said), shape=list(a.shape), kind=a.dtype.kind + str(a.itemsize), sha256=hashlib.sha256(np.ascontiguousarray(one).tobytes()).hexdigest(), attributes=dict(pages_left_out=left, **({"no_data": said["no_data"]} if "no_data" in said else {})), notes=notes))
        json.dump(expected, open("expected.json", "w"))
        """;
}
