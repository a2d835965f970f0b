using System.Text.Json;
using Hutch.DataLad.Receiving;
using Hutch.Testing;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>Names of refs, as git's own server checks them.</summary>
public sealed class RefNameTests
{
    /// <summary>Random names from pieces that git-check-ref-format treats specially, each with git's answer.</summary>
    private const string Script = """
        import json, random, subprocess, sys
        r = random.Random(1)
        pieces = ["a", "b1", "/", "/", ".", "..", ".lock", "@", "@{", "{", "}", "~", "^", ":", "?", "*", "[", "]", "\\", " ", "\t", "\x7f", "-", "ä", "e\u0301", "\u200b", "\U0001f52c", "HEAD", ".git", "lock", "~1", "!", "#", "'", '"', "$(x)"]
        answers = {}
        while len(answers) < 400:
            name = r.choice(["refs/heads/", "refs/heads/", "refs/tags/", "refs/notes/"]) + "".join(r.choice(pieces) for _ in range(r.randint(1, 4)))
            answers[name] = subprocess.run(["git", "check-ref-format", name]).returncode == 0
        json.dump(answers, open(sys.argv[1], "w"))
        """;

    [Fact]
    public async Task A_name_is_taken_when_git_takes_it()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync(Script, folder["answers.json"]);
        Dictionary<string, bool> answers = JsonSerializer.Deserialize<Dictionary<string, bool>>(
            await File.ReadAllBytesAsync(folder["answers.json"], TestContext.Current.CancellationToken))!;

        Assert.All(answers, static one => Assert.True(RefRules.IsName(one.Key) == one.Value, one.Key));
        Assert.InRange(answers.Values.Count(static taken => taken), 50, 350);
    }
}
