using System.Security.Cryptography;
using Hutch.Buckets.Nearline;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects;
using Hutch.Peers.Xrootd;
using Hutch.Testing;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>The program of a tape manager: the one of the guide, and some that fail.</summary>
public sealed class NearlineProgramTests : IDisposable
{
    private readonly TemporaryFolder _work = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task The_program_of_the_guide_stores_recalls_and_removes_segments()
    {
        Directory.CreateDirectory(_work["tapes"]);
        CommandNearline tapes = Program(ReadGuide("This one keeps segments").Replace("/var/lib/tapes", _work["tapes"], StringComparison.Ordinal));
        await File.WriteAllTextAsync(_work["a"], "the bytes", Ct);
        List<string> came = [];

        await tapes.PutAsync("one", _work["a"], Ct);
        await tapes.PutAsync("one", _work["a"], Ct);
        await tapes.PutAsync("two", _work["a"], Ct);
        var states = await tapes.FindStatesAsync(["one", "two", "three"], Ct);
        await tapes.StageAsync(
            [new StagedFile("two", _work["back 2"]), new StagedFile("one", _work["back 1"])],
            came.Add,
            Ct);
        IReadOnlyList<UndeletedObject> left = await tapes.RemoveAsync(["one", "three"], Ct);

        Assert.True(states["one"].Exists);
        Assert.False(states["three"].Exists);
        Assert.Equal(["two", "one"], came);
        Assert.Equal("the bytes", await File.ReadAllTextAsync(_work["back 1"], Ct));
        Assert.Empty(left);
        Assert.Equal(["two"], Directory.GetFiles(_work["tapes"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_program_that_fails_is_named_with_its_last_words_and_gets_no_secret()
    {
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "a secret of this test");
        CommandNearline tapes = Program("#!/bin/sh\nenv >&2; echo 'drive 3 is broken' >&2; exit 5\n");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => tapes.PutAsync("one", _work["a"], Ct));
        IReadOnlyList<UndeletedObject> left = await tapes.RemoveAsync(["one"], Ct);

        Assert.Contains("exit code 5", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("drive 3 is broken", refused.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("drive 3 is broken", Assert.Single(left).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_for_XRootD_recalls_segments_through_its_File_Residency_Manager()
    {
        await using var xrootd = new XrootdServer();
        await xrootd.StartAsync(Ct);
        CommandNearline tapes = ProgramOf(xrootd);
        byte[][] contents = [.. new[] { 0, 1, 3_000_017 }.Select(RandomNumberGenerator.GetBytes)];
        string[] names = ["empty", "byte", "large"];
        List<string> came = [];

        for (int i = 0; i < names.Length; i++)
        {
            await File.WriteAllBytesAsync(_work["segment"], contents[i], Ct);
            await tapes.PutAsync(names[i], _work["segment"], Ct);
        }

        var before = await tapes.FindStatesAsync([.. names, "never"], Ct);
        await tapes.StageAsync([.. names.Reverse().Select(name => new StagedFile(name, _work[name]))], came.Add, Ct);
        string[] recalled = [.. Directory.GetFiles(xrootd.Disk).Select(static path => Path.GetFileName(path)).Order()];
        IReadOnlyList<UndeletedObject> left = await tapes.RemoveAsync(["byte", "never"], Ct);
        var after = await tapes.FindStatesAsync(names, Ct);

        Assert.Equal([true, true, true, false], [.. names.Append("never").Select(name => before[name].Exists)]);
        Assert.Equal(["large", "byte", "empty"], came);
        Assert.Equal(contents, names.Select(name => File.ReadAllBytes(_work[name])));
        Assert.Equal(names.Order(), recalled);
        Assert.Empty(left);
        Assert.Equal([true, false, true], [.. names.Select(name => after[name].Exists)]);
        Assert.Equal(["empty", "large"], [.. Directory.GetFiles(xrootd.Tapes).Select(static path => Path.GetFileName(path)).Order()]);
    }

    [Fact]
    public async Task A_dataset_whose_segments_are_on_tapes_behind_XRootD_is_recalled_when_it_is_read()
    {
        await using var xrootd = new XrootdServer();
        await xrootd.StartAsync(Ct);
        await using NearlineSite site = await NearlineSite.StartAsync(ProgramOf(xrootd));
        xrootd.Purge();

        RecallInfo before = await site.Admin.GetRecallAsync(site.Scan.Id, Ct);
        await site.AssertReadAsync();

        Assert.Equal("offline", before.State);
        Assert.NotEmpty(Directory.GetFiles(xrootd.Disk));
    }

    [Fact]
    public async Task An_XRootD_server_that_is_away_is_an_error_and_no_missing_segment()
    {
        var xrootd = new XrootdServer();
        await xrootd.StartAsync(Ct);
        CommandNearline tapes = ProgramOf(xrootd);
        await xrootd.DisposeAsync();

        await Assert.ThrowsAsync<HutchException>(() => tapes.FindStatesAsync(["one"], Ct));
    }

    // The script that follows these words in the guide.
    private static string ReadGuide(string words)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hutch.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        string text = File.ReadAllText(Path.Combine(folder, "docs/operations/nearline.md"));
        int start = text.IndexOf("#!/bin/sh", text.IndexOf(words, StringComparison.Ordinal), StringComparison.Ordinal);
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    // It reports a lost connection at once, where it would try for minutes, and a recall that hangs before the test does.
    private CommandNearline ProgramOf(XrootdServer server) => Program(ReadGuide("## XRootD")
        .Replace(
            "server=root://tapes.example.org",
            $"server={server.Address}; export XRD_CONNECTIONRETRY=1 XRD_CONNECTIONWINDOW=5 XRD_REQUESTTIMEOUT=120",
            StringComparison.Ordinal)
        .Replace("/mnt/library", server.Tapes, StringComparison.Ordinal));

    private CommandNearline Program(string script)
    {
        string path = _work["tapes.sh"];
        File.WriteAllText(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new CommandNearline(path);
    }
}
