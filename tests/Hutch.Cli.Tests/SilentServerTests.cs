using System.Net;
using System.Net.Sockets;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

/// <summary>A server that takes a connection and says nothing.</summary>
public sealed class SilentServerTests : IDisposable
{
    private readonly CommandLine _line = new();
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly StringWriter _output = new();

    public SilentServerTests() => _silent.Start();

    public void Dispose()
    {
        _line.Dispose();
        _silent.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task A_waiting_command_reports_which_server_does_not_answer()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var said = new InterruptingWriter(interrupt);

        int code = await RunAsync(said, interrupt.Token, "list");

        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Equal($"{_silent.LocalEndpoint} has not answered for 5 s; still waiting.", said.ToString().Split('\n')[0]);
    }

    [Fact]
    public async Task Completing_a_name_neither_waits_for_a_silent_server_nor_prints_anything()
    {
        using var said = new StringWriter();

        int code = await RunAsync(said, TestContext.Current.CancellationToken, "complete-datasets", " clone", "ly");

        Assert.Equal((ExitCode.Ok, "", ""), (code, _output.ToString(), said.ToString()));
    }

    // The clock of the command itself is that of the fake: only the client waits.
    private Task<int> RunAsync(TextWriter said, CancellationToken interrupt, params string[] words)
    {
        CliHost host = _line.Host("", _output, said) with { Handler = null };
        return FullProgram.RunAsync([.. words, "--remote", $"http://{_silent.LocalEndpoint}"], host, interrupt);
    }

    /// <summary>Interrupts the command as soon as it has said something: a time without a word would be a test that never ends.</summary>
    private sealed class InterruptingWriter(CancellationTokenSource interrupt) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _ = interrupt.CancelAsync();
        }
    }
}
