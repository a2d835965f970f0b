using System.Text.Json;
using Hutch.Commands.Output;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Cli.Tests;

/// <summary>What others have written reaches no terminal raw.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Evil = "a\u001b]0;owned\u0007\u001b[2K\rb\u202etxt.exe\u2066\u009b31m\nfake line";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Names_links_messages_and_titles_are_quoted_wherever_they_are_printed()
    {
        _line.Server.Change((Evil, "1"), ("changed" + Evil, "1"));
        _line.Server.Title = Evil;
        _line.Server.Message = Evil;
        await RunAsync("", "clone", "lysozyme", "d");
        _line.Folder.Write("d/changed" + Evil, "2");
        _line.Folder.Write("d/new" + Evil, "2");
        File.CreateSymbolicLink(_line.Folder["d/link"], Evil);
        File.Delete(_line.Folder["d/" + Evil]);

        foreach (string[] args in (string[][])
            [["status"], ["diff"], ["info"], ["list", "lysozyme", "-r"], ["list"], ["log"], ["title", "lysozyme"], ["push"], ["drop", "."], ["diff", "@1"], ["pull"]])
        {
            await RunAsync("d", args);
            if (args is ["status"])
            {
                Assert.Contains(@"  removed       $'a\033]0;owned\007\033[2K\015b\u202etxt.exe\u2066\u009b31m\nfake line'" + "\n", _line.Out, StringComparison.Ordinal);
            }

            await RunAsync("d", [.. args, "--json"]);
            Assert.All(_line.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => JsonDocument.Parse(l).Dispose());
        }
    }

    [Fact]
    public async Task What_a_server_answers_is_quoted_too()
    {
        _line.Server.Intercept = _ => _line.Server.Reject(ErrorCode.NotFound, Evil);

        await RunAsync("", "info", "lysozyme", "--verbose");

        Assert.Contains(@"\u001b]0;owned\u0007", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_what_was_stored()
    {
        _line.Server.Change((Evil, "1"));

        await RunAsync("", "list", "lysozyme", "-r", "--json");

        Assert.Equal(Evil, JsonSerializer.Deserialize(_line.Out, HutchJson.Default.EntryInfo)!.Path);
    }

    [Theory]
    [InlineData("plain-Ünïcode 名前 👩‍🔬.txt", "plain-Ünïcode 名前 👩‍🔬.txt")]
    [InlineData("tab\there\n", "tab\there\n")]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    [InlineData("\u0085\u009b\u007f\r", "\\u0085\\u009b\\u007f\\u000d")]
    [InlineData("\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069", "\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a\\u202e\\u2066\\u2069")]
    public void Only_what_a_terminal_acts_on_is_written_out(string text, string expected) => Assert.Equal(expected, TerminalWriter.Escape(text));

    private async Task RunAsync(string folder, params string[] args)
    {
        await _line.RunInAsync(folder, args);
        Assert.DoesNotContain(_line.Out + _line.Error, c => c != '\n' && TerminalWriter.Escape([c]) != c.ToString());
        Assert.DoesNotContain("\nfake line", _line.Out, StringComparison.Ordinal);
    }
}
