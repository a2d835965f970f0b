using Hutch.Disk;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// The reader process: the only place where libhdf5 meets a foreign file. It takes requests from standard input and answers on
/// standard output until the input ends. The hidden verb <c>hutch hdf5-reader</c> runs it.
/// </summary>
public static class Hdf5ReaderHost
{
    /// <summary>Bytes of memory the process may use; set by <see cref="Hdf5ReaderProcess"/>.</summary>
    internal const string MemoryVariable = "HUTCH_HDF5_READER_MEMORY_BYTES";

    /// <summary>Seconds of processor time for each request; set by <see cref="Hdf5ReaderProcess"/>.</summary>
    internal const string CpuVariable = "HUTCH_HDF5_READER_CPU_SECONDS";

    private const long DefaultMemoryBytes = 2L << 30;
    private const int DefaultCpuSeconds = 120;

    /// <summary>Answers requests until <paramref name="input"/> ends. Limits the whole process it runs in. Returns the exit code.</summary>
    public static int Run(Stream input, Stream output)
    {
        TimeSpan cpuTime = LimitProcess();
        using var server = new ReaderServer();
        while (ReaderProtocol.Read(input, ReaderJson.Default.ReaderRequest) is { } request)
        {
            ProcessLimits.AllowCpuTime(cpuTime);
            (ReaderReply reply, ReadOnlyMemory<byte> payload) = server.Answer(request);
            ReaderProtocol.Write(output, reply, ReaderJson.Default.ReaderReply, payload.Span);
        }

        return 0;
    }

    /// <summary>Limits this process as its parent says, and returns how much processor time each request may take.</summary>
    internal static TimeSpan LimitProcess()
    {
        ProcessLimits.Apply(Setting(MemoryVariable, DefaultMemoryBytes));

        // Our own decoder unpacks what detectors write; no code from a plug-in folder is ever loaded.
        return Hdf5Library.H5PLset_loading_state(0) >= 0
            ? TimeSpan.FromSeconds(Setting(CpuVariable, DefaultCpuSeconds))
            : throw new InvalidOperationException("Cannot turn off HDF5 plug-ins.");
    }

    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : otherwise;
}
