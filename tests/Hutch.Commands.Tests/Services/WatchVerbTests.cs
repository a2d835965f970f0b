using Hutch.Client.Configuration;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Commands.Tests.Services;

/// <summary>The command line of growing folders, as far as it needs no server.</summary>
public sealed class WatchVerbTests : IDisposable
{
    private const string Remote = "http://127.0.0.1:1";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public WatchVerbTests() => Workspace.Create(
        _folder["epu"],
        new WorkspaceConfig { Remote = Remote, Dataset = new DatasetId(Guid.NewGuid()), Name = "ada/run1", Watched = true }).Dispose();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("push --to ada/run1", ExitCode.Usage, "are for --watch FOLDER")]
    [InlineData("push --remove-sent", ExitCode.Usage, "are for --watch FOLDER")]
    [InlineData("push --watch epu --site-key SHA256:00", ExitCode.Usage, "--site-key is for --remove-sent")]
    [InlineData("push --watch epu --remove-sent --site-key SHA256:00", ExitCode.Usage, "is not the fingerprint of a site's key")]
    [InlineData("push --watch epu --limit 1k", ExitCode.Usage, "it must be at least 10.0 kB per second")]
    [InlineData("push --watch epu --quiet-for soon", ExitCode.Usage, "'soon' is not a duration")]
    [InlineData("push --watch epu --finished-when a/b", ExitCode.Usage, "leave out folders and '!'")]
    [InlineData("push --watch none --to ada/run1", ExitCode.NotFound, "There is no folder")]
    [InlineData("push --watch epu --to ada/run2", ExitCode.Conflict, "goes to ada/run1, not to ada/run2")]
    [InlineData("push --watch . --to ada/run2@3", ExitCode.Usage, "names a snapshot, which never changes")]
    [InlineData("push --watch epu --install-service", ExitCode.NotLoggedIn, "A service keeps no token")]
    [InlineData("push --watch epu --remove-service", ExitCode.NotFound, "There is no service hutch-watch-epu-")]
    public async Task Invalid_arguments_are_refused_with_the_reason(string line, int code, string message)
    {
        Assert.Equal(code, await RunAsync(_folder.Path, line.Split(' ')));

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push")]
    [InlineData("pull")]
    [InlineData("drop a")]
    public async Task Verbs_of_working_directories_refuse_a_growing_folder(string line)
    {
        Assert.Equal(ExitCode.Conflict, await RunAsync(_folder["epu"], line.Split(' ')));

        Assert.Contains("is sent by `hutch push --watch`", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_whose_state_would_be_written_through_a_link_is_refused()
    {
        Directory.CreateDirectory(_folder["shared"]);
        Directory.CreateSymbolicLink(_folder["shared/.hutch"], _folder["epu/.hutch"]);

        Assert.Equal(ExitCode.Conflict, await RunAsync(_folder.Path, "push", "--watch", "shared"));

        Assert.Contains("is a link", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_working_directory_is_not_taken_for_a_growing_folder()
    {
        Workspace.Create(_folder["clone"], new WorkspaceConfig { Remote = Remote, Dataset = new DatasetId(Guid.NewGuid()) }).Dispose();

        Assert.Equal(ExitCode.Conflict, await RunAsync(_folder.Path, "push", "--watch", "clone", "--to", "ada/run1"));

        Assert.Contains("is a working directory of", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string folder, params string[] arguments) => HutchProgram.RunAsync(
        arguments,
        new CliHost
        {
            Out = _output,
            Error = _error,
            In = TextReader.Null,
            Environment = name => name switch
            {
                "HOME" => _folder.Path,
                Connection.RemoteVariable => Remote,
                Connection.TokenVariable => "hutch_test_token",
                _ => null,
            },
            Folder = folder,
        },
        TestContext.Current.CancellationToken);
}
