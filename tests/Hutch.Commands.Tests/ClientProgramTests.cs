using System.CommandLine;
using Hutch.Commands.Hosting;
using Hutch.Testing;

namespace Hutch.Commands.Tests;

/// <summary>The program without the verbs of the server: what it has, and what it says of the others.</summary>
public sealed class ClientProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("serve", "serve --data /srv/hutch")]
    [InlineData("serve", "serve --help")]
    [InlineData("serve", "help serve")]
    [InlineData("analyse", "-q analyse lysozyme")]
    [InlineData("backup", "backup create /backup")]
    [InlineData("user recover-admin", "user recover-admin --data /srv/hutch")]
    [InlineData("type check", "type check powder.yaml")]
    [InlineData("agent dry-run", "agent dry-run")]
    public async Task A_verb_of_the_full_program_is_named_with_the_place_where_it_is(string verb, string arguments)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(arguments.Split(' ')));

        Assert.Equal("", _output.ToString());
        Assert.Equal(
            $"hutch: `hutch {verb}` is in the full program, not in the client: install the full program on this machine, or run the "
            + $"command on one that has it.{Environment.NewLine}",
            _error.ToString());
    }

    [Fact]
    public async Task The_help_and_the_completion_offer_only_what_the_program_has()
    {
        await RunAsync("--help");
        string help = _output.ToString();

        Assert.Contains("  clone       Download a dataset", help, StringComparison.Ordinal);
        Assert.Contains("also: user, quota, space, audit, agent, adopt, servers, queue, gc", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Start the server", help, StringComparison.Ordinal);
        Assert.DoesNotContain("analyse", help, StringComparison.Ordinal);

        await RunAsync("completion", "fish");
        string script = _output.ToString()[help.Length..];

        Assert.Contains("recall", script, StringComparison.Ordinal);
        Assert.DoesNotContain("recover-admin", script, StringComparison.Ordinal);
        Assert.DoesNotContain("simulate", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serv", "There is no command 'serv'; did you mean 'sent'?")]
    [InlineData("lisst", "There is no command 'lisst'; did you mean 'list'?")]
    public async Task A_word_that_no_program_knows_is_answered_with_a_verb_that_this_one_has(string word, string expected)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(word));

        Assert.StartsWith("hutch: " + expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_no_server_works_without_one()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("version"));

        Assert.StartsWith("hutch ", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_has_the_verbs_of_a_desk()
    {
        RootCommand root = HutchProgram.BuildAll(Host());
        string[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];

        string[] desk =
        [
            "login", "logout", "whoami", "token", "list", "search", "info", "init", "clone", "get", "pull", "push", "stage", "drop",
            "resolve", "status", "log", "diff", "verify", "derive", "close", "title", "tag", "share", "metadata", "run", "runs", "site",
            "rule", "pin", "home", "datalad", "import-ria", "export-ria", "completion", "version",
        ];
        Assert.Empty(desk.Except(verbs));
    }

    private Task<int> RunAsync(params string[] arguments) =>
        HutchProgram.RunAsync(arguments, Host(), TestContext.Current.CancellationToken);

    private CliHost Host() => new()
    {
        Out = _output,
        Error = _error,
        In = TextReader.Null,
        Environment = name => name == "HOME" ? _folder.Path : null,
        Folder = _folder.Path,
    };
}
