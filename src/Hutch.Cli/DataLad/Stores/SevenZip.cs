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
    private const int NoSuchProgram = 127;

    /// <summary>Whatever an archive looks like, it is read as this, and as none of the many other formats of the program.</summary>
    private const string Type = "-t7z";

    /// <summary>The files of an archive, in the order in which their bytes come.</summary>
    /// <exception cref="HutchException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<ArchiveMember>> ListAsync(string archive, CancellationToken ct)
    {
        string listing = "";
        await RunAsync(
            Path.GetDirectoryName(archive)!, ["l", Type, "-slt", "-sccUTF-8", "-p", "--", archive],
            async output => listing = await output.ReadToEndAsync(ct), ct);
        return Parse(listing);
    }

    /// <summary>Gives the bytes of all files, one behind the other; all of them are to be read.</summary>
    public static Task ReadAsync(string archive, Func<Stream, Task> read, CancellationToken ct) => RunAsync(
        Path.GetDirectoryName(archive)!, ["x", Type, "-so", "-p", "--", archive], output => read(output.BaseStream), ct);

    /// <summary>Adds all files below a folder to an archive, uncompressed, and reads them back.</summary>
    public static async Task AddAsync(string folder, string archive, CancellationToken ct)
    {
        await RunAsync(folder, ["u", Type, "-mx0", "-bd", "--", archive, "."], output => output.ReadToEndAsync(ct), ct);
        await RunAsync(folder, ["t", Type, "-bd", "-p", "--", archive], output => output.ReadToEndAsync(ct), ct);
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

    private static async Task RunAsync(string folder, string[] arguments, Func<StreamReader, Task> read, CancellationToken ct)
    {
        const string Advice = "install p7zip-full and util-linux";
        string limit = $"--as={MaxMemoryBytes.ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo(Limiter, [limit, "--", Program, .. arguments]) { WorkingDirectory = folder };
        (int code, string errors) = await ForeignProgram.RunAsync(start, "", read, Advice, ct);
        if (code != 0)
        {
            throw (code == NoSuchProgram
                ? ErrorCode.NotFound.With($"The program {Program} cannot be started: {Advice}.")
                : ErrorCode.UnreadableFile.With($"{Program} ended with {code}: {WordsOf(errors)}")).ToException();
        }
    }

    private static string WordsOf(string errors) => errors.Split('\n').Select(static line => line.Trim())
        .LastOrDefault(static line => line is not ("" or "ERRORS:")) is { } line ? Display.Quote(line) : "it does not say why";
}

/// <summary>A file in an archive.</summary>
/// <param name="Path">Its path, as the archive has it: it may be anything.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct ArchiveMember(string Path, long Size);
