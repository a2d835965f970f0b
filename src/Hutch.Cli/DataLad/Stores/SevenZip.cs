using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Hutch.Model;

namespace Hutch.Cli.DataLad.Stores;

/// <summary>
/// The program 7z of p7zip. What it unpacks goes through a pipe and never into files, so that no name in an archive leads anywhere; its
/// memory is limited.
/// </summary>
internal static class SevenZip
{
    private const string Program = "7z";
    private const string Limiter = "prlimit";
    private const long MaxMemoryBytes = 8L << 30;

    /// <summary>The files of an archive, in the order in which their bytes come.</summary>
    /// <exception cref="HutchException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<ArchiveMember>> ListAsync(string archive, CancellationToken ct)
    {
        string listing = "";
        await RunAsync(
            Path.GetDirectoryName(archive)!, ["l", "-slt", "-sccUTF-8", "-p", "--", archive],
            async output => listing = await new StreamReader(output).ReadToEndAsync(ct), ct);
        return Parse(listing);
    }

    /// <summary>Gives the bytes of all files, one behind the other.</summary>
    public static Task ReadAsync(string archive, Func<Stream, Task> read, CancellationToken ct) =>
        RunAsync(Path.GetDirectoryName(archive)!, ["x", "-so", "-p", "--", archive], read, ct);

    /// <summary>Adds all files below a folder to an archive, uncompressed, and reads them back.</summary>
    public static async Task AddAsync(string folder, string archive, CancellationToken ct)
    {
        await RunAsync(folder, ["u", "-mx0", "-bd", "--", archive, "."], static _ => Task.CompletedTask, ct);
        await RunAsync(folder, ["t", "-bd", "-p", "--", archive], static _ => Task.CompletedTask, ct);
    }

    /// <summary>Reads what <c>7z l -slt</c> prints: behind a line, a block of <c>Name = value</c> for each member.</summary>
    internal static IReadOnlyList<ArchiveMember> Parse(string listing)
    {
        const string Line = "\n----------\n";
        string text = listing.ReplaceLineEndings("\n");
        int start = text.IndexOf(Line, StringComparison.Ordinal);
        var members = new List<ArchiveMember>();
        foreach (string block in start < 0 ? [] : text[(start + Line.Length)..].Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string? path = ValueOf(block, "Path");
            string attributes = ValueOf(block, "Attributes") ?? "";
            if (path is not null && !attributes.StartsWith('D'))
            {
                bool isKnown = long.TryParse(ValueOf(block, "Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size);
                members.Add(new ArchiveMember(path, isKnown ? size : 0));
            }
        }

        return members;
    }

    private static string? ValueOf(string block, string name) => block.Split('\n')
        .Where(line => line.StartsWith(name + " = ", StringComparison.Ordinal))
        .Select(line => line[(name.Length + 3)..]).FirstOrDefault();

    private static async Task RunAsync(string folder, string[] arguments, Func<Stream, Task> read, CancellationToken ct)
    {
        string limit = $"--as={MaxMemoryBytes.ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo(Limiter, [limit, "--", Program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                Task<string> errors = process.StandardError.ReadToEndAsync(ct);
                await read(process.StandardOutput.BaseStream);
                await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
                await process.WaitForExitAsync(ct);
                if (process.ExitCode != 0)
                {
                    throw ErrorCode.UnreadableFile.With(
                        $"{Program} ended with {process.ExitCode}: {WordsOf(await errors)}").ToException();
                }
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
            throw ErrorCode.NotFound.With("The program 7z cannot be started: install p7zip-full.").ToException();
        }
    }

    private static string WordsOf(string errors) => errors.Split('\n').Select(static line => line.Trim())
        .LastOrDefault(static line => line is not ("" or "ERRORS:")) ?? "it does not say why";
}

/// <summary>A file in an archive.</summary>
/// <param name="Path">Its path, as the archive has it: it may be anything.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct ArchiveMember(string Path, long Size);
