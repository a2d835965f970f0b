using Hutch.DataLad.Objects;
using Hutch.DataLad.Synthesis;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.DataLad.Tests.Synthesis;

/// <summary>What the commit of a version says. Commits are cited, so that a release never makes another one of the same version.</summary>
public sealed class GitCommitTests
{
    private static readonly DatasetId Dataset = new(Guid.Parse("6f1a2b3c-0d4e-4f5a-8b6c-7d8e9f0a1b2c"));

    [Theory]
    [InlineData("ann", "As measured\r\nat 100 K ", "89c95b2cfea0d150bd126126ad399130650d7b9e")]
    [InlineData("agent:i03", null, "b5951f7a479df5d9fe2c1c2630a8d54a4d17dbce")]
    [InlineData("jörg <x>", "Grüße\0", "9d601847a0f2b210bbbd823af76e0a18f53f4feb")]
    public void The_commit_of_a_version_is_this_one_in_every_release(string author, string? message, string expected)
    {
        var snapshot = new SiteSnapshot(7, TreeRoot.Empty, 6, SnapshotReason.Manual, author, message, 1_790_000_000_123, []);
        ObjectId tree = ObjectId.Compute(ObjectKind.Tree, []);

        CommitText text = GitCommit.TextOf(Dataset, snapshot, tree, ObjectId.Compute(ObjectKind.Blob, "hello\n"u8), "zone-1");

        Assert.Equal(expected, ObjectId.Compute(ObjectKind.Commit, text.ToBytes()).ToString());
    }

    [Fact]
    public void It_names_the_login_and_the_zone_and_nothing_that_changes_or_that_is_personal()
    {
        var snapshot = new SiteSnapshot(7, TreeRoot.Empty, null, SnapshotReason.Manual, "ann", "As measured", 1_790_000_000_123, ["v1"]);

        string text = System.Text.Encoding.UTF8.GetString(
            GitCommit.TextOf(Dataset, snapshot, ObjectId.Compute(ObjectKind.Tree, []), null, "zone-1").ToBytes());

        Assert.Equal(
            $"""
            tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
            author ann <ann@zone-1> 1790000000 +0000
            committer ann <ann@zone-1> 1790000000 +0000

            As measured

            Hutch-Version: {Dataset}@7
            Hutch-Tree: {TreeRoot.Empty.Page}

            """,
            text);
    }
}
