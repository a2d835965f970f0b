using System.Text;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Tests.Objects;

/// <summary>The names that git itself gives to the same objects.</summary>
public sealed class ObjectIdTests
{
    [Fact]
    public void A_blob_has_the_name_that_git_gives_it() =>
        Assert.Equal("ce013625030ba8dba906f756967f9e9ca394464a", ObjectId.Compute(ObjectKind.Blob, "hello\n"u8).ToString());

    [Fact]
    public void The_empty_tree_has_the_name_that_git_gives_it() =>
        Assert.Equal("4b825dc642cb6eb9a060e54bf8d69288fbee4904", ObjectId.Compute(ObjectKind.Tree, []).ToString());

    [Fact]
    public void Both_ways_to_name_an_object_agree()
    {
        byte[] padded = new byte[ObjectId.MaxHeaderBytes + 1000];
        new Random(1).NextBytes(padded);

        Assert.Equal(
            ObjectId.Compute(ObjectKind.Commit, padded.AsSpan(ObjectId.MaxHeaderBytes)), ObjectId.OfPadded(ObjectKind.Commit, padded));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ce013625030ba8dba906f756967f9e9ca394464")]
    [InlineData("CE013625030BA8DBA906F756967F9E9CA394464A")]
    [InlineData("ze013625030ba8dba906f756967f9e9ca394464a")]
    public void An_object_id_must_have_forty_lowercase_hex_digits(string text) =>
        Assert.False(ObjectId.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void A_commit_omits_characters_from_names_that_would_break_its_lines()
    {
        var commit = new CommitText(default, null, "a <b>\n", "x>y@zone", 5, "m\n");

        string text = Encoding.UTF8.GetString(commit.ToBytes());

        Assert.Equal(
            "tree 0000000000000000000000000000000000000000\nauthor a b <xy@zone> 5 +0000\ncommitter a b <xy@zone> 5 +0000\n\nm\n", text);
    }
}
