using Hutch.Cluster.Folders.Nearline;
using Hutch.Model;
using Hutch.Objects;
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
        CommandNearline tapes = Program(ReadGuide().Replace("/var/lib/tapes", _work["tapes"], StringComparison.Ordinal));
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

    private static string ReadGuide()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hutch.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        string text = File.ReadAllText(Path.Combine(folder, "docs/operations/nearline.md"));
        int start = text.IndexOf("#!/bin/sh", StringComparison.Ordinal);
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private CommandNearline Program(string script)
    {
        string path = _work["tapes.sh"];
        File.WriteAllText(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new CommandNearline(path);
    }
}
