using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Hutch.Zone.Tests.Accounts.Smtp;

/// <summary>A real mail server of its own, on a free port; it ends with the test.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly Process _process;

    private SmtpServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<SmtpServer> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(ScriptPath());
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        string? port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.False(port is null, "The mail server did not start: is python3-aiosmtpd installed (./run install test)?");
        return new SmtpServer(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>The next mail that it took.</summary>
    public async Task<JsonElement> TakeAsync() =>
        JsonDocument.Parse((await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!).RootElement;

    /// <summary>Stops it; everything that it took and nobody asked for.</summary>
    public async Task<string> StopAsync()
    {
        _process.StandardInput.Close();
        return await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static string ScriptPath([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "server.py");
}
