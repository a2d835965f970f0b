using System.CommandLine;
using System.Diagnostics;
using Hutch.Cli.Manual;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class ManualTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Each_visible_command_has_its_arguments_options_and_examples_in_the_page_of_its_verb()
    {
        await _line.RunAsync("manual", "man1");

        RootCommand root = FullProgram.BuildAll(_line.Host("", TextWriter.Null, TextWriter.Null));
        Command[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden)];
        Assert.Equal(
            verbs.Select(verb => $"hutch-{verb.Name}.1").Append("hutch.1").Order(StringComparer.Ordinal),
            Directory.GetFiles(_line.Folder["man1"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (Command verb in verbs)
        {
            string page = Page($"hutch-{verb.Name}.1");
            foreach (Command command in HelpTests.Walk(verb).Prepend(verb).Where(command => !command.Hidden))
            {
                Assert.All(command.Arguments, argument => Assert.Contains(Roff.Italic(argument.Name.ToUpperInvariant()), page, StringComparison.Ordinal));
                Assert.All(
                    command.Options.Where(option => !option.Hidden && option.Name != "--help"),
                    option => Assert.Contains(Roff.Bold(option.Name), page, StringComparison.Ordinal));
                Assert.All(command is Verb leaf ? leaf.Examples : [], example => Assert.Contains(Roff.Escape(example), page, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task The_first_page_names_every_verb_exit_code_and_common_option()
    {
        await _line.RunAsync("manual", "man1");

        RootCommand root = FullProgram.BuildAll(_line.Host("", TextWriter.Null, TextWriter.Null));
        string page = Page("hutch.1");
        Assert.All(root.Subcommands.Where(verb => !verb.Hidden), verb => Assert.Contains($"\n{Roff.Bold("hutch-" + verb.Name)}(1)\n", page, StringComparison.Ordinal));
        Assert.All(ExitCode.All, code => Assert.Contains($"\n{Roff.Bold($"{code.Code}")}\n", page, StringComparison.Ordinal));
        Assert.Contains(Roff.Bold("--remote"), page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_date_gives_the_same_bytes()
    {
        _line.Environment["SOURCE_DATE_EPOCH"] = "1795737600";
        await _line.RunAsync("manual", "man1");
        await _line.RunAsync("manual", "again");

        foreach (string file in Directory.GetFiles(_line.Folder["man1"]))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_line.Folder["again"], Path.GetFileName(file))));
        }

        Assert.Contains(".TH HUTCH\\-PUSH 1 \"2026-11-27\" \"hutch ", Page("hutch-push.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mandoc_has_nothing_to_remark_on_any_page()
    {
        _line.Environment["SOURCE_DATE_EPOCH"] = "1795737600";
        await _line.RunAsync("manual", "man1");

        ProcessStartInfo start = new("mandoc", ["-T", "lint", "-W", "style", .. Directory.GetFiles(_line.Folder["man1"]).Order(StringComparer.Ordinal)])
        {
            RedirectStandardOutput = true,
        };
        using Process mandoc = Process.Start(start)!;
        string remarks = await mandoc.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await mandoc.WaitForExitAsync(TestContext.Current.CancellationToken);

        // The pages of other programs are not its concern, nor whether those of this one are installed.
        Assert.Equal([], remarks.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("referenced manual not found", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("hutch push --every 2m", "hutch push \\-\\-every 2m")]
    [InlineData("don't \"quote\" a\\b", "don\\(aqt \\(dqquote\\(dq a\\eb")]
    [InlineData("~/x ^ 5F2C… µ", "\\(ti/x \\(ha 5F2C\\[u2026] \\[u00B5]")]
    public void Text_is_shown_as_it_is_and_can_be_copied(string text, string roff) => Assert.Equal(roff, Roff.Escape(text));

    [Fact]
    public void A_line_that_begins_with_a_dot_is_text_and_code_is_bold()
    {
        Assert.Equal("\\&.hutchignore and \\fBhutch push\\fR\n", new Roff().Text(".hutchignore and `hutch push`").ToString());
    }

    private string Page(string name) => File.ReadAllText(Path.Combine(_line.Folder["man1"], name));
}
