namespace Hutch.Architecture.Tests.Reading;

/// <summary>In each text, `code…` stands in code, `text…` in a string and `prose…` in a comment.</summary>
public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("code1 // prose \"prose\"\ncode2")]
    [InlineData("code1 /* prose\n \" prose */ code2")]
    [InlineData("code1(\"text // text\") + code2")]
    [InlineData("code1(\"\\\"text\\\\\") + code2 // prose")]
    [InlineData("code1('\"') + code2 + '\\'' + code3(\"text\")")]
    [InlineData("code1(@\"text\\\") + code2(@\"text \"\" text\")")]
    [InlineData("code1($\"text {code2 + \"text\" + code3} text\") + code4")]
    [InlineData("code1($\"{{text}} {code2} text\")")]
    [InlineData("code1($@\"text\\ {code2(new { code3 = 1 })} text\")")]
    [InlineData("code1(\"\"\"text \"text\" \"\" text\"\"\") + code2")]
    [InlineData("code1($$\"\"\"text {text} {{code2(\"text\")}} text\"\"\") + code3")]
    [InlineData("code1(\"text\"u8) + code2")]
    public void Code_strings_and_comments_are_distinguished(string text)
    {
        (string code, string strings) = CSharpText.Split(text);

        Assert.Equal(Count(text, "code"), Count(code, "code"));
        Assert.Equal(Count(text, "text"), Count(strings, "text"));
        Assert.Equal((0, 0), (Count(code, "text"), Count(code, "prose")));
        Assert.Equal((0, 0), (Count(strings, "code"), Count(strings, "prose")));
    }

    [Fact]
    public void Every_file_here_keeps_its_lines_and_has_as_many_opening_as_closing_braces()
    {
        Assert.All(Repository.Sources("src", "tests", "bench"), file =>
        {
            Assert.Equal(file.LineCount, Count(file.Code, "\n"));
            Assert.Equal(file.LineCount, Count(file.Strings, "\n"));
            Assert.Equal(Count(file.Code, "{"), Count(file.Code, "}"));
        });
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
