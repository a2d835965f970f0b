using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Peers;

/// <summary>Data sets of every kind and storage, with random content. The expected values are those that h5py reads again.</summary>
/// <remarks>Cases 90, 101 to 103.</remarks>
public sealed class Hdf5KindsVariantsTests
{
    private const string Script = """
        import ctypes, json, random, zlib
        library = ctypes.CDLL([l.split()[-1] for l in open("/proc/self/maps") if "libhdf5" in l and "_hl" not in l][0])
        library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
        def odd(r, g, n): # a number type that does not use all its bits, and values that it has
            t = h5py.h5t; base = r.choice([t.STD_U16LE, t.STD_U32BE, t.STD_I32LE, t.STD_I16BE, t.STD_U64LE, None])
            if base is None:
                size, bits, more = r.choice([(2, 8, 7), (4, 8, 10), (4, 11, 20), (8, 11, 30), (4, 6, 8)]); at = r.randint(0, size * 8 - 1 - bits - more)
                x = t.IEEE_F64LE.copy() if size == 8 else t.IEEE_F32LE.copy(); x.set_fields(at + bits + more, at + more, bits, at, more)
                x.set_size(size); x.set_ebias(2 ** (bits - 1) - 1)
                return x, [float(m) * 2. ** e for m, e in zip(g.integers(-127, 128, n), g.integers(-9, 9, n))]
            x = base.copy(); size = x.get_size() * 8; bits = r.randint(4, size - 1); x.set_precision(bits); x.set_offset(r.randint(0, size - bits))
            low, high = (0, 2 ** min(bits, 50)) if x.get_sign() == 0 else (-2 ** (bits - 1), 2 ** (bits - 1))
            return x, [int(v) for v in g.integers(low, high, n)]
        def plain(v, d): # as JSON has it
            if d.names: return [plain(v[n], d[n]) for n in d.names]
            if d.subdtype: return [plain(x, d.subdtype[0]) for x in np.asarray(v).ravel()]
            item = h5py.check_dtype(vlen=d)
            if isinstance(item, np.dtype): return [plain(x, item) for x in v]
            if d.kind == "c": return [plain(v.real, v.real.dtype), plain(v.imag, v.imag.dtype)]
            if d.kind == "f": return float(v) if np.isfinite(v) else None
            if d.kind == "b": return bool(v)
            if d.kind in "ui": return int(v)
            return (v.decode("utf-8") if isinstance(v, bytes) else str(v)).rstrip("\0")
        def values(g, shape, d):
            if d.names: a = np.zeros(shape, d); [a.__setitem__(n, values(g, np.shape(a[n]), a[n].dtype)) for n in d.names]; return a
            if d.kind in "ui": return g.integers(np.iinfo(d).min, np.iinfo(d).max, shape, dtype=d.newbyteorder("="), endpoint=True).astype(d)
            if d.kind == "b": return g.integers(0, 2, shape).astype(bool)
            if d.kind == "S": return np.array([bytes(g.integers(97, 123, g.integers(0, d.itemsize + 1)).astype("u1")) for _ in range(int(np.prod(shape)))], d).reshape(shape)
            a = (g.standard_normal(shape) * 10. ** g.integers(-6, 4) + (1j * g.standard_normal(shape) if d.kind == "c" else 0))
            a = np.asarray(a).astype(d)
            if d.kind == "f" and a.size and g.random() < .3: a.flat[g.integers(0, a.size)] = g.choice([np.nan, np.inf, -np.inf, -0.])
            return a
        kinds = ["u1", "i1", ">u2", "<i2", ">u4", "i4", "u8", ">i8", "f2", "<f4", ">f4", "f8", ">f8", "c8", ">c16", "?", "S5", [("id", ">i4"), ("x", "f8"), ("s", "S3")], [("p", [("a", "f4"), ("b", "u8")]), ("n", "i2", (3,))]]
        expected = []
        with h5py.File("a.h5", "w", libver=random.Random(seed).choice(["earliest", "latest"])) as f:
            for number in range(count):
                r, g = random.Random(seed * 1000003 + number), np.random.default_rng(seed * 1000003 + number)
                name = "d%d" % number; shape = tuple(r.randint(0 if r.random() < .1 else 1, 6) for _ in range(r.randint(0, 4))); what = r.choice(["plain"] * 8 + ["vlen", "text", "null", "enum", "odd", "odd", "mask", "edge", "bool"])
                known = None
                if what == "vlen": # h5py 3.7 itself swaps the bytes of big-endian ones
                    item = np.dtype(r.choice(["i4", "f8", "u2"])); d = h5py.vlen_dtype(item); s = f.create_dataset(name, (r.randint(1, 4),), dtype=d)
                    for i in range(len(s)): s[i] = values(g, (r.randint(0, 5),), item)
                elif what == "text": f[name] = np.array([r.choice(["", "µm", "Å ° é", "text \"quoted\"\n", "\U0001f52c"]) for _ in range(r.randint(1, 4))], dtype=h5py.string_dtype(r.choice(["utf-8"])))
                elif what == "odd":
                    n = r.randint(1, 9); kind, known = odd(r, g, n); p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); shape = (n,)
                    if r.random() < .6: p.set_chunk((r.randint(1, n),)); p.set_deflate(2) if r.random() < .5 else None
                    h5py.h5d.create(f.id, name.encode(), kind, h5py.h5s.create_simple((n,)), p).write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(known, "f8" if isinstance(known[0], float) else "i8"))
                elif what == "mask": # chunks that went through some of their filters
                    a = values(g, (r.randint(1, 6), r.randint(1, 6)), np.dtype("<i4")); known = a.ravel().tolist(); shape = a.shape
                    s = f.create_dataset(name, shape, "<i4", chunks=(1, shape[1]), compression="gzip", shuffle=True)
                    for i, row in enumerate(a):
                        b, without = row.tobytes(), r.randint(0, 3)
                        if not without & 1: b = np.frombuffer(b, "u1").reshape(-1, 4).T.tobytes()
                        s.id.write_direct_chunk((i, 0), b if without & 2 else zlib.compress(b), without)
                elif what == "edge": # chunks at the edge without filters
                    a = values(g, (r.randint(1, 9), r.randint(1, 9)), np.dtype(r.choice(["<i4", "u1", ">f8"]))); shape = a.shape
                    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_chunk((r.randint(1, shape[0]), r.randint(1, shape[1])))
                    if r.random() < .5: p.set_shuffle()
                    p.set_deflate(4); library.H5Pset_chunk_opts(p.id, 2)
                    h5py.h5d.create(f.id, name.encode(), h5py.h5t.py_create(a.dtype), h5py.h5s.create_simple(shape), p).write(h5py.h5s.ALL, h5py.h5s.ALL, a)
                elif what == "bool": f.create_dataset(name, data=g.integers(0, 2, shape).astype(bool))
                elif what == "null": f[name] = h5py.Empty("f8")
                elif what == "enum": f.create_dataset(name, data=g.integers(0, 3, shape).astype("i1"), dtype=h5py.enum_dtype({"R": 0, "G": 1, "B": 2}, "i1"))
                else:
                    d = np.dtype(r.choice(kinds)); a = values(g, shape, d); how = {}
                    if shape and min(shape) > 0 and r.random() < .7:
                        how["chunks"] = tuple(r.randint(1, n) for n in shape)
                        if r.random() < .5: how["compression"] = r.choice(["gzip", "lzf"])
                        if r.random() < .3: how["shuffle"] = True
                        if r.random() < .3: how["fletcher32"] = True
                        if r.random() < .2 and d.kind in "ui" and d.itemsize < 8 and "compression" not in how: how = dict(chunks=how["chunks"], scaleoffset=0)
                        if r.random() < .3: how["maxshape"] = (None,) * len(shape)
                    f.create_dataset(name, data=a, dtype=d, **how)
                s = f[name]
                if what in ("odd", "mask"):
                    expected.append(dict(name=name, what=what, shape=list(shape), values=known, within=1e-6 if isinstance(known[0], float) else 0)); continue
                got = s[()]
                flat = None if what == "null" else [plain(v, s.dtype) for v in (np.asarray(got, s.dtype).ravel() if what not in ("vlen", "text") else got)]
                leaf = s.dtype["x"] if s.dtype.names and "x" in s.dtype.names else s.dtype
                expected.append(dict(name=name, what=str(s.dtype) + " " + what, shape=None if what == "null" else list(s.shape), values=flat, within={"f2": 1e-3, "f4": 1e-6, "c8": 1e-6}.get(leaf.kind + str(leaf.itemsize), 1e-6 if s.dtype.names else 0)))
        json.dump(expected, open("expected.json", "w"))
        """;

