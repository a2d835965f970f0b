using System.Diagnostics;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.Live;

/// <summary>A process that receives the stream and prints a line for each series.</summary>
internal sealed class StreamReceiver : IDisposable
{
    private readonly Process _process;

    private StreamReceiver(ProcessStartInfo start, string address, bool connects)
    {
        start.RedirectStandardOutput = true;
        (Address, Connects) = (address, connects);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
    }

    public string Address { get; }

    /// <summary>Whether it goes to the detector; else the detector goes to it.</summary>
    public bool Connects { get; }

    public StreamReader Output => _process.StandardOutput;

    public TimeSpan Processor => ProcessorOf(_process);

    public static async Task<StreamReceiver> CaptureAsync(BenchmarkContext context, ServerProcess server, bool waits, CancellationToken ct)
    {
        string address = $"tcp://127.0.0.1:{LoopbackPort.FindFree()}";
        string state = Path.Combine(context.Folder, "state");
        var start = new ProcessStartInfo(
            HutchExecutable.Path,
            ["capture", waits ? "--direct" : "--listen", address, "--dataset", "{series}", "--buffer", "256", "--state", state, "--json"]);
        start.Environment["HUTCH_REMOTE"] = server.Address.ToString();
        start.Environment["HUTCH_TOKEN"] = await server.ReadAdminTokenAsync(ct);
        return new StreamReceiver(start, address, waits);
    }

    public static StreamReceiver Peer(BenchmarkContext context)
    {
        string address = $"tcp://127.0.0.1:{LoopbackPort.FindFree()}";
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "written")).FullName;
        string script = Path.Combine(context.PeersFolder, "zmq_writer.py");
        return new StreamReceiver(new ProcessStartInfo("/usr/bin/python3", [script, address, folder]), address, connects: true);
    }

    public static TimeSpan ProcessorOf(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
