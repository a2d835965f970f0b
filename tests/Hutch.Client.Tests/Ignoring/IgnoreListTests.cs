using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Hutch.Model.Ignoring;
using Hutch.Testing;

namespace Hutch.Client.Tests.Ignoring;

// A process that starts another may hand it, for a moment, the locks of working directories in other tests.
[Collection(nameof(IgnoreListTests))]
[CollectionDefinition(nameof(IgnoreListTests), DisableParallelization = true)]
public sealed partial class IgnoreListTests
{
    private static readonly string[] Atoms =
    [
        "a", "b", "ab", "*", "**", "?", "[ab]", "[!a]", "[^b]", "[a-b]", "[]a]", "[a-]", "[--a]", "[\\]b]", "[[:alpha:]]", "[[:punct:]", "[[:no:]]",
        "/", "/", "/", "/**/", "**/", "/**", "\\a", "\\*", "\\", ".", "!", "#", " ", "a ", "\\ ", "[", "]", "-", "é",
    ];

    private static readonly string[] Names = ["a", "b", "ab", "ba", "a.b", ".a", "abc", "a b", "#a", "!b", "a ", "*", "[", "-", "]", "é", "aé"];

    [Theory]
    [InlineData("*.tmp", "x.tmp", true)]
    [InlineData("*.tmp", "run/x.tmp", true)]
    [InlineData("/[ab]", "sub/a", false)]
    [InlineData("raw/*.cbf", "raw/1.cbf", true)]
    [InlineData("raw/*.cbf", "raw/sub/1.cbf", false)]
    [InlineData("raw/**/*.cbf", "raw/sub/1.cbf", true)]
    [InlineData("caf?", "café", true)]
    [InlineData("caf[é]", "café", true)]
    [InlineData("caf\u0065\u0301", "café", true)]
    [InlineData("?", "\U0001F600", true)]
    public void A_pattern_matches_what_the_manual_of_git_says(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, IsIgnored(IgnoreList.Parse([pattern]), path));

    [Fact]
    public void Lines_end_as_on_any_system_and_comments_and_blank_lines_say_nothing()
    {
        var list = IgnoreList.Parse("\ufeffa\r\n\r\n# b\n   \n\\#c\nd  \nbad[\n!\n");

        Assert.Equal(["a", "#c", "d"], new[] { "a", "b", "# b", "#c", "d", "bad[", "!" }.Where(p => IsIgnored(list, p)));
        Assert.Equal(["bad["], list.Malformed);
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time()
    {
        var list = IgnoreList.Parse([string.Concat(Enumerable.Repeat("*a", 100)), string.Concat(Enumerable.Repeat("**/a/", 100)) + "b"]);

        Assert.False(IsIgnored(list, new string('a', 5000) + "b"));
        Assert.False(IsIgnored(list, string.Concat(Enumerable.Repeat("a/", 120)) + "c"));
    }

    // Each round in a folder of its own, so that git starts once. Left out is where git itself does not do what its manual says: '**' right
    // behind plain text ("a**/b") crosses slashes there, an escaped slash is no folder to it, and a character of several bytes is several.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_patterns_ignore_what_git_ignores(int seed)
    {
        const int Rounds = 100;
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        string[][] patterns = [.. Enumerable.Range(0, Rounds).Select(_ => Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pattern(random)).ToArray())];
        for (int round = 0; round < Rounds; round++)
        {
            folder.Write($"{round}/.gitignore", string.Join('\n', patterns[round]) + "\n");
        }

        (int Round, string Path)[] cases =
            [.. Enumerable.Range(0, Rounds).SelectMany(r => Enumerable.Range(0, 60).Select(_ => (r, AnyPath(random, patterns[r])))).Distinct()];
        Git(folder, "init -q .", "");
        string answer = Git(folder, "check-ignore --no-index -z --stdin", string.Concat(cases.Select(c => $"{c.Round}/{c.Path}\0")));
        HashSet<string> expected = [.. answer.Split('\0')];

        IgnoreList[] lists = [.. patterns.Select(IgnoreList.Parse)];
        Assert.Empty(cases.Where(c => IsIgnored(lists[c.Round], c.Path) != expected.Contains($"{c.Round}/{c.Path}")).Select(
            c => $"{string.Join(" | ", patterns[c.Round])}: '{c.Path}' is {(expected.Contains($"{c.Round}/{c.Path}") ? "" : "not ")}ignored by git"));
    }

    private static string Pattern(Random random)
    {
        while (true)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Atoms[random.Next(Atoms.Length)]));
            if (!OnlyInGit().IsMatch(pattern))
            {
                return pattern;
            }
        }
    }

    private static string AnyPath(Random random, string[] patterns)
    {
        int names = patterns.Any(p => p.AsSpan().IndexOfAny("?[") >= 0) ? Array.IndexOf(Names, "é") : Names.Length;
        return string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(names)]));
    }

    // As a scan asks: the folders on the way first, and nothing below an ignored one is ever asked for.
    private static bool IsIgnored(IgnoreList list, string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (list.Ignores(path.AsSpan(0, slash), isFolder: true) == true)
            {
                return true;
            }
        }

        return list.Ignores(path, isFolder: false) == true;
    }

    private static string Git(TemporaryFolder folder, string arguments, string input)
    {
        var start = new ProcessStartInfo("git", "-c core.excludesFile=/dev/null " + arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        using Process git = Process.Start(start)!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.InRange(git.ExitCode, 0, 1);
        return output;
    }

    [GeneratedRegex(@"[^*/]\*\*|\\/")]
    private static partial Regex OnlyInGit();
}
