using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A dataset that a rule keeps away from a site is not there at any door, for anybody, although the site has a copy.</summary>
public sealed class ServeDoorTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private const string Title = "Unmistakable";

    /// <summary>What ends is read to its end, and a stream until it has said something or nothing for so long.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    /// <summary>Where a dataset that may be shown is met at least.</summary>
    private static readonly string[] Everywhere =
    [
        "GET /api/v1/datasets", "GET /api/v1/search", "GET /api/v1/events", "GET /api/v1/datasets?all", "GET S3 ", "GET /ria/", "GET /git/",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task No_door_shows_or_serves_it_until_the_rule_ends_also_after_a_restart()
    {
        DatasetId scan = await CopyAsync("kept-away", Title, "one"u8.ToArray());
        IReadOnlyList<string> before = await MeetAsync(scan);
        while (!Everywhere.All(door => before.Any(one => one.StartsWith(door, StringComparison.Ordinal))))
        {
            before = await MeetAsync(scan);
        }

        string? unconfirmed = null;
        using HutchClient told = sites.Zone.AdminWith(names => unconfirmed = names);
        RuleInfo rule = await told.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        IReadOnlyList<string> kept = await MeetAsync(scan);
        await sites.Archive.RestartAsync();
        IReadOnlyList<string> restarted = await MeetAsync(scan);
        RuleStanding standing = await TwoSites.UntilAsync(Admin, scan, rule.Number, "degraded");
        var home = await Assert.ThrowsAsync<HutchException>(() => Admin.MoveHomeAsync(scan, new MoveHome { Site = "archive" }, Ct));
        var copy = await Assert.ThrowsAsync<HutchException>(() => Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct));
        await Admin.RemoveRuleAsync(rule.Number, Ct);
        while (!(await MeetAsync(scan)).SequenceEqual(before))
        {
            await Task.Delay(20, Ct);
        }

        Assert.Null(unconfirmed);
        Assert.Equal([], kept);
        Assert.Equal([], restarted);
        Assert.Equal("No site that is left out shows it, but files of it are on the disk of archive.", standing.Summary);
        Assert.Contains($"rule {rule.Number} says", home.Error.Message, StringComparison.Ordinal);
        Assert.Contains($"rule {rule.Number} says", copy.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_under_way_ends()
    {
        DatasetId scan = await CopyAsync("under-way", "Another", new byte[32 << 20]);
        using HttpResponseMessage download = await sites.Archive.Admin.OpenEntryAsync(scan, null, "a.txt", 0, Ct);

        await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);

        await Assert.ThrowsAnyAsync<Exception>(() => ReadSlowlyAsync(download));
    }

    /// <summary>A public dataset, of which the archive has a copy.</summary>
    private async Task<DatasetId> CopyAsync(string name, string title, byte[] content)
    {
        DatasetInfo made = await Admin.CreateDatasetAsync(new CreateDataset { Name = name, Title = title }, Ct);
        await Admin.PutEntryAsync(made.Id, "a.txt", content, ct: Ct);
        await Admin.PatchDatasetAsync(made.Id, new PatchDataset { Visibility = "public" }, Ct);
        await Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot { Message = "The first" }, Ct);
        await Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(Admin, made.Id, "archive", 1);
        return made.Id;
    }

    /// <summary>The requests to the archive that find the dataset, by its administrator or by anybody.</summary>
    private async Task<IReadOnlyList<string>> MeetAsync(DatasetId dataset)
    {
        List<string> met = [];
        string id = dataset.ToString();
        string[] paths =
        [
            .. (await RestAsync()).Select(path => "/api/v1" + path.Replace("{id}", id, StringComparison.Ordinal)
                .Replace("{path}", "a.txt", StringComparison.Ordinal).Replace("{ref}", "1", StringComparison.Ordinal)),
            "/api/v1/datasets/resolve?name=kept-away", "/api/v1/datasets/resolve?name=admin/kept-away", "/api/v1/datasets?public=true",
            "/api/v1/datasets?all=true", $"/api/v1/datasets?q={Title}&all=true", $"/api/v1/search?q={Title}", "/api/v1/events?after=0",
            $"/api/v1/events?after=0&dataset={id}", $"/api/v1/runs?dataset={id}", $"/ria/{id[..3]}/{id[3..]}/HEAD",
            "/ria/alias/admin/kept-away/HEAD", "/git/admin/kept-away/HEAD", $"/git/{id}/info/refs",
        ];
        foreach (string path in paths)
        {
            if (await IsMetAsync(new Uri(sites.Archive.Address, path), sites.Archive.AdminToken, id)
                || await IsMetAsync(new Uri(sites.Archive.Address, path), null, id))
            {
                met.Add("GET " + path);
            }
        }

        foreach (string bucket in new[] { "kept-away", "admin.kept-away", id })
        {
            foreach (string rest in new[] { "", "/a.txt" })
            {
                if (await IsMetAsync(new Uri(sites.Archive.S3Address, $"/{bucket}{rest}"), null, id))
                {
                    met.Add($"GET S3 /{bucket}{rest}");
                }
            }
        }

        return met;
    }

    /// <summary>Every path of the REST interface that is read, and about a dataset or about nothing in particular.</summary>
    private async Task<IReadOnlyList<string>> RestAsync()
    {
        using var http = new HttpClient { BaseAddress = sites.Archive.Address };
        using var description = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json", Ct));
        return
        [
            .. description.RootElement.GetProperty("paths").EnumerateObject()
                .Where(static path => path.Value.TryGetProperty("get", out _))
                .Select(static path => path.Name)
                .Where(static path => path.Replace("{id}", "", StringComparison.Ordinal).Replace("{path}", "", StringComparison.Ordinal)
                    .Replace("{ref}", "", StringComparison.Ordinal) is var fixedPart && !fixedPart.Contains('{', StringComparison.Ordinal)),
        ];
    }

    /// <summary>
    /// Whether an answer about this dataset is one, or another answer has its id, name or title. Auditors of a site see the ids of all.
    /// </summary>
    private static async Task<bool> IsMetAsync(Uri address, string? token, string id)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        string body = answer.IsSuccessStatusCode ? await ReadAsync(answer, id) : "";
        bool isAbout = address.PathAndQuery.Contains(id[3..], StringComparison.Ordinal)
            || address.PathAndQuery.Contains("kept-away", StringComparison.Ordinal);
        bool isOfAudit = address.AbsolutePath is "/api/v1/audit" or "/api/v1/activity";
        return answer.IsSuccessStatusCode && !IsEmptyList(body)
            && (isAbout || (body.Contains(id, StringComparison.Ordinal) && !isOfAudit) || body.Contains("kept-away", StringComparison.Ordinal)
                || body.Contains(Title, StringComparison.Ordinal));
    }

    private static bool IsEmptyList(string body) => body.Replace(" ", "", StringComparison.Ordinal).StartsWith("{\"items\":[]", StringComparison.Ordinal);

    private static async Task<string> ReadAsync(HttpResponseMessage answer, string awaited)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bool isStream = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        if (isStream)
        {
            ended.CancelAfter(Timeout);
        }

        var text = new StringBuilder();
        await using Stream body = await answer.Content.ReadAsStreamAsync(Ct);
        var buffer = new byte[64 << 10];
        try
        {
            while (await body.ReadAsync(buffer, ended.Token) is > 0 and int read)
            {
                text.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, read)));
                if (isStream && text.ToString().Contains(awaited, StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (isStream)
        {
            // All that it had to say at once.
        }

        return text.ToString();
    }

    /// <summary>Slower than the server could fail to notice.</summary>
    private static async Task ReadSlowlyAsync(HttpResponseMessage download)
    {
        await using Stream body = await download.Content.ReadAsStreamAsync(Ct);
        var buffer = new byte[64 << 10];
        while (await body.ReadAsync(buffer, Ct) > 0)
        {
            await Task.Delay(10, Ct);
        }
    }
}
