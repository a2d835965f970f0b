using Hutch.DataLad.Synthesis;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.DataLad.Tests.Synthesis;

/// <summary>What of a version can be in git, and what of that is git's own content.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData(".git ")]
    [InlineData(".git...")]
    [InlineData(".git:stream")]
    [InlineData(".g\u200cit")]
    [InlineData("git~1")]
    [InlineData("a\\.git")]
    [InlineData(".gitmodules")]
    [InlineData(".GitModules .")]
    [InlineData("gitmod~1")]
    [InlineData("gi7eba~1")]
    [InlineData("GI7EB~12")]
    [InlineData("~1234567")]
    public void Names_that_git_refuses_are_left_out(string name) => Assert.False(GitNames.IsAllowed(name));

    [Theory]
    [InlineData(".gitignore")]
    [InlineData(".gitattributes")]
    [InlineData("git")]
    [InlineData("x.git")]
    [InlineData(".gitx")]
    [InlineData("git~2")]
    [InlineData("gitmodules")]
    [InlineData("gitmod~10")]
    [InlineData("a~1")]
    public void Other_names_are_not(string name) => Assert.True(GitNames.IsAllowed(name));

    [Theory]
    [InlineData("notes.TXT", 100, null, true)]
    [InlineData("notes.txt", ContentRule.MaxGitBytes, null, true)]
    [InlineData("notes.txt", ContentRule.MaxGitBytes + 1, null, false)]
    [InlineData("README", 10, null, true)]
    [InlineData("data", 10, "text/plain; charset=utf-8", true)]
    [InlineData("data", 10, "application/json", true)]
    [InlineData("data", 10, "application/octet-stream", false)]
    [InlineData("image.h5", 10, null, false)]
    [InlineData(".gitignore", 10, null, true)]
    [InlineData(".gitattributes", 2048, null, true)]
    public void Small_text_is_content_of_git_and_the_rest_is_annexed(string name, long size, string? type, bool isGit) =>
        Assert.Equal((isGit, isGit), (IsGit(1, name, size, type), IsGit(2, name, size, type)));

    [Theory]
    [InlineData(".datalad/config", 100, false, true)]
    [InlineData(".datalad/config", ContentRule.MaxSettingsBytes, false, true)]
    [InlineData(".datalad/config", ContentRule.MaxSettingsBytes + 1, false, false)]
    [InlineData(".datalad/procedures/cfg_x", ContentRule.MaxGitBytes, false, true)]
    [InlineData(".datalad/large", ContentRule.MaxGitBytes + 1, false, false)]
    [InlineData("sub/.datalad/config", 100, false, false)]
    [InlineData(".datalady/config", 100, false, false)]
    [InlineData("sub/.gitattributes", 2049, false, true)]
    [InlineData(".gitmodules", ContentRule.MaxGitBytes + 1, false, true)]
    public void What_git_and_DataLad_read_themselves_is_content_of_git_by_rule_2(string path, long size, bool byFirst, bool bySecond) =>
        Assert.Equal((byFirst, bySecond), (IsGit(1, path, size, null), IsGit(2, path, size, null)));

    [Fact]
    public void A_rule_of_a_newer_release_is_refused_in_words()
    {
        HutchException refused = Assert.Throws<HutchException>(() => IsGit(3, "a.txt", 1, null));

        Assert.Contains("newer release", refused.Error.Message, StringComparison.Ordinal);
    }

    private static bool IsGit(int rule, string path, long size, string? type) =>
        ContentRule.From(DatasetOf(rule)).IsGitContent(path, Entry.File(default, size, contentType: type));

    private static SiteDataset DatasetOf(int rule) => new()
    {
        Key = 1,
        Id = new DatasetId(Guid.NewGuid()),
        Owner = "ann",
        Slug = "data",
        Type = "generic",
        Origin = DatasetOrigin.Original,
        Created = 0,
        CreatedBy = "ann",
        Root = TreeRoot.Empty,
        Changed = 1,
        LastNumber = 0,
        GitRule = rule,
    };
}
