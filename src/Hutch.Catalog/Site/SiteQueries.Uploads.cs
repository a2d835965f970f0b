using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string UploadColumns =
        "u.id AS Id, d.id AS Dataset, u.path AS Path, u.attributes AS Attributes, u.checksum AS Checksum, u.author AS Author, "
        + "u.started AS Started";

    private const string PartColumns =
        "number AS Number, part AS Part, size AS Size, time AS Time, checksum AS Checksum, expires AS Expires, extents AS Extents";

    public SiteUpload? Upload(Guid id) => _connection.QueryFirstOrDefault<UploadRow>(
        $"SELECT {UploadColumns} FROM uploads u JOIN datasets d ON d.key = u.dataset WHERE u.id = @id", new { id = id.ToString("N") })
        ?.ToUpload();

    /// <summary>Lists the multipart uploads of a dataset after a path and an id, in the order of both.</summary>
    public IReadOnlyList<SiteUpload> Uploads(long dataset, string afterPath, string afterId, int limit) =>
        [.. _connection.Query<UploadRow>(
            $"""
            SELECT {UploadColumns} FROM uploads u JOIN datasets d ON d.key = u.dataset
            WHERE u.dataset = @dataset AND (u.path > @afterPath OR (u.path = @afterPath AND u.id > @afterId))
            ORDER BY u.path, u.id LIMIT @limit
            """,
            new { dataset, afterPath, afterId, limit })
            .Select(row => row.ToUpload())];

    public IReadOnlyList<Guid> UploadsOf(long dataset) =>
        [.. _connection.Query<string>("SELECT id FROM uploads WHERE dataset = @dataset", new { dataset }).Select(Guid.Parse)];

    /// <summary>Lists the multipart uploads that began before a time (ms since 1970), oldest first.</summary>
    public IReadOnlyList<SiteUpload> UploadsBefore(long time) =>
        [.. _connection.Query<UploadRow>(
            $"SELECT {UploadColumns} FROM uploads u JOIN datasets d ON d.key = u.dataset WHERE u.started < @time ORDER BY u.started",
            new { time })
            .Select(row => row.ToUpload())];

    /// <summary>Lists the received parts, in the order of their numbers.</summary>
    public IReadOnlyList<SiteUploadPart> UploadParts(Guid upload, int after, int limit) =>
        [.. _connection.Query<PartRow>(
            $"SELECT {PartColumns} FROM upload_parts WHERE upload = @upload AND number > @after ORDER BY number LIMIT @limit",
            new { upload = upload.ToString("N"), after, limit })
            .Select(row => row.ToPart())];

    public SiteUploadPart? UploadPart(Guid upload, int number) => _connection.QueryFirstOrDefault<PartRow>(
        $"SELECT {PartColumns} FROM upload_parts WHERE upload = @upload AND number = @number",
        new { upload = upload.ToString("N"), number })?.ToPart();

    public long SettingBytes(long dataset, string name) => Encoding.UTF8.GetByteCount(Setting(dataset, name) ?? "");

    public string? Setting(long dataset, string name) => _connection.QueryFirstOrDefault<string>(
        "SELECT value FROM settings WHERE dataset = @dataset AND name = @name", new { dataset, name });

    public bool HasSettings(long dataset) => Any("SELECT 1 FROM settings WHERE dataset = $1 LIMIT 1", dataset);

    public IReadOnlyList<(long Dataset, string Value)> SettingsOf(string name) =>
        [.. _connection.Query<SettingRow>(
            "SELECT dataset AS Dataset, value AS Value FROM settings WHERE name = @name ORDER BY dataset", new { name })
            .Select(row => (row.Dataset, row.Value))];

    [method: ExplicitConstructor]
    private sealed record UploadRow(
        string Id, string Dataset, string Path, string Attributes, string? Checksum, string Author, long Started)
    {
        public SiteUpload ToUpload() => new(
            Guid.Parse(Id),
            new DatasetId(Guid.Parse(Dataset)),
            DatasetPath.Parse(Path).Value,
            EntryJson.Parse(Encoding.UTF8.GetBytes(Attributes)).Value,
            Checksum,
            Author,
            Started);
    }

    [method: ExplicitConstructor]
    private sealed record PartRow(
        long Number, string Part, long Size, long Time, string? Checksum, long? Expires, string Extents)
    {
        public SiteUploadPart ToPart() => new(
            (int)Number, Guid.Parse(Part), Size, Time, Checksum, Expires,
            JsonSerializer.Deserialize(Extents, ExtentListJson.Default.IReadOnlyListExtent) ?? []);
    }

    [method: ExplicitConstructor]
    private sealed record SettingRow(long Dataset, string Value);
}
