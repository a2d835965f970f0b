using Microsoft.Win32.SafeHandles;

namespace Hutch.Commands.Output;

/// <summary>
/// The streams of the process. Those of .NET have two habits that a command line cannot use: they take a reader that has gone for one that
/// has read, so that a command never ends; and they send escape sequences to a terminal before anything is written.
/// </summary>
internal static class StandardStreams
{
    private const int OutputHandle = 1;
    private const int ErrorHandle = 2;

    // EPIPE of Linux and macOS.
    private const int BrokenPipe = 32;

    internal static TextWriter Output() =>
        OperatingSystem.IsWindows() ? Console.Out : ToWriter(Open(OutputHandle) ?? Console.OpenStandardOutput());

    internal static TextWriter Error() =>
        OperatingSystem.IsWindows() ? Console.Error : ToWriter(Open(ErrorHandle) ?? Console.OpenStandardError());

    /// <summary>Returns true if the reader of the output has gone, such as <c>head</c> after its lines.</summary>
    internal static bool IsReaderGone(Exception failure) => failure is IOException { HResult: BrokenPipe };

    private static TextWriter ToWriter(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });

    // Of a file, the position is shared with child processes, which only the system's own stream knows.
    private static FileStream? Open(int handle)
    {
        try
        {
            var stream = new FileStream(new SafeFileHandle(handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? null : stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
