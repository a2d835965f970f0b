using System.Net;
using System.Text;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

/// <summary>A list with nothing in it is neither an error nor silence, and may be empty only for who is not logged in.</summary>
public sealed class EmptyListTests : IDisposable
{
    private const string Anonymous = " You are anonymous: `hutch login URL` logs you in.";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("No datasets yet. `hutch init` or `hutch ingest` creates one.", "list")]
    [InlineData("No dataset matches.", "list", "--state", "trash")]
    [InlineData("alice/lysozyme is empty.", "list", "lysozyme")]
    [InlineData("alice/lysozyme has nothing under 'run1/'.", "list", "lysozyme", "--prefix", "run1/")]
    [InlineData("alice/lysozyme has nothing with 'master' in its name.", "list", "lysozyme", "--contains", "master")]
    [InlineData("alice/lysozyme has nothing with 'A' in its name under 'run1/'.", "list", "lysozyme", "--contains", "A", "--prefix", "run1/")]
    [InlineData("No results.", "search", "lysozyme")]
    [InlineData("alice/lysozyme has no snapshots yet.", "log", "lysozyme")]
    [InlineData("alice/lysozyme has no tags.", "tag", "lysozyme")]
    [InlineData("alice/lysozyme is not shared.", "share", "lysozyme")]
    [InlineData("No runs.", "runs", "list")]
    [InlineData("No run read or wrote alice/lysozyme.", "runs", "list", "lysozyme")]
    [InlineData("No dataset is offered to you.", "offer", "list")]
    [InlineData("You offer no dataset.", "offer", "list", "--own")]
    [InlineData("There are no open invites.", "invite", "list", "lysozyme")]
    [InlineData("There are no open invites.", "invite", "list", "@crystallographers")]
    [InlineData("There are no groups.", "group", "list")]
    [InlineData("There are no users.", "user", "list")]
    [InlineData("You have no tokens.", "token", "list")]
    [InlineData("This server has no analysis steps.", "analyse", "--list-steps")]
    public async Task It_says_so_and_whether_one_is_anonymous(string sentence, params string[] command)
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/resolve", StringComparison.Ordinal)
            ? null
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"items":[],"prefixes":[],"found":0,"more":false,"facets":[]}""", Encoding.UTF8, "application/json") };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));
        Assert.Equal(("", sentence + "\n"), (_line.Out, _line.Error));

        Assert.Equal(ExitCode.Ok, await _line.RunAsync([.. command, "--json"]));
        Assert.Equal(("", ""), (_line.Out, _line.Error));

        _line.Environment.Remove("HUTCH_TOKEN");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));
        Assert.Equal(("", sentence + Anonymous + "\n"), (_line.Out, _line.Error));
    }
}
