namespace Hutch.Model.Tests.Identity;

public sealed class NameTests
{
    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-1", true)]
    [InlineData("ab", false)]
    [InlineData("-ab", false)]
    [InlineData("ab-", false)]
    [InlineData("Abc", false)]
    [InlineData("a.c", false)]
    [InlineData("a_c", false)]
    [InlineData("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11", false)]
    public void A_slug_has_three_to_63_lower_case_letters_digits_and_dashes(string text, bool valid)
    {
        Assert.Equal(valid, Slug.Parse(text).IsOk);
        Assert.False(Slug.Parse(new string('a', 64)).IsOk);
        Assert.True(Slug.Parse(new string('a', 63)).IsOk);
    }

    [Theory]
    [InlineData("@1", SnapshotRefKind.Number, 1, "1")]
    [InlineData("12345678", SnapshotRefKind.Number, 12345678, "12345678")]
    [InlineData("@1234567890", SnapshotRefKind.HashPrefix, 0, "1234567890")]
    [InlineData("@deadBEEF", SnapshotRefKind.HashPrefix, 0, "deadbeef")]
    [InlineData("@deadbee", SnapshotRefKind.Tag, 0, "deadbee")]
    [InlineData("@v1.0", SnapshotRefKind.Tag, 0, "v1.0")]
    public void A_snapshot_is_named_by_number_tag_or_hash(string text, SnapshotRefKind kind, int number, string name)
    {
        SnapshotRef reference = SnapshotRef.Parse(text).Value;

        Assert.Equal((kind, number, name), (reference.Kind, reference.Number, reference.Text));
        Assert.Equal(reference, SnapshotRef.Parse(reference.ToString()).Value);
    }

    [Theory]
    [InlineData("@0")]
    [InlineData("@")]
    [InlineData("@-1")]
    [InlineData("@a b")]
    [InlineData("@a@b")]
    [InlineData("@000000000")]
    public void What_names_no_snapshot_is_refused(string text) => Assert.Equal(ErrorCode.InvalidName, SnapshotRef.Parse(text).Error?.Code);

    [Theory]
    [InlineData("v1", true)]
    [InlineData("deadbeef", false)]
    [InlineData("12", false)]
    public void A_tag_can_not_be_taken_for_a_number_or_a_hash(string text, bool valid) => Assert.Equal(valid, SnapshotRef.ParseTag(text).IsOk);

    [Theory]
    [InlineData("lysozyme")]
    [InlineData("jan/lysozyme")]
    [InlineData("jan/lysozyme@3")]
    [InlineData("lysozyme@published")]
    [InlineData("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11")]
    [InlineData("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11@0123456789abcdef")]
    public void A_dataset_reference_reads_back_as_it_is_written(string text) => Assert.Equal(text, DatasetRef.Parse(text).Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("@3")]
    [InlineData("a/b/c")]
    [InlineData("jan/")]
    [InlineData("/lysozyme")]
    [InlineData("lysozyme@")]
    public void What_names_no_dataset_is_refused(string text) => Assert.Equal(ErrorCode.InvalidName, DatasetRef.Parse(text).Error?.Code);
}
