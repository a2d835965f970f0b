namespace Hutch.Formats.Tests.Peers;

/// <summary>The program that writes the variants: <c>seed</c> and <c>count</c> are set before it.</summary>
internal static class NiftiVariants
{
    public const string Script = """
        import gzip, hashlib, io, json, logging, random, struct, warnings
        import nibabel as nb
        from nibabel.orientations import aff2axcodes
        warnings.simplefilter("ignore"); nb.imageglobals.logger.setLevel(logging.CRITICAL + 1)
        kinds = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "c8", "c16", "rgb", "rgba"]
        # In version 1 and 2: the place and type of a field.
        fields = dict(slope=(112, "f", 176, "d"), inter=(116, "f", 184, "d"), vox=(108, "f", 168, "q"), qform=(252, "h", 344, "i"), sform=(254, "h", 348, "i"), qb=(256, "f", 352, "d"), qc=(260, "f", 360, "d"),
            qd=(264, "f", 368, "d"), ndim=(40, "h", 16, "q"), dim4=(48, "h", 48, "q"), dim5=(50, "h", 56, "q"), qfac=(76, "f", 104, "d"), px=(80, "f", 112, "d"), py=(84, "f", 120, "d"), units=(123, "B", 500, "i"))

        def numbers(g, shape, dtype):
            if dtype.kind in "ui": return g.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
            return (g.standard_normal(shape) * 100 + (1j * g.standard_normal(shape) if dtype.kind == "c" else 0)).astype(dtype)

        def make(number):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            pick, order, version, kind = r.choice, r.choice("<>"), r.choice([1, 1, 2]), r.choice(kinds)
            shape = [r.randint(1, 6) for _ in range(r.randint(2, 6))]; notes = []
            colours = {"rgb": 3, "rgba": 4}.get(kind)
            if colours: a = g.integers(0, 256, shape + [colours]).astype("u1"); stored = a.view([(c, "u1") for c in "RGBA"[:colours]])[..., 0]
            else: stored = a = numbers(g, shape, np.dtype(order + kind))
            cls = nb.Nifti1Image if version == 1 else nb.Nifti2Image
            h = cls.header_class(endianness=order); h.set_data_dtype(stored.dtype); h.set_data_shape(shape)
            unit = pick(["mm", "micron", "meter", "unknown"]); time = pick(["sec", "msec", "usec", "unknown"]); h.set_xyzt_units(unit, time)
            h.set_zooms([round(r.uniform(.2, 5), 3) for _ in shape]); h["descrip"] = text = pick(["", "a trial", "of a phantom"])
            if len(shape) > 2:
                turn, _ = np.linalg.qr(g.standard_normal((3, 3))); affine = np.eye(4); affine[:3, :3] = turn * g.uniform(.5, 3, 3); affine[:3, 3] = g.standard_normal(3)
                if r.random() < .5: h.set_qform(affine, pick([1, 2, 3, 4]))
                if r.random() < .5: h.set_sform(affine + .01 * g.standard_normal((4, 4)), pick([1, 2, 3, 4]))
            if r.random() < .3: h.extensions.append(nb.nifti1.Nifti1Extension("comment", b"x" * r.randint(1, 99)))
            out = io.BytesIO(); h["vox_offset"] = 0; h.write_to(out); raw = bytearray(out.getvalue()); raw += b"\0" * (int(h["vox_offset"]) - len(raw)) + stored.tobytes(order="F")
            def put(**values):
                for k, v in values.items():
                    at, t = fields[k][0:2] if version == 1 else fields[k][2:4]
                    struct.pack_into(order + t, raw, at, v)
            scale = pick([None, None, (0, 5), (2, -3), (1, 0), (.5, 0), (1, 7), (float("nan"),) * 2, (float("inf"), 0), (2, float("nan"))])
            if scale: put(slope=scale[0], inter=scale[1])
            odd = pick([None] * 8 + ["quaternion over", "quaternion far over", "negative", "zero", "units", "ones", "zeros", "offset"])
            if odd == "quaternion over":
                # Of a half turn: rounding makes it longer than 1.
                q = g.standard_normal(3); q /= np.linalg.norm(q); put(qform=1, sform=0, qb=q[0] * 1.00001, qc=q[1] * 1.00001, qd=q[2] * 1.00001)
            if odd == "quaternion far over": put(qform=1, sform=0, qb=.9, qc=.9, qd=.9)
            if odd == "negative": put(px=-abs(r.uniform(1, 2)))
            if odd == "zero": put(py=0)
            if odd == "units": put(units=0xff)
            lead = list(shape)
            if odd in ("ones", "zeros") and len(shape) == 3:
                k = int(odd == "ones"); put(ndim=5, dim4=k, dim5=k)
                if not k: notes.append("read as 1")
            if odd == "offset":
                raw = raw[:int(h["vox_offset"])] + b"\0" * 48 + raw[int(h["vox_offset"]):]; put(vox=int(h["vox_offset"]) + 48)
            name = "v%05d.nii" % number; packed = bytes(raw)
            packing = pick([None, None, "gz", "members", "long", "tail", "wrong"])
            if packing in ("gz", "tail"): packed = gzip.compress(packed, 1)
            if packing == "members": packed = b"".join(gzip.compress(packed[i:i + 700], 1) for i in range(0, len(packed), 700))
            if packing == "long":
                o = io.BytesIO(); f = gzip.GzipFile("n" * 3000, "wb", 1, o); f.write(packed); f.close(); packed = o.getvalue()
            if packing == "tail": packed += b"\0" * 512
            if packing and packing != "wrong": name += ".gz"
            if packing == "wrong" and r.random() < .5: packed = gzip.compress(packed, 1)
            open(name, "wb").write(packed)
            # What nibabel says, where it reads the file.
            want = {}
            try:
                if odd in ("zeros",): raise ValueError
                im = cls.from_bytes(bytes(raw)); got = np.asarray(im.dataobj.get_unscaled())
                assert got.tobytes() == np.ascontiguousarray(stored).tobytes() and list(got.shape[:len(shape)]) == shape, number
                hdr = im.header; slope, inter = im.dataobj.slope, im.dataobj.inter
                want["scale_factor"], want["add_offset"] = (slope, inter) if (slope, inter) != (1, 0) else (None, None)
                if int(hdr["sform_code"]) or int(hdr["qform_code"]): want["affine"] = im.affine[:3].tolist(); want["orientation"] = "".join(aff2axcodes(im.affine))
                else: want["affine"] = want["orientation"] = None
                if len(shape) > 2: want["voxel_size"] = [float(x) for x in hdr.get_zooms()[2::-1]]
                if len(hdr.get_zooms()) > 3 and hdr.get_zooms()[3] > 0: want["time_step"] = float(hdr.get_zooms()[3])
            except (ValueError, nb.spatialimages.HeaderDataError) as e: want = {}
            if odd == "quaternion far over": notes.append("no rotation"); want = {"affine": None}
            if scale and np.isnan(scale[1]) and scale[0] == 2: notes.append("not known"); want["scale_factor"] = None
            want["nifti"] = version
            if odd != "units": want["voxel_size_unit"] = {"mm": "mm", "micron": "µm", "meter": "m"}.get(unit)
            if text: want["description"] = text
            while len(lead) > 2 and lead[-1] == 1: lead.pop()
            final = lead[::-1] + ([colours] if colours else [])
            one = a.reshape(lead + ([colours] if colours else [])); one = one.transpose(list(range(len(lead)))[::-1] + ([len(lead)] if colours else []))
            one = np.ascontiguousarray(one.astype(one.dtype.newbyteorder("<")))
            return dict(file=name, variant=str(dict(kind=kind, order=order, version=version, shape=shape, scale=scale, odd=odd, packing=packing)), shape=final, kind=one.dtype.kind + str(one.itemsize), sha256=hashlib.sha256(one.tobytes()).hexdigest(), attributes=want, notes=notes)

        json.dump([make(number) for number in range(count)], open("expected.json", "w"))
        """;
}
