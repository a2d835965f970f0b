using Hutch.Commands.Hosting;
using Hutch.Testing.Clocks;

namespace Hutch.Cli.Tests.BadInput;

/// <summary>Somebody at a shell: a home, a token, and commands that run in this process against a real server.</summary>
internal sealed class Person(string home, Uri server, string token)
{
    internal string Home => home;

    internal string this[string name] => Path.Combine(home, name);

    internal Person With(string otherToken) => new(home, server, otherToken);

    internal Person At(Uri otherServer) => new(home, otherServer, token);

    /// <summary>A folder with files in it, by name and content.</summary>
    internal void Write(string folder, params (string Name, string Content)[] files)
    {
        Directory.CreateDirectory(this[folder]);
        foreach ((string name, string content) in files)
        {
            File.WriteAllText(Path.Combine(this[folder], name), content);
        }
    }

    /// <summary>A command that must succeed; what it printed.</summary>
    internal async Task<string> DoAsync(string folder, params string[] args)
    {
        (int code, string shown) = await RunAsync(folder, null, args);
        Assert.True(code == ExitCode.Ok, $"hutch {string.Join(' ', args)}: exit {code}\n{shown}");
        return shown.Trim();
    }

    /// <summary>Runs a command; its exit code and what a person reads.</summary>
    internal async Task<(int Code, string Shown)> RunAsync(string folder, Func<HttpRequestMessage, Task>? before, params string[] args)
    {
        using var shown = new StringWriter();
        using Interceptor? network = before is null ? null : new Interceptor(before);
        var host = new CliHost
        {
            Out = shown,
            Error = shown,
            In = TextReader.Null,
            Environment = name => name switch
            {
                "HOME" => home,
                "HUTCH_REMOTE" => server.ToString(),
                "HUTCH_TOKEN" => token,
                _ => null,
            },
            Folder = this[folder].TrimEnd('/'),
            Handler = network,
            // The reader of HDF5 files has a time limit; all other waits are over at once.
            Time = args[0] == "ingest" ? TimeProvider.System : new InstantTime(),
        };
        int code = await FullProgram.RunAsync(args, host, TestContext.Current.CancellationToken);
        return (code, shown.ToString());
    }
}
