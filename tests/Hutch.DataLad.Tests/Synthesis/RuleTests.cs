using Hutch.DataLad.Synthesis;
using Hutch.Model;

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
    [InlineData(".gitattributes", 2049, null, false)]
    public void Small_text_is_content_of_git_and_the_rest_is_annexed(string name, long size, string? type, bool isGit) =>
        Assert.Equal(isGit, ContentRule.IsGitContent(name, Entry.File(default, size, contentType: type)));
}
