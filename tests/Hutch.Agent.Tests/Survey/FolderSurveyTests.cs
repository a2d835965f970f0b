using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Model;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Survey;

public sealed class FolderSurveyTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("agent-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void Each_direct_sub_folder_of_a_matched_parent_is_found_and_nothing_else()
    {
        Write("krios/s1/SPA.yml", "DataId: a\n");
        Write("krios/s2/notes.txt", "");
        Write("krios/s1/deeper/SPA.yml", "DataId: b\n");
        Write("krios/.snapshot/SPA.yml", "DataId: a\n");
        Write("krios/SPA.yml", "DataId: c\n");
        Write("talos/s3/SPA.yml", "DataId: d\n");
        Write("talos/s3/.running", "");

        IReadOnlyList<FolderFinding> found = Survey("*").Run(default);

        Assert.Equal(["krios/s1", "krios/s2", "talos/s3"], found.Select(finding => Path.GetRelativePath(_data, finding.Folder)));
        Assert.Equal(["a", null, "d"], found.Select(finding => finding.Plan?.Identity));
        Assert.Equal([false, null, true], found.Select(finding => finding.Plan?.IsRunning));
        Assert.All(found, finding => Assert.Null(finding.Problem));
    }

    [Fact]
    public void Folders_with_one_identity_are_both_reported_and_none_is_published()
    {
        Write("krios/s1/SPA.yml", "DataId: a\n");
        Write("krios/s2/SPA.yml", "DataId: a\n");

        IReadOnlyList<FolderFinding> found = Survey("krios").Run(default);

        Assert.All(found, finding => Assert.Null(finding.Plan));
        Assert.Equal($"'DataId' is 'a', as in '{_data}/krios/s2': two folders cannot be the same dataset. Correct it in one of them.", found[0].Problem);
        Assert.Contains("krios/s1'", found[1].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A: 1\n", "SPA.yml: the key 'DataId' is missing, which says which dataset this is.")]
    [InlineData("DataId: [1]\n", "SPA.yml: line 1: 'DataId' must be one value of 1 to 200 characters: it says which dataset this is.")]
    [InlineData("DataId: 1\nA: {\n", "SPA.yml: line 3, column 1: this is not valid YAML: ")]
    [InlineData("DataId: 1\nRelease: 2y\nHutch: x\n", "SPA.yml: line 3, column 1: 'Hutch' must be a mapping with keys of its own, ")]
    [InlineData("DataId: 1\n", "SPA.yml: the key 'Release' must say when the dataset becomes public: a date (2030-01-31) or a time span (2y).")]
    [InlineData("DataId: 1\nRelease: soon\n", "SPA.yml: the key 'Release' must say when the dataset becomes public: ")]
    public void What_needs_attention_says_why(string yaml, string problem)
    {
        Write("krios/s1/SPA.yml", yaml);

        FolderFinding found = Assert.Single(Survey("krios", "embargo Release").Run(default));

        Assert.StartsWith(problem, found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_not_followed()
    {
        Write("elsewhere/SPA.yml", "DataId: a\n");
        Directory.CreateDirectory(At("krios/s1"));
        Directory.CreateSymbolicLink(At("krios/link"), At("elsewhere"));
        File.CreateSymbolicLink(At("krios/s1/SPA.yml"), At("elsewhere/SPA.yml"));

        FolderFinding found = Assert.Single(Survey("krios").Run(default));

        Assert.Equal("'SPA.yml' is no regular file; links are not followed.", found.Problem);
        Assert.Contains("it is a link, which is not followed", Survey("krios").Inspect(At("krios/link")).Value.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_explained_with_what_holds_for_it()
    {
        Write("krios/s1/SPA.yml", File.ReadAllText("facility/SPA.yml"));

        IReadOnlyList<string> lines = FolderExplanation.Explain(Survey("krios", "embargo 2y").Inspect(At("krios/s1/")).Value);

        Assert.Contains("  identity:    DataId = '08d9c8eb-6f63-408b-8743-84496f1de767'", lines);
        Assert.Contains("  acquisition: acquiring, until .running was removed or nothing has changed for a day; then published", lines);
        Assert.Contains("  visibility:  public 2y after the dataset begins", lines);
        Assert.Contains("  personal:    only members see User.Affiliation, User.DisplayName, User.Email, User.UserType", lines);
        Assert.Contains("  block:       'Hutch' would be added to SPA.yml", lines);
    }

    [Theory]
    [InlineData(null, false, "  kept:        for ever")]
    [InlineData("60d", false, "  kept:        60d after acquisition; then people are notified; nothing is removed")]
    [InlineData("60d", true, "  kept:        60d after acquisition; then they could be removed, if 2 other sites have a verified copy of each")]
    public void What_happens_to_the_files_at_the_end_is_explained(string? keep, bool evict, string line)
    {
        Write("krios/s1/SPA.yml", File.ReadAllText("facility/SPA.yml"));
        FolderRule rule = FolderRule.From(new WatchedFolderOptions { Watch = At("krios"), Keep = keep, Evict = evict }).Value;

        Assert.Contains(line, FolderExplanation.Explain(new FolderSurvey([rule], new YamlLimits()).Inspect(At("krios/s1/")).Value));
    }

    [Fact]
    public void Inspecting_a_folder_that_no_rule_watches_gives_a_not_found_error()
    {
        Write("talos/s1/SPA.yml", "DataId: a\n");
        Assert.Equal(ErrorCode.NotFound, Survey("krios").Inspect(At("talos/s1")).Error!.Code);
    }

    private FolderSurvey Survey(string parent, string visibility = "private") => new(
        [FolderRule.From(new WatchedFolderOptions { Watch = At(parent), Visibility = visibility }).Value], new YamlLimits());

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    private string At(string path) => Path.Combine(_data, path);
}
