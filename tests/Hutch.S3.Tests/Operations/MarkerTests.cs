using System.Text.Json;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>The markers by which S3 clients make folders are keys like others, with and without files in the folder.</summary>
public sealed class MarkerTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private static readonly string[] Universe = ["a!", "a-x", "a/", "a/!", "a/1", "a/b/", "a/b/1", "a/b0", "a0", "c/", "c/1", "d/e/f/", "d/e/f/1"];
    private static readonly string[] Queries =
        ["", "&delimiter=%2F", "&delimiter=-", "&prefix=a", "&prefix=a%2F", "&prefix=a%2F&delimiter=%2F", "&prefix=a%2Fb%2F&delimiter=%2F", "&prefix=d%2Fe&delimiter=%2F"];

    private TestDoor _door = null!;
    private string _dataset = "";

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
        _dataset = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).RootElement.GetProperty("id").GetString()!;
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    /// <summary>Clients' case mount-dirs.</summary>
    [Fact]
    public async Task A_folder_marker_is_listed_with_the_files_and_each_can_be_deleted_without_the_other()
    {
        await PutAsync("folder/");
        await PutAsync("folder/x");
        (await Admin.PutAsync("/box/other/y", "x")).Must(200);

        Assert.Equal(["folder/", "folder/x", "other/y"], await KeysAsync());
        Assert.Equal("application/x-directory", (await Admin.HeadAsync("/box/folder/")).Must(200).Headers["Content-Type"]);
        (await Admin.HeadAsync("/box/folder")).Must(404);
        (await Admin.HeadAsync("/box/fold/")).Must(404);
        (await Admin.HeadAsync("/box/other/")).Must(404);
        (await Admin.PutAsync("/box/copy/", "", ("x-amz-copy-source", "/box/folder/"))).Must(200);
        (await Admin.PutAsync("/box/copy/z", "", ("x-amz-copy-source", "/box/folder/x"))).Must(200);
        Assert.Equal(["copy/", "copy/z", "folder/", "folder/x", "other/y"], await KeysAsync());

        await DeleteAsync("folder/");
        await DeleteAsync("copy/z");
        Assert.Equal(["copy/", "folder/x", "other/y"], await KeysAsync());
        await DeleteAsync("copy/");
        await DeleteAsync("folder/x");
        Assert.Equal(["other/y"], await KeysAsync());
    }

    /// <summary>Clients' case s3-raw, marker-over-file.</summary>
    [Fact]
    public async Task A_marker_can_be_put_into_a_folder_with_files_and_keeps_its_metadata_and_tags_when_files_change()
    {
        await PutAsync("folder/x");
        (await Admin.PutAsync("/box/folder/", "", ("x-amz-meta-mode", "16877"))).Must(200);
        await PutAsync("folder/y");
        (await Admin.PutAsync("/box/folder/?tagging", "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>")).Must(200);

        S3Answer head = (await Admin.HeadAsync("/box/folder/")).Must(200);
        Assert.Equal(("16877", "1"), (head.Headers["x-amz-meta-mode"], head.Headers["x-amz-tagging-count"]));

        await DeleteAsync("folder/x", "folder/y");
        Assert.Equal("16877", (await Admin.HeadAsync("/box/folder/")).Must(200).Headers["x-amz-meta-mode"]);
        Assert.Equal(["folder/"], await KeysAsync());
        (await Admin.PutAsync("/box/folder/", "", ("If-None-Match", "*"))).MustRefuse(412, "PreconditionFailed");
    }

    [Fact]
    public async Task Only_S3_shows_markers_and_each_version_has_its_own()
    {
        await PutAsync("folder/");
        await PutAsync("folder/x");
        await _door.RestAsync(HttpMethod.Post, $"datasets/{_dataset}/snapshots", new { tag = "first" });
        await DeleteAsync("folder/");

        Assert.Equal(["folder/", "folder/x"], (await Admin.GetAsync("/box.at.1?list-type=2")).Must(200).All("Key"));
        (await Admin.HeadAsync("/box/folder/?versionId=1")).Must(200);
        Assert.Equal(["folder/x"], await KeysAsync());
        foreach (string tree in (string[])["tree", "tree?at=1", "tree?delimiter=/", "tree?at=1&delimiter=/", "files?at=1"])
        {
            string listed = await _door.RestAsync(HttpMethod.Get, $"datasets/{_dataset}/{tree}");
            Assert.DoesNotContain(".hutch", listed, StringComparison.Ordinal);
            Assert.Contains("folder/", listed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_folder_that_another_protocol_removed_leaves_no_key_and_no_bucket_that_cannot_be_deleted()
    {
        await PutAsync("folder/");
        await PutAsync("folder/x");
        await _door.RestAsync(HttpMethod.Delete, $"datasets/{_dataset}/entries/folder/x");

        Assert.Empty(await KeysAsync());
        (await Admin.HeadAsync("/box/folder/")).Must(404);
        await PutAsync("folder");
        Assert.Equal(["folder"], await KeysAsync());
        await DeleteAsync("folder");
        (await Admin.DeleteAsync("/box")).Must(204);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bucket_with_markers_is_a_set_of_keys(int seed)
    {
        var random = new Random(seed);
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 80; i++)
        {
            string key = Universe[random.Next(Universe.Length)];
            switch (random.Next(5))
            {
                case 0 or 1:
                    await PutAsync(key);
                    keys.Add(key);
                    break;
                case 2:
                    await DeleteAsync(key);
                    keys.Remove(key);
                    break;
                case 3:
                    string[] several = [.. Universe.Where(_ => random.Next(3) == 0).Append(key).Distinct()];
                    await DeleteAsync(several);
                    keys.ExceptWith(several);
                    break;
                default:
                    // Compacts the head, so that the rest goes over a tree.
                    await _door.RestAsync(HttpMethod.Post, $"datasets/{_dataset}/snapshots", new { message = "now" });
                    break;
            }

            Assert.Equal(keys, await KeysAsync());
        }

        foreach (string query in Queries)
        {
            await PutAsync(Universe[random.Next(Universe.Length)]);
            string[] all = await KeysAsync();
            string[] expected = Expected(all, query);
            Assert.Equal(expected, await PagesAsync($"/box?list-type=2{query}&max-keys=1"));
            Assert.Equal(expected, await PagesAsync($"/box?list-type=2{query}&max-keys=3"));
        }
    }

    [Fact]
    public async Task An_acknowledged_marker_survives_the_files_that_come_and_go_at_the_same_time()
    {
        for (int i = 0; i < 20; i++)
        {
            await PutAsync($"r{i}/1");
            S3Answer[] answers = await Task.WhenAll(
                Admin.PutAsync($"/box/r{i}/", ""), Admin.DeleteAsync($"/box/r{i}/1"), Admin.PutAsync($"/box/r{i}/2", "x"), Admin.DeleteAsync($"/box/r{i}/2"));

            Assert.All(answers, answer => Assert.InRange(answer.Status, 200, 204));
            Assert.Contains($"r{i}/", await KeysAsync($"&prefix=r{i}/"));
            await DeleteAsync($"r{i}/", $"r{i}/1", $"r{i}/2");
            Assert.Empty(await KeysAsync($"&prefix=r{i}/"));
        }
    }

    private static string[] Expected(string[] keys, string query)
    {
        string[] parts = query.Split('&', StringSplitOptions.RemoveEmptyEntries);
        string Value(string name) =>
            Uri.UnescapeDataString(parts.FirstOrDefault(part => part.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "");
        (string prefix, string delimiter) = (Value("prefix="), Value("delimiter="));
        return
        [
            .. keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(key => delimiter.Length > 0 && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var at ? key[..(at + 1)] : key)
                .Distinct().Order(StringComparer.Ordinal),
        ];
    }

    private async Task PutAsync(string key) => (await Admin.PutAsync("/box/" + key, key.EndsWith('/') ? "" : "x")).Must(200);

    private async Task DeleteAsync(params string[] keys)
    {
        if (keys is [var key])
        {
            (await Admin.DeleteAsync("/box/" + key)).Must(204);
            return;
        }

        string objects = string.Concat(keys.Select(static one => $"<Object><Key>{one}</Key></Object>"));
        Assert.Equal(keys.Length, (await Admin.PostAsync("/box?delete", $"<Delete>{objects}</Delete>")).Must(200).All("Key").Length);
    }

    private async Task<string[]> KeysAsync(string query = "") => (await Admin.GetAsync("/box?list-type=2" + query)).Must(200).All("Key");

    private async Task<string[]> PagesAsync(string target)
    {
        var all = new List<string>();
        string? next = null;
        do
        {
            S3Answer page = (await Admin.GetAsync(next is null ? target : $"{target}&continuation-token={Uri.EscapeDataString(next)}")).Must(200);
            all.AddRange(page.All("Key"));
            all.AddRange(page.Xml.Elements().Where(e => e.Name.LocalName == "CommonPrefixes").Select(e => e.Value));
            next = page.First("NextContinuationToken");
        }
        while (next is not null);
        return [.. all.Order(StringComparer.Ordinal)];
    }
}
