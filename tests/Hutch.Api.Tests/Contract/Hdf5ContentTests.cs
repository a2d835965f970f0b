using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Testing;

namespace Hutch.Api.Tests.Contract;

/// <summary>Looking into HDF5 files, in the words of h5grove.</summary>
public sealed class Hdf5ContentTests
{
    [Fact]
    public async Task Each_version_of_a_file_shows_what_was_in_it()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            for version in (1, 2):
                with h5py.File(f'{version}.h5', 'w') as f: f['entry/data'] = np.arange(6, dtype='>u2').reshape(2, 3) * version
            """);
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "raw/a.h5", folder["1.h5"]);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        await PutAsync(server, id, "raw/a.h5", folder["2.h5"]);

        string of = $"datasets/{id}/hdf5/data?file=raw/a.h5&path=/entry/data";
        Answer newest = (await server.Admin.GetAsync(of + "&selection=1,:&format=bin&dtype=safe")).Must(200);
        Answer first = (await server.Admin.GetAsync(of + "&flatten=true&at=1")).Must(200);
        Answer again = (await server.Admin.GetAsync(of + "&flatten=true")).Must(200);
        Answer meta = (await server.Admin.GetAsync($"datasets/{id}/hdf5/meta?file=raw/a.h5&path=/entry")).Must(200);

        Assert.Equal([6, 0, 8, 0, 10, 0], newest.Bytes);
        Assert.Equal("6", newest.Headers["Content-Length"]);
        Assert.Equal("[0,1,2,3,4,5]", first.Text);
        Assert.Equal("[0,2,4,6,8,10]", again.Text);
        Assert.Equal("application/json", meta.Headers["Content-Type"]);
        Assert.Equal("data", meta.Json.GetProperty("children")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Links_stay_in_the_version_of_the_dataset()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('m.h5', 'w') as f:
                f['near'] = h5py.ExternalLink('d/data.h5', '/x')
                f['above'] = h5py.ExternalLink('../other.h5', '/x')
                f['beyond'] = h5py.ExternalLink('../../../../../../../../etc/passwd', '/x')
                f['linked'] = h5py.ExternalLink('link.h5', '/x')
            with h5py.File('x.h5', 'w') as f: f['x'] = [7]
            """);
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "scan/m.h5", folder["m.h5"]);
        await PutAsync(server, id, "scan/d/data.h5", folder["x.h5"]);
        await PutAsync(server, id, "other.h5", folder["x.h5"]);
        (await server.Admin.PutAsync($"datasets/{id}/entries/scan/link.h5", "../other.h5", ("Content-Type", "application/x-hutch-link"))).Must(201);

        JsonElement children = (await server.Admin.GetAsync($"datasets/{id}/hdf5/meta?file=scan/m.h5")).Must(200).Json.GetProperty("children");
        string kinds = string.Join(' ', children.EnumerateArray().Select(static c => $"{c.GetProperty("name")}={c.GetProperty("kind")}"));

        Assert.Equal("above=dataset beyond=external_link linked=dataset near=dataset", kinds);
        Assert.Equal("[7]", (await server.Admin.GetAsync($"datasets/{id}/hdf5/data?file=scan/m.h5&path=/above")).Must(200).Text);
    }

    [Fact]
    public async Task Users_without_the_right_to_read_a_file_learn_nothing_about_it()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = 1");
        await using TestServer server = await TestServer.StartAsync();
        TestCaller stranger = await server.UserAsync("stranger");
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.h5", folder["a.h5"]);

        foreach (string question in new[] { "meta", "attr", "data", "stats", "paths" })
        {
            (await stranger.GetAsync($"datasets/{id}/hdf5/{question}?file=a.h5&path=/x")).MustRefuse(404, "not-found");
        }
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_problem_that_says_why()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = [1.5]");
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.h5", folder["a.h5"]);
        (await server.Admin.PutAsync($"datasets/{id}/entries/poem.h5", "I am a poem.")).Must(201);
        string root = $"datasets/{id}/hdf5/";

        (await server.Admin.GetAsync(root + "meta?file=none.h5")).MustRefuse(404, "not-found");
        (await server.Admin.GetAsync(root + "meta")).MustRefuse(400, "bad-request");
        (await server.Admin.GetAsync(root + "meta?file=a.h5&path=/y")).MustRefuse(404, "not-found");
        (await server.Admin.GetAsync(root + "data?file=a.h5&path=/x&format=gif")).MustRefuse(400, "bad-request");
        (await server.Admin.GetAsync(root + "data?file=a.h5&path=/x&format=tiff")).MustRefuse(422, "unprocessable");
        Answer poem = (await server.Admin.GetAsync(root + "meta?file=poem.h5")).MustRefuse(422, "unreadable-file");
        Assert.Equal("poem.h5 is not an HDF5 file.", poem.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_export_is_a_file_with_the_name_of_the_array()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['entry/image'] = np.zeros((2, 2), dtype='u1')");
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.h5", folder["a.h5"]);

        Answer npy = (await server.Admin.GetAsync($"datasets/{id}/hdf5/data?file=a.h5&path=/entry/image&format=npy")).Must(200);
        Answer tiff = (await server.Admin.GetAsync($"datasets/{id}/hdf5/data?file=a.h5&path=/entry/image&format=tiff")).Must(200);

        Assert.Equal("attachment; filename*=UTF-8''image.npy", npy.Headers["Content-Disposition"]);
        Assert.Equal("image/tiff", tiff.Headers["Content-Type"]);
        Assert.StartsWith("II*", tiff.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_for_more_datasets_than_readers_all_succeed()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("for i in range(5): h5py.File(f'{i}.h5', 'w')['x'] = i");
        await using TestServer server = await TestServer.StartAsync();
        var ids = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            ids.Add(await server.Admin.DatasetAsync($"scan-{i}"));
            await PutAsync(server, ids[i], "a.h5", folder[$"{i}.h5"]);
        }

        Answer[] answers = await Task.WhenAll(ids.Select(id => server.Admin.GetAsync($"datasets/{id}/hdf5/data?file=a.h5&path=/x")));

        Assert.Equal("0 1 2 3 4", string.Join(' ', answers.Select(static answer => answer.Must(200).Text)));
    }

    private static async Task PutAsync(TestServer server, string id, string path, string file)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        using var content = new ByteArrayContent(bytes);
        Answer put = await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", content);
        Assert.InRange(put.Status, 200, 204);
    }
}
