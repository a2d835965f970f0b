using System.Text.Json;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.S3.Tests.Support;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

namespace Hutch.S3.Tests.Operations;

/// <summary>A folder of the facility is a bucket and a dataset of the REST interface, from the moment at which its files are registered.</summary>
public sealed class FolderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-facility-").FullName;
    private TestDoor _door = null!;
    private DatasetId _dataset;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        // Nothing is old enough to be hashed before the test says so.
        _door = await TestDoor.StartAsync(site: new Site.SiteOptions { Folders = new FolderOptions { QuietSeconds = 86_400 } });
        (await Admin.PutAsync("/session")).Must(200);
        SiteDataset dataset = (await _door.Site.Records.ReadAsync(queries => queries.DatasetsAfter(0, 10), Ct)).Single();
        _dataset = dataset.Id;
        Assert.True((await _door.Site.Folders.SetFolderAsync(_dataset, new FolderLocation(_folder, null), "agent", Ct)).IsOk);
    }

    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_is_listed_and_served_before_it_is_hashed()
    {
        await RegisterAsync("movie.mrc", "0123456789");

        S3Answer whole = (await Admin.GetAsync("/session/movie.mrc")).Must(200);
        S3Answer range = (await Admin.GetAsync("/session/movie.mrc", ("Range", "bytes=2-4"))).Must(206);
        S3Answer list = (await Admin.GetAsync("/session?list-type=2")).Must(200);

        Assert.Equal("0123456789", whole.Text);
        Assert.Equal("234", range.Text);
        Assert.Equal(["movie.mrc"], list.All("Key"));
        Assert.Equal(whole.ETag, list.First("ETag"));
    }

    [Fact]
    public async Task The_tag_names_the_version_and_moves_on_when_the_hash_is_known()
    {
        await RegisterAsync("movie.mrc", "0123456789");
        string before = (await Admin.HeadAsync("/session/movie.mrc")).Must(200).ETag;
        var file = (await _door.Site.Records.ReadAsync(queries => queries.FolderFilesToHash(default, 10), Ct)).Single();

        Assert.True((await _door.Site.Folders.SetHashAsync(file, BlobHash.Compute("0123456789"u8), Ct)).Value);

        string after = (await Admin.HeadAsync("/session/movie.mrc")).Must(200).ETag;
        (await Admin.GetAsync("/session/movie.mrc", ("If-Match", before))).MustRefuse(412, "PreconditionFailed");
        Assert.Equal("0123456789", (await Admin.GetAsync("/session/movie.mrc", ("If-Match", after))).Must(200).Text);
    }

    [Fact]
    public async Task The_REST_interface_says_that_the_hash_is_pending()
    {
        await RegisterAsync("movie.mrc", "0123456789");

        using var listing = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, $"datasets/{_dataset}/tree"));

        JsonElement item = listing.RootElement.GetProperty("items")[0];
        Assert.True(item.GetProperty("pending").GetBoolean());
        Assert.False(item.TryGetProperty("hash", out _));
        Assert.Equal("0123456789", await _door.RestAsync(HttpMethod.Get, $"datasets/{_dataset}/entries/movie.mrc"));
    }

    [Fact]
    public async Task A_file_that_is_not_hashed_yet_is_not_reported_as_damaged()
    {
        await RegisterAsync("movie.mrc", "0123456789");

        string before = await _door.RestAsync(HttpMethod.Post, $"datasets/{_dataset}/verify");
        var file = (await _door.Site.Records.ReadAsync(queries => queries.FolderFilesToHash(default, 10), Ct)).Single();
        Assert.True((await _door.Site.Folders.SetHashAsync(file, BlobHash.Compute("0123456789"u8), Ct)).Value);
        string after = await _door.RestAsync(HttpMethod.Post, $"datasets/{_dataset}/verify");

        Assert.Equal((0, true), End(before));
        Assert.Equal((1, true), End(after));

        static (long Checked, bool IsOk) End(string lines)
        {
            using var last = JsonDocument.Parse(lines.TrimEnd().Split('\n')[^1]);
            return (last.RootElement.GetProperty("checked").GetInt64(), last.RootElement.GetProperty("ok").GetBoolean());
        }
    }

    [Fact]
    public async Task Writes_to_the_folder_through_the_bucket_are_refused()
    {
        await RegisterAsync("movie.mrc", "0123456789");

        (await Admin.PutAsync("/session/other", "1")).MustRefuse(403, "AccessDenied");
        (await Admin.DeleteAsync("/session/movie.mrc")).MustRefuse(403, "AccessDenied");
        (await Admin.PostAsync("/session/large?uploads")).MustRefuse(403, "AccessDenied");

        Assert.Equal(["movie.mrc"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_copy_of_a_file_in_another_bucket_has_bytes_of_its_own()
    {
        await RegisterAsync("movie.mrc", "0123456789");
        (await Admin.PutAsync("/other")).Must(200);

        (await Admin.PutAsync("/other/copy", "", ("x-amz-copy-source", "/session/movie.mrc"))).Must(200);
        File.Delete(Path.Combine(_folder, "movie.mrc"));

        Assert.Equal("0123456789", (await Admin.GetAsync("/other/copy")).Must(200).Text);
    }

    [Fact]
    public async Task A_file_changed_on_disk_is_refused_and_never_served_as_the_registered_file()
    {
        await RegisterAsync("movie.mrc", "0123456789");
        File.WriteAllText(Path.Combine(_folder, "movie.mrc"), "longer than it was");

        (await Admin.GetAsync("/session/movie.mrc")).Must(503);
    }

    private async Task RegisterAsync(string name, string content)
    {
        File.WriteAllText(Path.Combine(_folder, name), content);
        using FolderHandle folder = FolderHandle.Open(_folder);
        FolderChange change = FolderChange.File(
            DatasetPath.Parse(name).Value, FolderFileReader.StampOf(folder.Status(name)!.Value), contentType: "application/octet-stream");
        Assert.True((await _door.Site.Folders.RegisterAsync(_dataset, [change], Ct)).IsOk);
    }
}
