using Hutch.Client.Tests.Fakes;
using Hutch.Commands.Hosting;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Cli.Tests;

/// <summary>Runs command lines in a home and a folder of its own, against a server in memory.</summary>
internal sealed class CommandLine : IDisposable
{
    internal TemporaryFolder Folder { get; } = new();

    internal FakeServer Server { get; } = new();

    internal Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["HUTCH_TOKEN"] = "hutch_test_token", ["HUTCH_REMOTE"] = "http://127.0.0.1:1" };

    internal string Out { get; private set; } = "";

    internal string Error { get; private set; } = "";

    internal string Input { get; set; } = "";

    /// <summary>True for a person at a terminal, who is asked.</summary>
    internal bool IsTerminal { get; set; }

    internal List<string> Opened { get; } = [];

    internal TimeProvider Time { get; set; } = new InstantTime();

    public void Dispose()
    {
        Folder.Dispose();
        Server.Dispose();
    }

    internal Task<int> RunAsync(params string[] args) => RunInAsync("", args);

    internal Task<int> RunInAsync(string folder, params string[] args) => RunInAsync(folder, args, TestContext.Current.CancellationToken);

    internal Task<int> RunAsync(CancellationToken interrupt, params string[] args) => RunInAsync("", args, interrupt);

    private async Task<int> RunInAsync(string folder, string[] args, CancellationToken interrupt)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await FullProgram.RunAsync(args, Host(folder, output, error), interrupt);
        (Out, Error) = (output.ToString(), error.ToString());
        return code;
    }

    private bool Open(string url)
    {
        Opened.Add(url);
        return IsTerminal;
    }

    internal CliHost Host(string folder, TextWriter output, TextWriter error) => new()
    {
        Out = output,
        Error = error,
        In = new StringReader(Input),
        Environment = name => name == "HOME" ? Folder.Path : Environment.GetValueOrDefault(name),
        Folder = Path.Combine(Folder.Path, folder).TrimEnd('/'),
        Handler = Server.Unowned(),
        IsTerminal = IsTerminal,
        IsInteractive = IsTerminal,
        HasColour = IsTerminal && CliHost.TakesColour(name => Environment.GetValueOrDefault(name)),
        OpenBrowser = Open,
        Time = Time,
    };
}
