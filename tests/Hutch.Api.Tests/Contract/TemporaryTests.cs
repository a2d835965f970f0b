using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Storage;

namespace Hutch.Api.Tests.Contract;

/// <summary>Temporary data that made room, as the doors tell of them.</summary>
public sealed class TemporaryTests : IAsyncLifetime
{
    private const string Header = "{\"frames\":{}}";

    private static readonly string Mask = new('m', 300_000);

    private TestServer _server = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(site: new SiteOptions
        {
            Segments = new SegmentOptions { SegmentBytes = 1 << 20 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = 2 << 20 },
        });
        _id = (await _server.Admin.PostAsync("datasets", new { name = "grid", transientDays = 7 })).Must(201).Json.GetProperty("id").GetString()!;
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/header", Header)).Must(201);
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/header.d/pixel_mask.npy", Mask)).Must(201);
        for (int i = 0; i < 6; i++)
        {
            (await _server.Admin.PutAsync($"datasets/{_id}/entries/frame-{i}", new string((char)('a' + i), 900_000))).Must(201);
        }

        await _server.Server.Site.TemporaryDataLimit.CheckAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_file_that_made_room_answers_410_says_so_and_says_how_to_keep_the_rest()
    {
        Answer refused = await _server.Admin.GetAsync($"datasets/{_id}/entries/frame-0");
        Answer there = await _server.Admin.GetAsync($"datasets/{_id}/entries/frame-5");

        refused.MustRefuse(410, "gone");
        Assert.Equal("The temporary data made room for newer data", refused.Json.GetProperty("title").GetString());
        Assert.Contains("hutch keep", refused.Json.GetProperty("advice").GetString(), StringComparison.Ordinal);
        (await _server.Admin.HeadAsync($"datasets/{_id}/entries/frame-0")).Must(410);
        Assert.Equal(new string('f', 900_000), there.Must(200).Text);
    }

    [Fact]
    public async Task The_header_and_the_mask_of_a_series_stay_when_its_oldest_frames_make_room()
    {
        Answer header = await _server.Admin.GetAsync($"datasets/{_id}/entries/header");
        Answer mask = await _server.Admin.GetAsync($"datasets/{_id}/entries/header.d/pixel_mask.npy");

        (await _server.Admin.GetAsync($"datasets/{_id}/entries/frame-0")).Must(410);
        Assert.Equal(Header, header.Must(200).Text);
        Assert.Equal(Mask, mask.Must(200).Text);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData((1 << 20) + 5)]
    public async Task A_header_and_a_mask_that_were_pushed_stay_too(int size)
    {
        byte[] header = Blobs.Random(1, size), mask = Blobs.Random(2, size);
        string id = (await _server.Admin.PostAsync("datasets", new { name = "pushed", transientDays = 7 })).Must(201).Json.GetProperty("id").GetString()!;
        string session = await PushTests.StartAsync(_server.Admin, id);
        (await _server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar([header, mask]))).Must(200);
        (await PushTests.CommitAsync(
            _server.Admin, session, null, PushTests.Put("header", header), PushTests.Put("header.d/pixel_mask.npy", mask))).Must(200);
        for (int i = 0; i < 6; i++)
        {
            (await _server.Admin.PutAsync($"datasets/{id}/entries/frame-{i}", new string((char)('g' + i), 900_000))).Must(201);
        }

        await _server.Server.Site.TemporaryDataLimit.CheckAsync(TestContext.Current.CancellationToken);

        (await _server.Admin.GetAsync($"datasets/{id}/entries/frame-0")).Must(410);
        Assert.Equal(header, (await _server.Admin.GetAsync($"datasets/{id}/entries/header")).Must(200).Bytes);
        Assert.Equal(mask, (await _server.Admin.GetAsync($"datasets/{id}/entries/header.d/pixel_mask.npy")).Must(200).Bytes);
    }

    [Fact]
    public async Task An_archive_brings_the_rest_and_names_what_made_room()
    {
        string archive = (await _server.Admin.GetAsync($"datasets/{_id}/archive.tar")).Must(200).Text;

        Assert.Contains("made room for newer data", archive, StringComparison.Ordinal);
        Assert.Contains("'frame-0'  sha256:", archive, StringComparison.Ordinal);
        Assert.DoesNotContain("'frame-5'  sha256:", archive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_of_many_files_gets_the_rest()
    {
        Answer answer = await _server.Admin.PostLinesAsync(
            $"datasets/{_id}/fetch",
            new { hash = Blobs.Hash(new string('a', 900_000)) },
            new { hash = Blobs.Hash(new string('f', 900_000)) });

        Assert.Contains($"missing/{Blobs.Hash(new string('a', 900_000))}", answer.Must(200).Text, StringComparison.Ordinal);
        Assert.Contains("ustar\000made-room\0", answer.Text, StringComparison.Ordinal);
        Assert.Contains($"blobs/{Blobs.Hash(new string('f', 900_000))}", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_see_dropped_temporary_data_as_a_warning_and_as_a_live_problem_and_other_users_do_not()
    {
        JsonElement warning = Assert.Single((await _server.Admin.GetAsync("warnings")).Must(200).Json.GetProperty("items").EnumerateArray());
        JsonElement problem = Assert.Single((await _server.Admin.GetAsync("live")).Must(200).Json.GetProperty("problems").EnumerateArray());
        Answer others = (await (await _server.UserAsync("ada")).GetAsync("live")).Must(200);

        Assert.Equal("temporary-dropped", warning.GetProperty("kind").GetString());
        Assert.Equal(warning.GetProperty("message").GetString(), problem.GetProperty("message").GetString());
        Assert.Empty(others.Json.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task A_temporary_dataset_says_when_it_ends_and_one_that_is_kept_does_not()
    {
        JsonElement before = (await _server.Admin.GetAsync($"datasets/{_id}")).Must(200).Json;
        JsonElement kept = (await _server.Admin.PostAsync($"datasets/{_id}/keep", new { })).Must(200).Json;
        JsonElement after = (await _server.Admin.GetAsync($"datasets/{_id}")).Must(200).Json;

        Assert.InRange(before.GetProperty("expires").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(6), DateTimeOffset.UtcNow.AddDays(8));
        Assert.False(after.TryGetProperty("expires", out _));
        Assert.True(kept.GetProperty("missing").GetInt64() > 0);
    }
}