    [Fact]
    public async Task Every_value_is_that_of_h5py()
    {
        using var folder = new TemporaryFolder();
        int count = Variants.Count(200);
        await folder.WithH5pyAsync($"seed, count = {Variants.Seed}, {count}\n" + Script);
        await using var contents = new Contents(folder);
        JsonArray expected = JsonNode.Parse(await File.ReadAllBytesAsync(folder["expected.json"], TestContext.Current.CancellationToken))!.AsArray();
        Assert.Equal(count, expected.Count);
        var differences = new List<string>();
        int zarr = 0;
        foreach (JsonObject? one in expected.Select(static one => one!.AsObject()))
        {
            string name = (string)one["name"]!;
            JsonElement shape = (await contents.MetaAsync("a.h5", "/" + name)).GetProperty("shape");
            Result<byte[]> data = await contents.BytesAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/" + name) with { IsFlat = true });
            string got = data.IsOk ? System.Text.Encoding.UTF8.GetString(data.Value) : data.Error.Message;
            if (shape.GetRawText() != (one["shape"]?.ToJsonString() ?? "null") || !data.IsOk || !IsSame(Flat(JsonNode.Parse(got), one), one["values"], (double)one["within"]!))
            {
                differences.Add($"{name}: {one["what"]} is {shape} {got}, and should be {one["shape"]?.ToJsonString()} {one["values"]?.ToJsonString()}");
            }

            if (one["shape"] is JsonArray { Count: > 0 } lengths && lengths.All(static length => (int)length! > 0)
                && await ZarrAsync(contents, name, lengths.Count, lengths.Aggregate(1, static (all, length) => all * (int)length!)) is { } numbers)
            {
                zarr++;
                if (!IsSame(numbers, one["values"], (double)one["within"]!))
                {
                    differences.Add($"{name}: {one["what"]} is {numbers.ToJsonString()} in the Zarr view, and should be {one["values"]?.ToJsonString()}");
                }
            }
        }

        Assert.True(zarr > count / 3, "There is little to compare in the Zarr view.");
        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n", differences.Take(6))}\n"));
    }

    /// <summary>All numbers of an array by its Zarr view; null if that does not have it, or not as plain numbers.</summary>
    private static async Task<JsonArray?> ZarrAsync(Contents contents, string name, int rank, int count)
    {
        Result<byte[]> described = await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/.zarray"));
        string type = described.IsOk ? JsonDocument.Parse(described.Value).RootElement.GetProperty("dtype").ToString() : "";
        if (type.Length != 3 || type[1] is not ('u' or 'i' or 'f'))
        {
            return null;
        }

        string all = string.Join(',', Enumerable.Repeat(":", rank)), first = string.Join('.', Enumerable.Repeat("0", rank));
        byte[] part = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/.part/{all}/{first}"))).Value;
        return [.. part.Chunk(type[2] - '0').Take(count).Select(bytes =>
        {
            if (type[0] == '>')
            {
                Array.Reverse(bytes);
            }

            JsonNode? number = type[1..] switch
            {
                "f2" => Finite((double)BitConverter.ToHalf(bytes)),
                "f4" => Finite(BitConverter.ToSingle(bytes)),
                "f8" => Finite(BitConverter.ToDouble(bytes)),
                "i1" => (sbyte)bytes[0],
                "i2" => BitConverter.ToInt16(bytes),
                "i4" => BitConverter.ToInt32(bytes),
                "i8" => BitConverter.ToInt64(bytes),
                "u1" => bytes[0],
                "u2" => BitConverter.ToUInt16(bytes),
                "u4" => BitConverter.ToUInt32(bytes),
                _ => BitConverter.ToUInt64(bytes),
            };
            return JsonNode.Parse(number?.ToJsonString() ?? "null");
        })];

        static JsonNode? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
    }

    /// <summary>A scalar as an array of one value.</summary>
    private static JsonNode? Flat(JsonNode? got, JsonObject expected) =>
        expected["shape"] is JsonArray { Count: 0 } && got is not JsonArray { Count: 1 } ? new JsonArray(got?.DeepClone()) : got;

    private static bool IsSame(JsonNode? got, JsonNode? wanted, double within) => (got, wanted) switch
    {
        (null, null) => true,
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => IsSame(pair.First, pair.Second, within)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            a.ToJsonString() == b.ToJsonString() || (double)a == (double)b && a.ToJsonString().Contains((char)46) != b.ToJsonString().Contains((char)46) || (b.ToJsonString().AsSpan().IndexOfAny(".eE") >= 0 && Math.Abs((double)a - (double)b) <= Math.Abs((double)b) * within),
        _ => JsonNode.DeepEquals(got, wanted),
    };
}
