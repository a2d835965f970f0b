using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5Content;

/// <summary>
/// Numbers with other bits than their size says, and chunks that are stored without their filters: each view has the values that libhdf5
/// converts them to (formats 101 to 103).
/// </summary>
public sealed class OddNumberTests
{
    private const string Script = """
        t = h5py.h5t
        def real(size, sign, exponent, bits, mantissa, more, bias, base=t.IEEE_F32LE):
            x = base.copy(); x.set_fields(sign, exponent, bits, mantissa, more); x.set_size(size); x.set_ebias(bias); return x
        def whole(base, bits, at): x = base.copy(); x.set_precision(bits); x.set_offset(at); return x
        types = {
            'bfloat16': (real(2, 15, 7, 8, 0, 7, 127), [1, -2.5, 0.15625, 2.**99]),
            'wide': (real(4, 31, 20, 11, 0, 20, 1023), [1, -2.5, 2.**900, 7]),
            'biased': (real(4, 31, 23, 8, 0, 23, 200), [1, -2.5, 2.**-190, 7]), 'u12at4': (whole(t.STD_U16LE, 12, 4), [1, 2, 4095, 77]),
            'i12': (whole(t.STD_I16BE, 12, 0), [1, -2, -2048, 77]), 'u20': (whole(t.STD_U32LE, 20, 8), [1, 2, 1048575, 77]),
            'half': (real(2, 15, 10, 5, 0, 10, 15), [1.5, -2.25, 3, 0.0625]), 'be16': (t.STD_I16BE.copy(), [1, -2, 300, 5]),
        }
        with h5py.File('a.h5', 'w') as f:
            for name, (kind, values) in types.items():
                for how in 'plain', 'chunks', 'packed':
                    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                    if how != 'plain': p.set_chunk((2, 2))
                    if how == 'packed': p.set_deflate(4)
                    d = h5py.h5d.create(f.id, f'{name}-{how}'.encode(), kind, h5py.h5s.create_simple((2, 2)), p)
                    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(values, 'f8').reshape(2, 2))
        """;

