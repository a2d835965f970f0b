using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Testing;

namespace Hutch.Api.Tests.Contract;

/// <summary>What files say of their dataset, over HTTP.</summary>
[Trait("Quick", "no")]
public sealed class SuggestionTests : IDisposable
{
    private const string Mrc = """
        import struct
        def mrc(name, x, y, z, voxel=(1.5, 1.5, 1.5)):
            cell = struct.pack('<3f', *(side * length for side, length in zip(voxel, (x, y, z))))
            head = struct.pack('<10i', x, y, z, 0, 0, 0, 0, x, y, z) + cell
            open(name, 'wb').write((head.ljust(208, b'\0') + b'MAP DD').ljust(1024, b'\0') + bytes(x * y * z))

        """;

    private const string Nexus = """
        f = h5py.File('m.h5', 'w')
        f['entry/definition'] = '{0}'
        f['entry/instrument/beam/incident_wavelength'] = [0.97]
        f['entry/instrument/beam/incident_wavelength'].attrs['units'] = '{1}'
        f['entry/instrument/detector/distance'] = 'far'
        f['entry/instrument/detector/distance'].attrs['units'] = 'm'
        f['entry/data/data'] = np.zeros((5, 200, 300), 'u2')
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mrc('a.mrc', 40, 30, 20)", "a.mrc volume: size [40,30,20], voxel_size {\"value\":[1.5,1.5,1.5],\"unit\":\"Å\"}")]
    [InlineData("mrc('m.mrc', 64, 64, 2, (0.75, 0.75, 1))", "m.mrc cryoem: pixel_size {\"value\":0.75,\"unit\":\"Å\"}")]
    [InlineData("np.save('v.npy', np.zeros((40, 64, 64)))", "v.npy volume: size [64,64,40]")]
    [InlineData("np.save('s.npy', np.zeros((5, 200, 300)))", "s.npy image-stack: images 5, image_size [300,200]")]
    [InlineData("np.save('c.npy', np.zeros((5, 200, 300, 3), 'u1'))", "c.npy image-stack: images 5, image_size [300,200]")]
    [InlineData("np.save('list.npy', np.arange(9))", "nothing")]
    [InlineData("open('a.csv', 'w').write('time, flux\\n1,2\\n')", "a.csv table: columns [\"time\",\"flux\"]")]
    [InlineData("open('a.tsv', 'w').write('a b\\tc\\n')", "a.tsv table: columns [\"a b\",\"c\"]")]
    [InlineData("open('a.csv', 'w').write('# by me\\ntime,flux\\n1,2\\n')", "a.csv table: columns [\"time\",\"flux\"]")]
    [InlineData("open('a.csv', 'w').write('A report\\ntime,flux\\n1,2\\n')", "a.csv table: ")]
    [InlineData("open('a.csv', 'w').write('1,2\\n3,4\\n')", "a.csv table: ")]
    [InlineData("open('a.csv', 'w').write('x' * 200000)", "a.csv table: ")]
    [InlineData("open('bad.h5', 'wb').write(b'no HDF5 at all')", "nothing")]
    [InlineData("open('readme.md', 'w').write('# Nothing')", "nothing")]
    [InlineData("mrc('b.mrc', 40, 30, 20); mrc('a.mrc', 10, 30, 20); open('x.csv', 'w').write('a\\n')", "a.mrc volume: "
        + "size [10,30,20], voxel_size {\"value\":[1.5,1.5,1.5],\"unit\":\"Å\"}")]
    public async Task A_file_says_which_type_fits_and_values_in_its_own_unit(string write, string said)
    {
        await _folder.WithH5pyAsync(Mrc + write);
        await using TestServer server = await TestServer.StartAsync();

        Assert.Equal(said, Text(await SuggestedAsync(server, await FillAsync(server))));
    }

    [Theory]
    [InlineData("NXmx", "angstrom", "m.h5 mx: wavelength {\"value\":0.97,\"unit\":\"Å\"}")]
    [InlineData("NXmx", "furlong", "m.h5 mx: wavelength {\"value\":0.97,\"unit\":\"furlong\"}")]
    [InlineData("NXspe", "nm", "m.h5 image-stack: images 5, image_size [300,200]")]
    public async Task A_NeXus_file_is_what_its_definition_says_and_no_unit_is_lost(string definition, string unit, string said)
    {
        await _folder.WithH5pyAsync(Nexus.Replace("{0}", definition, StringComparison.Ordinal).Replace("{1}", unit, StringComparison.Ordinal));
        await using TestServer server = await TestServer.StartAsync();

        Assert.Equal(said, Text(await SuggestedAsync(server, await FillAsync(server))));
    }

    [Fact]
    public async Task Values_already_in_the_metadata_and_attributes_outside_the_type_are_not_suggested()
    {
        await _folder.WithH5pyAsync(Mrc + "mrc('a.mrc', 40, 30, 20)");
        await using TestServer server = await TestServer.StartAsync();
        string id = await FillAsync(server);
        (await server.Admin.PutAsync($"datasets/{id}/metadata", "{\"size\": null}")).Must(204);

        JsonElement generic = await SuggestedAsync(server, id);
        (await server.Admin.PatchAsync($"datasets/{id}", new { type = "volume" })).Must(200);
        JsonElement typed = await SuggestedAsync(server, id);
        (await server.Admin.PatchAsync($"datasets/{id}", new { type = "table" })).Must(200);

        Assert.Equal("a.mrc volume: voxel_size {\"value\":[1.5,1.5,1.5],\"unit\":\"Å\"}", Text(generic));
        Assert.Equal("a.mrc : voxel_size {\"value\":[1.5,1.5,1.5],\"unit\":\"Å\"}", Text(typed));
        Assert.Equal("a.mrc : ", Text(await SuggestedAsync(server, id)));
        Assert.Equal("{\"size\": null}", (await server.Admin.GetAsync($"datasets/{id}/metadata")).Must(200).Text);
    }

    [Fact]
    public async Task Suggestions_reveal_nothing_about_files_to_users_without_the_right_to_read_them()
    {
        await _folder.WithH5pyAsync(Mrc + "mrc('a.mrc', 40, 30, 20)");
        await using TestServer server = await TestServer.StartAsync();
        string id = await FillAsync(server);
        TestCaller viewer = await server.UserAsync("viewer"), stranger = await server.UserAsync("stranger");
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:viewer", new { right = "view" })).Must(200);

        (await viewer.GetAsync($"datasets/{id}/metadata/suggestions")).MustRefuse(403, "forbidden");
        (await stranger.GetAsync($"datasets/{id}/metadata/suggestions")).MustRefuse(404, "not-found");
    }

    private static async Task<JsonElement> SuggestedAsync(TestServer server, string id) =>
        (await server.Admin.GetAsync($"datasets/{id}/metadata/suggestions")).Must(200).Json;

    private static string Text(JsonElement said) => !said.TryGetProperty("file", out JsonElement file)
        ? "nothing"
        : $"{file.GetString()} {(said.TryGetProperty("type", out JsonElement type) ? type.GetString() : "")}: " + string.Join(
            ", ",
            said.GetProperty("values").EnumerateArray().Select(static value =>
                $"{value.GetProperty("name").GetString()} {value.GetProperty("value").GetRawText().Replace("\\u00C5", "Å", StringComparison.OrdinalIgnoreCase)}"));

    private async Task<string> FillAsync(TestServer server)
    {
        string id = await server.Admin.DatasetAsync("files");
        foreach (string path in Directory.GetFiles(_folder.Path))
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{Path.GetFileName(path)}", new ByteArrayContent(bytes))).Must(201);
        }

        return id;
    }
}
