using System.Text;
using System.Text.Json.Serialization;
using Hutch.Site.Engines;

namespace Hutch.Datasets.Backups;

/// <summary>
/// The contents of a backup: JSON lines, a header, one line a file, and a last line with the hash of all before it. It is written last: a
/// backup is complete when it has one.
/// </summary>
public sealed partial record BackupManifest
{
    public const int Format = 1;

    /// <summary>The largest manifest that is read.</summary>
    public const int MaxBytes = 256 << 20;

    /// <summary>The name of the backup: its time.</summary>
    public required string Name { get; init; }

    /// <summary>Start of the backup: it has everything that was answered before.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Program { get; init; }

    /// <summary>The format of the data folder, and the oldest program format that reads it.</summary>
    public required int DataFormat { get; init; }

    /// <summary>The oldest program format that reads the data folder.</summary>
    public required int DataMinReader { get; init; }

    public required string Incarnation { get; init; }

    /// <summary>The last record of the journal in it.</summary>
    public required long Sequence { get; init; }

    public required bool WithKeys { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>The last row of the shared log in it; null for a backup of a data folder.</summary>
    public LogMoment? Moment { get; init; }

    /// <summary>Damage and losses in the data folder at the time of the backup, a sentence each: the backup lacks these, too.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>All that is not whole though every file is as it was written; nothing in a backup of a whole data folder.</summary>
    public IReadOnlyList<string> Gaps => [.. Lacks, .. Files.SelectMany(static file => file.Damage ?? [])];

    public long Bytes => Files.Sum(static file => file.Bytes);

    public byte[] Write()
    {
        var header = new Header(
            Format, Format, Name, Time, Program, DataFormat, DataMinReader, Incarnation, Sequence, WithKeys, Files.Count,
            Moment, Lacks.Count == 0 ? null : Lacks);
        var text = new StringBuilder();
        text.Append(JsonSerializer.Serialize(header, ManifestJson.Default.Header)).Append('\n');
        foreach (BackupFile file in Files)
        {
            text.Append(JsonSerializer.Serialize(file, ManifestJson.Default.BackupFile)).Append('\n');
        }

        byte[] body = Encoding.UTF8.GetBytes(text.ToString());
        return [.. body, .. Encoding.UTF8.GetBytes(LastLine(BlobHash.Compute(body)))];
    }

    /// <summary>Reads a manifest; a refusal explains the error in it.</summary>
    public static Result<BackupManifest> Read(ReadOnlySpan<byte> bytes, string path)
    {
        int end = bytes.Length > 0 && bytes[^1] == (byte)'\n' ? bytes[..^1].LastIndexOf((byte)'\n') + 1 : -1;
        try
        {
            if (end <= 0)
            {
                return Damaged(path);
            }

            // The format first: a newer one may say the rest in another way.
            Header? header = JsonSerializer.Deserialize(bytes[..bytes.IndexOf((byte)'\n')], ManifestJson.Default.Header);
            if (header is { MinReader: > Format })
            {
                return ErrorCode.Unprocessable.With(
                    $"The backup {Display.Quote(path)} has format {header.Format}, made by hutch {header.Program}; "
                    + $"this version reads format {Format}. Install that version to restore it. Nothing was changed.");
            }

            if (header is null || !bytes[end..].SequenceEqual(Encoding.UTF8.GetBytes(LastLine(BlobHash.Compute(bytes[..end])))))
            {
                return Damaged(path);
            }

            List<BackupFile> files = ReadFiles(bytes[..end]);
            return files.Count == header.Files ? From(header, files) : Damaged(path);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return Damaged(path);
        }
    }

    private static List<BackupFile> ReadFiles(ReadOnlySpan<byte> lines)
    {
        var files = new List<BackupFile>();
        bool isHeader = true;
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            if (!line.IsEmpty && !isHeader)
            {
                files.Add(JsonSerializer.Deserialize(line, ManifestJson.Default.BackupFile)!);
            }

            isHeader = false;
        }

        return files;
    }

    private static Result<BackupManifest> From(Header header, List<BackupFile> files) => new BackupManifest
    {
        Name = header.Name,
        Time = header.Time,
        Program = header.Program,
        DataFormat = header.DataFormat,
        DataMinReader = header.DataMinReader,
        Incarnation = header.Incarnation,
        Sequence = header.Sequence,
        WithKeys = header.WithKeys,
        Files = files,
        Moment = header.Moment,
        Lacks = header.Lacks ?? [],
    };

    private static string LastLine(BlobHash hash) => $"{{\"end\":true,\"sha256\":\"{hash}\"}}\n";

    private static HutchError Damaged(string path) => ErrorCode.Unprocessable.With(
        $"The manifest {Display.Quote(path)} is damaged or incomplete: "
        + "do not rely on this backup. Use another one.");

    internal sealed record Header(
        int Format,
        int MinReader,
        string Name,
        DateTimeOffset Time,
        string Program,
        int DataFormat,
        int DataMinReader,
        string Incarnation,
        long Sequence,
        bool WithKeys,
        int Files,
        LogMoment? Moment,
        IReadOnlyList<string>? Lacks);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Header))]
    [JsonSerializable(typeof(BackupFile))]
    internal sealed partial class ManifestJson : JsonSerializerContext;
}

/// <param name="Target">The original path in the data folder, which a restore uses again.</param>
/// <param name="Sha256">The SHA-256 of its bytes, 64 hexadecimal digits.</param>
/// <param name="Damage">The damage in it at the time of the backup, a line each; null for none.</param>
public sealed record BackupFile(
    BackupFileKind Kind, string Path, string Target, long Bytes, string Sha256, IReadOnlyList<string>? Damage = null);

public enum BackupFileKind
{
    /// <summary>A sealed segment; backups share it.</summary>
    Segment,

    /// <summary>The committed part of a segment that was still open.</summary>
    OpenSegment,

    /// <summary>A database, copied as one state.</summary>
    Database,

    File,

    /// <summary>A secret: a key, a certificate's key, the configuration.</summary>
    Key,
}
