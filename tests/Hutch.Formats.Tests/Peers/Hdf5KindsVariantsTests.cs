using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Peers;

/// <summary>Data sets of every kind and storage, with random content. The expected values are those that h5py reads again.</summary>
public sealed class Hdf5KindsVariantsTests
{
    private const string Script = """
        import json, random
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
                name = "d%d" % number; shape = tuple(r.randint(0 if r.random() < .1 else 1, 6) for _ in range(r.randint(0, 4))); what = r.choice(["plain"] * 8 + ["vlen", "text", "null", "enum"])
                if what == "vlen": # h5py 3.7 itself swaps the bytes of big-endian ones
                    item = np.dtype(r.choice(["i4", "f8", "u2"])); d = h5py.vlen_dtype(item); s = f.create_dataset(name, (r.randint(1, 4),), dtype=d)
                    for i in range(len(s)): s[i] = values(g, (r.randint(0, 5),), item)
                elif what == "text": f[name] = np.array([r.choice(["", "µm", "Å ° é", "text \"quoted\"\n", "\U0001f52c"]) for _ in range(r.randint(1, 4))], dtype=h5py.string_dtype(r.choice(["utf-8"])))
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
                s = f[name]; got = s[()]
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
        }

        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n", differences.Take(6))}\n"));
    }

    /// <summary>A scalar as an array of one value.</summary>
    private static JsonNode? Flat(JsonNode? got, JsonObject expected) =>
        expected["shape"] is JsonArray { Count: 0 } && got is not JsonArray { Count: 1 } ? new JsonArray(got?.DeepClone()) : got;

    private static bool IsSame(JsonNode? got, JsonNode? wanted, double within) => (got, wanted) switch
    {
        (null, null) => true,
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => IsSame(pair.First, pair.Second, within)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            a.ToJsonString() == b.ToJsonString() || (b.ToJsonString().AsSpan().IndexOfAny(".eE") >= 0 && Math.Abs((double)a - (double)b) <= Math.Abs((double)b) * within),
        _ => JsonNode.DeepEquals(got, wanted),
    };
}
