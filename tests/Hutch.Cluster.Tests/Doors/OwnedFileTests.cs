using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Objects.S3;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>Files in a folder that one server watches are read at every server, through that one.</summary>
public sealed class OwnedFileTests(PostgresServer postgres)
{
    /// <summary>Rows stay as a test writes them.</summary>
    private static readonly ClusterOptions Silent =
        TestServer.Options() with { Servers = new ServerOptions { BeatEvery = TimeSpan.FromHours(1), SilentAfter = TimeSpan.FromHours(2) } };

    private static readonly byte[] Movie = RandomNumberGenerator.GetBytes((9 << 20) + 17);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1:0")]
    public async Task A_file_is_read_whole_and_in_ranges_at_a_server_that_does_not_watch_its_folder(string? https)
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, https: https);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Movie);
        string path = $"datasets/{folder.Dataset}/entries/movie.mrc";
        using S3ObjectStore s3 = servers.S3Of(1, folder.Dataset);

        byte[] whole = await BytesAsync(await servers.SendAsync(1, HttpMethod.Get, path));
        byte[] range = await BytesAsync(await servers.SendAsync(1, HttpMethod.Get, path, ((4 << 20) - 5, (4 << 20) + 4)));
        using HttpResponseMessage head = await servers.SendAsync(1, HttpMethod.Head, path);
        var ofS3 = new byte[100];
        await s3.ReadAsync("movie.mrc", Movie.Length - 100, ofS3, Movie.Length, Ct);
        long? length = await s3.FindLengthAsync("movie.mrc", Ct);

        Assert.Equal(Movie, whole);
        Assert.Equal(Movie[((4 << 20) - 5)..((4 << 20) + 5)], range);
        Assert.Equal(Movie.Length, head.Content.Headers.ContentLength);
        Assert.Equal(Movie[^100..], ofS3);
        Assert.Equal(Movie.Length, length);
    }

    [Fact]
    public async Task Archives_and_derived_datasets_have_the_files_at_every_server()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Movie);
        await folder.HashAsync();
        await servers.PostAsync(0, $"datasets/{folder.Dataset}/close", new { });
        JsonElement derived = await servers.PostAsync(
            1, "datasets", new { name = "derived", copy = true, parents = new[] { new { dataset = folder.Dataset } } });
        string own = derived.GetProperty("id").GetString()!;

        byte[] archive = await BytesAsync(await servers.SendAsync(1, HttpMethod.Get, $"datasets/{folder.Dataset}/archive.tar"));
        byte[] ofDerived = await BytesAsync(await servers.SendAsync(1, HttpMethod.Get, $"datasets/{own}/entries/movie.mrc"));

        Assert.True(archive.AsSpan().IndexOf(Movie) > 0);
        Assert.Equal(Movie, ofDerived);
    }

    [Fact]
    public async Task A_changed_file_is_refused_through_another_server_as_at_its_own()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("young", Movie[..100]);
        await folder.WriteAsync("hashed", Movie[..100]);
        await folder.HashAsync();
        await folder.WriteAsync("written", Movie[..100]);
        File.AppendAllText(Path.Combine(folder.Path, "hashed"), "more");
        File.AppendAllText(Path.Combine(folder.Path, "written"), "more");

        (HttpStatusCode, string?)[] answers = [.. await Task.WhenAll(
            RequestAsync(servers, 0, folder, "hashed"), RequestAsync(servers, 1, folder, "hashed"),
            RequestAsync(servers, 0, folder, "written"), RequestAsync(servers, 1, folder, "written"))];

        Assert.Equal((HttpStatusCode.Gone, "This version of 'hashed' stood in a folder of the facility, where it was changed or removed."), answers[0]);
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "'written' is being written at the facility. Read it again in a moment."), answers[2]);
        Assert.Equal(answers[2], answers[3]);
    }

    [Fact]
    public async Task Users_without_the_right_to_read_are_refused_at_every_server()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Movie[..100]);
        using HttpClient ada = await servers.PersonAsync("ada");

        using HttpResponseMessage answer = await ada.GetAsync(
            new Uri(servers.AddressOf(1), $"api/v1/datasets/{folder.Dataset}/entries/movie.mrc"), Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_named_and_one_that_has_left_is_missed()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, Silent);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Movie);
        servers.Database.Run("UPDATE site_server SET address = 'http://127.0.0.1:1' WHERE id = '" + servers.IdOf(0) + "'");

        (HttpStatusCode status, string? words) = await RequestAsync(servers, 1, folder, "movie.mrc");
        await folder.LoseAsync();
        (HttpStatusCode, string?) later = await RequestAsync(servers, 1, folder, "movie.mrc");

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable,
                $"The server '{Environment.MachineName}' cannot be reached from this one. Try again in a moment."),
            (status, words));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable,
                "'movie.mrc' is in a folder of the facility that this server does not reach, and no server that watches it runs now. "
                + "Ask again later."),
            later);
    }

    private static async Task<(HttpStatusCode Status, string? Words)> RequestAsync(EqualServers servers, int server, OwnedFolder folder, string name)
    {
        using HttpResponseMessage answer = await servers.GetAsync(server, $"datasets/{folder.Dataset}/entries/{name}");
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString());
    }

    private static async Task<byte[]> BytesAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
            return await answer.Content.ReadAsByteArrayAsync(Ct);
        }
    }
}