    [Theory]
    [InlineData("bfloat16", "<f4", "1 -2.5 0.15625 6.338253E+29")]
    [InlineData("wide", "<f8", "1 -2.5 8.452712498170644E+270 7")]
    [InlineData("biased", "<f8", "1 -2.5 6.372367644529809E-58 7")]
    [InlineData("u12at4", "<u2", "1 2 4095 77")]
    [InlineData("i12", "<i4", "1 -2 -2048 77")]
    [InlineData("u20", "<u4", "1 2 1048575 77")]
    [InlineData("half", "<f2", "1.5 -2.25 3 0.0625")]
    [InlineData("be16", ">i2", "1 -2 300 5")]
    public async Task Every_view_has_the_values_that_libhdf5_has(string name, string type, string values)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Script);
        await using var contents = new Contents(folder);

        foreach (string path in new[] { $"/{name}-plain", $"/{name}-chunks", $"/{name}-packed" })
        {
            foreach (string array in new[] { path, $"{path}/.part/:,:" })
            {
                JsonElement layout = await contents.JsonAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", array + "/.zarray"));
                byte[] chunk = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", array + "/0.0"))).Value;

                Assert.Equal(type, layout.GetProperty("dtype").GetString());
                bool isPacked = layout.GetProperty("compressor").ValueKind != JsonValueKind.Null;
                Assert.Equal(values, Numbers(isPacked ? Inflate(chunk) : chunk, type));
            }

            ContentRequest data = Contents.Ask(ContentQuery.Data, "a.h5", path) with { Form = ContentForm.Binary };
            Assert.Equal(values, Numbers((await contents.BytesAsync(data)).Value, type));
            JsonElement about = (await contents.MetaAsync("a.h5", path)).GetProperty("type");
            byte[] safe = (await contents.BytesAsync(data with { IsSafe = true })).Value;
            string given = about.GetProperty("dtype").GetString()!.Replace("f2", "f4", StringComparison.Ordinal).Replace('>', '<');
            Assert.Equal(values, Numbers(safe, given));
            JsonElement json = await contents.DataAsync("a.h5", path);
            double[] shown = [.. json.EnumerateArray().SelectMany(static row => row.EnumerateArray()).Select(static each => each.GetDouble())];
            float[] expected = [.. values.Split(' ').Select(static each => (float)double.Parse(each, CultureInfo.InvariantCulture))];
            Assert.Equal(expected, shown.Select(static each => (float)each));
        }
    }

    [Theory]
    [InlineData("gz", 0)]
    [InlineData("shgz", 0)]
    [InlineData("sh", 0)]
    [InlineData("gz", 2)]
    [InlineData("shgz", 2)]
    [InlineData("sh", 2)]
    public async Task Chunks_at_the_edge_that_are_stored_without_filters_have_their_values(string name, int chunk)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import ctypes
            library = ctypes.CDLL([l.split()[-1] for l in open('/proc/self/maps') if 'libhdf5' in l and '_hl' not in l][0])
            library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
            with h5py.File('a.h5', 'w', libver='latest') as f:
                for name in 'gz', 'shgz', 'sh':
                    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_chunk((4,))
                    if 'sh' in name: p.set_shuffle()
                    if 'gz' in name: p.set_deflate(4)
                    assert library.H5Pset_chunk_opts(p.id, 2) >= 0
                    d = h5py.h5d.create(f.id, name.encode(), h5py.h5t.STD_I32LE, h5py.h5s.create_simple((10,)), p)
                    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(10, dtype='<i4') * 1000003)
            """);
        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/.zarray"));
        string key = string.Create(CultureInfo.InvariantCulture, $"/{name}/{chunk}");
        byte[] bytes = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", key))).Value;

        bool isPacked = layout.GetProperty("compressor").ValueKind != JsonValueKind.Null;
        bool isShuffled = layout.GetProperty("filters") is { ValueKind: JsonValueKind.Array } filters && filters.GetArrayLength() > 0;
        byte[] plain = isPacked ? Inflate(bytes) : bytes;
        int[] numbers = isShuffled ? Joined(plain) : MemoryMarshal.Cast<byte, int>(plain).ToArray();
        int[] expected = chunk == 0 ? [0, 1000003, 2000006, 3000009] : [8000024, 9000027];
        Assert.Equal(expected, numbers.Take(expected.Length));
    }

    /// <summary>Case 102: chunks that went through some of their filters only, as their masks say.</summary>
    [Theory]
    [InlineData("gz")]
    [InlineData("shgz")]
    [InlineData("checked")]
    [InlineData("lzf")]
    public async Task Chunks_with_a_filter_mask_have_their_values(string name)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import zlib
            v = np.arange(16, dtype='<i4').reshape(4, 4) * 1000003
            def shuffle(b): return np.frombuffer(b, 'u1').reshape(-1, 4).T.tobytes()
            with h5py.File('a.h5', 'w') as f:
                gz = f.create_dataset('gz', (4, 4), '<i4', chunks=(1, 4), compression='gzip')
                shgz = f.create_dataset('shgz', (4, 4), '<i4', chunks=(1, 4), compression='gzip', shuffle=True)
                others = [f.create_dataset('checked', (4, 4), '<i4', chunks=(1, 4), fletcher32=True),
                    f.create_dataset('lzf', (4, 4), '<i4', chunks=(1, 4), compression='lzf')]
                for i in range(4):
                    b = v[i].tobytes()
                    gz.id.write_direct_chunk((i, 0), zlib.compress(b) if i % 2 else b, 0 if i % 2 else 1)
                    shgz.id.write_direct_chunk((i, 0), [zlib.compress(shuffle(b)), shuffle(b), zlib.compress(b), b][i], [0, 2, 1, 3][i])
                    for other in others: other.id.write_direct_chunk((i, 0), b, 1)
            """);
        await using var contents = new Contents(folder);
        JsonElement layout = await contents.JsonAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/.zarray"));
        bool isPacked = layout.GetProperty("compressor").ValueKind != JsonValueKind.Null;
        bool isShuffled = layout.GetProperty("filters").ValueKind == JsonValueKind.Array;

        byte[] part = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/.part/:,:/0.0"))).Value;
        var chunks = new List<int>();
        for (int row = 0; row < 4; row++)
        {
            byte[] bytes = (await contents.BytesAsync(Contents.Ask(ContentQuery.Zarr, "a.h5", $"/{name}/{row}.0"))).Value;
            byte[] plain = isPacked ? Inflate(bytes) : bytes;
            chunks.AddRange(isShuffled ? Joined(plain) : MemoryMarshal.Cast<byte, int>(plain).ToArray());
        }

        int[] expected = [.. Enumerable.Range(0, 16).Select(static at => at * 1000003)];
        Assert.Equal(expected, chunks);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, int>(part).ToArray());
    }

    /// <summary>Undoes the shuffle of four numbers.</summary>
    private static int[] Joined(byte[] shuffled) => [.. Enumerable.Range(0, 4).Select(at =>
        shuffled[at] | (shuffled[4 + at] << 8) | (shuffled[8 + at] << 16) | (shuffled[12 + at] << 24))];

    private static byte[] Inflate(byte[] packed)
    {
        using var plain = new System.IO.Compression.ZLibStream(new MemoryStream(packed), System.IO.Compression.CompressionMode.Decompress);
        using var all = new MemoryStream();
        plain.CopyTo(all);
        return all.ToArray();
    }

    private static string Numbers(byte[] bytes, string type)
    {
        int size = type[2] - '0';
        byte[][] each = [.. bytes.Chunk(size)];
        if (type[0] == '>')
        {
            Array.ForEach(each, Array.Reverse);
        }

        return string.Join(' ', each.Select(one => type[1..] switch
        {
            "f2" => BitConverter.ToHalf(one).ToString(CultureInfo.InvariantCulture),
            "f4" => BitConverter.ToSingle(one).ToString(CultureInfo.InvariantCulture),
            "f8" => BitConverter.ToDouble(one).ToString(CultureInfo.InvariantCulture),
            "u2" => BitConverter.ToUInt16(one).ToString(CultureInfo.InvariantCulture),
            "i2" => BitConverter.ToInt16(one).ToString(CultureInfo.InvariantCulture),
            "i4" => BitConverter.ToInt32(one).ToString(CultureInfo.InvariantCulture),
            "u4" => BitConverter.ToUInt32(one).ToString(CultureInfo.InvariantCulture),
            _ => type,
        }));
    }
}
