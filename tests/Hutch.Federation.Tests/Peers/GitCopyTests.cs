using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.DataLad;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Peers;

/// <summary>What git and git-annex brought of a dataset is at every copy of it, by the real git.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class GitCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-git-copy-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_clone_from_a_copy_has_every_branch_commit_and_key_that_was_pushed_to_the_home()
    {
        await using SiteServer zone = await SiteServer.StartAsync(hasAllDoors: true);
        await using SiteServer site = await SiteServer.StartAsync("new", hasAllDoors: true);
        await site.JoinAsync(zone, "archive");
        DatasetId id = (await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await zone.Admin.PutEntryAsync(id, "raw.bin", Copied.Bytes(2_000_000, 1), ct: Ct);
        await zone.Admin.PutEntryAsync(id, ".datalad/config", "[datalad \"dataset\"]\n\tid = one\n"u8.ToArray(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(id, new CreateSnapshot { Message = "As measured" }, Ct);
        await PushAsync(zone, id, "first");
        string key = await HoldAsync(zone, id, Copied.Bytes(500_000, 2));

        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 2);

        Assert.Equal(Git("ls-remote " + Address(zone, id)), Git("ls-remote " + Address(site, id)));
        Git($"clone {Address(site, id)} copy");
        Git("-C copy fsck --full");
        Assert.Contains("id = one", Git("-C copy show main:.datalad/config"), StringComparison.Ordinal);
        Assert.Equal("side of first", Git("-C copy show origin/side-first:note.txt").Trim());
        Assert.Equal(Copied.Bytes(500_000, 2), await KeyAsync(site, id, key));
        Assert.Contains("'admin/scan' is at home at the site of the zone.", Refused("-C copy push origin HEAD:refs/heads/new"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_its_home_has_moved_git_pushes_to_the_new_one_and_finds_all_that_it_brought_before()
    {
        await using SiteServer zone = await SiteServer.StartAsync(hasAllDoors: true);
        await using SiteServer site = await SiteServer.StartAsync("new", hasAllDoors: true);
        await site.JoinAsync(zone, "archive");
        DatasetId id = (await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await PushAsync(zone, id, "first");
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 1);

        await PushAsync(zone, id, "second");
        string one = await HoldAsync(zone, id, Copied.Bytes(1000, 3));
        string two = await HoldAsync(zone, id, Copied.Bytes(9_000_000, 4));
        await zone.Admin.MoveHomeAsync(id, new MoveHome { Site = "archive" }, Ct);
        await Copied.UntilHomeAsync(zone.Admin, id, "archive");
        await UntilWritableAsync(site, id);
        await PushAsync(site, id, "third");

        Assert.Equal("third", await Copied.ReadTextAsync(site.Admin, id, "third.txt"));
        Assert.Equal(Copied.Bytes(1000, 3), await KeyAsync(site, id, one));
        Assert.Equal(Copied.Bytes(9_000_000, 4), await KeyAsync(site, id, two));
        Git($"clone {Address(site, id)} moved");
        Assert.Contains("second", Git("-C moved log --format=%s"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_git_brought_to_the_home_is_looked_into_before_a_copy_takes_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync(hasAllDoors: true);
        await using SiteServer site = await SiteServer.StartAsync("new", hasAllDoors: true, git: new DataLadOptions { MaxObjectBytes = 100 });
        await site.JoinAsync(zone, "archive");
        DatasetId id = (await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await PushAsync(zone, id, "first");

        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        CopyInfo failed = await Copied.UntilAsync(zone.Admin, id, "archive", copy => copy.State == "failed");

        Assert.Contains("dataLad.maxObjectBytes", failed.Problem, StringComparison.Ordinal);
        Assert.StartsWith("From ", failed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_dataset_is_not_git_says_so_and_the_site_that_has_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync(hasAllDoors: true);
        await using SiteServer site = await SiteServer.StartAsync("new", hasAllDoors: true);
        await site.JoinAsync(zone, "archive");
        DatasetId id = (await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await PushAsync(zone, id, "first");
        DatasetId other = (await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "film" }, Ct)).Id;
        await PushAsync(site, other, "second");

        string read = Refused($"clone {Address(site, id)} away");
        string pushed = Refused($"-C first push {Address(site, id)} main");
        string readAtZone = Refused($"clone {Address(zone, other)} away");

        Assert.Contains("is at home at another site (the site of the zone) and has no copy here", read, StringComparison.Ordinal);
        Assert.Contains("hutch replicate admin/scan --to SITE", read, StringComparison.Ordinal);
        Assert.Contains("is at home at another site (the site of the zone)", pushed, StringComparison.Ordinal);
        Assert.Contains("is at home at another site (archive) and has no copy here", readAtZone, StringComparison.Ordinal);
    }

    private static string Address(SiteServer server, DatasetId id) => $"http://admin:{server.AdminToken}@{server.Address.Authority}/git/{id}";

    private static string NameOf(byte[] content) => $"MD5E-s{content.Length}--{Convert.ToHexStringLower(MD5.HashData(content))}";

    /// <summary>A commit on the branch of versions, and one on another.</summary>
    private async Task PushAsync(SiteServer server, DatasetId id, string name)
    {
        Git($"clone {Address(server, id)} {name}");
        Git($"-C {name} checkout -B main");
        await File.WriteAllTextAsync(Path.Combine(_folder, name, name + ".txt"), name, Ct);
        Git($"-C {name} add .");
        Git($"-C {name} -c user.name=Ada -c user.email=ada@example.org commit -m {name}");
        Git($"-C {name} checkout -B side-{name}");
        await File.WriteAllTextAsync(Path.Combine(_folder, name, "note.txt"), "side of " + name, Ct);
        Git($"-C {name} add .");
        Git($"-C {name} -c user.name=Ada -c user.email=ada@example.org commit -m side");
        Git($"-C {name} push origin main side-{name}");
    }

    private static async Task<string> HoldAsync(SiteServer server, DatasetId id, byte[] content)
    {
        string key = NameOf(content);
        using HttpRequestMessage put = Request(server, HttpMethod.Put, id, key);
        put.Content = new ByteArrayContent(content);
        using var http = new HttpClient();
        using HttpResponseMessage answer = await http.SendAsync(put, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return key;
    }

    /// <summary>The content of a key; none while it is not there.</summary>
    private static async Task<byte[]> KeyAsync(SiteServer server, DatasetId id, string key)
    {
        using HttpRequestMessage get = Request(server, HttpMethod.Get, id, key);
        using var http = new HttpClient();
        using HttpResponseMessage answer = await http.SendAsync(get, Ct);
        return answer.StatusCode == HttpStatusCode.NotFound ? [] : await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private static HttpRequestMessage Request(SiteServer server, HttpMethod method, DatasetId id, string key)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address, $"git/{id}/annex/objects/{key}"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + server.AdminToken)));
        return request;
    }

    private static async Task UntilWritableAsync(SiteServer site, DatasetId id)
    {
        while (true)
        {
            try
            {
                await site.Admin.PutEntryAsync(id, "moved.txt", "moved"u8.ToArray(), ct: Ct);
                await site.Admin.CreateSnapshotAsync(id, new CreateSnapshot { Message = "Moved" }, Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.Unavailable)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private string Git(string arguments)
    {
        (int status, string output, string error) = Run(arguments);
        Assert.True(status == 0, $"git {arguments}: {error}");
        return output;
    }

    /// <summary>What git says when it is refused.</summary>
    private string Refused(string arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.NotEqual(0, status);
        return error;
    }

    private (int Status, string Output, string Error) Run(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["HOME"] = _folder;
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(Ct);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
