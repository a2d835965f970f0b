using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Types.Yaml;
using YamlDotNet.RepresentationModel;

namespace Hutch.Types.Tests.Yaml;

public sealed class BoundedYamlTests
{
    private static readonly string[] Pieces =
    [
        "a: 1\n", "b:\n", "  - x\n", "- ", ": ", "? ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "!", "|\n", ">\n", "'", "\"", "\\", "#", "%YAML 1.1\n",
        "---\n", "...\n", "\t", " ", "\n", "\r", "é", "\0", "\u2028", "\ud83d\ude00", "<<: ", "~", "@", "`", "null", "0x1", "1e5", "- - - ", "key: [1, 2\n",
    ];

    [Fact]
    public void Garbage_is_refused_with_a_place_and_never_throws() => Prop.ForAll(
        (from count in Gen.Choose(0, 40) from pieces in Gen.Elements(Pieces).ArrayOf(count) select string.Concat(pieces)).ToArbitrary(),
        text => IsReadOrTold(Encoding.UTF8.GetBytes(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_bytes_are_refused_with_a_place_and_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => IsReadOrTold(bytes ?? [])).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("a: &x 1\nb: *x\n", "line 2, column 4: aliases (*name) are not allowed")]
    [InlineData("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key is there already")]
    [InlineData("", "line 1, column 1: the document is empty")]
    [InlineData("# nothing\n", "line 1, column 1: the document is empty")]
    [InlineData("a: 1\n---\nb: 1\n", "line 3, column 1: a second document starts here")]
    [InlineData("- a\n", "line 1, column 1: a section is expected")]
    [InlineData("a: 1\n  b: 2\n", "line 2, column 4: ")]
    [InlineData("a: [1\nb: 2\n", "line ")]
    public void What_is_wrong_is_told_with_its_place(string text, string expected)
    {
        Assert.False(BoundedYaml.TryRead(Encoding.UTF8.GetBytes(text), out _, out DocumentProblem? problem));

        Assert.StartsWith(expected, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF_8_is_told_with_its_place()
    {
        Assert.False(BoundedYaml.TryRead("a: 1\nb: \xff"u8[..8].ToArray().Append((byte)0xff).ToArray(), out _, out DocumentProblem? problem));

        Assert.Equal("line 2, column 4: this is not UTF-8: save the file as UTF-8.", problem.ToString());
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        Assert.False(BoundedYaml.TryRead(Encoding.UTF8.GetBytes(bomb.ToString()), out _, out DocumentProblem? problem));
        Assert.Equal(2, problem.Line);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void A_document_that_is_too_deep_is_refused(char opening)
    {
        string text = "a: " + new string(opening, 100_000);

        Assert.False(BoundedYaml.TryRead(Encoding.UTF8.GetBytes(text), out _, out DocumentProblem? problem));
        Assert.Contains("nested deeper than 32", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_with_too_many_values_is_refused()
    {
        string text = "a: [" + string.Concat(Enumerable.Repeat("1,", BoundedYaml.MaxNodes)) + "]";

        Assert.False(BoundedYaml.TryRead(Encoding.UTF8.GetBytes(text), out _, out DocumentProblem? problem));
        Assert.Contains("more than 20000 keys and values", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_too_large_is_refused()
    {
        Assert.False(BoundedYaml.TryRead(new byte[BoundedYaml.MaxBytes + 1], out _, out DocumentProblem? problem));

        Assert.Contains("the limit is 262144", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scalars_become_what_they_look_like_and_quoted_ones_stay_texts()
    {
        const string Text = "a: 1\nb: '1'\nc: 1.5e3\nd: true\ne: ~\nf:\ng: yes\nh: 0042\ni: 0.5\nj: 2021-12-27\nk: [1, x]\nl: ''\n";
        Assert.True(BoundedYaml.TryRead(Encoding.UTF8.GetBytes(Text), out YamlMappingNode? root, out _));

        Assert.Equal(
            """{"a":1,"b":"1","c":1500,"d":true,"e":null,"f":null,"g":"yes","h":"0042","i":0.5,"j":"2021-12-27","k":[1,"x"],"l":""}""",
            YamlValues.ToJson(root).ToJsonString());
    }

    private static bool IsReadOrTold(byte[] bytes)
    {
        if (BoundedYaml.TryRead(bytes, out YamlMappingNode? root, out DocumentProblem? problem))
        {
            return YamlValues.ToJson(root) is not null;
        }

        return problem is { Line: >= 1, Column: >= 1, Message.Length: > 0 };
    }
}
