namespace Hutch.Detectors.Tests.Peers;

/// <summary>The program that writes the variants: <c>seed</c> and <c>count</c> are set before it.</summary>
internal static class CbfVariants
{
    public const string Script = """
        import bz2, gzip, hashlib, json, math, os, random, sys, warnings
        import numpy as np, pycbf, dxtbx
        from dxtbx.model.detector import DetectorFactory
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
            if any(name == "axis" for name, _ in categories):
                f.new_column(b"array_id"); f.set_value(b"A"); f.new_column(b"binary_id"); f.set_value(b"1")
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

        def axes(r, g, truth, rows, columns, scan):
            # A detector on an arm, with the pixels on two axes that depend on each other; what may be wrong, and the categories that say it.
            wrong = r.choice([None] * 5 + ["setting", "general", "apart", "curved"])
            turn, pitch = 5.5 if wrong == "general" else r.choice([0, 0, round(r.uniform(-40, 40), 3)]), r.choice([0, 0, round(r.uniform(-3, 3), 3)])
            distance, pixel, corner = truth["detector_distance"] * 1e3, truth["pixel"] * 1e3, [round(float(g.uniform(-columns, 0)) * truth["pixel"] * 1e3, 4), round(float(g.uniform(0, rows)) * truth["pixel"] * 1e3, 4)]
            names = [axis for axis in scan]
            loop = [(name, "rotation", "goniometer", ".", (1, 0, 0), (0, 0, 0)) for name in names] + [("ARM", "general" if wrong == "general" else "rotation", "detector", ".", (0, 1, 0), (".", ".", ".")),
                ("RAIL", "translation", "detector", "ARM", (0, 0, -2), (0, 0, round(r.uniform(0, 5), 3))), ("PITCH", "rotation", "detector", "RAIL", (1, 0, 0), (0, 0, 0)),
                ("ELEMENT_X", "translation", "detector", "PITCH", (1, 0, 0), (corner[0], corner[1], 0)), ("ELEMENT_Y", "translation", "detector", "PITCH" if wrong == "apart" else "ELEMENT_X", (0, -1, 0), (0, 0, 0))]
            r.shuffle(loop)
            settings = {"ARM": (turn, 0), "RAIL": (0, distance), "PITCH": (pitch, 0)}
            if wrong == "setting": del settings[r.choice(["ARM", "RAIL", "PITCH"])]
            order = r.choice([(1, 2), (2, 1)]) # the first row of the list need not be the fast index
            sets = {1: ("ELEMENT_X", columns), 2: ("ELEMENT_Y", rows)}
            return wrong, settings, [("diffrn", [("id", ["D"]), ("crystal_id", ["X"])]), ("diffrn_detector", [("diffrn_id", ["D"]), ("id", ["DET"]), ("number_of_axes", [3])]),
                ("diffrn_detector_axis", [("detector_id", ["DET"] * 3), ("axis_id", ["ARM", "RAIL", "PITCH"])]), ("diffrn_detector_element", [("id", ["E"]), ("detector_id", ["DET"])]),
                ("diffrn_data_frame", [("id", ["F"]), ("detector_element_id", ["E"]), ("array_id", ["A"]), ("binary_id", [1])]),
                ("axis", [(k, [x[i] for x in loop]) for i, k in enumerate(["id", "type", "equipment", "depends_on"])] + [(f"{k}[{i + 1}]", [x[j][i] for x in loop]) for j, k in ((4, "vector"), (5, "offset")) for i in range(3)]),
                ("array_structure_list", [("array_id", ["A", "A"]), ("index", [1, 2]), ("dimension", [sets[p][1] for p in order]), ("precedence", list(order)), ("direction", ["increasing"] * 2), ("axis_set_id", [sets[p][0] for p in order])]),
                ("array_structure_list_axis", [("axis_set_id", ["ELEMENT_X", "ELEMENT_Y"]), ("axis_id", ["ELEMENT_X", "ELEMENT_Y"]), ("angle", [0, 0]), ("angle_increment", [0, .01 if wrong == "curved" else 0]), ("displacement", [pixel / 2] * 2), ("displacement_increment", [pixel, pixel])])]

        def location(path):
            # What CBFlib and dxtbx say; None if they do not know.
            f = pycbf.cbf_handle_struct(); f.read_widefile(path.encode(), 0)
            try:
                d = f.construct_detector(0)
                distance, (slow, fast), panel = d.get_detector_distance(), d.get_beam_center()[:2], DetectorFactory.imgCIF(path, "unknown")[0]
            except Exception: return None
            assert abs(panel.get_distance() / distance - 1) < 1e-9, (path, "dxtbx distance")
            return distance / 1e3, fast, slow

        def make(number):
            r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
            pick = r.choice
            values, notes, per_image, frames = {}, [], {}, []
            n = r.randint(1, 4); kind = pick(["i4", "i4", "u2", "u4", "i2"]); compression = pick(["CBF_BYTE_OFFSET", "CBF_BYTE_OFFSET", "CBF_NONE"])
            pack = pick([None, None, ".gz", ".bz2"]); full = r.random() < .25; both = not full and r.random() < .2; plain = r.random() < .3; latin = r.random() < .3
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
            scanned = ["GONIOMETER_FIXED", "GONIOMETER_" + axis.upper()]
            wrong_axis, settings, detector = axes(r, g, truth, rows, columns, scanned) if (full and r.random() < .8) or both else (None, {}, [])
            located, arm = None, pick([None, None, 0, round(r.uniform(-60, 60), 2)]) if not plain and not full else None
            for i in range(n):
                mine = dict(truth)
                if varied: mine[varied] = truth[varied] * (1 + .02 * i)
                def q(value, u): return "%.12g %s" % (value / (u[1] or 1), u[0])
                header, categories = [], []
                scanning = [("diffrn_scan_axis", [("scan_id", ["S"] * (2 + len(settings))), ("axis_id", scanned + list(settings)), ("angle_start", [0, start] + [x[0] for x in settings.values()]), ("angle_range", [0, width * n] + [0] * len(settings)), ("angle_increment", [0, width] + [0] * len(settings)),
                            ("displacement_start", [0, 0] + [x[1] for x in settings.values()]), ("displacement_range", [0] * (2 + len(settings))), ("displacement_increment", [0] * (2 + len(settings)))]),
                        ("diffrn_scan_frame_axis", [("frame_id", ["F"] * (2 + len(settings))), ("axis_id", scanned + list(settings)), ("angle", [0, starts[i]] + [x[0] for x in settings.values()]), ("displacement", [0, 0] + [x[1] for x in settings.values()])])]
                if full:
                    categories = [("diffrn_radiation_wavelength", [("id", ["W1"]), ("wavelength", [mine["wavelength"]]), ("wt", ["1.0"])]),
                        *scanning,
                        ("diffrn_scan_frame", [("frame_id", ["F"]), ("frame_number", [1]), ("integration_time", [mine["count_time"]])]),
                        ("array_element_size", [("array_id", ["A", "A"]), ("index", [1, 2]), ("size", [truth["pixel"], truth["pixel"]])]),
                        ("array_intensities", [("array_id", ["A"]), ("overload", [65000])])] + detector
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
                    if arm is not None: header.append(f"Detector_2theta {q(arm, au)}")
                a = pixels(g, rows, columns, kind)
                frames.append(hashlib.sha256(a.tobytes()).hexdigest())
                if both: categories = scanning + detector
                write(f"v{number:05d}_{i + 1}.cbf", a, compression, header, categories, pack, latin)
                if detector and i == 0:
                    write("judged.cbf", a, compression, header, categories, None, latin)
                    located = location("judged.cbf") if wrong_axis not in ("curved", "general") else None # which CBFlib takes for flat and fixed
                    assert (located is None) == (wrong_axis is not None), (number, wrong_axis, located)
                if plain and not full and not both and kind == "i4" and compression == "CBF_BYTE_OFFSET" and width > 0:
                    x = dxtbx.load(f"v{number:05d}_{i + 1}.cbf" + (pack or ""))
                    assert abs(x.get_beam().get_wavelength() - mine["wavelength"]) < 1e-6 and np.allclose(x.get_scan().get_oscillation(), (starts[i], width)), (number, "dxtbx")
                    assert (x.get_raw_data().as_numpy_array() == a).all(), (number, "dxtbx pixels")
            for name, u in (("wavelength", wu), ("detector_distance", du), ("count_time", cu), ("frame_time", fu)):
                values[name] = truth[name] if full or u[1] or (energy and name == "wavelength") else None
                if full and name in ("detector_distance", "frame_time"): values[name] = located[0] if located and name == "detector_distance" else None
                if name == varied and values[name] is not None:
                    values[name] = None; per_image[name] = [truth[name] * (1 + .02 * i) for i in range(n)]; notes.append("differs from image to image")
                if located and name == "detector_distance":
                    values[name] = located[0]
                    if both: notes = [x for x in notes if x != "Detector_distance"] + (["Detector_distance"] if not u[1] else ["by its axes"] if abs(truth[name] / located[0] - 1) > 1.1e-3 else [])
            values.update(x_pixel_size=truth["pixel"], y_pixel_size=truth["pixel"], saturation_value=65000, scan_start=start, scan_increment=width)
            for x, v in zip("xy", beam): values["beam_center_" + x] = located[1 + (x == "y")] if located else None if full or bu == "xx" or arm else v
            if full: notes = [x for x in notes if "differs" in x] + (["detector distance"] if wrong_axis else [])
            elif bu == "xx": notes.append("Beam_xy")
            if both and not du[1] and wrong_axis: notes.append("detector distance")
            if arm and not located: notes.append("is turned by")
            if is_screen: notes.append("%d sweeps" % n)
            json.dump(dict(variant=str(dict(pack=pack, full=full, both=both, units=units, kind=kind, latin=latin, axis=name_axis, settings=settings, wrong=wrong_axis)), values=values, notes=notes, perImage=per_image, frames=frames, first=f"v{number:05d}_1.cbf" + (pack or ""),
                axis="omega" if name_axis == "none" else axis, sweeps=n if is_screen else 0), open(f"v{number:05d}.expected.json", "w"))

        for number in range(count): make(number)
        """;
}
