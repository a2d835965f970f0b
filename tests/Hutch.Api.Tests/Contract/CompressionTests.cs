using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Which answers travel compressed.</summary>
public sealed class CompressionTests
{
    private static readonly (string, string) Gzip = ("Accept-Encoding", "br, gzip");

    [Fact]
    public async Task Long_responses_are_compressed_on_request_unless_another_site_could_have_sent_the_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("wide");
        (await server.Admin.PatchAsync("datasets/" + id, new { visibility = "public" })).Must(200);
        foreach (int i in Enumerable.Range(0, 30))
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/frame-{i:00000}", "same")).Must(201);
        }

        string path = $"datasets/{id}/tree";
        Answer plain = (await server.Admin.GetAsync(path)).Must(200);
        Assert.False(plain.Headers.ContainsKey("Content-Encoding"));
        foreach (Answer packed in (Answer[])
        [
            await server.Admin.GetAsync(path, Gzip),
            await server.Nobody.GetAsync(path, Gzip, ("X-Hutch-Request", "portal")),
        ])
        {
            Assert.Equal("gzip", packed.Must(200).Headers["Content-Encoding"]);
            Assert.Equal("Accept-Encoding", packed.Headers["Vary"]);
            Assert.True(packed.Bytes.Length * 3 < plain.Bytes.Length, $"{packed.Bytes.Length} of {plain.Bytes.Length} bytes.");
            await using var unpacked = new GZipStream(new MemoryStream(packed.Bytes), CompressionMode.Decompress);
            using var text = new StreamReader(unpacked, Encoding.UTF8);
            Assert.Equal(plain.Text, await text.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        // A page of another site can neither add a header nor a token.
        await MustBePlainAsync(server.Nobody.GetAsync(path, Gzip));
        await MustBePlainAsync(server.Admin.GetAsync(path, ("Accept-Encoding", "gzip;q=0")));
        await MustBePlainAsync(server.Admin.GetAsync("me", Gzip));
        await MustBePlainAsync(server.Admin.SendAsync(
            HttpMethod.Post, "users", new StringContent(JsonSerializer.Serialize(new { name = "ada", displayName = new string('a', 60) }), Encoding.UTF8, "application/json"), Gzip));
    }

    private static async Task MustBePlainAsync(Task<Answer> asking)
    {
        Answer answer = await asking;
        Assert.InRange(answer.Status, 200, 299);
        Assert.False(answer.Headers.ContainsKey("Content-Encoding"));
    }
}
