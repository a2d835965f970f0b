using Hutch.Api.Tests.Support;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;

namespace Hutch.Api.Tests.Contract;

/// <summary>Arrays in files as a store of Zarr.</summary>
public sealed class ZarrTests
{
    [Fact]
    public async Task Each_version_of_a_file_is_a_store_at_an_address_of_its_own()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "raw/a.npy", 1, 2, 3);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        await PutAsync(server, id, "raw/a.npy", 4, 5);

        Answer newest = (await server.Admin.GetAsync($"datasets/{id}/zarr/raw/a.npy/0")).Must(200);
        Answer first = (await server.Admin.GetAsync($"datasets/{id}/snapshots/1/zarr/raw/a.npy/0")).Must(200);
        Answer again = (await server.Admin.GetAsync($"datasets/{id}/zarr/raw/a.npy/0?at=1")).Must(200);
        Answer layout = (await server.Admin.GetAsync($"datasets/{id}/zarr/raw/a.npy/.zarray")).Must(200);

        Assert.Equal([4, 5], newest.Bytes);
        Assert.Equal([1, 2, 3], first.Bytes);
        Assert.Equal(first.Bytes, again.Bytes);
        Assert.Equal("application/octet-stream", newest.Headers["Content-Type"]);
        Assert.Equal("application/json", layout.Headers["Content-Type"]);
        Assert.Equal("|u1", layout.Json.GetProperty("dtype").GetString());
    }

    [Fact]
    public async Task The_headers_alone_say_how_long_a_chunk_is()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.npy", 1, 2, 3);

        Answer head = (await server.Admin.SendAsync(HttpMethod.Head, $"datasets/{id}/zarr/a.npy/0", null)).Must(200);

        Assert.Equal("3", head.Headers["Content-Length"]);
        Assert.Empty(head.Bytes);
    }

    [Fact]
    public async Task Users_without_the_right_to_read_a_file_learn_nothing_about_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller stranger = await server.UserAsync("stranger");
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.npy", 1);

        Answer there = (await stranger.GetAsync($"datasets/{id}/zarr/a.npy/.zarray")).MustRefuse(404, "not-found");
        Answer absent = (await stranger.GetAsync($"datasets/{id}/zarr/b.npy/.zarray")).MustRefuse(404, "not-found");

        Assert.Equal(there.Json.GetProperty("detail").GetString(), absent.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("none.npy/.zarray", 404, "not-found")]
    [InlineData("a.npy", 404, "not-found")]
    [InlineData("a.npy/.zgroup", 404, "not-found")]
    [InlineData("a.npy/1", 404, "not-found")]
    [InlineData("poem.txt/.zarray", 422, "unreadable-file")]
    public async Task Keys_that_are_not_part_of_an_array_get_a_specific_error(string key, int status, string code)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("scan");
        await PutAsync(server, id, "a.npy", 1);
        (await server.Admin.PutAsync($"datasets/{id}/entries/poem.txt", "I am a poem.")).Must(201);

        (await server.Admin.GetAsync($"datasets/{id}/zarr/{key}")).MustRefuse(status, code);
    }

    private static async Task PutAsync(TestServer server, string id, string path, params byte[] numbers)
    {
        using var content = new ByteArrayContent(NumpyFile.Write(new NumericArray(ElementType.UInt8, [numbers.Length], numbers)));
        Answer put = await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", content);
        Assert.InRange(put.Status, 200, 204);
    }
}
