namespace Hutch.Detectors.Tests.Peers;

/// <summary>The program that writes the variants: <c>seed</c> and <c>count</c> are set before it.</summary>
internal static class CbfVariants
{
    public const string Script = """
        import bz2, gzip, hashlib, json, math, os, random, sys, warnings
        import numpy as np, pycbf, dxtbx
        warnings.simplefilter("ignore")
        os.chdir(sys.argv[1])
        lengths = [("m", 1), ("mm", 1e-3), ("millimeters", 1e-3), ("um", 1e-6), ("µm", 1e-6), ("μm", 1e-6), ("microns", 1e-6), ("cm", 1e-2), ("MM", 1e-3)]
        waves = [("A", 1), ("Å", 1), ("angstrom", 1), ("Angstroms", 1), ("nm", 10), ("pm", .01)]
        times = [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("seconds", 1), ("sec.", 1), ("SEC", 1)]
        angles = [("deg.", 1), ("deg", 1), ("degrees", 1), ("rad", 180 / math.pi), ("mrad", .18 / math.pi)]
        wrong = ["furlongs_", "Mm", "xx"]

        def pixels(g, rows, columns, kind):
            limits = np.iinfo(kind)
            a = (1 + g.poisson(2, (rows, columns))).astype("<" + kind)
            a[1] = g.choice([max(limits.min, -2**30), min(limits.max, 2**30 - 1), 1], columns) # CBFlib does not read its own difference of 2^31
            return a

        def write(path, a, compression, header, categories, pack, latin):
            f = pycbf.cbf_handle_struct()
            f.new_datablock(b"image_1")
            for name, columns in categories:
                f.new_category(name.encode())
                for column, values in columns:
                    f.new_column(column.encode())
                    f.rewind_row() if values else None
                for row in range(len(columns[0][1])):
                    if row: f.new_row()
                    else: f.rewind_row() if f.count_rows() else f.new_row()
                    for column, values in columns:
                        f.find_column(column.encode()); f.select_row(row); f.set_value(str(values[row]).encode())
            f.new_category(b"array_data")
            if header:
                f.new_column(b"header_convention"); f.set_value(b"PILATUS_1.2")
                f.new_column(b"header_contents"); f.set_value("\n".join("# " + line for line in header).encode())
            f.new_column(b"data")
            f.set_integerarray_wdims(getattr(pycbf, compression), 1, a.tobytes(), a.itemsize, int(a.dtype.kind == "i"), a.size, b"little_endian", a.shape[1], a.shape[0], 1, 0)
            f.write_widefile(path.encode(), pycbf.CBF, pycbf.MIME_HEADERS | pycbf.MSG_DIGEST | pycbf.PAD_4K, 0)
            raw = open(path, "rb").read()
            if latin: raw = raw.replace("µ".encode(), b"\xb5").replace("μ".encode(), b"\xb5").replace("Å".encode(), b"\xc5")
            os.unlink(path) if pack else None
            open(path + (pack or ""), "wb").write({".gz": gzip.compress, ".bz2": bz2.compress, None: bytes}[pack](raw))

        def make(number):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            pick = r.choice
            values, notes, per_image, frames = {}, [], {}, []
            n = r.randint(1, 4); kind = pick(["i4", "i4", "u2", "u4", "i2"]); compression = pick(["CBF_BYTE_OFFSET", "CBF_BYTE_OFFSET", "CBF_NONE"])
            pack = pick([None, None, ".gz", ".bz2"]); full = r.random() < .25; plain = r.random() < .3; latin = r.random() < .3
            rows, columns = (195, 487) if plain else (r.randint(3, 20), r.randint(3, 20)) # that of a PILATUS, for dxtbx
            truth = dict(wavelength=round(g.uniform(.5, 3), 5), detector_distance=round(g.uniform(.05, .9), 5), count_time=round(g.uniform(.001, .2), 6), frame_time=round(g.uniform(.2, .3), 6), pixel=pick([172e-6, 75e-6]))
            width, start = round(g.uniform(.05, 2) * pick([1, -1]), 4), round(float(g.uniform(-90, 90)), 4)
            axis = pick(["omega", "phi", "kappa", "chi"])
            is_screen = r.random() < .2 and n > 1
            starts = [start + (i * 45 if is_screen else i * width) for i in range(n)]
            energy = not plain and not full and r.random() < .2
            varied = pick([None, None, "wavelength", "count_time"]) if n > 1 else None
            units = {}
            def unit(name, known, may_be_wrong=True):
                u = known[0] if plain else (pick(wrong), None) if may_be_wrong and r.random() < .1 else pick(known)
                units[name] = u
                if u[1] is None and n: notes.append(name)
                return u
            wu, du, cu, pu, au, fu = unit("Wavelength", waves, not energy), unit("Detector_distance", lengths), unit("Exposure_time", times), unit("Pixel_size", lengths, False), unit("angle", angles, False), unit("Exposure_period", times)
            bu = pick(["pixels", "pixel"] + ([] if plain else ["mm", "xx"]))
            name_axis = pick(["axis", "increments", "none"]) if not full else "full"
            beam = (round(float(g.uniform(0, columns)), 2), round(float(g.uniform(0, rows)), 2))
            colon = "" if plain else pick(["", "", ":", " ="])
            for i in range(n):
                mine = dict(truth)
                if varied: mine[varied] = truth[varied] * (1 + .02 * i)
                def q(value, u): return "%.12g %s" % (value / (u[1] or 1), u[0])
                header, categories = [], []
                if full:
                    categories = [("diffrn_radiation_wavelength", [("id", ["W1"]), ("wavelength", [mine["wavelength"]]), ("wt", ["1.0"])]),
                        ("diffrn_scan_axis", [("scan_id", ["S", "S"]), ("axis_id", ["GONIOMETER_FIXED", "GONIOMETER_" + axis.upper()]), ("angle_start", [0, start]), ("angle_range", [0, width * n]), ("angle_increment", [0, width])]),
                        ("diffrn_scan_frame_axis", [("axis_id", ["GONIOMETER_FIXED", "GONIOMETER_" + axis.upper()]), ("angle", [0, starts[i]]), ("displacement", [0, 0])]),
                        ("diffrn_scan_frame", [("frame_id", ["F"]), ("frame_number", [1]), ("integration_time", [mine["count_time"]])]),
                        ("array_element_size", [("array_id", ["A", "A"]), ("index", [1, 2]), ("size", [truth["pixel"], truth["pixel"]])]),
                        ("array_intensities", [("array_id", ["A"]), ("overload", [65000])])]
                else:
                    header = ["Detector: PILATUS3 variant, S/N 60-0001", "2026-01-01T00:00:00.000", f"Pixel_size{colon} {q(truth['pixel'], pu)} x {q(truth['pixel'], pu)}",
                        "Silicon sensor, thickness 0.000450 m", f"Exposure_time{colon} {q(mine['count_time'], cu)}", f"Exposure_period {q(truth['frame_time'], fu)}", "Tau = 0 s", "Count_cutoff 65000 counts",
                        f"Energy {12398.419843320026 / mine['wavelength'] / 1000:.15g} keV" if energy else f"Wavelength{colon} {q(mine['wavelength'], wu)}",
                        f"Detector_distance{colon} {q(truth['detector_distance'], du)}"]
                    c = beam if bu != "mm" else tuple("%.12g" % (x * truth["pixel"] * 1e3) for x in beam)
                    header += [f"Beam_xy ({c[0]}, {c[1]}) {bu}", f"Start_angle {q(starts[i], au)}", f"Angle_increment {q(width, au)}"]
                    if name_axis == "axis": header.append(f"Oscillation_axis {axis.upper()}")
                    if name_axis == "increments": header += [f"{x.capitalize()} {q(starts[i] if x == axis else 0, au)}\n# {x.capitalize()}_increment {q(width if x == axis else 0, au)}" for x in ("omega", "phi", "kappa", "chi")]
                    if not plain and r.random() < .3: header.append("Filter 100 µm Al")
                a = pixels(g, rows, columns, kind)
                frames.append(hashlib.sha256(a.tobytes()).hexdigest())
                write(f"v{number:05d}_{i + 1}.cbf", a, compression, header, categories, pack, latin)
                if plain and not full and kind == "i4" and compression == "CBF_BYTE_OFFSET" and width > 0:
                    x = dxtbx.load(f"v{number:05d}_{i + 1}.cbf" + (pack or ""))
                    assert abs(x.get_beam().get_wavelength() - mine["wavelength"]) < 1e-6 and np.allclose(x.get_scan().get_oscillation(), (starts[i], width)), (number, "dxtbx")
                    assert (x.get_raw_data().as_numpy_array() == a).all(), (number, "dxtbx pixels")
            for name, u in (("wavelength", wu), ("detector_distance", du), ("count_time", cu), ("frame_time", fu)):
                values[name] = truth[name] if full or u[1] or (energy and name == "wavelength") else None
                if full and name in ("detector_distance", "frame_time"): values[name] = None
                if name == varied and values[name] is not None:
                    values[name] = None; per_image[name] = [truth[name] * (1 + .02 * i) for i in range(n)]; notes.append("differs from image to image")
            values.update(x_pixel_size=truth["pixel"], y_pixel_size=truth["pixel"], saturation_value=65000, scan_start=start, scan_increment=width)
            for x, v in zip("xy", beam): values["beam_center_" + x] = None if full or bu == "xx" else v
            if full: notes = [x for x in notes if "differs" in x]
            elif bu == "xx": notes.append("Beam_xy")
            if is_screen: notes.append("%d sweeps" % n)
            json.dump(dict(variant=str(dict(pack=pack, full=full, units=units, kind=kind, latin=latin, axis=name_axis)), values=values, notes=notes, perImage=per_image, frames=frames, first=f"v{number:05d}_1.cbf" + (pack or ""),
                axis="omega" if name_axis == "none" else axis, sweeps=n if is_screen else 0), open(f"v{number:05d}.expected.json", "w"))

        for number in range(count): make(number)
        """;
}
