namespace Hutch.Formats.Tests.Peers;

/// <summary>The program that writes the variants: <c>seed</c> and <c>count</c> are set before it.</summary>
internal static class NxMxVariants
{
    public const string Script = """
        import hashlib, json, math, os, random, warnings
        import bitshuffle.h5, dxtbx.nexus
        from dxtbx.nexus import nxmx
        warnings.simplefilter("ignore")
        rows, columns = 9, 14

        # Spellings: those that pint knows, and those that must be right or left out.
        lengths = [("m", 1), ("mm", 1e-3), ("millimeter", 1e-3), ("millimeters", 1e-3), ("millimetres", 1e-3), ("um", 1e-6), ("µm", 1e-6), ("μm", 1e-6),
            ("micrometers", 1e-6), ("micron", 1e-6), ("microns", 1e-6), ("cm", 1e-2), ("centimeters", 1e-2), ("nm", 1e-9), ("nanometers", 1e-9), ("meters", 1), ("1e-3 m", 1e-3)]
        odd_lengths = [(np.bytes_(b"\xb5m"), 1e-6), ("MM", 1e-3), ("mm ", 1e-3), ("Millimeters", 1e-3), (" mm", 1e-3), (np.array(["mm"], "S2"), 1e-3)]
        wrong_lengths = ["furlongs_", "Mm", "px?", "seconds", "eV", "xx"]
        waves = [("angstrom", 1), ("angstroms", 1), ("Å", 1), ("nm", 10), ("nanometer", 10), ("pm", .01), ("m", 1e10), ("picometers", .01)]
        odd_waves = [("Angstrom", 1), ("ANGSTROM", 1), (np.bytes_(b"\xc5"), 1), ("A", 1), ("Angstrom ", 1), ("A\u030a", 1)]
        times = [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("seconds", 1), ("milliseconds", 1e-3), ("microseconds", 1e-6), ("minute", 60), ("sec", 1), ("ns", 1e-9)]
        odd_times = [("SEC", 1), ("Seconds", 1), (np.bytes_(b"\xb5s"), 1e-6)]
        wrong_times = ["fortnights_", "Ms", "mm"]
        angles = [("deg", 1), ("degree", 1), ("degrees", 1), ("rad", 180 / math.pi), ("radians", 180 / math.pi), ("mrad", .18 / math.pi)]

        dxtbx_distances = []
        def make(number):
            r = random.Random(seed * 1000003 + number)
            g = np.random.default_rng(seed * 1000003 + number)
            pick = r.choice
            name = "v%05d" % number
            values, absent, notes, per_image, said = {}, [], [], {}, {}
            def choose(what, *options):
                said[what] = pick(options); return said[what]
            n = r.randint(1, 13)
            inst, det = choose("instrument", "instrument", "beamline_x"), choose("detector", "detector", "eiger", "ELE_D0")
            beam, samp, data = choose("beam", "beam", "xray"), choose("sample", "sample", "crystal"), choose("data", "data", "data", "images")
            entry = choose("entry", "entry", "entry", "scan_7")
            kind = choose("layout", "whole", "parts", "unpadded", "virtual", "absolute", "absolute_virtual", "last_gone", "middle_gone", "last_short", "virtual_gone", "signal")
            dtype = choose("type", "u1", "u2", "u4", "i4", "i2")
            filters = pick([{}, dict(compression="gzip"), dict(compression="gzip", shuffle=True), dict(compression=32008, compression_opts=(0, 2))])
            limits = np.iinfo(dtype)
            frames = g.poisson(3, (n, rows, columns)).astype(dtype)
            frames[:, 0] = g.integers(limits.min, limits.max, (n, columns), endpoint=True)
            expected_frames = [hashlib.sha256(f.tobytes()).hexdigest() for f in frames]
            chunk = dict(chunks=(1, rows, columns), **filters)

            def write(path, part, low=None):
                with h5py.File(path, "w", libver="latest") as f:
                    d = f.create_dataset("entry/data/data", data=part, **chunk)
                    if low is not None: d.attrs["image_nr_low"] = np.int32(low)
            with h5py.File(name + "_master.h5", "w", libver=pick(["latest", "earliest"])) as f:
                def group(path, cls):
                    x = f.require_group(path); x.attrs["NX_class"] = np.bytes_(cls) if r.random() < .3 else cls; return x
                e = group(entry, "NXentry"); e["definition"] = "NXmx"
                b = group(f"{entry}/{inst}/{beam}", "NXbeam"); group(f"{entry}/{inst}", "NXinstrument")
                d = group(f"{entry}/{inst}/{det}", "NXdetector"); d["sensor_material"] = "Si"

                def store(where, key, header, truth, known, odd, wrong, image=False):
                    style = r.random()
                    if style < .7: unit, factor = pick(known)
                    elif style < .85 or not wrong: unit, factor = pick(odd)
                    else: unit, factor = pick(wrong), 1
                    is_wrong = style >= .85 and bool(wrong)
                    shape = pick(["scalar", "scalar", "list", "each"] + (["vary"] if image and n > 1 else []))
                    v = truth / factor
                    if shape == "vary":
                        many = truth * (1 + .01 * g.random(n)); v = many / factor
                    where[key] = v if shape in ("scalar", "vary") else np.full(1 if shape == "list" else n, v)
                    where[key].attrs["units"] = unit
                    said[header] = (repr(unit), shape)
                    if is_wrong: values[header] = None; notes.append(key)
                    elif shape == "vary": values[header] = None; per_image[header] = many.tolist(); notes.append("differs from image to image")
                    else: values[header] = truth
                    return is_wrong or shape == "vary"

                truth = dict(distance=g.uniform(.05, .9), pixel=g.choice([75e-6, 172e-6, 55e-6]), wave=g.uniform(.5, 3), count=g.uniform(1e-4, .2), thick=450e-6)
                no_wave = store(b, "incident_wavelength", "wavelength", truth["wave"], waves, odd_waves, ["furlongs_", "eV", "s"], True)
                store(d, pick(["distance", "detector_distance"]), "detector_distance", truth["distance"], lengths, odd_lengths, wrong_lengths, True)
                lost = {}
                for axis in "xy":
                    lost[axis] = store(d, axis + "_pixel_size", axis + "_pixel_size", truth["pixel"], lengths, odd_lengths, wrong_lengths[:1] if r.random() < .2 else [])
                store(d, "sensor_thickness", "sensor_thickness", truth["thick"], lengths, odd_lengths, wrong_lengths)
                store(d, "count_time", "count_time", truth["count"], times, odd_times, wrong_times, True)
                store(d, "frame_time", "frame_time", truth["count"] * 1.1, times, odd_times, wrong_times, True)
                for axis, size in (("x", columns), ("y", rows)):
                    centre, key = g.uniform(0, size), f"beam_center_{axis}"
                    unit, factor = pick([("pixel", 1), ("pixels", 1), (None, 1), ("furlongs_", None)] + ([] if lost[axis] else [(u, truth["pixel"] / x) for u, x in lengths]))
                    d[key] = centre if factor is None else centre * factor
                    if unit: d[key].attrs["units"] = unit
                    values[key] = centre if factor else None
                    said[key] = unit
                    if not factor: notes.append(key)
                # The chain of transformations, which counts, in groups of any name. Without a module it has the distance only.
                chain, panel = choose("chain", None, None, "agrees", "differs", "alone"), None
                if chain:
                    if chain == "alone":
                        for key in ("distance", "detector_distance"):
                            if key in d: del d[key]
                        notes[:] = [x for x in notes if x not in ("distance", "detector_distance", "differs from image to image")]
                        per_image.pop("detector_distance", None)
                    z = truth["distance"] * (1 if chain == "agrees" else 1.25)
                    where = choose("chain in", f"{entry}/{inst}/{det}/transformations", f"{entry}/{inst}/{det}/moves", f"{entry}/{inst}/stage_z/along", f"{entry}/coordinates")
                    t = group(where, "NXtransformations")
                    steps = r.randint(1, 3); shares = g.dirichlet(np.ones(steps)) if r.random() < .5 else np.full(steps, 1 / steps)
                    for k, share in enumerate(shares):
                        unit, factor = pick(lengths); key = f"step_{k}"
                        t[key] = z * share / factor * (way := pick([1, -1]))
                        if r.random() < .3: v = t[key][()]; del t[key]; t[key] = np.full(n, v)
                        t[key].attrs.update(units=unit, transformation_type="translation", vector=[0., 0., float(way)], depends_on=pick([f"step_{k + 1}", f"/{where}/step_{k + 1}"]) if k + 1 < steps else ".")
                    d["depends_on"] = f"/{where}/step_0"
                    if "differs from image to image" not in notes or "detector_distance" not in per_image:
                        if chain == "differs" and values["detector_distance"] is not None: notes.append("by the chain of transformations, which counts")
                        values["detector_distance"] = z
                    if choose("module", True, False):
                        m = group(f"{entry}/{inst}/{det}/" + pick(["module", "tile_0"]), "NXdetector_module")
                        m["data_origin"], m["data_size"] = [0, 0], [rows, columns]
                        centre = {a: values["beam_center_" + a] if values["beam_center_" + a] is not None and r.random() < .5 else g.uniform(5, 20) for a in "xy"}
                        m["module_offset"] = 0.
                        m["module_offset"].attrs.update(units="m", transformation_type="translation", vector=[1., 0, 0], offset=[centre["x"] * truth["pixel"], centre["y"] * truth["pixel"], 0.], offset_units="m", depends_on=f"/{where}/step_0")
                        for key, v in (("fast_pixel_direction", [-1., 0, 0]), ("slow_pixel_direction", [0, -1., 0])):
                            unit, factor = pick(lengths); m[key] = truth["pixel"] / factor
                            m[key].attrs.update(units=unit, transformation_type="translation", vector=v, depends_on=pick(["module_offset", m.name + "/module_offset"]))
                        for a in "xy":
                            field = values["beam_center_" + a]
                            if field is None or abs(field - centre[a]) > .1:
                                if field is not None: notes.append("by the chain of transformations, which counts")
                                values["beam_center_" + a] = centre[a]
                        for a in "xy":
                            if values[a + "_pixel_size"] is None: values[a + "_pixel_size"] = truth["pixel"]
                        panel = z
                trusted = float(r.randint(10, 60000)); values["saturation"] = trusted; values["saturation_value"] = None
                cutoff, triggers = choose("saturation", "value", "value", "cutoff", "modules"), choose("triggers", None, "images", "triggers")
                if cutoff == "value": values["saturation_value"] = trusted; d["saturation_value"] = pick([trusted, [trusted]])
                if cutoff != "value" or triggers: p = group(f"{entry}/{inst}/{det}/detectorSpecific", "NXcollection")
                if cutoff == "cutoff": p["countrate_correction_count_cutoff"] = int(trusted) # as firmware before 1.7
                if cutoff == "modules":
                    for m in range(3): p[f"detectorModule_{m:03d}/countrate_correction_count_cutoff"] = int(trusted) + [5, 0, 9][m]
                if triggers: p["nimages"], p["ntrigger"] = (n, 1) if triggers == "images" else (1, n)

                values["underload_value"] = float(r.randint(-1000, 5)) if r.random() < .5 else None
                if values["underload_value"] is not None: d["underload_value"] = pick([values["underload_value"], int(values["underload_value"])])

                # The scan
                s = group(f"{entry}/{samp}", "NXsample")
                t = group(f"{entry}/{samp}/transformations", "NXtransformations")
                axis = pick(["omega", "phi", "gonio"]); unit, degree = pick(angles); said["angle"] = unit
                width = round(g.uniform(.05, 2) * pick([1, -1]), 3)
                sweeps = choose("sweeps", 1, 1, 2, 3) if n >= 6 else 1
                start0 = round(g.uniform(-90, 90), 2)
                per = -(-n // sweeps)
                starts = np.array([start0 + (i // per) * 47.3 + (i % per) * width for i in range(n)])
                is_screen = choose("screening", False, False, False, True) and n > 1
                if is_screen: starts = start0 + 45. * np.arange(n)
                ends = choose("ends", "end", "set", "sets", "none")
                if n > 2 and choose("angles", "stored", "stored", "stored", "virtual") == "virtual":
                    half = n // 2; l = h5py.VirtualLayout((n,), "f8")
                    with h5py.File(name + "_angles.h5", "w") as o: o["a"], o["b"] = starts[:half] / degree, np.stack([starts[half:], starts[half:]]) / degree
                    l[:half] = h5py.VirtualSource(name + "_angles.h5", "a", (half,)); l[half:] = h5py.VirtualSource(name + "_angles.h5", "b", (2, n - half))[1]
                    t.create_virtual_dataset(axis, l)
                else: t[axis] = starts / degree if n > 1 or r.random() < .5 else starts[0] / degree
                t[axis].attrs.update(units=unit, transformation_type="rotation", vector=[-1., 0, 0], depends_on=".")
                if ends == "end": t[axis + "_end"] = (starts + width) / degree; t[axis + "_end"].attrs["units"] = unit
                if ends == "set": t[axis + "_increment_set"] = width / degree; t[axis + "_increment_set"].attrs["units"] = unit
                if ends == "sets": t[axis + "_increment_set"] = np.full(n, width) / degree; t[axis + "_increment_set"].attrs["units"] = unit
                s["depends_on"] = f"/{entry}/{samp}/transformations/{axis}"
                values["scan_start"] = start0
                values["scan_increment"] = width if ends != "none" or (n > 1 and not is_screen) else 0. if n == 1 else None
                found = 1 + sum(abs(starts[i] - starts[i - 1] - width) > .9 * abs(width) for i in range(1, n)) if n > 1 and values["scan_increment"] is not None else 1
                if is_screen and ends == "none": notes.append("does not say how far")
                if found > 1: notes.append("%d sweeps" % found)

                # The mask
                mask, truth_mask = choose("mask", None, "u1", "u4", "bool", ">u4", "i8", "flat", "each", "virtual", "mosaic", "mosaic", "nested", "part_gone", "packed", "compact"), None
                if mask:
                    bad = g.random((rows, columns)) < .2
                    truth_mask = "".join("01"[int(x)] for x in bad.ravel())
                    numbers = bad.astype(mask if mask in ("u1", "u4", "bool", ">u4", "i8") else "u4") * (1 if mask == "bool" else pick([1, 2, 8]))
                    if mask == "bool": numbers = bad
                    if mask == "flat": d["pixel_mask"] = numbers[None]
                    elif mask == "each":
                        d["pixel_mask"] = np.repeat(numbers[None], n, 0)
                        if n > 1: truth_mask = None; notes.append("pixel_mask")
                    elif mask == "packed": d.create_dataset("pixel_mask", data=numbers, chunks=(4, 5), compression=32008, compression_opts=(0, 2))
                    elif mask == "virtual":
                        with h5py.File(name + "_meta.h5", "w") as m: m["mask"] = numbers
                        l = h5py.VirtualLayout(numbers.shape, numbers.dtype); l[:] = h5py.VirtualSource(name + "_meta.h5", "mask", numbers.shape)
                        d.create_virtual_dataset("pixel_mask", l)
                    elif mask in ("mosaic", "nested", "part_gone"):
                        # Modules of several files, with gaps between them, some of them one plane of a stack or turned over.
                        fill = r.randint(0, 1)
                        l = h5py.VirtualLayout(numbers.shape, ">u4" if r.random() < .3 else "u4")
                        cuts = sorted(r.sample(range(1, columns), r.randint(1, 4)))
                        for m, (a, b) in enumerate(zip([0] + cuts, cuts + [columns])):
                            part, stride = numbers[:, a:b], r.choice([1, 1, 2])
                            gap = b - a > 1 and r.random() < .5
                            if gap: part = part[:, 1:]
                            form = r.choice(["alone", "stack", "packed", "u1", "here"])
                            place, rowset = f"{name}_meta{m}.h5", slice(None, None, stride)
                            if mask == "part_gone" and m == 0: form = "alone"
                            with h5py.File(place, "w") as o:
                                where = o if form != "here" else d
                                if form == "stack":
                                    o["mask"] = np.stack([1 - part, part]); source = h5py.VirtualSource(place, "mask", (2,) + part.shape)[1, rowset, :]
                                else:
                                    key = "mask" if form != "here" else f"mask{m}"
                                    if form == "packed" and l.dtype == np.uint32: o.create_dataset(key, data=part, chunks=(4, 1 + part.shape[1] // 2), compression=32008, compression_opts=(0, 2))
                                    else: where[key] = part.astype("u1") if form == "u1" else part
                                    source = h5py.VirtualSource(place if form != "here" else ".", (where.name if where is d else "") + "/" + key, part.shape)[rowset, :]
                            l[rowset, a + gap:b] = source
                            if mask == "part_gone" and m == 0: os.remove(place)
                        if mask == "nested":
                            with h5py.File(name + "_whole.h5", "w") as o: o.create_virtual_dataset("mask", l, fillvalue=fill)
                            l = h5py.VirtualLayout(numbers.shape, "u4")
                            l[:] = h5py.VirtualSource(name + "_whole.h5", "mask", numbers.shape)
                        d.create_virtual_dataset("pixel_mask", l, fillvalue=fill)
                        f.flush()
                        truth_mask = "".join("01"[int(x > 0)] for x in d["pixel_mask"][()].ravel())
                        if mask == "part_gone": notes.append("applied in part")
                    elif mask == "compact":
                        p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_layout(h5py.h5d.COMPACT)
                        h5py.h5d.create(d.id, b"pixel_mask", h5py.h5t.NATIVE_UINT32, h5py.h5s.create_simple(numbers.shape), p).write(h5py.h5s.ALL, h5py.h5s.ALL, numbers)
                    else: d["pixel_mask"] = numbers

                # The images
                i = group(f"{entry}/{data}", "NXdata")
                if kind == "signal": i.attrs["signal"] = "counts"; i.create_dataset("counts", data=frames, **chunk)
                elif kind == "whole": i.attrs["signal"] = "data"; i.create_dataset("data", data=frames, **chunk)
                else:
                    size = r.randint(1, 4) if kind != "unpadded" else 1
                    low = choose("low", True, False)
                    gone = set()
                    firsts = list(range(0, n, size))
                    here = "/gpfs/of/another/machine/" if "absolute" in kind else ""
                    if kind == "middle_gone": low = True
                    if kind in ("last_gone", "virtual_gone") and len(firsts) > 1: gone = {len(firsts) - 1}
                    if kind == "middle_gone" and len(firsts) > 2: gone = {1}
                    short = kind == "last_short" and size > 1 and n - firsts[-1] == size
                    if "virtual" in kind or kind == "last_short":
                        l = h5py.VirtualLayout((n, rows, columns), dtype)
                    for k, first in enumerate(firsts):
                        part = frames[first:first + size]
                        path = f"{name}_data_{k + 1}.h5" if kind == "unpadded" else f"{name}_data_{k + 1:06d}.h5"
                        stored = part[:-1] if short and k == len(firsts) - 1 else part
                        if k in gone or len(stored) < len(part):
                            for x in range(first + (0 if k in gone else len(stored)), first + len(part)): expected_frames[x] = None
                        if k not in gone: write(path, stored, first + 1 if low else None)
                        if "virtual" in kind or kind == "last_short": l[first:first + len(part)] = h5py.VirtualSource(here + path, "/entry/data/data", part.shape)
                        else: i[path[len(name) + 1:-3]] = h5py.ExternalLink(here + path, "/entry/data/data")
                    if "virtual" in kind or kind == "last_short": i.create_virtual_dataset("data", l); i.attrs["signal"] = "data"
                    if None in expected_frames: notes.append("missing")
                    while expected_frames[-1] is None: expected_frames.pop()
                    if triggers and len(expected_frames) < n: notes.append("was to take %d images" % n)

            # dxtbx must agree with what was meant, where it reads the file.
            with h5py.File(name + "_master.h5") as f:
                x = nxmx.NXmx(f).entries[0]
                try: wavelength = dxtbx.nexus.CachedWavelengthBeamFactory(x.instruments[0].beams[0]).make_beam(0).get_wavelength()
                except Exception: wavelength = None
                if wavelength is not None and "wavelength" in values:
                    meant = values["wavelength"] if values["wavelength"] is not None else per_image.get("wavelength", [None])[0]
                    assert meant is not None and abs(wavelength / meant - 1) < 1e-6, (name, "dxtbx", wavelength, meant, said)
                try: scan = dxtbx.nexus.get_dxtbx_scan(x.samples[0], x.instruments[0].detectors[0])
                except Exception: scan = None
                if scan is not None and ends == "end": assert np.allclose(scan.get_oscillation(), (start0, width), atol=1e-6), (name, scan.get_oscillation(), said)
                if panel:
                    try: found_z = dxtbx.nexus.get_dxtbx_detector(x.instruments[0].detectors[0], 1.)[0].get_directed_distance() / 1000
                    except Exception: found_z = None
                    if found_z is not None: assert abs(found_z / panel - 1) < 1e-6, (name, "dxtbx distance", found_z, panel, said); dxtbx_distances.append(name)
                if mask and mask not in ("each", "flat"):
                    static = dxtbx.nexus.get_static_mask(x.instruments[0].detectors[0])
                    if static: assert "".join("10"[int(v)] for v in static[0].as_numpy_array().ravel()) == truth_mask, (name, "dxtbx mask", said)
            # What is missing at the end cuts values of each image, too.
            per_image = {k: v[:len(expected_frames)] for k, v in per_image.items()}
            json.dump(dict(variant=json.dumps(said, default=str), values=values, absent=absent, notes=notes, perImage=per_image, sweeps=int(found) if found > 1 else 0,
                mask=truth_mask, frames=expected_frames), open(name + ".expected.json", "w"))

        for number in range(count): make(number)
        print(len(dxtbx_distances), "distances by dxtbx")
        """;
}
