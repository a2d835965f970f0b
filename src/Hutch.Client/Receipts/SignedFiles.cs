using Hutch.Model.Sites;

namespace Hutch.Client.Receipts;

/// <summary>Files of a version, as the key of a site has signed that it stores them.</summary>
public sealed class SignedFiles
{
    private const long MaxTime = 253_402_300_799_999; // the end of the year 9999

    private readonly Dictionary<string, ReceiptLine> _files;

    private SignedFiles(ReceiptStatement statement)
    {
        (Site, Snapshot) = (statement.Site, statement.Snapshot > 0 ? statement.Snapshot : null);
        _files = statement.Lines.ToDictionary(line => line.Path, StringComparer.Ordinal);
    }

    /// <summary>The fingerprint of the key. Whether it is the right one is for the caller to know.</summary>
    public BlobHash Site { get; }

    /// <summary>Number of the version; null for an empty dataset without one.</summary>
    public long? Snapshot { get; }

    /// <summary>The file at a path; null when the version has none.</summary>
    public ReceiptLine? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>Checks an answer against its question, and its signature.</summary>
    /// <exception cref="BadAnswerException">One of them is wrong: the answer proves nothing.</exception>
    internal static SignedFiles Verify(ReceiptList list, DatasetId dataset, BlobHash nonce, Uri server)
    {
        if (list.Dataset != dataset || list.Nonce != nonce || !SiteKeyText.Parse(list.Site ?? "").TryGet(out BlobHash site, out _)
            || list.Time is < 0 or > MaxTime || list.Files?.Contains(null!) != false)
        {
            throw new BadAnswerException($"{server} sent receipts for another question. Nothing is removed for them.");
        }

        var statement = new ReceiptStatement(
            site, dataset, list.Snapshot, DateTimeOffset.FromUnixTimeMilliseconds(list.Time), nonce,
            [.. list.Files.Select(file => new ReceiptLine(file.Path, file.Size, file.Hash, file.State))]);
        return SiteSignature.IsSigned(site, statement.ToBytes(), list.Proof) && AreDistinct(statement.Lines)
            ? new SignedFiles(statement)
            : throw new BadAnswerException($"{server} sent receipts with a wrong signature. Nothing is removed for them.");
    }

    private static bool AreDistinct(IReadOnlyList<ReceiptLine> lines) =>
        lines.All(line => line.Path is not null) && lines.DistinctBy(line => line.Path, StringComparer.Ordinal).Count() == lines.Count;
}
