using System.Globalization;
using System.Text;
using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Zarr;

/// <summary>Parts of arrays, as arrays of their own: what numpy takes, in files of each kind.</summary>
public sealed class PartArrayTests
{
    /// <summary>Writes the same numbers as files of each kind that can have them.</summary>
    private const string Files = """
        import struct
        from PIL import Image
        a = np.random.RandomState(1).randint(0, 30000, (5, 37, 41)).astype('<i2')
        np.save('rows.npy', a)
        np.save('columns.npy', np.asfortranarray(a))
        head = struct.pack('<4i', 41, 37, 5, 1).ljust(208, b'\0') + b'MAP \x44\x44'
        with open('a.mrc', 'wb') as f: f.write(head.ljust(1024, b'\0') + a.tobytes())
        with h5py.File('a.h5', 'w') as f:
            f.create_dataset('x/packed', data=a, chunks=(2, 8, 16), compression='gzip')
            f.create_dataset('x/plain', data=a)
        pages = [Image.fromarray(page.astype('<u2')) for page in a]
        pages[0].save('a.tif', compression='tiff_lzw', save_all=True, append_images=pages[1:])
        """;

    [Theory]
    [InlineData("rows.npy", "")]
    [InlineData("columns.npy", "")]
    [InlineData("a.mrc", "")]
    [InlineData("a.tif", "")]
    [InlineData("a.h5", "/x/packed")]
    [InlineData("a.h5", "/x/plain")]
    public async Task A_part_is_what_numpy_takes(string file, string path)
    {
        string[] parts = ["::2,::3,::5", "3,:,:", ":,7,1:40:2", "1:4,-5:,2:3", "4,36,40", ":", "5:,:,:"];
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync(Files);
        await using var contents = new Contents(folder);

        var check = new StringBuilder("whole = np.load('rows.npy')\n");
        for (int i = 0; i < parts.Length; i++)
        {
            JsonElement layout = await contents.JsonAsync(Ask(file, $"{path}/.part/{parts[i]}/.zarray"));
            string Of(string name) => layout.GetProperty(name).GetRawText();
            int rank = layout.GetProperty("shape").GetArrayLength();
            string chunk = rank == 0 ? "0" : string.Join('.', Enumerable.Repeat("0", rank));
            byte[] values = (await contents.BytesAsync(Ask(file, $"{path}/.part/{parts[i]}/{chunk}"))).Value;
            await File.WriteAllBytesAsync(folder[$"got{i}"], values, TestContext.Current.CancellationToken);
            check.Append(CultureInfo.InvariantCulture, $"expected = whole[{parts[i]}]\nassert expected.shape == tuple({Of("shape")}), expected.shape\n");
            check.Append(CultureInfo.InvariantCulture, $"got = np.fromfile('got{i}', dtype={Of("dtype")}).reshape(expected.shape, order={Of("order")})\n");
            check.Append("assert (got == expected).all(), (got, expected)\n");
        }

        await folder.WithH5pyAsync(check.ToString());
    }

    [Fact]
    public async Task A_chunk_of_a_part_reaches_across_a_bounded_piece_of_the_whole_and_the_last_one_is_whole()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w').create_dataset('x', (1000, 8192, 4096), 'u1', chunks=(1, 64, 64))");
        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Ask("a.h5", "/x/.part/::8,::64,::64/.zarray"));
        int[] chunks = [.. layout.GetProperty("chunks").EnumerateArray().Select(static length => length.GetInt32())];
        byte[] last = (await contents.BytesAsync(Ask("a.h5", $"/x/.part/::8,::64,::64/{124 / chunks[0]}.0.0"))).Value;

        Assert.Equal([128, 64], chunks[1..]);
        Assert.InRange(chunks[0], 1, 1);
        Assert.Equal(chunks[0] * 128 * 64, last.Length);
    }

    [Theory]
    [InlineData("/x/.part/0,0,0,0/.zarray", "unprocessable")]
    [InlineData("/x/.part/9:zz/.zarray", "unprocessable")]
    [InlineData("/x/.part/::2/9.9.9", "not-found")]
    [InlineData("/.part/::2/.zarray", "not-found")]
    [InlineData("/x/.part/::2/.zgroup", "not-found")]
    public async Task An_invalid_part_is_refused(string key, string code)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w').create_dataset('x', data=np.zeros((4, 6, 8), 'u1'))");
        await using var contents = new Contents(folder);

        Assert.Equal(code, (await contents.RefusalAsync(Ask("a.h5", key))).Code.Name);
    }

    private static ContentRequest Ask(string file, string key) => Contents.Ask(ContentQuery.Zarr, file, key);
}
