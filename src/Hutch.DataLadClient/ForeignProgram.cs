using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.DataLadClient;

/// <summary>Runs an external program, which never outlives its caller.</summary>
internal static class ForeignProgram
{
    /// <summary>The number of characters kept from the end of a program's standard error, which contains the reason.</summary>
    private const int MaxErrorChars = 64 << 10;

    /// <param name="read">Reads its standard output to the end; the program is killed when this throws.</param>
    /// <returns>Its exit code, and the end of its standard error.</returns>
    /// <exception cref="HutchException">It is not installed.</exception>
    public static async Task<(int Code, string Errors)> RunAsync(
        ProcessStartInfo start, string input, Func<StreamReader, Task> read, string advice, CancellationToken ct)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using Process process = Process.Start(start)!;
            try
            {
                Task<string> errors = ReadLastAsync(process.StandardError, ct);
                Task feeding = FeedAsync(process.StandardInput, input, ct);
                await read(process.StandardOutput);
                await process.WaitForExitAsync(ct);
                await feeding;
                return (process.ExitCode, await errors);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Win32Exception)
        {
            throw ErrorCode.NotFound.With($"The program {start.FileName} cannot be started: {advice}.").ToException();
        }
    }

    /// <summary>Reads to the end and keeps the last of it.</summary>
    internal static async Task<string> ReadLastAsync(TextReader reader, CancellationToken ct)
    {
        var last = new StringBuilder();
        char[] buffer = new char[MaxErrorChars];
        for (int read; (read = await reader.ReadAsync(buffer, ct)) > 0;)
        {
            last.Append(buffer, 0, read);
            last.Remove(0, Math.Max(0, last.Length - MaxErrorChars));
        }

        return last.ToString();
    }

    private static async Task FeedAsync(StreamWriter standardInput, string input, CancellationToken ct)
    {
        try
        {
            await standardInput.WriteAsync(input.AsMemory(), ct);
            standardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read everything: its exit code says why.
        }
    }
}
