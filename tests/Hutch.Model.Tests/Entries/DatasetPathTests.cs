using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Entries;

public sealed class DatasetPathTests
{
    [Theory]
    [InlineData("", "The path '' is empty; a file needs a name.")]
    [InlineData("a\0b", "The path 'a\\u{0}b' contains a NUL character; remove it.")]
    [InlineData("/a", "The path '/a' is absolute; remove the leading slash.")]
    [InlineData("a/", "The path 'a/' ends in a slash; name a file, or create an empty directory without the slash.")]
    [InlineData("a//b", "The path 'a//b' has an empty part; use one slash, not two.")]
    [InlineData("a/./b", "The path 'a/./b' has a part '.'; remove it.")]
    [InlineData(".", "The path '.' has a part '.'; remove it.")]
    [InlineData("a/../../etc", "The path 'a/../../etc' has a part '..'; write the path from the top of the dataset.")]
    [InlineData("..", "The path '..' has a part '..'; write the path from the top of the dataset.")]
    public void Each_rule_that_makes_a_path_invalid_has_its_own_message(string text, string message)
    {
        HutchError? error = DatasetPath.Parse(text).Error;

        Assert.Equal(message, error?.Message);
        Assert.Equal(ErrorCode.InvalidPath, error?.Code);
    }

    [Theory]
    [InlineData(".hutch", true)]
    [InlineData(".Hutch/config", true)]
    [InlineData(".HUTCH/virtual/x", true)]
    [InlineData(".hutch-frames/x", false)]
    [InlineData("a/.hutch/config", false)]
    [InlineData("hutch", false)]
    public void The_control_folder_of_working_directories_is_reserved_at_the_top_in_any_capitals(string text, bool reserved)
    {
        DatasetPath path = DatasetPath.Parse(text).Value;

        Assert.Equal(reserved, ReservedNames.IsReserved(path));
        HutchError? refusal = EntryRules.CheckNew(path, new Entry { Kind = EntryKind.EmptyDirectory }).Error;
        Assert.Equal(reserved ? ErrorCode.InvalidPath : null, refusal?.Code);
    }

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdfff)]
    public void Half_of_a_surrogate_pair_is_refused(int unit)
    {
        string message = DatasetPath.Parse("a" + (char)unit + "b").Error!.Message;

        Assert.Equal(
            $"The path 'a\\u{{{unit:x}}}b' contains half of a surrogate pair, which is not a character; the name must be valid Unicode.",
            message);
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("a/b/c", "a/b a")]
    public void The_directories_above_a_path_go_from_the_nearest_to_the_top(string path, string above) =>
        Assert.Equal(above, string.Join(' ', DatasetPath.Parse(path).Value.Ancestors()));

    [Fact]
    public void A_path_may_have_1024_bytes_and_not_one_more()
    {
        Assert.True(DatasetPath.Parse(new string('a', 1024)).IsOk);
        Assert.True(DatasetPath.Parse(new string('é', 512)).IsOk);

        foreach (string text in (string[])[new string('a', 1025), new string('é', 513), new string('a', 1_000_000)])
        {
            Assert.Contains("is longer than 1024 bytes of UTF-8; shorten it", DatasetPath.Parse(text).Error?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_message_shows_a_long_path_cut_and_never_its_control_characters()
    {
        string message = DatasetPath.Parse("\u001b[31m\u202e" + new string('x', 5000)).Error!.Message;

        Assert.StartsWith("The path '\\u{1b}[31m\\u{202e}xxx", message, StringComparison.Ordinal);
        Assert.Contains("x…x", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 300);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_and_shown_as_bytes()
    {
        HutchError? error = DatasetPath.ParseUtf8([(byte)'a', 0xff, (byte)'b']).Error;

        Assert.Equal("The path 'a\\xffb' is not valid UTF-8; rename the file.", error?.Message);
        Assert.Equal("ž/b", DatasetPath.ParseUtf8("z\u030c/b"u8).Value.Value);
    }

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212b", "Å")] // the angstrom sign is another spelling of Å
    [InlineData("q\u0307\u0323", "q\u0323\u0307")] // marks are put in order
    [InlineData("\u1100\u1161\u11a8", "각")]
    [InlineData("\u0958", "\u0915\u093c")] // excluded from composition
    [InlineData("\U0001d15e", "\U0001d157\U0001d165")]
    public void Paths_are_normalised_to_nfc(string text, string normal) => Assert.Equal(normal, DatasetPath.Parse(text).Value.Value);

    [Fact]
    public void Normalising_twice_changes_nothing()
    {
        Prop.ForAll(Generators.Path.ToArbitrary(), path => DatasetPath.Parse(path.Value).Value == path).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Order_is_the_order_of_utf8_bytes()
    {
        Prop.ForAll(Generators.Path.ToArbitrary(), Generators.Path.ToArbitrary(), (a, b) =>
            Math.Sign(a.CompareTo(b)) == Math.Sign(a.ToUtf8().AsSpan().SequenceCompareTo(b.ToUtf8())))
            .QuickCheckThrowOnFailure();

        Assert.True(string.CompareOrdinal("😀", "\uffee") < 0, "UTF-16 order differs, which is why there is an order of our own.");
        Assert.True(Utf8Order.Compare("😀", "\uffee") > 0);
    }

    [Fact]
    public void Parent_name_and_under_agree()
    {
        DatasetPath path = DatasetPath.Parse("raw/run-1/frame.h5").Value;

        Assert.Equal("frame.h5", path.Name);
        Assert.Equal("raw/run-1", path.Parent?.Value);
        Assert.Null(path.Parent?.Parent?.Parent);
        Assert.True(path.IsUnder(DatasetPath.Parse("raw").Value));
        Assert.False(path.IsUnder(DatasetPath.Parse("raw/run").Value));
        Assert.False(path.IsUnder(path));
    }

    [Fact]
    public void Clashes_of_case_and_of_unicode_form_are_found_once_each()
    {
        PathClash[] clashes =
        [
            .. PathClashes.Find("", ["Data", "data", "x", "σ", "y", "ς"]),
            .. PathClashes.Find("x/", ["É", "é", "e\u0301"]),
            .. PathClashes.Find("y/", ["é"]),
        ];

        Assert.Equal(
            [
                new PathClash(PathClashKind.LetterCase, "Data", "data"),
                new PathClash(PathClashKind.LetterCase, "σ", "ς"),
                new PathClash(PathClashKind.LetterCase, "x/É", "x/é"),
                new PathClash(PathClashKind.UnicodeForm, "x/é", "x/e\u0301"),
            ],
            clashes);
        Assert.All(clashes, clash => Assert.EndsWith("rename one of them.", clash.Message, StringComparison.Ordinal));
    }
}
