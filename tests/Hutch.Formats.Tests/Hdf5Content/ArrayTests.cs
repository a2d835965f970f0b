using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5Content;

/// <summary>The values of arrays, of files that h5py writes.</summary>
public sealed class ArrayTests
{
    [Theory]
    [InlineData(null, "[[0,1,2,3],[10,11,12,13],[20,21,22,23]]")]
    [InlineData("1", "[10,11,12,13]")]
    [InlineData("-1,:", "[20,21,22,23]")]
    [InlineData(":,1:3", "[[1,2],[11,12],[21,22]]")]
    [InlineData("::2,3", "[3,23]")]
    [InlineData("2,2", "22")]
    [InlineData("3:,:", "[]")]
    [InlineData("-2:,-1:", "[[13],[23]]")]
    public async Task A_part_is_chosen_as_in_numpy(string? selection, string expected)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = np.arange(3)[:, None] * 10 + np.arange(4)");
        await using var contents = new Contents(folder);

        Assert.Equal(expected, (await contents.DataAsync("a.h5", "/x", selection)).GetRawText());
    }

    [Theory]
    [InlineData("3", "The selection '3' cannot be taken: 3 is outside an axis of 3.")]
    [InlineData("0,0,0", "The selection '0,0,0' cannot be taken: it has 3 parts, and the array has 2 axes.")]
    [InlineData("::-1", "The selection '::-1' cannot be taken: '::-1' is no slice with a step of at least 1.")]
    [InlineData("x", "The selection 'x' cannot be taken: 'x' is no whole number.")]
    public async Task A_part_that_cannot_be_is_refused(string selection, string message)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = np.zeros((3, 4))");
        await using var contents = new Contents(folder);

        HutchError error = await contents.RefusalAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/x") with { Selection = selection });

        Assert.Equal((ErrorCode.Unprocessable, message), (error.Code, error.Message));
    }

    [Fact]
    public async Task Values_of_every_kind_are_given_as_json()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f['scalar'] = 5
                f['big'] = np.array([2**64 - 1], dtype='u8')
                f['half'] = np.array([0.5, np.inf], dtype='f2')
                f['extended'] = np.array([1.25, -3], dtype=np.longdouble)
                f['text'] = ['å', '', 'ccc']
                f['fixed'] = np.array([b'ab', b'c'])
                f['pairs'] = np.array([(1, 'x'), (2, 'y')], dtype=[('n', 'i2'), ('s', h5py.string_dtype())])
                f['wave'] = np.array([1+2j, 3j])
                r = f.create_dataset('ragged', (2,), dtype=h5py.vlen_dtype('i4')); r[0] = [1, 2]; r[1] = []
                f['enum'] = np.array([1, 0], dtype=h5py.enum_dtype({'OFF': 0, 'ON': 1}, 'i2'))
                f['cube'] = np.arange(8).reshape(2, 2, 2)
                f['inner'] = np.zeros(2, dtype='(2,)i4')
                f['none'] = h5py.Empty('f8')
            """);
        await using var contents = new Contents(folder);
        async Task<string> ReadAsync(string path) => (await contents.DataAsync("a.h5", path)).GetRawText();

        Assert.Equal("5", await ReadAsync("/scalar"));
        Assert.Equal("[18446744073709551615]", await ReadAsync("/big"));
        Assert.Equal("[0.5,null]", await ReadAsync("/half"));
        Assert.Equal("[1.25,-3]", await ReadAsync("/extended"));
        Assert.Equal("""["å","","ccc"]""", await ReadAsync("/text"));
        Assert.Equal("""["ab","c"]""", await ReadAsync("/fixed"));
        Assert.Equal("""[[1,"x"],[2,"y"]]""", await ReadAsync("/pairs"));
        Assert.Equal("[[1,2],[0,3]]", await ReadAsync("/wave"));
        Assert.Equal("[[1,2],[]]", await ReadAsync("/ragged"));
        Assert.Equal("[1,0]", await ReadAsync("/enum"));
        Assert.Equal("[[0,0],[0,0]]", await ReadAsync("/inner"));
        Assert.Equal("null", await ReadAsync("/none"));
        JsonElement flat = await contents.JsonAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/cube") with { IsFlat = true });
        Assert.Equal("[0,1,2,3,4,5,6,7]", flat.GetRawText());
    }

    [Fact]
    public async Task Safe_numbers_are_little_endian_and_of_a_type_that_browsers_have()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f['big'] = np.array([1, 258], dtype='>u2')
                f['half'] = np.array([0.5, -2], dtype='f2')
                f['extended'] = np.array([1.5], dtype=np.longdouble)
                f['flags'] = np.array([True, False])
            """);
        await using var contents = new Contents(folder);
        ContentRequest ask = Contents.Ask(ContentQuery.Data, "a.h5") with { Form = ContentForm.Binary, IsSafe = true };

        Assert.Equal([1, 0, 2, 1], (await contents.BytesAsync(ask with { Path = "/big" })).Value);
        Assert.Equal([0, 1, 1, 2], (await contents.BytesAsync(ask with { Path = "/big", IsSafe = false })).Value);
        byte[] half = (await contents.BytesAsync(ask with { Path = "/half" })).Value;
        byte[] extended = (await contents.BytesAsync(ask with { Path = "/extended" })).Value;
        Assert.Equal([0.5f, -2f], MemoryMarshal.Cast<byte, float>(half).ToArray());
        Assert.Equal([1.5], MemoryMarshal.Cast<byte, double>(extended).ToArray());
        Assert.Equal([1, 0], (await contents.BytesAsync(ask with { Path = "/flags" })).Value);
    }

    [Fact]
    public async Task NumPy_and_Pillow_open_exported_files()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = np.arange(24, dtype='>i4').reshape(2, 3, 4)");
        await using var contents = new Contents(folder);
        ContentRequest ask = Contents.Ask(ContentQuery.Data, "a.h5", "/x");

        await File.WriteAllBytesAsync(
            folder["x.npy"], (await contents.BytesAsync(ask with { Form = ContentForm.Numpy })).Value, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            folder["x.tiff"], (await contents.BytesAsync(ask with { Form = ContentForm.Tiff })).Value, TestContext.Current.CancellationToken);

        await folder.WithH5pyAsync("""
            expected = np.arange(24, dtype='i4').reshape(2, 3, 4)
            read = np.load('x.npy')
            assert read.dtype == np.dtype('<i4') and (read == expected).all(), read
            from PIL import Image, ImageSequence
            pages = [np.array(page) for page in ImageSequence.Iterator(Image.open('x.tiff'))]
            assert (np.array(pages) == expected).all(), pages
            """);
    }

    [Fact]
    public async Task Statistics_ignore_NaN()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = np.array([-1, 0, 2, np.nan, 3])");
        await using var contents = new Contents(folder);

        JsonElement statistics = await contents.JsonAsync(Contents.Ask(ContentQuery.Statistics, "a.h5", "/x"));

        Assert.Equal(
            """{"strict_positive_min":2,"positive_min":0,"min":-1,"max":3,"mean":1,"std":1.5811388300841898}""", statistics.GetRawText());
    }

    [Fact]
    public async Task A_virtual_data_set_reads_its_sources_in_the_dataset()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            layout = h5py.VirtualLayout(shape=(2, 3), dtype='i4')
            for i in range(2):
                with h5py.File(f'raw{i}.h5', 'w') as f: f['d'] = np.arange(3, dtype='i4') + 10 * i
                layout[i] = h5py.VirtualSource(f'raw{i}.h5', 'd', shape=(3,))
            with h5py.File('a.h5', 'w', libver='latest') as f: f.create_virtual_dataset('v', layout, fillvalue=-1)
            """);
        await using var contents = new Contents(folder);

        Assert.Equal("[[0,1,2],[10,11,12]]", (await contents.DataAsync("a.h5", "/v")).GetRawText());
    }

    [Theory]
    [InlineData("compression=32008, compression_opts=(0, 2)", "<f8", "bitshuffle with LZ4 and elements of 8 bytes")]
    [InlineData("compression=32008, compression_opts=(0, 2)", "<i8", "the same")]
    [InlineData("compression='lzf'", "<u2", "LZF")]
    [InlineData("compression='lzf', shuffle=True", "<f8", "LZF after shuffle")]
    public async Task Chunks_that_h5py_packs_are_unpacked(string how, string type, string what)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($"""
            import bitshuffle.h5 # {what}
            numbers = np.concatenate([np.arange(5000) % 77, np.random.RandomState(1).randint(0, 1000, 5001)]).astype('{type}')
            h5py.File('a.h5', 'w').create_dataset('x', data=numbers, chunks=(3001,), {how})
            numbers.tofile('expected')
            """);
        await using var contents = new Contents(folder);

        byte[] numbers = (await contents.BytesAsync(Contents.Ask(ContentQuery.Data, "a.h5", "/x") with { Form = ContentForm.Binary })).Value;

        Assert.Equal(await File.ReadAllBytesAsync(folder["expected"], TestContext.Current.CancellationToken), numbers);
    }

    [Fact]
    public async Task A_row_through_many_images_is_read_in_pieces_that_come_together_and_is_what_h5py_reads()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            images = np.random.RandomState(1).randint(0, 60000, (70, 500, 500)).astype('<u2')
            h5py.File('a.h5', 'w')['x'] = images
            for name, part in ('some', np.s_[3:69, 250, :]), ('each', np.s_[:, 499, 3]), ('last', np.s_[:, 490:, :]):
                np.ascontiguousarray(images[part]).tofile(name)
            """);
        await using var contents = new Contents(folder);

        foreach ((string name, string selection) in new[] { ("some", "3:69,250,:"), ("each", ":,499,3"), ("last", ":,490:500,:"), ("some", "3:69,250,:") })
        {
            byte[] numbers = (await contents.BytesAsync(
                Contents.Ask(ContentQuery.Data, "a.h5", "/x") with { Selection = selection, Form = ContentForm.Binary })).Value;

            Assert.Equal(await File.ReadAllBytesAsync(folder[name], TestContext.Current.CancellationToken), numbers);
        }

        Assert.InRange(contents.Files.BytesRead, 0, 4 * 70 * (100 << 10));
    }

    [Fact]
    public async Task Frames_as_detectors_pack_them_are_unpacked()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { "synth_master.h5", "synth_data_000001.h5", "synth_data_000002.h5" })
        {
            File.Copy(TestData.Path("synthetic/" + file), folder[file]);
        }

        await using var contents = new Contents(folder);
        JsonElement expected = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.Path("synthetic/expected.json"), TestContext.Current.CancellationToken)).RootElement;

        JsonElement meta = await contents.MetaAsync("synth_master.h5", "/entry/data/data_000001");
        byte[] frame = (await contents.BytesAsync(
            Contents.Ask(ContentQuery.Data, "synth_master.h5", "/entry/data/data_000001") with { Selection = "0", Form = ContentForm.Binary })).Value;

        Assert.Equal(32008, meta.GetProperty("filters")[0].GetProperty("id").GetInt32());
        Assert.NotEqual(0, frame.Max());
        Assert.NotEqual(JsonValueKind.Undefined, expected.ValueKind);
    }
}
