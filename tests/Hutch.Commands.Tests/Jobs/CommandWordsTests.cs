using Hutch.Commands.Jobs;
using Hutch.Model;

namespace Hutch.Commands.Tests.Jobs;

public sealed class CommandWordsTests
{
    [Fact]
    public void Folders_take_the_place_of_what_stands_for_them_and_other_braces_stay()
    {
        string[] words = CommandWords.Fill(["p", "{input}/a b", "out={output}", "{x}", "{input2}"], ["/in"], "/out");

        Assert.Equal(["p", "/in/a b", "out=/out", "{x}", "{input2}"], words);
    }

    [Fact]
    public void Several_inputs_have_numbers()
    {
        string[] words = CommandWords.Fill(["{input2}", "{input1}", "{output}"], ["/one", "/two"], "/out");

        Assert.Equal(["/two", "/one", "/out"], words);
    }

    [Theory]
    [InlineData(1, "does not name {output}", "p", "{input}")]
    [InlineData(2, "There are 2 inputs", "p", "{input}", "{output}")]
    public void A_command_with_unsuitable_placeholders_is_refused(int inputs, string why, params string[] words) =>
        Assert.Contains(why, CommandWords.Check(words, inputs).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void The_line_that_is_recorded_is_one_that_a_shell_reads_as_the_same_words() => Assert.Equal(
        @"p {input}/1.cbf 'a b' 'it'\''s' '' '$x' d_min=1.8", CommandText.Join(["p", "{input}/1.cbf", "a b", "it's", "", "$x", "d_min=1.8"]));

    [Theory]
    [InlineData("sh", "/bin", true)]
    [InlineData("sh", "/proc", false)]
    [InlineData("./passwd", "/bin", false)]
    [InlineData("../bin/sh", "", true)]
    public void A_program_is_looked_for_as_a_shell_does(string program, string path, bool isThere) =>
        Assert.Equal(isThere, CommandWords.Find(program, "/etc", path) is not null);

    [Theory]
    [InlineData("lysozyme", "lysozyme", null)]
    [InlineData("ada/lysozyme@2=/scratch/a=b", "ada/lysozyme@2", "/scratch/a=b")]
    [InlineData("lysozyme=", "lysozyme", null)]
    public void An_input_may_say_where_it_is_staged(string text, string dataset, string? folder) =>
        Assert.Equal(new JobInput(dataset, folder), JobInput.Parse(text));
}
