namespace Hutch.EndToEnd.Tests.Documentation;

public sealed class PageScriptTests
{
    [Fact]
    public void Marked_blocks_and_hidden_ones_are_read_in_order()
    {
        string page = "# Page\n<!-- sh\nmake input\n-->\ntext `hutch no`\n```sh\nnot this\n```\n```sh hutch\nhutch push   # why\n```\n";

        Assert.Equal("make input\nhutch push   # why\n", PageScript.Read(page));
    }

    [Fact]
    public void A_block_for_another_terminal_runs_in_the_background_and_checks_can_wait_for_it()
    {
        string page = "```sh hutch &\nhutch capture\n```\n```sh hutch\nhutch simulate\n```\n<!-- sh check\ncat ~/terminal-1\n-->\n";

        Assert.Equal("set -m; {\nhutch capture\n} >~/terminal-1 & set +m\nhutch simulate\ncat ~/terminal-1\n", PageScript.Read(page));
    }

    [Fact]
    public void An_open_block_is_an_error()
    {
        Assert.Throws<FormatException>(() => PageScript.Read("```sh hutch\nhutch push\n"));
    }
}
