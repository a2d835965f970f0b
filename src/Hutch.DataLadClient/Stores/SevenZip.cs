using System.Diagnostics;

namespace Hutch.DataLadClient.Stores;

/// <summary>The program 7z of p7zip, with limited memory. It unpacks into a pipe only: no name in an archive leads anywhere.</summary>
internal static class SevenZip
{
    private const string Program = "7z";
    private const string Limiter = "prlimit";
    private const long MaxMemoryBytes = 8L << 30;
    private const int NoSuchProgram = 127;
    private const int MaxMembers = 2_000_000;

    /// <summary>Whatever an archive looks like, it is read as this, and as none of the many other formats of the program.</summary>
    private const string Type = "-t7z";

    /// <summary>The files of an archive, in the order in which their bytes come.</summary>
    /// <exception cref="HutchException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<ArchiveMember>> ListAsync(string archive, CancellationToken ct)
    {
        IReadOnlyList<ArchiveMember> members = [];
        await RunAsync(
            Path.GetDirectoryName(archive)!, ["l", Type, "-slt", "-sccUTF-8", "-p", "--", archive],
            async output => members = await ArchiveListing.ReadAsync(output, MaxMembers, ct), ct);
        return members;
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
