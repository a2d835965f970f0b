using System.Buffers;

namespace Hutch.Model.Sites;

/// <summary>
/// The statement that a site signs about files that it stores: docs/formats/receipts.md. It names the question, so that an old answer
/// proves nothing about today.
/// </summary>
/// <param name="Site">The fingerprint of the key that signs.</param>
/// <param name="Snapshot">The number of the version that has the files.</param>
/// <param name="At">The time of the statement, by the site's clock; whole milliseconds count.</param>
/// <param name="Nonce">The random number of the question.</param>
public sealed record ReceiptStatement(
    BlobHash Site, DatasetId Dataset, long Snapshot, DateTimeOffset At, BlobHash Nonce, IReadOnlyList<ReceiptLine> Lines)
{
    /// <summary>The most files of one statement.</summary>
    public const int MaxLines = 1000;

    /// <summary>The signed bytes. A path may contain any character but NUL, which therefore ends each line of a file.</summary>
    public byte[] ToBytes()
    {
        var text = new ArrayBufferWriter<byte>();
        Add(text, string.Create(
            CultureInfo.InvariantCulture,
            $"hutch-receipts-1\nsite {Site}\ndataset {Dataset}\nsnapshot {Snapshot}\ntime {At.ToUnixTimeMilliseconds()}\n"));
        Add(text, string.Create(CultureInfo.InvariantCulture, $"nonce {Nonce}\nfiles {Lines.Count}\n"));
        foreach (ReceiptLine line in Lines)
        {
            Add(text, string.Create(CultureInfo.InvariantCulture, $"{line.Hash} {line.Size} {line.State} {line.Path}\0"));
        }

        return text.WrittenSpan.ToArray();
    }

    private static void Add(ArrayBufferWriter<byte> text, string part) => Encoding.UTF8.GetBytes(part, text);
}

/// <param name="State">One of <see cref="ReceiptStates"/>.</param>
public sealed record ReceiptLine(string Path, long Size, BlobHash Hash, string State);
