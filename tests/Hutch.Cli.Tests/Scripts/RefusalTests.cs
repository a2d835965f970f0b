using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Commands that cannot be meant, and what is said of them before anything is asked or made.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("--allow-links", "ingest", "x_master.h5", "lysozyme", "--follow", "DIR")]
    [InlineData("add --live", "ingest", "x_master.h5", "lysozyme", "--idle", "5s")]
    [InlineData("Say where the stream comes from: --listen, --copies or --direct, one of them.", "capture", "--dataset", "x")]
    [InlineData("Cannot listen at 'nowhere': Invalid argument.", "capture", "--dataset", "x", "--listen", "nowhere")]
    [InlineData("has a line without two words: 'mx2'.", "capture", "--dataset", "x", "--listen", "tcp://127.0.0.1:*", "--owners", "owners")]
    [InlineData("--temporary is 1 to 36 500 days.", "capture", "--dataset", "x", "--listen", "tcp://127.0.0.1:*", "--temporary", "0")]
    [InlineData("There is no program 'no-such-program'", "run", "--input", "lysozyme", "--output", "none", "--", "no-such-program", "{output}")]
    [InlineData("does not name {output}", "run", "--input", "lysozyme", "--output", "none", "--", "sh", "-c", "echo nothing")]
    [InlineData("says that it is a secret", "run", "--input", "lysozyme", "--output", "none", "--record-variable", "HUTCH_TOKEN", "--", "sh", "{output}")]
    public async Task It_is_refused_before_anything_is_asked_or_made(string why, params string[] command)
    {
        _line.Folder.Write("owners", "mx1 group\nmx2\n");

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync(command));

        Assert.Contains(why, _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);
        // The folder of the logins, .config, also records that a server accepts the token.
        string[] made = [.. Directory.EnumerateFileSystemEntries(_line.Folder.Path).Where(path => !path.EndsWith("/.config", StringComparison.Ordinal))];
        Assert.Equal([_line.Folder["owners"]], made);
    }

    [Fact]
    public async Task Recovering_the_administrator_does_not_create_a_missing_data_folder()
    {
        string nothing = _line.Folder["nothing"];

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("user", "recover-admin", "--data", nothing));

        Assert.Contains("is not a Hutch data folder", _line.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nothing));
    }
}
