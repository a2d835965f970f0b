using Hutch.Model;
using Hutch.Site.Write.Repositories;

namespace Hutch.Site.Tests.Repositories;

/// <summary>Git runs what a configuration or a hook names: what another site calls a repository has neither of its own.</summary>
public sealed class RepositoryLayoutTests
{
    private const string Pack = "objects/pack/pack-0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void The_files_that_git_pushes_make_are_a_repository() => Assert.Null(RepositoryLayout.FindFault(
        [File("HEAD"), File("packed-refs"), Configuration(), File(Pack + ".pack"), File(Pack + ".idx")]));

    [Theory]
    [InlineData("hooks/post-checkout")]
    [InlineData("config")]
    [InlineData("objects/info/alternates")]
    [InlineData("objects/pack/pack-0123456789abcdef0123456789abcdef01234567.idx")]
    [InlineData("refs/heads/main")]
    public void Any_other_file_is_refused_by_its_name(string path)
    {
        HutchError? fault = RepositoryLayout.FindFault([File("HEAD"), new PathEntry(DatasetPath.Parse(path).Value, Entry.File(default, 1))]);

        Assert.Contains($"'{path}'", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_no_file_of_a_repository() => Assert.NotNull(RepositoryLayout.FindFault(
        [new PathEntry(DatasetPath.Parse("HEAD").Value, Entry.Link("/etc/passwd"))]));

    private static PathEntry File(string path) => new(DatasetPath.Parse(path).Value, Entry.File(BlobHash.Compute("x"u8), 1));

    private static PathEntry Configuration() =>
        new(DatasetPath.Parse("config").Value, Entry.File(BlobHash.Compute(RepositoryLayout.Configuration), RepositoryLayout.Configuration.Length));
}
