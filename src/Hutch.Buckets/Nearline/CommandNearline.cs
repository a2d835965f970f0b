using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Hutch.Buckets.Nearline;

/// <summary>
/// A tape manager behind a program of the operator, which is called with one of four words: <c>put NAME FILE</c>, <c>stage</c>,
/// <c>state</c>, <c>remove</c>. The last three read lines from standard input and answer with lines on standard output.
/// </summary>
internal sealed class CommandNearline(string program) : INearline
{
    private const int MaxErrorCharacters = 500;
    private const int MaxNames = 1000;

    public string Name => program;

    public Task PutAsync(string name, string path, CancellationToken ct) =>
        RunAsync(["put", name, path], [], static _ => { }, ct);

    public Task ArchiveAsync(string name, CancellationToken ct) => Task.CompletedTask;

    public Task StageAsync(IReadOnlyList<StagedFile> files, Action<string> came, CancellationToken ct)
    {
        HashSet<string> open = [.. files.Select(static file => file.Name)];
        return RunAsync(
            ["stage"], files.Select(static file => $"{file.Name} {file.Path}"),
            name =>
            {
                if (open.Remove(name))
                {
                    came(name);
                }
            },
            ct);
    }

    public async Task<IReadOnlyDictionary<string, NearlineState>> FindStatesAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        var states = new Dictionary<string, NearlineState>(StringComparer.Ordinal);
        foreach (string[] some in names.Chunk(MaxNames))
        {
            await RunAsync(["state"], some, Read, ct);
        }

        return states;

        void Read(string line)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var state, .. var rest])
            {
                states[name] = new NearlineState(state != "missing", rest.FirstOrDefault() ?? "");
            }
        }
    }

    public async Task<IReadOnlyList<UndeletedObject>> RemoveAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        HashSet<string> left = [.. names];
        try
        {
            foreach (string[] some in names.Chunk(MaxNames))
            {
                await RunAsync(["remove"], some, name => left.Remove(name), ct);
            }
        }
        catch (HutchException e)
        {
            return [.. left.Select(name => new UndeletedObject(name, e.Message.TrimEnd('.')))];
        }

        return [.. left.Select(name => new UndeletedObject(name, $"{program} did not confirm that it was removed"))];
    }

    /// <summary>Runs the program to its end. It gets no variables of the server but the usual ones, since these may have keys.</summary>
    private async Task RunAsync(
        IReadOnlyList<string> arguments, IEnumerable<string> input, Action<string> read, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (string variable in start.Environment.Keys.ToList())
        {
            if (variable is not ("PATH" or "HOME" or "LANG" or "TMPDIR"))
            {
                start.Environment.Remove(variable);
            }
        }

        using Process process = Start(start);
        Task<string> errors = ReadErrorsAsync(process.StandardError);
        try
        {
            Task writing = WriteAsync(process.StandardInput, input);
            while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                read(line.Trim());
            }

            await writing;
            await process.WaitForExitAsync(ct);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw ErrorCode.Unavailable.With(
                string.Create(CultureInfo.InvariantCulture, $"{program} {arguments[0]} ended with exit code {process.ExitCode}")
                + ((await errors).Trim() is { Length: > 0 } said ? $": {Display.Quote(said)}." : ".")).ToException();
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ErrorCode.Unavailable.With($"The program {Display.Quote(program)} cannot be started: {e.Message}.").ToException();
        }
    }

    private static async Task WriteAsync(StreamWriter writer, IEnumerable<string> lines)
    {
        try
        {
            await using (writer)
            {
                foreach (string line in lines)
                {
                    await writer.WriteAsync(line + "\n");
                }
            }
        }
        catch (IOException)
        {
            // It ended without reading everything: its exit code says whether that is an error.
        }
    }

    /// <summary>Reads the last words of the program, and drops what is before them.</summary>
    private static async Task<string> ReadErrorsAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var buffer = new char[MaxErrorCharacters];
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
        {
            tail.Append(buffer, 0, read);
            if (tail.Length > MaxErrorCharacters)
            {
                tail.Remove(0, tail.Length - MaxErrorCharacters);
            }
        }

        return tail.ToString();
    }
}
